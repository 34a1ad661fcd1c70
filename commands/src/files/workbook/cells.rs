//! From calamine's cells to ours. Floats end here: a number leaves as the shortest decimal that names it.

use calamine::{Data, DataRef, ExcelDateTime};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::files::cell::Cell;

/// The day after the last that Excel knows, 9999-12-31, as its serial number in the system that begins in 1900.
const AFTER_LAST_DAY: f64 = 2_958_466.0;
/// The longest lengths of time that are taken, in days, backwards and forwards.
const LONGEST: std::ops::Range<f64> = -2_958_466.0..2_958_466.0;

/// A cell of a workbook that is read as a stream.
pub(super) fn convert(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => decimal(*number),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::from(text.clone()),
        DataRef::SharedString(text) => Cell::from((*text).to_owned()),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(at) => date(*at),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::Error(error) => Cell::Faulty(error.to_string()),
        DataRef::Empty => Cell::Empty,
    }
}

/// A cell of a workbook that calamine keeps in memory.
pub(super) fn convert_kept(value: &Data) -> Cell {
    match value {
        Data::Int(number) => Cell::Number(number.to_string()),
        Data::Float(number) => decimal(*number),
        Data::String(text) | Data::DurationIso(text) => Cell::from(text.clone()),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(at) => date(*at),
        Data::DateTimeIso(text) => iso(text),
        Data::Error(error) => Cell::Faulty(error.to_string()),
        Data::Empty => Cell::Empty,
    }
}

/// Rust prints the shortest decimal that reads back as the same float, without exponent.
fn decimal(number: f64) -> Cell {
    if !number.is_finite() {
        return Cell::Faulty("#NUM!".to_owned());
    }
    let text = number.to_string();
    Cell::Number(if text == "-0" { "0".to_owned() } else { text })
}

fn date(at: ExcelDateTime) -> Cell {
    if at.is_duration() {
        return duration(at);
    }
    // Negative dates are shown as ##### by Excel too; comparing is not reckoning.
    if !(0.0..AFTER_LAST_DAY).contains(&at.as_f64()) {
        return Cell::Faulty("#DATE!".to_owned());
    }
    match at.as_datetime() {
        Some(moment) if at.as_f64() < 1.0 && moment.time() != NaiveTime::MIN => {
            Cell::Text(time(moment))
        }
        Some(moment) => date_or_time(moment),
        None => Cell::Faulty("#DATE!".to_owned()),
    }
}

fn time(moment: NaiveDateTime) -> String {
    moment.format("%H:%M:%S%.f").to_string()
}

fn date_or_time(moment: NaiveDateTime) -> Cell {
    if moment.time() == NaiveTime::MIN {
        Cell::Date(moment.date())
    } else {
        Cell::DateTime(moment)
    }
}

/// A length of time, as hours, minutes and seconds.
fn duration(at: ExcelDateTime) -> Cell {
    if !LONGEST.contains(&at.as_f64()) {
        return Cell::Faulty("#DATE!".to_owned());
    }
    let length = at.as_duration().unwrap_or(TimeDelta::zero());
    let (sign, seconds) = if length < TimeDelta::zero() {
        ("-", -length.num_seconds())
    } else {
        ("", length.num_seconds())
    };
    Cell::Text(format!(
        "{sign}{}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    ))
}

/// ISO 8601, as ODS and the strict form of Office Open XML have it.
fn iso(text: &str) -> Cell {
    let bare = text.strip_suffix('Z').unwrap_or(text);
    if let Ok(date) = bare.parse::<NaiveDate>() {
        return Cell::Date(date);
    }
    match bare.parse::<NaiveDateTime>() {
        Ok(moment) => date_or_time(moment),
        Err(_a_time_of_day_or_damage) => Cell::Text(text.to_owned()),
    }
}
