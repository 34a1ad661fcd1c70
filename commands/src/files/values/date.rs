//! Dates, with or without a time of day and a zone.

use chrono::{
    DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::month_names::month;
use super::{CellFault, InvalidCell, time_of_day};
use crate::files::cell::Cell;
use crate::files::workbook::DateSystem;

/// Which comes first in a date whose year comes last.
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
pub enum DateOrder {
    /// `20/10/2016`
    DayFirst,
    /// `10/20/2016`
    MonthFirst,
}

/// How the dates of a column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateReading {
    /// Which comes first; where it is not said, dates that can be read in two ways are refused.
    pub order: Option<DateOrder>,
    /// What a workbook's bare numbers count from.
    pub system: DateSystem,
}

/// A date as written, as precise as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A day.
    Day(NaiveDate),
    /// A day and a time of day, in a zone that is not written.
    Local(NaiveDateTime),
    /// An instant, with the offset in which it was written.
    Instant(DateTime<FixedOffset>),
}

impl Moment {
    /// The day as written.
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Local(at) => at.date(),
            Self::Instant(at) => at.date_naive(),
        }
    }
}

/// A cell as a date.
///
/// Text: ISO 8601 (`2016-10-20`, `20161020`, `2016/10/20`); day, month and year in the declared order between `/`, `-` or
/// `.`; names of months in Spanish, Catalan and English (`20 d'octubre de 2016`, `20-Oct-16`). Years of two digits: 69 to 99
/// are 1969 to 1999, 00 to 68 are 2000 to 2068 (POSIX). A time of day and an offset may follow. A workbook's bare number is
/// its count of days; one of eight digits is read as `20161020`.
///
/// # Errors
/// `CELL_EMPTY`, `CELL_FAULTY`, `CELL_NOT_A_DATE`, `CELL_NO_SUCH_DAY`, `CELL_DATE_AMBIGUOUS`.
pub fn moment(cell: &Cell, reading: DateReading) -> Result<Moment, InvalidCell> {
    let value = match cell {
        Cell::Empty => Err(CellFault::CellEmpty),
        Cell::Faulty(_) => Err(CellFault::CellFaulty),
        Cell::Date(day) => Ok(Moment::Day(*day)),
        Cell::DateTime(at) => Ok(Moment::Local(*at)),
        Cell::Text(text) => parse_moment(text, reading.order),
        Cell::Number(text) => from_serial(text, reading.system),
        Cell::Bool(_) => Err(CellFault::CellNotADate),
    };
    value.map_err(|fault| fault.of(cell))
}

/// Text as a date; see [`moment`].
///
/// # Errors
/// `CELL_EMPTY`, `CELL_NOT_A_DATE`, `CELL_NO_SUCH_DAY`, `CELL_DATE_AMBIGUOUS`.
pub fn parse_moment(text: &str, order: Option<DateOrder>) -> Result<Moment, CellFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CellFault::CellEmpty);
    }
    let (day, rest) = if text.contains(char::is_alphabetic) && !is_numeric_date(text) {
        named(text)?
    } else {
        numeric(text, order)?
    };
    let rest = rest.trim_start_matches(['T', 't', ' ', ',']);
    if rest.is_empty() {
        return Ok(Moment::Day(day));
    }
    let (time, offset) = time_of_day::parse(rest).ok_or(CellFault::CellNotADate)?;
    let at = NaiveDateTime::new(day, time);
    match offset {
        None => Ok(Moment::Local(at)),
        Some(offset) => offset
            .from_local_datetime(&at)
            .single()
            .map(Moment::Instant)
            .ok_or(CellFault::CellNotADate),
    }
}

fn is_date_sign(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '-' | '/' | '.')
}

