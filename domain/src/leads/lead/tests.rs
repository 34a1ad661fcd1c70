use proptest::prelude::*;

use super::*;
use crate::decider::laws::{decides, lives};
use crate::leads::LeadDetailsPatch;
use crate::values::samples::{erased, id, line, parse, personal};
use crate::values::{Note, Patch, Personal};

fn details() -> LeadDetails {
    LeadDetails {
        company_name: Some(line("Ferreteria Puig")),
        ..LeadDetails::default()
    }
}

fn register(details: LeadDetails) -> LeadCommand {
    RegisterLead {
        details,
        channel: Some(id(1)),
        owner: Some(id(2)),
        team: None,
    }
}

fn registered() -> LeadEvent {
    LeadRegistered {
        details: details(),
        channel: Some(id(1)),
        owner: Some(id(2)),
        team: None,
    }
}

fn named(name: &str) -> LeadDetailsPatch {
    LeadDetailsPatch {
        company_name: Patch::Set(line(name)),
        ..LeadDetailsPatch::default()
    }
}

fn nameless() -> LeadDetailsPatch {
    LeadDetailsPatch {
        company_name: Patch::Clear,
        ..LeadDetailsPatch::default()
    }
}

fn correct(changes: LeadDetailsPatch) -> LeadCommand {
    CorrectLeadDetails { changes }
}

fn assign(owner: u128) -> LeadCommand {
    AssignLead {
        owner: Some(id(owner)),
        team: None,
    }
}

fn come_by(channel: u128) -> LeadCommand {
    CorrectLeadChannel {
        channel: Some(id(channel)),
    }
}

fn convert(client: u128, opportunity: u128) -> LeadCommand {
    ConvertLead {
        client: id(client),
        opportunity: Some(id(opportunity)),
    }
}

fn converted() -> LeadEvent {
    LeadConverted {
        client: id(3),
        opportunity: Some(id(4)),
    }
}

fn a_note() -> Personal<Note> {
    personal("Ja té proveïdor")
}

fn discard() -> LeadCommand {
    DiscardLead {
        reason: None,
        note: Some(a_note()),
    }
}

fn discarded() -> LeadEvent {
    LeadDiscarded {
        reason: None,
        note: Some(a_note()),
    }
}

#[test]
fn nothing_but_registering_is_accepted_before() {
    decides::<Lead>(
        &[],
        vec![
            (register(details()), Ok(vec![registered()])),
            (
                register(LeadDetails::default()),
                Err(LeadError::Unidentifiable),
            ),
            (correct(named("Puig")), Err(LeadError::NotRegistered)),
            (come_by(1), Err(LeadError::NotRegistered)),
            (assign(2), Err(LeadError::NotRegistered)),
            (MarkLeadContacted, Err(LeadError::NotRegistered)),
            (QualifyLead, Err(LeadError::NotRegistered)),
            (convert(3, 4), Err(LeadError::NotRegistered)),
            (discard(), Err(LeadError::NotRegistered)),
            (ReopenLead, Err(LeadError::NotRegistered)),
        ],
    );
}

#[test]
fn a_new_lead_is_worked_on() {
    decides::<Lead>(
        &[registered()],
        vec![
            (register(details()), Err(LeadError::AlreadyRegistered)),
            (
                correct(named("Puig, SL")),
                Ok(vec![LeadDetailsCorrected {
                    changes: named("Puig, SL"),
                }]),
            ),
            (correct(named("Ferreteria Puig")), Ok(vec![])),
            (correct(nameless()), Err(LeadError::Unidentifiable)),
            (
                come_by(9),
                Ok(vec![LeadChannelCorrected {
                    channel: Some(id(9)),
                }]),
            ),
            (come_by(1), Ok(vec![])),
            (
                assign(9),
                Ok(vec![LeadAssigned {
                    owner: Some(id(9)),
                    team: None,
                }]),
            ),
            (assign(2), Ok(vec![])),
            (MarkLeadContacted, Ok(vec![LeadContacted {}])),
            (QualifyLead, Ok(vec![LeadQualified {}])),
            (convert(3, 4), Ok(vec![converted()])),
            (discard(), Ok(vec![discarded()])),
            (
                DiscardLead {
                    reason: None,
                    note: None,
                },
                Err(LeadError::ReasonRequired),
            ),
            (ReopenLead, Ok(vec![])),
        ],
    );
}

#[test]
fn a_qualified_lead_has_been_contacted() {
    for progress in [
        vec![LeadQualified {}],
        vec![LeadContacted {}, LeadQualified {}],
    ] {
        let given = [vec![registered()], progress].concat();
        decides::<Lead>(
            &given,
            vec![
                (register(details()), Err(LeadError::AlreadyRegistered)),
                (correct(named("Ferreteria Puig")), Ok(vec![])),
                (come_by(1), Ok(vec![])),
                (assign(2), Ok(vec![])),
                (MarkLeadContacted, Ok(vec![])),
                (QualifyLead, Ok(vec![])),
                (convert(3, 4), Ok(vec![converted()])),
                (discard(), Ok(vec![discarded()])),
                (ReopenLead, Ok(vec![])),
            ],
        );
    }
}

