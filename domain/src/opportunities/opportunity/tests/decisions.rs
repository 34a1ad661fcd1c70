//! Given / when / then, for every state and command.

use super::words::*;
use super::*;
use crate::decider::laws::{Verdict, decides};
use crate::opportunities::OpportunityCommand::{MoveOpportunity, ReopenOpportunity};
use crate::values::Amount;
use crate::values::samples::{id, parse};

type Table = Vec<(OpportunityCommand, Verdict<Opportunity>)>;

/// What may be put right whatever the outcome.
fn corrections() -> Table {
    vec![
        (
            open(stage(1), None, vec![]),
            Err(OpportunityError::AlreadyOpened),
        ),
        (
            correct("Magatzem"),
            Ok(vec![OpportunityDetailsCorrected {
                changes: titled("Magatzem"),
            }]),
        ),
        (
            link(9),
            Ok(vec![OpportunityClientLinked {
                client: Some(id(9)),
            }]),
        ),
        (link(3), Ok(vec![])),
        (
            come_by(Some(9)),
            Ok(vec![OpportunityChannelCorrected {
                channel: Some(id(9)),
            }]),
        ),
        (come_by(None), Ok(vec![])),
        (
            assign(9),
            Ok(vec![OpportunityAssigned {
                owner: Some(id(9)),
                team: None,
            }]),
        ),
        (assign(4), Ok(vec![])),
    ]
}

/// What a closed sale refuses, whatever the outcome.
fn refused_once_closed() -> Table {
    vec![
        (revise(two_lines()), Err(OpportunityError::Closed)),
        (estimate(Some("1")), Err(OpportunityError::Closed)),
        (expect(Some("2026-12-31")), Err(OpportunityError::Closed)),
        (judge(Some("10")), Err(OpportunityError::Closed)),
        (go(1), Err(OpportunityError::WrongCategory)),
        (reopen(2), Ok(vec![OpportunityReopened { stage: id(2) }])),
        (reopen(11), Err(OpportunityError::WrongCategory)),
        (
            ReopenOpportunity {
                stage: elsewhere(1),
            },
            Err(OpportunityError::OtherPipeline),
        ),
    ]
}

#[test]
fn nothing_but_opening_is_accepted_before() {
    let total = Some("10");
    let mut disagreeing = two_lines();
    disagreeing.push(a_line(3, "1", "1", "1.01"));
    let twice = vec![a_line(1, "1", "1", "1"), a_line(1, "1", "1", "1")];
    let returned = vec![a_line(1, "-1", "5", "-5")];
    decides::<Opportunity>(
        &[],
        vec![
            (open(stage(1), None, vec![]), Ok(vec![opened(None, vec![])])),
            (
                open(stage(1), Some("5"), vec![]),
                Ok(vec![opened(Some("5"), vec![])]),
            ),
            (
                open(stage(1), None, two_lines()),
                Ok(vec![opened(total, two_lines())]),
            ),
            (
                open(stage(1), total, two_lines()),
                Ok(vec![opened(total, two_lines())]),
            ),
            (
                open(stage(1), Some("9.99"), two_lines()),
                Err(OpportunityError::AmountHasLines),
            ),
            (
                open(stage(1), None, disagreeing),
                Err(OpportunityError::LineInconsistent),
            ),
            (
                open(stage(1), None, twice),
                Err(OpportunityError::LineInconsistent),
            ),
            (
                open(stage(1), None, returned),
                Err(OpportunityError::AmountNegative),
            ),
            (
                open(stage(1), Some("-1"), vec![]),
                Err(OpportunityError::AmountNegative),
            ),
            (
                open(stage(11), None, vec![]),
                Err(OpportunityError::WrongCategory),
            ),
            (correct("Magatzem"), Err(OpportunityError::NotOpened)),
            (link(3), Err(OpportunityError::NotOpened)),
            (come_by(None), Err(OpportunityError::NotOpened)),
            (assign(4), Err(OpportunityError::NotOpened)),
            (revise(vec![]), Err(OpportunityError::NotOpened)),
            (estimate(None), Err(OpportunityError::NotOpened)),
            (expect(None), Err(OpportunityError::NotOpened)),
            (judge(None), Err(OpportunityError::NotOpened)),
            (go(1), Err(OpportunityError::NotOpened)),
            (win(11, None), Err(OpportunityError::NotOpened)),
            (lose(21), Err(OpportunityError::NotOpened)),
            (cancel(31), Err(OpportunityError::NotOpened)),
            (reopen(1), Err(OpportunityError::NotOpened)),
        ],
    );
}

