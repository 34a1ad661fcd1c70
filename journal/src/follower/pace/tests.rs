use super::*;

const LEAST: Duration = Duration::from_millis(25);

/// How long events gather after so many turns at this rate.
fn after(turns: u32, begins: Duration, events_per_second: u128) -> Duration {
    (0..turns).fold(begins, |gather, _| {
        let events = usize::try_from(gather.as_millis() * events_per_second / 1000).unwrap();
        let position = 0;
        next_gather(LEAST, gather, &Ok(Step::Moved { position, events }))
    })
}

#[test]
fn a_little_is_shown_soon() {
    assert_eq!(after(1, LEAST, 40), LEAST);
    assert_eq!(after(20, LEAST * GATHER_FACTOR, 40), LEAST);
    let idle = Ok(Step::Idle { position: 7 });
    assert_eq!(next_gather(LEAST, LEAST * 4, &idle), LEAST);
}

#[test]
fn much_gathers_longer_within_bounds() {
    assert!(after(3, LEAST, 1_000) > LEAST * 4);
    assert_eq!(after(20, LEAST, 20_000), LEAST * GATHER_FACTOR);
}