#[test]
fn a_converted_lead_changes_no_more() {
    decides::<Lead>(
        &[registered(), converted()],
        vec![
            (register(details()), Err(LeadError::AlreadyRegistered)),
            (correct(named("Puig")), Err(LeadError::AlreadyConverted)),
            (come_by(9), Err(LeadError::AlreadyConverted)),
            (assign(9), Err(LeadError::AlreadyConverted)),
            (MarkLeadContacted, Err(LeadError::AlreadyConverted)),
            (QualifyLead, Err(LeadError::AlreadyConverted)),
            (convert(3, 4), Ok(vec![])),
            (convert(5, 4), Err(LeadError::AlreadyConverted)),
            (convert(3, 5), Err(LeadError::AlreadyConverted)),
            (discard(), Err(LeadError::AlreadyConverted)),
            (ReopenLead, Err(LeadError::AlreadyConverted)),
        ],
    );
}

#[test]
fn a_discarded_lead_is_reopened_first() {
    decides::<Lead>(
        &[registered(), LeadQualified {}, discarded()],
        vec![
            (register(details()), Err(LeadError::AlreadyRegistered)),
            (correct(named("Puig")), Err(LeadError::Discarded)),
            (come_by(9), Err(LeadError::Discarded)),
            (assign(9), Err(LeadError::Discarded)),
            (MarkLeadContacted, Err(LeadError::Discarded)),
            (QualifyLead, Err(LeadError::Discarded)),
            (convert(3, 4), Err(LeadError::Discarded)),
            (discard(), Ok(vec![])),
            (ReopenLead, Ok(vec![LeadReopened {}])),
        ],
    );
}

#[test]
fn a_reopened_lead_begins_anew() {
    let (_, lead) = lives::<Lead>(&[register(details()), QualifyLead, discard(), ReopenLead]);
    assert_eq!(lead.status(), Some(LeadStatus::New));
    assert_eq!(lead.details(), Some(&details()));
}

#[test]
fn a_person_by_address_or_number_is_enough_to_find_a_lead() {
    for details in [
        LeadDetails {
            email: Some(personal("anna@puig.example")),
            ..LeadDetails::default()
        },
        LeadDetails {
            phone: Some(personal("972123456")),
            ..LeadDetails::default()
        },
        LeadDetails {
            external_reference: Some(personal("L-1")),
            ..LeadDetails::default()
        },
    ] {
        assert!(lives::<Lead>(&[register(details)]).1.status().is_some());
    }
}

#[test]
fn what_was_erased_may_be_said_anew_and_cleared() {
    let given = LeadRegistered {
        details: LeadDetails {
            person_name: Some(erased()),
            ..details()
        },
        channel: None,
        owner: None,
        team: None,
    };
    let mut lead = Lead::default();
    Decider::evolve(&mut lead, given);
    let anew = |person_name| LeadDetailsPatch {
        person_name,
        ..LeadDetailsPatch::default()
    };
    for patch in [Patch::Set(personal("Anna Puig")), Patch::Clear] {
        let changes = anew(patch);
        let events = lead.decide(correct(changes.clone()));
        assert_eq!(events, Ok(vec![LeadDetailsCorrected { changes }]));
    }
    assert_eq!(lead.decide(correct(anew(Patch::Keep))), Ok(vec![]));
    assert_eq!(lead.details().unwrap().subject(), Some(id(900)));
}

fn every_command() -> Vec<LeadCommand> {
    vec![
        register(details()),
        correct(named("Puig")),
        correct(named("Ferreteria Puig")),
        correct(nameless()),
        correct(LeadDetailsPatch {
            external_reference: Patch::Set(personal("L-1")),
            expected_value: Patch::Set(parse("10")),
            ..LeadDetailsPatch::default()
        }),
        come_by(1),
        come_by(9),
        assign(2),
        assign(9),
        MarkLeadContacted,
        QualifyLead,
        convert(3, 4),
        convert(3, 5),
        discard(),
        ReopenLead,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_life_obeys_the_laws(commands in prop::collection::vec(prop::sample::select(every_command()), 0..30)) {
        let (log, lead) = lives::<Lead>(&commands);
        prop_assert_eq!(lead.status().is_some(), !log.is_empty());
        let conversions = log.iter().filter(|event| matches!(event, LeadConverted { .. })).count();
        prop_assert!(conversions <= 1);
        prop_assert!(lead.details().is_none_or(LeadDetails::is_identifiable));
    }
}
