//! Cells that a spreadsheet program would run as a formula, and how they are made harmless on the way out.
//!
//! Stored values stay as they are; only what goes into a CSV file is changed (OWASP, "CSV Injection", read 2026-01;
//! RELIABILITY 16). In workbooks text is written as text cells, which no program evaluates.

use std::borrow::Cow;

/// Whether a spreadsheet program may take the text for a formula: it begins with `=`, `+`, `-`, `@`, one of their full-width
/// forms, TAB, CR or LF, and is not simply a number with a sign.
pub fn is_formula_like(text: &str) -> bool {
    let dangerous = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    dangerous && !is_signed_number(text)
}

/// The text as it may stand in a CSV file: with an apostrophe in front where it would be taken for a formula.
///
/// The writer must quote cells with separators and quotation marks all the same.
pub fn neutralise_for_csv(text: &str) -> Cow<'_, str> {
    if is_formula_like(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// `-12`, `+34.5`, `-1.234,50`, `-5 %`: a sign, digits, and marks between digits. Nothing there can be evaluated.
fn is_signed_number(text: &str) -> bool {
    let Some(unsigned) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    let digits = unsigned
        .strip_suffix('%')
        .unwrap_or(unsigned)
        .trim_end_matches(' ');
    let mut after_digit = false;
    for letter in digits.chars() {
        match letter {
            '0'..='9' => after_digit = true,
            '.' | ',' if after_digit => after_digit = false,
            _ => return false,
        }
    }
    after_digit
}
