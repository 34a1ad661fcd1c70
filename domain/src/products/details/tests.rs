use proptest::prelude::*;

use super::*;
use crate::values::patch::laws::corrections_hold;
use crate::values::samples::{line, parse};

fn one() -> ProductDetails {
    ProductDetails {
        name: Some(line("Cafè")),
        family: Some(line("Cafès")),
        unit: Some(line("kg")),
        description: Some(parse("Torrat")),
        external_reference: Some(line("P-1")),
    }
}

fn other() -> ProductDetails {
    ProductDetails {
        name: Some(line("Te")),
        family: Some(line("Tes")),
        unit: Some(line("g")),
        description: Some(parse("Verd")),
        external_reference: Some(line("P-2")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn corrections_change_what_they_say_and_nothing_else(choice in prop::collection::vec(0_u8..12, 5)) {
        corrections_hold([&one(), &other()], &choice, ProductDetails::correct, ProductDetails::changes);
    }
}
