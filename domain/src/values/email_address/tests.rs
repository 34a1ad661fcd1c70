use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<EmailAddress, InvalidEmailAddress> {
    text.parse()
}

#[test]
fn the_domain_is_in_lower_case_and_the_rest_as_given() {
    let address = parse(" Anna.Puig@Ferreteria-PUIG.CAT ").unwrap();
    assert_eq!(address.as_str(), "Anna.Puig@ferreteria-puig.cat");
    assert_eq!(address.normalised(), "anna.puig@ferreteria-puig.cat");
}

#[test]
fn what_is_no_address_is_refused() {
    for text in [
        "",
        "anna",
        "@puig.cat",
        "anna@",
        "anna@puig",
        "anna@.cat",
        "anna@puig..cat",
        "anna@-puig.cat",
        "anna puig@puig.cat",
        "anna@puig.cat, joan@puig.cat",
        "<anna@puig.cat>",
        "mailto:anna@puig.cat",
        "anna@pu ig.cat",
        "anna\u{0}@puig.cat",
        "a@b@puig.cat",
    ] {
        assert_eq!(parse(text), Err(InvalidEmailAddress), "{text}");
    }
    assert_eq!(
        parse(&format!("{}@puig.cat", "a".repeat(65))),
        Err(InvalidEmailAddress)
    );
    assert!(parse("o'brien+crm@sub.example.co.uk").is_ok());
}

#[test]
fn a_debug_print_never_shows_it() {
    assert!(!format!("{:?}", parse("anna@puig.cat").unwrap()).contains("anna"));
}

proptest! {
    #[test]
    fn what_was_parsed_parses_to_itself(local in "[A-Za-z0-9.+_-]{1,20}", domain in "[A-Za-z0-9]{1,10}", top in "[a-zA-Z]{2,5}") {
        let address = parse(&format!("{local}@{domain}.{top}")).unwrap();
        prop_assert_eq!(parse(address.as_str()), Ok(address));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,30}@?\\PC{0,30}") {
        let _refused_or_not = parse(&text).is_ok();
    }
}
