use cartera_domain::Event;
use cartera_domain::opportunities::{
    OpportunityDetails, OpportunityDetailsPatch, OpportunityEvent, OpportunityLine,
};
use cartera_domain::values::Patch;

use super::{id, line, note, parse, personal};

pub(super) fn all() -> Vec<Event> {
    let mut events = opening_and_corrections();
    events.extend(estimates());
    events.extend(moves_and_outcomes());
    events.into_iter().map(Event::from).collect()
}

fn opening_and_corrections() -> Vec<OpportunityEvent> {
    vec![
        OpportunityEvent::OpportunityOpened {
            pipeline: id(10),
            stage: id(11),
            details: OpportunityDetails {
                title: Some(personal("Renovació del magatzem")),
                campaign: Some(line("Fira de Girona 2026")),
                notes: Some(note("Vol veure mostres.")),
                external_reference: Some(personal("O-1")),
            },
            client: Some(id(51)),
            lead: Some(id(41)),
            channel: Some(id(1)),
            owner: Some(id(31)),
            team: Some(id(21)),
            amount: Some(parse("171.45")),
            currency: parse("EUR"),
            expected_close: Some(parse("2026-12-31")),
            lines: lines(),
        },
        OpportunityEvent::OpportunityDetailsCorrected {
            changes: OpportunityDetailsPatch {
                title: Patch::Set(personal("Renovació")),
                campaign: Patch::Clear,
                notes: Patch::Set(note("Ja ha vist mostres.")),
                external_reference: Patch::Keep,
            },
        },
        OpportunityEvent::OpportunityClientLinked {
            client: Some(id(52)),
        },
        OpportunityEvent::OpportunityChannelCorrected {
            channel: Some(id(4)),
        },
        OpportunityEvent::OpportunityAssigned {
            owner: Some(id(32)),
            team: Some(id(22)),
        },
    ]
}

fn estimates() -> Vec<OpportunityEvent> {
    vec![
        OpportunityEvent::OpportunityLinesRevised {
            lines: lines(),
            amount: parse("171.45"),
        },
        OpportunityEvent::OpportunityAmountRevised {
            amount: Some(parse("199.999999")),
        },
        OpportunityEvent::OpportunityExpectedCloseChanged {
            expected_close: Some(parse("2027-01-15")),
        },
        OpportunityEvent::OpportunityProbabilityJudged {
            probability: Some(parse("33.33")),
        },
    ]
}

fn moves_and_outcomes() -> Vec<OpportunityEvent> {
    vec![
        OpportunityEvent::OpportunityMoved { stage: id(15) },
        OpportunityEvent::OpportunityWon {
            stage: id(12),
            amount: Some(parse("171.45")),
            reason: Some(id(5)),
            note: Some(note("Pel servei.")),
        },
        OpportunityEvent::OpportunityLost {
            stage: id(13),
            reason: Some(id(2)),
            competitor: Some(line("Ferros Roca")),
            note: Some(note("Massa car.")),
        },
        OpportunityEvent::OpportunityCancelled {
            stage: id(14),
            reason: None,
            note: Some(note("Ho deixen per l'any vinent.")),
        },
        OpportunityEvent::OpportunityReopened { stage: id(11) },
    ]
}

fn lines() -> Vec<OpportunityLine> {
    vec![
        OpportunityLine {
            line: id(71),
            product: id(81),
            description: Some(line("Cafè de Colòmbia, gra")),
            quantity: parse("10"),
            unit_price: Some(parse("17.495")),
            discount: Some(parse("2")),
            amount: parse("171.451"),
        },
        OpportunityLine {
            line: id(72),
            product: id(82),
            description: None,
            quantity: parse("-1"),
            unit_price: None,
            discount: None,
            amount: parse("-0.001"),
        },
    ]
}
