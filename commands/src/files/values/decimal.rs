//! Numbers.

use rust_decimal::Decimal;

use super::{CellFault, InvalidCell};
use crate::files::cell::Cell;

/// Which mark stands before the decimals; the other one may stand between thousands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    serde::Serialize,
    serde::Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1,054.00`
    Point,
    /// `1.054,00`
    Comma,
}

/// Digits that a spreadsheet program reckons with and shows; what a float has beyond them is noise of the arithmetic.
const SPREADSHEET_DIGITS: u32 = 15;

/// A cell as a number, written with this decimal mark where it is text.
///
/// Text may have a sign in front or behind, parentheses for a negative number, a currency (`$ € £ ¥`, `EUR`, `USD`, `GBP`),
/// blanks or apostrophes or the other mark between thousands, and an exponent. A workbook's number with decimals is taken
/// to 15 digits, as the spreadsheet program shows it: 0.1 + 0.2 is 0.3.
///
/// # Errors
/// `CELL_EMPTY`, `CELL_FAULTY`, `CELL_NOT_A_NUMBER`, `CELL_NUMBER_TOO_LONG`.
pub fn decimal(cell: &Cell, mark: DecimalMark) -> Result<Decimal, InvalidCell> {
    let value = match cell {
        Cell::Empty => Err(CellFault::CellEmpty),
        Cell::Faulty(_) => Err(CellFault::CellFaulty),
        Cell::Text(text) => parse_decimal(text, mark),
        Cell::Number(text) => spreadsheet_number(text),
        Cell::Date(_) | Cell::DateTime(_) | Cell::Bool(_) => Err(CellFault::CellNotANumber(mark)),
    };
    value.map_err(|fault| fault.of(cell))
}

/// A cell as a percentage: `12,5 %` and `12,5` are both 12.5. A workbook's number is taken as it is stored: one shown as
/// `25 %` is stored as 0.25, and the mapping has to say so.
///
/// # Errors
/// As [`decimal`].
pub fn percentage(cell: &Cell, mark: DecimalMark) -> Result<Decimal, InvalidCell> {
    match cell {
        Cell::Text(text) => {
            parse_decimal(text.trim().trim_matches('%'), mark).map_err(|fault| fault.of(cell))
        }
        Cell::Empty
        | Cell::Number(_)
        | Cell::Date(_)
        | Cell::DateTime(_)
        | Cell::Bool(_)
        | Cell::Faulty(_) => decimal(cell, mark),
    }
}

fn spreadsheet_number(text: &str) -> Result<Decimal, CellFault> {
    let number: Decimal = text
        .parse()
        .map_err(|_too_long| CellFault::CellNumberTooLong)?;
    if number.scale() == 0 {
        return Ok(number);
    }
    number
        .round_sf(SPREADSHEET_DIGITS)
        .map(|number| number.normalize())
        .ok_or(CellFault::CellNumberTooLong)
}

/// Text as a number; see [`decimal`].
///
/// # Errors
/// `CELL_EMPTY`, `CELL_NOT_A_NUMBER`, `CELL_NUMBER_TOO_LONG`.
pub fn parse_decimal(text: &str, mark: DecimalMark) -> Result<Decimal, CellFault> {
    let not_a_number = CellFault::CellNotANumber(mark);
    if text.trim().is_empty() {
        return Err(CellFault::CellEmpty);
    }
    let (bare, negative) = bare(text).ok_or(not_a_number)?;
    let (digits, exponent) = match bare.split_once(['e', 'E']) {
        Some((digits, exponent)) => (
            digits,
            Some(
                exponent
                    .parse::<i32>()
                    .map_err(|_no_exponent| not_a_number)?,
            ),
        ),
        None => (bare, None),
    };
    let (whole, fraction) = digits.split_once(mark.character()).unwrap_or((digits, ""));
    let whole = ungrouped(whole, mark).ok_or(not_a_number)?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit())
        || (whole.is_empty() && fraction.is_empty())
    {
        return Err(not_a_number);
    }
    let whole = if whole.is_empty() {
        "0"
    } else {
        whole.as_str()
    };
    let plain = if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    };
    let number = match exponent {
        Some(exponent) => Decimal::from_scientific(&format!("{plain}e{exponent}")),
        None => Decimal::from_str_exact(&plain),
    };
    let mut number = number.map_err(|_too_long| CellFault::CellNumberTooLong)?;
    number.set_sign_negative(negative && !number.is_zero());
    Ok(number)
}

impl DecimalMark {
    /// The mark itself.
    pub fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// The mark that may stand between thousands.
    fn other(self) -> char {
        match self {
            Self::Point => ',',
            Self::Comma => '.',
        }
    }
}

/// Takes sign, parentheses and currency away, at most one of each, and tells whether the number is negative.
fn bare(text: &str) -> Option<(&str, bool)> {
    let mut rest = text.trim();
    let (mut signs, mut negative, mut currencies) = (0, false, 0);
    if let Some(inside) = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        (rest, signs, negative) = (inside.trim(), 1, true);
    }
    loop {
        let is_sign = |letter: char| matches!(letter, '+' | '-' | '\u{2212}');
        let minus = rest.starts_with(['-', '\u{2212}'])
            || (!rest.starts_with('+') && rest.ends_with(['-', '\u{2212}']));
        if let Some(unsigned) = rest
            .strip_prefix(is_sign)
            .or_else(|| rest.strip_suffix(is_sign))
        {
            signs += 1;
            negative |= minus;
            rest = unsigned.trim();
        } else if let Some(amount) = without_currency(rest) {
            currencies += 1;
            rest = amount.trim();
        } else {
            return (signs <= 1 && currencies <= 1).then_some((rest, negative));
        }
    }
}

fn without_currency(text: &str) -> Option<&str> {
    ["€", "$", "£", "¥", "EUR", "USD", "GBP"]
        .into_iter()
        .find_map(|currency| {
            text.strip_prefix(currency)
                .or_else(|| text.strip_suffix(currency))
        })
}

/// The digits of a whole number, groups of three joined. One kind of mark only, and only between full groups.
fn ungrouped(text: &str, mark: DecimalMark) -> Option<String> {
    let Some(between) = text.chars().find(|letter| !letter.is_ascii_digit()) else {
        return Some(text.to_owned());
    };
    let groups_thousands = between == mark.other()
        || matches!(
            between,
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}'
        );
    let mut groups = text.split(between);
    let first = groups.next()?;
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first_fits = (1..=3).contains(&first.len()) && is_digits(first);
    let fits =
        groups_thousands && first_fits && groups.all(|group| group.len() == 3 && is_digits(group));
    fits.then(|| text.chars().filter(char::is_ascii_digit).collect())
}
