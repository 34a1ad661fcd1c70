use proptest::prelude::*;

use super::*;
use crate::values::patch::laws::corrections_hold;
use crate::values::samples::{id, line, parse, personal};

fn one() -> LeadDetails {
    LeadDetails {
        person_name: Some(personal("Joan Serra")),
        company_name: Some(line("Serra")),
        job_title: Some(line("Compres")),
        email: Some(personal("joan@serra.example")),
        phone: Some(personal("972123456")),
        tax_id: Some(personal("B12345674")),
        city: Some(line("Olot")),
        country: Some(line("Espanya")),
        sector: Some(line("Ferreteries")),
        campaign: Some(line("Fira")),
        interest: Some(line("Eines")),
        expected_value: Some(parse("2500")),
        notes: Some(personal("A la tarda")),
        external_reference: Some(personal("L-1")),
    }
}

fn other() -> LeadDetails {
    LeadDetails {
        person_name: Some(personal("Anna Puig")),
        company_name: Some(line("Puig")),
        job_title: Some(line("Vendes")),
        email: Some(personal("anna@puig.example")),
        phone: Some(personal("972654321")),
        tax_id: Some(personal("B76543214")),
        city: Some(line("Girona")),
        country: Some(line("França")),
        sector: Some(line("Cafès")),
        campaign: Some(line("Web")),
        interest: Some(line("Cafè")),
        expected_value: Some(parse("10.5")),
        notes: Some(personal("Al matí")),
        external_reference: Some(personal("L-2")),
    }
}

#[test]
fn all_personal_values_tell_the_same_subject() {
    assert_eq!(one().subject(), Some(id(900)));
    let nobody = LeadDetails {
        company_name: Some(line("Serra")),
        ..LeadDetails::default()
    };
    assert_eq!(nobody.subject(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn corrections_change_what_they_say_and_nothing_else(choice in prop::collection::vec(0_u8..12, 14)) {
        corrections_hold([&one(), &other()], &choice, LeadDetails::correct, LeadDetails::changes);
    }
}
