//! Counts tokens and open brackets without parsing.
//!
//! The parser recurses once per bracket and copies every token; both are bounded here first. The scanner need not
//! agree with the grammar on nonsense, only never to count fewer tokens than a parser would see.

use std::iter::Peekable;
use std::str::Chars;

/// What the scanner has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Names, numbers, strings and punctuators; `...` is one.
    pub tokens: usize,
    /// Most brackets open at once.
    pub brackets: usize,
}

/// Reads a document once from left to right.
pub fn scan(source: &str) -> Scan {
    let mut seen = Scan::default();
    let mut open: usize = 0;
    let mut rest = source.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            ' ' | ',' | '\t' | '\n' | '\r' | '\u{feff}' => continue,
            '#' => {
                skip_while(&mut rest, |next| !matches!(next, '\n' | '\r'));
                continue;
            }
            '{' | '[' | '(' => {
                open = open.saturating_add(1);
                seen.brackets = seen.brackets.max(open);
            }
            '}' | ']' | ')' => open = open.saturating_sub(1),
            '"' => skip_string(&mut rest),
            '.' => skip_while(&mut rest, |next| next == '.'),
            _ if is_word(character) => skip_while(&mut rest, is_word),
            _ => {}
        }
        seen.tokens = seen.tokens.saturating_add(1);
    }
    seen
}

/// Characters of names and numbers. A number's point and exponent sign end it here, which counts too much, not too little.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '-'
}

fn skip_while(rest: &mut Peekable<Chars<'_>>, wanted: impl Fn(char) -> bool) {
    while rest.next_if(|next| wanted(*next)).is_some() {}
}

/// Skips to the end of a string whose first quote has been read.
fn skip_string(rest: &mut Peekable<Chars<'_>>) {
    if rest.next_if_eq(&'"').is_none() {
        return skip_line_string(rest);
    }
    if rest.next_if_eq(&'"').is_some() {
        skip_block_string(rest);
    }
}

fn skip_line_string(rest: &mut Peekable<Chars<'_>>) {
    while let Some(character) = rest.next() {
        match character {
            '"' | '\n' | '\r' => return,
            '\\' => skip_one(rest),
            _ => {}
        }
    }
}

fn skip_block_string(rest: &mut Peekable<Chars<'_>>) {
    let mut quotes = 0_u8;
    let mut escaped = false;
    for character in rest.by_ref() {
        quotes = match character {
            '"' if !escaped => quotes.saturating_add(1),
            _ => 0,
        };
        if quotes == 3 {
            return;
        }
        // `\"""` is the only escape here: it takes the three quotes out of the count one by one.
        escaped = character == '\\' || (escaped && character == '"');
    }
}

fn skip_one(rest: &mut Peekable<Chars<'_>>) {
    if rest.next().is_none() {
        // The string is not closed; the parser will say so.
    }
}

#[cfg(test)]
mod tests {
    use super::{Scan, scan};

    #[track_caller]
    fn assert_scan(source: &str, tokens: usize, brackets: usize) {
        assert_eq!(scan(source), Scan { tokens, brackets }, "{source}");
    }

    #[test]
    fn tokens_are_counted_as_the_grammar_counts_them() {
        assert_scan("", 0, 0);
        assert_scan("{ a }", 3, 1);
        assert_scan("query Q($x: [Int!]! = -3) { a: b(c: $x) ...F }", 27, 2);
        assert_scan("{ a # b c d {{{{\n }", 3, 1);
        assert_scan(r#"{ a(b: "c \" { d") }"#, 8, 2);
        assert_scan(r#"{ a(b: """c " \""" { d""") e }"#, 9, 2);
        assert_scan(r#"{ a(b: "", c: "\\") }"#, 11, 2);
    }

    #[test]
    fn a_string_that_never_ends_hides_nothing_before_it() {
        assert_scan("{ a(b: \"", 6, 2);
        assert_scan("{ a(b: \"\"\"", 6, 2);
        assert_scan("{ a(b: \"x\n c d) }", 10, 2);
    }

    #[test]
    fn brackets_count_those_open_at_once() {
        assert_scan("{a{b{c}}} {d}", 12, 3);
        assert_scan("[[[[", 4, 4);
        assert_scan("}}}{", 4, 1);
    }
}
