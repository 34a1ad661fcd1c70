//! Cells that a spreadsheet program would run as a formula: told on the way in, made harmless on the way out.
//!
//! On the way in only what computes, calls or fetches something is a formula ([`is_formula`]): a note may well begin with a
//! dash. On the way out all is neutralised that a program may take for one ([`is_formula_like`]; OWASP, "CSV Injection", read
//! 2026-01; RELIABILITY 16). In workbooks text is written as text cells, which no program evaluates.

use std::borrow::Cow;

/// Whether a spreadsheet program may take the text for a formula: it begins with `=`, `+`, `-`, `@`, one of their full-width
/// forms, TAB, CR or LF, and is not simply a number with a sign.
pub fn is_formula_like(text: &str) -> bool {
    let dangerous = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    dangerous && !is_signed_number(text)
}

/// Whether the text is a formula and not a value: it begins with `=`, or it begins with `+`, `-` or `@` and calls a function
/// (`@SUM(1)`) or another program (`-2+cmd|' /C calc'!A0`). Full-width forms count.
pub fn is_formula(text: &str) -> bool {
    let text = text.trim_start();
    if text.starts_with(['=', '\u{ff1d}']) {
        return true;
    }
    let signed = text.starts_with(['+', '-', '@', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    signed && (text.contains('|') || calls_a_function(text))
}

/// A letter or digit directly before a parenthesis: `SUM(`, `LOG10(`.
fn calls_a_function(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .windows(2)
        .any(|pair| matches!(pair, [before, b'('] if before.is_ascii_alphanumeric()))
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