#[test]
fn a_sale_in_sight_is_estimated_moved_and_closed() {
    let mut table = corrections();
    table.extend([
        (
            revise(two_lines()),
            Ok(vec![OpportunityLinesRevised {
                lines: two_lines(),
                amount: parse("10"),
            }]),
        ),
        (revise(vec![]), Ok(vec![])),
        (estimate(Some("5.00")), Ok(vec![])),
        (
            estimate(None),
            Ok(vec![OpportunityAmountRevised { amount: None }]),
        ),
        (estimate(Some("-5")), Err(OpportunityError::AmountNegative)),
        (
            expect(Some("2026-12-31")),
            Ok(vec![OpportunityExpectedCloseChanged {
                expected_close: Some(parse("2026-12-31")),
            }]),
        ),
        (expect(None), Ok(vec![])),
        (
            judge(Some("12.5")),
            Ok(vec![OpportunityProbabilityJudged {
                probability: Some(parse("12.5")),
            }]),
        ),
        (judge(None), Ok(vec![])),
        (go(2), Ok(vec![OpportunityMoved { stage: id(2) }])),
        (go(1), Ok(vec![])),
        (go(11), Err(OpportunityError::WrongCategory)),
        (
            MoveOpportunity {
                stage: elsewhere(2),
            },
            Err(OpportunityError::OtherPipeline),
        ),
        (win(11, None), Ok(vec![won(11, Some("5"))])),
        (win(11, Some("6")), Ok(vec![won(11, Some("6"))])),
        (win(11, Some("-6")), Err(OpportunityError::AmountNegative)),
        (win(21, None), Err(OpportunityError::WrongCategory)),
        (lose(21), Ok(vec![lost(21)])),
        (lose(31), Err(OpportunityError::WrongCategory)),
        (cancel(31), Ok(vec![cancelled(31)])),
        (cancel(1), Err(OpportunityError::WrongCategory)),
        (reopen(1), Ok(vec![])),
        (reopen(2), Err(OpportunityError::NotClosed)),
    ]);
    decides::<Opportunity>(&[opened(Some("5"), vec![])], table);
}

#[test]
fn a_sale_with_lines_is_worth_their_sum() {
    let given = [opened(Some("10"), two_lines())];
    for (command, verdict) in [
        (estimate(Some("11")), Err(OpportunityError::AmountHasLines)),
        (win(11, None), Ok(vec![won(11, Some("10"))])),
        (win(11, Some("10.00")), Ok(vec![won(11, Some("10"))])),
        (win(11, Some("11")), Err(OpportunityError::AmountHasLines)),
        (
            revise(vec![]),
            Ok(vec![OpportunityLinesRevised {
                lines: vec![],
                amount: Amount::ZERO,
            }]),
        ),
    ] {
        cqrs_es::test::TestFramework::<Opportunity>::with(())
            .given(given.to_vec())
            .when(command)
            .inspect_result()
            .map_or_else(
                |error| assert_eq!(Err(error), verdict),
                |events| assert_eq!(Ok(events), verdict),
            );
    }
}

#[test]
fn a_won_sale_is_corrected_moved_among_won_stages_or_reopened() {
    let mut table = corrections();
    table.extend(refused_once_closed());
    table.extend([
        (go(12), Ok(vec![OpportunityMoved { stage: id(12) }])),
        (go(11), Ok(vec![])),
        (go(21), Err(OpportunityError::WrongCategory)),
        (win(11, None), Ok(vec![])),
        (win(11, Some("5.0")), Ok(vec![])),
        (win(11, Some("6")), Err(OpportunityError::Closed)),
        (win(12, None), Err(OpportunityError::Closed)),
        (lose(21), Err(OpportunityError::Closed)),
        (cancel(31), Err(OpportunityError::Closed)),
    ]);
    decides::<Opportunity>(&[opened(Some("5"), vec![]), won(11, Some("5"))], table);
}

#[test]
fn a_lost_sale_is_corrected_moved_among_lost_stages_or_reopened() {
    let mut table = corrections();
    table.extend(refused_once_closed());
    table.extend([
        (go(22), Ok(vec![OpportunityMoved { stage: id(22) }])),
        (go(31), Err(OpportunityError::WrongCategory)),
        (win(11, None), Err(OpportunityError::Closed)),
        (lose(21), Ok(vec![])),
        (lose(22), Err(OpportunityError::Closed)),
        (cancel(31), Err(OpportunityError::Closed)),
    ]);
    decides::<Opportunity>(&[opened(None, vec![]), lost(21)], table);
}

#[test]
fn a_cancelled_sale_is_corrected_moved_among_cancelled_stages_or_reopened() {
    let mut table = corrections();
    table.extend(refused_once_closed());
    table.extend([
        (go(32), Ok(vec![OpportunityMoved { stage: id(32) }])),
        (go(11), Err(OpportunityError::WrongCategory)),
        (win(11, None), Err(OpportunityError::Closed)),
        (lose(21), Err(OpportunityError::Closed)),
        (cancel(31), Ok(vec![])),
        (cancel(32), Err(OpportunityError::Closed)),
    ]);
    decides::<Opportunity>(&[opened(None, vec![]), cancelled(31)], table);
}