/// The part of a text that only digits and date separators make.
fn date_part(text: &str) -> (&str, &str) {
    let end = text
        .find(|letter| !is_date_sign(letter))
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Whether letters come only behind a date in figures: a time's `T`, `PM` or zone.
fn is_numeric_date(text: &str) -> bool {
    let (date, _) = date_part(text);
    date.len() >= 6 && !date.ends_with(['-', '/', '.'])
}

/// A date in figures, and what follows it.
fn numeric(text: &str, order: Option<DateOrder>) -> Result<(NaiveDate, &str), CellFault> {
    let (date, rest) = date_part(text);
    let mark = date.find(['-', '/', '.']).and_then(|at| date.get(at..=at));
    let parts: Vec<&str> = mark.map_or_else(Vec::new, |mark| date.split(mark).collect());
    let day = match (mark, parts.as_slice()) {
        (None, _) if date.len() == 8 => date
            .parse::<u32>()
            .ok()
            .and_then(from_eight_digits)
            .ok_or(CellFault::CellNotADate)?,
        (Some(_), [year, month, day]) if year.len() == 4 => {
            in_calendar(year, month, day).ok_or(CellFault::CellNotADate)?
        }
        (Some(_), [first, second, year]) if year.len() == 4 || year.len() == 2 => {
            ordered(first, second, year, order)?
        }
        _ => return Err(CellFault::CellNotADate),
    };
    Ok((day, rest))
}

/// A date whose year comes last.
fn ordered(
    first: &str,
    second: &str,
    year: &str,
    order: Option<DateOrder>,
) -> Result<NaiveDate, CellFault> {
    let day_first = in_calendar(year, second, first);
    let month_first = in_calendar(year, first, second);
    match (order, day_first, month_first) {
        (_, None, None) => Err(CellFault::CellNotADate),
        (Some(DateOrder::DayFirst), Some(day), _) | (Some(DateOrder::MonthFirst), _, Some(day)) => {
            Ok(day)
        }
        (Some(order), ..) => Err(CellFault::CellNoSuchDay(order)),
        (None, Some(day), Some(same)) if day == same => Ok(day),
        (None, Some(_), Some(_)) => Err(CellFault::CellDateAmbiguous),
        (None, Some(day), None) | (None, None, Some(day)) => Ok(day),
    }
}

fn in_calendar(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let figures = |text: &str, most: usize| {
        let plain =
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if plain {
            text.parse::<u32>().ok()
        } else {
            None
        }
    };
    NaiveDate::from_ymd_opt(
        full_year(figures(year, 4)?, year.len())?,
        figures(month, 2)?,
        figures(day, 2)?,
    )
}

fn full_year(year: u32, figures: usize) -> Option<i32> {
    let full = match (figures, year) {
        (2, 0..=68) => 2000 + year,
        (2, _) => 1900 + year,
        (4, 1..) => year,
        _ => return None,
    };
    i32::try_from(full).ok()
}

fn from_eight_digits(figures: u32) -> Option<NaiveDate> {
    let year = i32::try_from(figures / 10_000)
        .ok()
        .filter(|year| (1800..=2200).contains(year))?;
    NaiveDate::from_ymd_opt(year, figures / 100 % 100, figures % 100)
}

/// A date with the name of its month, and what follows it.
fn named(text: &str) -> Result<(NaiveDate, &str), CellFault> {
    let not_a_date = CellFault::CellNotADate;
    let clock = text.find(':').map_or(text.len(), |colon| {
        let before = text.get(..colon).unwrap_or_default();
        before
            .trim_end_matches(|letter: char| letter.is_ascii_digit())
            .len()
    });
    let (date, rest) = text.split_at_checked(clock).ok_or(not_a_date)?;
    let words = date.split(|letter: char| {
        letter.is_whitespace() || matches!(letter, ',' | '-' | '/' | '\'' | '\u{2019}')
    });
    let (mut figures, mut by_name) = (Vec::new(), None);
    for word in words.filter(|word| !word.is_empty()) {
        if let Some(number) = day_number(word) {
            figures.push(number);
        } else if let Some(month) = month(word) {
            by_name = by_name.xor(Some(month));
        } else if !matches!(
            word.to_lowercase().as_str(),
            "de" | "del" | "d" | "of" | "t"
        ) && !is_weekday(word)
        {
            return Err(not_a_date);
        }
    }
    let month = by_name.ok_or(not_a_date)?.to_string();
    let day = match figures.as_slice() {
        [year, day] if year.len() == 4 => in_calendar(year, &month, day),
        [day, year] => in_calendar(year, &month, day),
        _ => None,
    };
    Ok((day.ok_or(not_a_date)?, rest))
}

/// `20`, `20th`, `1r`.
fn day_number(word: &str) -> Option<&str> {
    let figures = word.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == '.');
    let ending = word.get(figures.len()..)?;
    let ordinal = matches!(
        ending,
        "" | "." | "st" | "nd" | "rd" | "th" | "r" | "n" | "t" | "è" | "o" | "º"
    );
    (ordinal && !figures.is_empty() && figures.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(figures)
}

fn is_weekday(word: &str) -> bool {
    const BEGINNINGS: [&str; 21] = [
        "lun", "mar", "mié", "jue", "vie", "sáb", "dom", "dl", "dt", "dc", "dj", "dv", "ds", "dg",
        "mon", "tue", "wed", "thu", "fri", "sat", "sun",
    ];
    let word = word.trim_end_matches('.').to_lowercase();
    BEGINNINGS
        .iter()
        .any(|beginning| word.starts_with(beginning))
}

/// A workbook's count of days.
fn from_serial(text: &str, system: DateSystem) -> Result<Moment, CellFault> {
    const LAST: u64 = 2_958_465;
    const MILLISECONDS: u64 = 86_400_000;
    let not_a_date = CellFault::CellNotADate;
    let serial: Decimal = text.parse().map_err(|_not_a_number| not_a_date)?;
    let whole = serial.trunc().to_u64().ok_or(not_a_date)?;
    if serial.is_integer() && (18_000_101..=22_001_231).contains(&whole) {
        return u32::try_from(whole)
            .ok()
            .and_then(from_eight_digits)
            .map(Moment::Day)
            .ok_or(not_a_date);
    }
    let (epoch, days) = match system {
        DateSystem::From1904 => (NaiveDate::from_ymd_opt(1904, 1, 1), whole),
        // Day 60 is a 29 February that never was; before it, the count is one ahead of the calendar.
        DateSystem::From1900 if whole == 0 || whole == 60 => return Err(not_a_date),
        DateSystem::From1900 => (
            NaiveDate::from_ymd_opt(1899, 12, 30),
            if whole < 60 { whole + 1 } else { whole },
        ),
    };
    let fraction = (serial.fract() * Decimal::from(MILLISECONDS))
        .round()
        .to_i64()
        .ok_or(not_a_date)?;
    let day = epoch
        .filter(|_| whole <= LAST)
        .and_then(|epoch| epoch.checked_add_days(Days::new(days)))
        .ok_or(not_a_date)?;
    if fraction == 0 {
        return Ok(Moment::Day(day));
    }
    Ok(Moment::Local(
        NaiveDateTime::new(day, NaiveTime::MIN) + TimeDelta::milliseconds(fraction),
    ))
}
