use proptest::prelude::*;

use super::*;

#[test]
fn a_percentage_lies_between_0_and_100_with_two_places() {
    for text in ["0", "100", "12.5", "33.33", "50.00"] {
        assert!(text.parse::<Percentage>().is_ok(), "{text}");
    }
    for text in ["-0.01", "100.01", "12.345", "", "12,5", "1_0", "50%"] {
        assert_eq!(text.parse::<Percentage>(), Err(InvalidPercentage), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(units in 0_i64..=10_000) {
        let percentage = Percentage::try_new(Decimal::new(units, 2)).unwrap();
        prop_assert_eq!(percentage.to_string().parse(), Ok(percentage));
        prop_assert_eq!(serde_json::to_value(percentage).unwrap(), serde_json::json!(percentage.to_string()));
    }
}
