//! The demo company.

use cartera_commands::demo::Demo;
use cartera_domain::permission::Role;
use cartera_journal::Recorded;
use chrono::NaiveDate;

use crate::world::empty_journal;

#[tokio::test]
async fn the_same_day_and_seed_make_the_same_company() {
    let demo = Demo {
        today: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
        seed: 7,
    };
    let mut histories = Vec::new();
    for _twice in 0..2 {
        let journal = empty_journal().await;
        let made = demo.load(&journal).await.unwrap();
        let roles: std::collections::BTreeSet<Role> =
            made.users.iter().map(|user| user.role).collect();
        assert_eq!(roles.len(), 5, "somebody of every role");
        let events = journal.read_after(0, 1_000_000).await.unwrap();
        let told = |event: &Recorded| {
            (
                event.aggregate_id,
                event.event_type.clone(),
                event.event.clone(),
                event.metadata.business_date,
            )
        };
        histories.push(events.iter().map(told).collect::<Vec<_>>());
    }
    let [one, other] = histories.as_slice() else {
        panic!("two histories")
    };
    assert!(one.len() > 5_000, "{} events", one.len());
    assert_eq!(one, other);
    let years: std::collections::BTreeSet<i32> = one
        .iter()
        .map(|(_, _, _, day)| chrono::Datelike::year(day))
        .collect();
    assert_eq!(years, [2024, 2025, 2026].into());
}
