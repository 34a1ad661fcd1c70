//! The history of who took care of an opportunity or lead, and what it was worth.

use cartera_journal::Recorded;
use chrono::{DateTime, Utc};

use super::moment::{BEGINNING, Happened, Span as _, end_all, next_from};
use super::tables::Terms;

impl Terms {
    /// The first terms of the event's stream, still empty. They hold for the time before them as well.
    pub(super) fn first(recorded: &Recorded) -> Self {
        Self {
            record: recorded.aggregate_id,
            position: recorded.position,
            owner: None,
            team: None,
            client: None,
            channel: None,
            amount: None,
            probability: None,
            from_day: Some(BEGINNING.day),
            from_at: Some(BEGINNING.at),
            next_position: None,
            next_dated_position: None,
            next_day: None,
            next_at: None,
        }
    }
}

/// The terms that are known last.
pub(super) fn latest(rows: &[Terms]) -> Option<&Terms> {
    rows.last()
}

/// The terms in force at an instant, all being known; the last ones where nobody knows the instant.
pub(super) fn in_force(rows: &[Terms], through: Option<DateTime<Utc>>) -> Option<&Terms> {
    let Some(through) = through else {
        return latest(rows);
    };
    rows.iter()
        .rev()
        .find(|terms| terms.from().is_some_and(|from| from.at <= through))
}

/// Other terms from a moment on.
pub(super) fn change(
    rows: &mut Vec<Terms>,
    recorded: &Recorded,
    happened: Option<Happened>,
    set: impl FnOnce(&mut Terms),
) {
    let from = next_from(rows, happened.map(|happened| happened.from));
    follow(rows, recorded, |terms| {
        terms.from_day = from.map(|from| from.day);
        terms.from_at = from.map(|from| from.at);
        set(terms);
    });
}

/// Other terms from when on the last ones were: what was wrong is put right for the time they were in force.
pub(super) fn correct(rows: &mut Vec<Terms>, recorded: &Recorded, set: impl FnOnce(&mut Terms)) {
    follow(rows, recorded, set);
}

fn follow(rows: &mut Vec<Terms>, recorded: &Recorded, set: impl FnOnce(&mut Terms)) {
    let Some(last) = rows.last() else {
        return;
    };
    let mut next = Terms {
        position: recorded.position,
        next_position: None,
        next_dated_position: None,
        next_day: None,
        next_at: None,
        ..last.clone()
    };
    set(&mut next);
    end_all(rows, next.position, next.from());
    // Won with another amount: the event has terms already.
    rows.push(next);
}
