use proptest::prelude::*;

use super::*;
use crate::values::patch::laws::corrections_hold;
use crate::values::samples::{line, parse, personal};

fn one() -> ClientDetails {
    ClientDetails {
        company_name: Some(line("Serra")),
        legal_name: Some(line("Serra, SL")),
        person_name: Some(personal("Joan Serra")),
        tax_id: Some(personal("B12345674")),
        email: Some(personal("joan@serra.example")),
        phone: Some(personal("972123456")),
        website: Some(line("serra.example")),
        sector: Some(line("Ferreteries")),
        street: Some(personal("Carrer Major, 1")),
        postal_code: Some(line("17800")),
        city: Some(line("Olot")),
        province: Some(line("Girona")),
        country: Some(line("Espanya")),
        employees: Some(12),
        revenue: Some(parse("2500")),
        founded: Some(1987),
        parent_company: Some(line("Grup")),
        notes: Some(personal("A la tarda")),
        external_reference: Some(personal("C-1")),
    }
}

fn other() -> ClientDetails {
    ClientDetails {
        company_name: Some(line("Puig")),
        legal_name: Some(line("Puig, SA")),
        person_name: Some(personal("Anna Puig")),
        tax_id: Some(personal("B76543214")),
        email: Some(personal("anna@puig.example")),
        phone: Some(personal("972654321")),
        website: Some(line("puig.example")),
        sector: Some(line("Cafès")),
        street: Some(personal("Plaça Nova, 2")),
        postal_code: Some(line("17001")),
        city: Some(line("Girona")),
        province: Some(line("Lleida")),
        country: Some(line("França")),
        employees: Some(13),
        revenue: Some(parse("10.5")),
        founded: Some(1999),
        parent_company: Some(line("Holding")),
        notes: Some(personal("Al matí")),
        external_reference: Some(personal("C-2")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn corrections_change_what_they_say_and_nothing_else(choice in prop::collection::vec(0_u8..12, 19)) {
        corrections_hold([&one(), &other()], &choice, ClientDetails::correct, ClientDetails::changes);
    }
}
