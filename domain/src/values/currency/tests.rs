use super::*;

#[test]
fn a_currency_is_three_upper_case_letters() {
    assert_eq!("EUR".parse::<Currency>().unwrap().to_string(), "EUR");
    for text in ["", "eur", "EURO", "€", "E1R", "EÜR"] {
        assert_eq!(text.parse::<Currency>(), Err(InvalidCurrency), "{text}");
    }
}
