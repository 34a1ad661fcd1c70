//! What is said of opportunities in their tests, in few words.

use crate::opportunities::OpportunityCommand::{
    AssignOpportunity, CancelOpportunity, ChangeOpportunityExpectedClose,
    CorrectOpportunityChannel, CorrectOpportunityDetails, JudgeOpportunityProbability,
    LinkOpportunityClient, LoseOpportunity, MoveOpportunity, OpenOpportunity, ReopenOpportunity,
    ReviseOpportunityAmount, ReviseOpportunityLines, WinOpportunity,
};
use crate::opportunities::OpportunityEvent::{
    OpportunityCancelled, OpportunityLost, OpportunityOpened, OpportunityWon,
};
use crate::opportunities::{
    OpportunityCommand, OpportunityDetails, OpportunityDetailsPatch, OpportunityEvent,
    OpportunityLine, StageFact,
};
use crate::settings::StageCategory::{Cancelled, Lost, Open, Won};
use crate::values::Patch;
use crate::values::samples::{id, parse, personal};

/// Stages 1 and 2 are open, 11 and 12 won, 21 and 22 lost, 31 and 32 cancelled; all of pipeline 1.
pub(super) fn stage(number: u128) -> StageFact {
    let category = match number / 10 {
        0 => Open,
        1 => Won,
        2 => Lost,
        _ => Cancelled,
    };
    StageFact {
        pipeline: id(1),
        stage: id(number),
        category,
    }
}

pub(super) fn elsewhere(number: u128) -> StageFact {
    StageFact {
        pipeline: id(2),
        ..stage(number)
    }
}

pub(super) fn a_line(number: u128, quantity: &str, price: &str, amount: &str) -> OpportunityLine {
    OpportunityLine {
        line: id(number),
        product: id(7),
        description: None,
        quantity: parse(quantity),
        unit_price: Some(parse(price)),
        discount: None,
        amount: parse(amount),
    }
}

pub(super) fn two_lines() -> Vec<OpportunityLine> {
    vec![
        a_line(1, "2", "1.125", "2.25"),
        a_line(2, "1", "7.75", "7.75"),
    ]
}

pub(super) fn open(
    at: StageFact,
    amount: Option<&str>,
    lines: Vec<OpportunityLine>,
) -> OpportunityCommand {
    OpenOpportunity {
        stage: at,
        details: OpportunityDetails::default(),
        client: Some(id(3)),
        lead: None,
        channel: None,
        owner: Some(id(4)),
        team: None,
        amount: amount.map(parse),
        currency: parse("EUR"),
        expected_close: None,
        lines,
    }
}

pub(super) fn opened(amount: Option<&str>, lines: Vec<OpportunityLine>) -> OpportunityEvent {
    OpportunityOpened {
        pipeline: id(1),
        stage: id(1),
        details: OpportunityDetails::default(),
        client: Some(id(3)),
        lead: None,
        channel: None,
        owner: Some(id(4)),
        team: None,
        amount: amount.map(parse),
        currency: parse("EUR"),
        expected_close: None,
        lines,
    }
}

pub(super) fn titled(title: &str) -> OpportunityDetailsPatch {
    OpportunityDetailsPatch {
        title: Patch::Set(personal(title)),
        ..OpportunityDetailsPatch::default()
    }
}

pub(super) fn correct(title: &str) -> OpportunityCommand {
    CorrectOpportunityDetails {
        changes: titled(title),
    }
}

pub(super) fn link(client: u128) -> OpportunityCommand {
    LinkOpportunityClient {
        client: Some(id(client)),
    }
}

pub(super) fn come_by(channel: Option<u128>) -> OpportunityCommand {
    CorrectOpportunityChannel {
        channel: channel.map(id),
    }
}

pub(super) fn assign(owner: u128) -> OpportunityCommand {
    AssignOpportunity {
        owner: Some(id(owner)),
        team: None,
    }
}

pub(super) fn revise(lines: Vec<OpportunityLine>) -> OpportunityCommand {
    ReviseOpportunityLines { lines }
}

pub(super) fn estimate(amount: Option<&str>) -> OpportunityCommand {
    ReviseOpportunityAmount {
        amount: amount.map(parse),
    }
}

pub(super) fn expect(day: Option<&str>) -> OpportunityCommand {
    ChangeOpportunityExpectedClose {
        expected_close: day.map(parse),
    }
}

pub(super) fn judge(probability: Option<&str>) -> OpportunityCommand {
    JudgeOpportunityProbability {
        probability: probability.map(parse),
    }
}

pub(super) fn go(number: u128) -> OpportunityCommand {
    MoveOpportunity {
        stage: stage(number),
    }
}

pub(super) fn win(number: u128, amount: Option<&str>) -> OpportunityCommand {
    WinOpportunity {
        stage: stage(number),
        amount: amount.map(parse),
        reason: None,
        note: None,
    }
}

pub(super) fn won(number: u128, amount: Option<&str>) -> OpportunityEvent {
    OpportunityWon {
        stage: id(number),
        amount: amount.map(parse),
        reason: None,
        note: None,
    }
}

pub(super) fn lose(number: u128) -> OpportunityCommand {
    LoseOpportunity {
        stage: stage(number),
        reason: None,
        competitor: None,
        note: None,
    }
}

pub(super) fn lost(number: u128) -> OpportunityEvent {
    OpportunityLost {
        stage: id(number),
        reason: None,
        competitor: None,
        note: None,
    }
}

pub(super) fn cancel(number: u128) -> OpportunityCommand {
    CancelOpportunity {
        stage: stage(number),
        reason: None,
        note: None,
    }
}

pub(super) fn cancelled(number: u128) -> OpportunityEvent {
    OpportunityCancelled {
        stage: id(number),
        reason: None,
        note: None,
    }
}

pub(super) fn reopen(number: u128) -> OpportunityCommand {
    ReopenOpportunity {
        stage: stage(number),
    }
}
