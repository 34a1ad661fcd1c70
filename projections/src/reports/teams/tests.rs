use super::*;

const SALES: Uuid = Uuid::from_u128(1);
const NORTH: Uuid = Uuid::from_u128(2);
const SOUTH: Uuid = Uuid::from_u128(3);
const ANNA: Uuid = Uuid::from_u128(11);
const BERTA: Uuid = Uuid::from_u128(12);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn change(team: Uuid, from: &str, parent: Option<Uuid>) -> Change {
    Change {
        team,
        from_day: day(from),
        parent,
        manager: None,
        office: None,
    }
}

fn at(spans: &[TeamSpan], team: Uuid, on: &str) -> TeamSpan {
    let of_team: Vec<_> = spans.iter().filter(|span| span.team == team).collect();
    let known = of_team.iter().rev().find(|span| span.from <= day(on));
    (**known.unwrap_or(&of_team[0])).clone()
}

#[test]
fn a_team_belongs_to_those_above_it_on_that_day() {
    let spans = spans(&[
        change(SALES, "2020-01-01", None),
        change(NORTH, "2020-01-01", Some(SALES)),
        change(SOUTH, "2020-01-01", Some(NORTH)),
        change(SOUTH, "2021-01-01", Some(SALES)),
    ]);
    assert_eq!(at(&spans, SOUTH, "2020-06-01").path, [SOUTH, NORTH, SALES]);
    assert_eq!(at(&spans, SOUTH, "2021-06-01").path, [SOUTH, SALES]);
    assert_eq!(
        at(&spans, SOUTH, "2019-06-01").path,
        [SOUTH, NORTH, SALES],
        "the first path known holds for the time before"
    );
    assert_eq!(
        at(&spans, SOUTH, "2020-06-01").next,
        Some(day("2021-01-01"))
    );
}

#[test]
fn manager_and_office_come_from_the_next_team_above_that_has_one() {
    let mut led = change(SALES, "2020-01-01", None);
    led.manager = Some(ANNA);
    led.office = Some("Girona".to_owned());
    let mut later = change(NORTH, "2021-01-01", Some(SALES));
    later.manager = Some(BERTA);
    let mut vacant = change(NORTH, "2022-01-01", Some(SALES));
    vacant.manager = None;
    let spans = spans(&[led, change(NORTH, "2020-01-01", Some(SALES)), later, vacant]);
    assert_eq!(
        at(&spans, NORTH, "2020-06-01").manager,
        Some(BERTA),
        "the first manager known holds for the time before"
    );
    assert_eq!(at(&spans, NORTH, "2021-06-01").manager, Some(BERTA));
    assert_eq!(at(&spans, NORTH, "2022-06-01").manager, Some(ANNA));
    let office = at(&spans, NORTH, "2020-06-01").office;
    assert_eq!(office.as_deref(), Some("Girona"));
}

#[test]
fn a_circle_that_never_should_be_ends() {
    let spans = spans(&[
        change(NORTH, "2020-01-01", Some(SOUTH)),
        change(SOUTH, "2020-01-01", Some(NORTH)),
    ]);
    assert_eq!(at(&spans, NORTH, "2020-01-01").path, [NORTH, SOUTH]);
}
