use proptest::prelude::*;

use super::*;

#[test]
fn a_text_is_trimmed_and_must_not_be_empty() {
    assert_eq!(
        Line::parse(" Ferreteria Puig \n").unwrap().as_str(),
        "Ferreteria Puig"
    );
    assert_eq!(Line::parse(" \t\u{a0}"), Err(InvalidText::Empty));
}

#[test]
fn the_length_counts_characters_and_not_bytes() {
    assert!(Line::parse(&"ç".repeat(200)).is_ok());
    assert_eq!(
        Line::parse(&"ç".repeat(201)),
        Err(InvalidText::TooLong {
            length: 201,
            max: 200
        })
    );
}

#[test]
fn line_breaks_and_tabs_are_blanks_in_a_line() {
    let line = Line::parse("Carrer Major, 1\r\n  Baixos\t2a").unwrap();
    assert_eq!(line.as_str(), "Carrer Major, 1 Baixos 2a");
}

#[test]
fn a_note_keeps_its_lines_with_one_kind_of_line_break() {
    let note = Note::parse("one\r\ntwo\rthree\n\tfour").unwrap();
    assert_eq!(note.as_str(), "one\ntwo\nthree\n\tfour");
}

#[test]
fn other_control_characters_are_refused_by_their_number() {
    for (text, code) in [
        ("a\0b", 0),
        ("a\u{1b}[31m", 0x1b),
        ("a\u{9f}b", 0x9f),
        ("a\u{7f}", 0x7f),
    ] {
        assert_eq!(
            Line::parse(text),
            Err(InvalidText::ControlCharacter { code })
        );
        assert_eq!(
            Note::parse(text),
            Err(InvalidText::ControlCharacter { code })
        );
    }
}

proptest! {
    #[test]
    fn what_was_parsed_parses_to_itself(text in "\\PC{0,40}[\\r\\n\\t ]{0,3}\\PC{0,40}") {
        if let Ok(line) = Line::parse(&text) {
            prop_assert_eq!(Line::parse(line.as_str()), Ok(line));
        }
        if let Ok(note) = Note::parse(&text) {
            prop_assert_eq!(Note::parse(&note.to_string()), Ok(note));
        }
    }

    #[test]
    fn no_text_keeps_a_control_character(text in ".{0,60}") {
        if let Ok(line) = Line::parse(&text) {
            prop_assert!(!line.as_str().contains(char::is_control));
        }
    }
}
