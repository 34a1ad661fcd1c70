use cqrs_es::test::TestFramework;

use super::*;
use crate::values::Line;

fn a_lead() -> LeadEvent {
    let details = LeadDetails {
        company_name: Line::parse("Ferreteria Puig").ok(),
        ..LeadDetails::default()
    };
    LeadRegistered {
        details,
        channel: None,
        owner: None,
        team: None,
    }
}

fn framework() -> TestFramework<Lead> {
    TestFramework::with(())
}

#[test]
fn a_lead_without_any_name_is_refused() {
    framework()
        .given_no_previous_events()
        .when(RegisterLead {
            details: LeadDetails::default(),
            channel: None,
            owner: None,
            team: None,
        })
        .then_expect_error(LeadError::Unidentifiable);
}

#[test]
fn a_converted_lead_cannot_be_qualified() {
    let client = crate::ids::TypedId::from_uuid(uuid::Uuid::from_u128(1));
    framework()
        .given(vec![
            a_lead(),
            LeadConverted {
                client,
                opportunity: None,
            },
        ])
        .when(QualifyLead)
        .then_expect_error(LeadError::AlreadyConverted);
}

#[test]
fn qualifying_twice_says_nothing_new() {
    framework()
        .given(vec![a_lead(), LeadQualified {}])
        .when(QualifyLead)
        .then_expect_events(vec![]);
}
