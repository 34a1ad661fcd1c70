use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<PhoneNumber, InvalidPhoneNumber> {
    text.parse()
}

#[test]
fn every_way_of_writing_a_number_is_one_number() {
    for text in [
        "931 234 567",
        "93.123.45.67",
        "+34 93 123 45 67",
        "0034931234567",
        "(93) 123-45-67",
        "+34\u{a0}931234567",
    ] {
        assert_eq!(parse(text).unwrap().as_str(), "+34931234567", "{text}");
    }
    assert_eq!(parse("+1 (555) 010-9999").unwrap().as_str(), "+15550109999");
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "",
        "+",
        "12345",
        "531234567",
        "+0123456789",
        "+12345678901234567",
        "call me",
        "93 123 45 67 ext. 3",
    ] {
        assert_eq!(parse(text), Err(InvalidPhoneNumber), "{text}");
    }
}

#[test]
fn a_debug_print_never_shows_it() {
    assert!(!format!("{:?}", parse("931234567").unwrap()).contains("93"));
}

proptest! {
    #[test]
    fn what_was_parsed_parses_to_itself(digits in "[1-9][0-9]{6,14}") {
        let number = parse(&format!("+{digits}")).unwrap();
        prop_assert_eq!(parse(number.as_str()), Ok(number));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,30}") {
        let _refused_or_not = parse(&text).is_ok();
    }
}
