use proptest::prelude::*;

use super::*;
use crate::values::patch::laws::corrections_hold;
use crate::values::samples::{line, personal};

fn one() -> ContactDetails {
    ContactDetails {
        name: Some(personal("Joan Serra")),
        role: Some(line("Compres")),
        email: Some(personal("joan@serra.example")),
        phone: Some(personal("972123456")),
        notes: Some(personal("A la tarda")),
    }
}

fn other() -> ContactDetails {
    ContactDetails {
        name: Some(personal("Anna Puig")),
        role: Some(line("Vendes")),
        email: Some(personal("anna@puig.example")),
        phone: Some(personal("972654321")),
        notes: Some(personal("Al matí")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn corrections_change_what_they_say_and_nothing_else(choice in prop::collection::vec(0_u8..12, 5)) {
        corrections_hold([&one(), &other()], &choice, ContactDetails::correct, ContactDetails::changes);
    }
}
