use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<Amount, InvalidAmount> {
    text.parse()
}

#[test]
fn equal_numbers_are_equal_amounts_and_print_alike() {
    let (short, long) = (parse("12.5").unwrap(), parse("12.500000").unwrap());
    assert_eq!(short, long);
    assert_eq!(short.to_string(), "12.5");
    assert_eq!(long.to_string(), "12.5");
    assert_eq!(parse("-0.00").unwrap().to_string(), "0");
    assert_eq!(parse("1000").unwrap().to_string(), "1000");
}

#[test]
fn each_refusal_says_why() {
    assert_eq!(parse("0.0000001"), Err(InvalidAmount::TooPrecise));
    assert_eq!(
        parse(&format!("0.{}", "1".repeat(40))),
        Err(InvalidAmount::TooPrecise)
    );
    assert_eq!(parse("1000000000000000"), Err(InvalidAmount::OutOfRange));
    assert_eq!(parse(&"9".repeat(40)), Err(InvalidAmount::OutOfRange));
    assert_eq!(parse("999999999999999.999999").map(|_| ()), Ok(()));
    for text in [
        "", " ", "1,5", "1_000", "1e3", "NaN", "١", "0x10", "--1", "1.2.3",
    ] {
        assert_eq!(parse(text), Err(InvalidAmount::NotANumber), "{text}");
    }
}

#[test]
fn an_amount_is_a_string_in_events() {
    let json = serde_json::to_value(parse("0.10").unwrap()).unwrap();
    assert_eq!(json, serde_json::json!("0.1"));
}

#[test]
fn a_sum_out_of_range_is_refused() {
    let most = parse("999999999999999").unwrap();
    assert_eq!(
        most.checked_add(parse("1").unwrap()),
        Err(InvalidAmount::OutOfRange)
    );
}

fn any_amount() -> impl Strategy<Value = Amount> {
    (-999_999_999_999_999_999_999_i128..=999_999_999_999_999_999_999)
        .prop_map(|units| Amount::try_new(Decimal::from_i128_with_scale(units, 6)).unwrap())
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(amount in any_amount()) {
        prop_assert_eq!(parse(&amount.to_string()), Ok(amount));
        let json = serde_json::to_string(&amount).unwrap();
        prop_assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
        prop_assert_eq!(json, format!("\"{amount}\""));
    }

    #[test]
    fn adding_is_exact(one in any_amount(), other in any_amount()) {
        if let Ok(sum) = one.checked_add(other) {
            prop_assert_eq!(sum.value() - other.value(), one.value());
        }
    }

    #[test]
    fn no_text_panics(text in "[-+0-9._eE ]{0,60}") {
        let _refused_or_not = parse(&text).is_ok();
    }
}
