//! What a piece of text looks like at a glance. A hint for finding separators and headers, never a verdict on a value.

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::files) enum Shape {
    /// White space or nothing.
    Blank,
    /// A number, with or without sign, marks, currency, percent.
    Number,
    /// A date, a time of day, or both.
    Date,
    /// Words, an address, a key: without anything that usually separates cells.
    Words,
    /// Something with separators or quotation marks in it.
    Mixed,
}

/// Looks at a text.
pub(in crate::files) fn shape(text: &str) -> Shape {
    let text = text.trim();
    if text.is_empty() {
        Shape::Blank
    } else if looks_like_number(text) {
        Shape::Number
    } else if looks_like_date(text) {
        Shape::Date
    } else if text.contains([',', ';', '\t', '|', '"']) {
        Shape::Mixed
    } else {
        Shape::Words
    }
}

fn looks_like_number(text: &str) -> bool {
    let bare = text
        .trim_start_matches(['(', '+', '-', '\u{2212}', '$', '€', '£', ' '])
        .trim_end_matches([')', '-', '%', '$', '€', '£', ' ', '\u{a0}']);
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let marks = bare
        .chars()
        .filter(|c| matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}'))
        .count();
    let exact = digits + marks == bare.chars().count();
    let begins = bare.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    digits > 0
        && exact
        && begins
        && marks <= digits
        && !(bare.contains(' ') && marks > digits.div_ceil(3))
        && !dotted_date(bare)
}

/// `01.02.2017`: two points, and the parts have the lengths of a date's.
fn dotted_date(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('.').map(str::len).collect();
    matches!(
        lengths.as_slice(),
        [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]
    )
}

fn looks_like_date(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 40 {
        return false;
    }
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let is_day = |part: &str| {
        let lengths: Vec<usize> = part.split(['-', '/', '.']).map(str::len).collect();
        part.chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.'))
            && matches!(
                lengths.as_slice(),
                [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]
            )
    };
    let is_time = |part: &str| {
        part.contains(':')
            && part.chars().all(|c| {
                c.is_ascii_digit()
                    || matches!(
                        c,
                        ':' | '.' | '+' | '-' | 'Z' | ' ' | 'A' | 'P' | 'M' | 'a' | 'p' | 'm'
                    )
            })
    };
    if time.is_empty() {
        is_day(day) || is_time(day)
    } else {
        is_day(day) && is_time(time)
    }
}
