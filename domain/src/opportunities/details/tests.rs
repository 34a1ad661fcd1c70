use proptest::prelude::*;

use super::*;
use crate::values::patch::laws::corrections_hold;
use crate::values::samples::{line, personal};

fn one() -> OpportunityDetails {
    OpportunityDetails {
        title: Some(personal("Magatzem")),
        campaign: Some(line("Fira")),
        notes: Some(personal("A la tarda")),
        external_reference: Some(personal("O-1")),
    }
}

fn other() -> OpportunityDetails {
    OpportunityDetails {
        title: Some(personal("Botiga")),
        campaign: Some(line("Web")),
        notes: Some(personal("Al matí")),
        external_reference: Some(personal("O-2")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn corrections_change_what_they_say_and_nothing_else(choice in prop::collection::vec(0_u8..12, 4)) {
        corrections_hold([&one(), &other()], &choice, OpportunityDetails::correct, OpportunityDetails::changes);
    }
}
