//! Times of day, with or without their zone.

use chrono::{FixedOffset, NaiveTime};

/// A time of day, and the offset from UTC where one is written: `14:05`, `2:05:10 PM`, `14:05:10.250+02:00`, `…Z`,
/// `…Z-0300` (as Salesforce writes offsets), `… GMT+2`.
pub(super) fn parse(text: &str) -> Option<(NaiveTime, Option<FixedOffset>)> {
    let text = text.trim();
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, ':' | '.' | ','))
        .unwrap_or(text.len());
    let (clock, rest) = text.split_at_checked(end)?;
    let (half, zone) = half_of_day(rest.trim());
    Some((time(clock, half)?, offset(zone)?))
}

/// `AM`, `PM` and their other spellings; whether it is the second half.
fn half_of_day(text: &str) -> (Option<bool>, &str) {
    let marks = [
        ("a. m.", false),
        ("p. m.", true),
        ("a.m.", false),
        ("p.m.", true),
        ("am", false),
        ("pm", true),
    ];
    for (mark, second) in marks {
        let begins = text
            .get(..mark.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(mark));
        if begins {
            return (
                Some(second),
                text.get(mark.len()..).unwrap_or_default().trim(),
            );
        }
    }
    (None, text)
}

fn time(clock: &str, second_half: Option<bool>) -> Option<NaiveTime> {
    let mut parts = clock.split(':');
    let hour: u32 = number(parts.next()?, 1..=2)?;
    let minute: u32 = number(parts.next()?, 2..=2)?;
    let (second, fraction) = match parts.next() {
        None => ("00", ""),
        Some(seconds) => seconds.split_once(['.', ',']).unwrap_or((seconds, "0")),
    };
    let hour = match second_half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(second_half) => hour % 12 + if second_half { 12 } else { 0 },
    };
    let nanoseconds = match fraction.len() {
        0 => 0,
        1..=9 => number(fraction, 1..=9)? * 10_u32.pow(9 - u32::try_from(fraction.len()).ok()?),
        _ => number(fraction.get(..9)?, 9..=9)?,
    };
    let only_three = parts.next().is_none();
    NaiveTime::from_hms_nano_opt(hour, minute, number(second, 2..=2)?, nanoseconds)
        .filter(|_| only_three)
}

fn number(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && lengths.contains(&text.len()) {
        text.parse().ok()
    } else {
        None
    }
}

/// The inner `None` where no zone is written; the outer one where it cannot be read.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
fn offset(text: &str) -> Option<Option<FixedOffset>> {
    let mut rest = text;
    let mut named = false;
    for name in ["UTC", "GMT", "Z", "z"] {
        if let Some(after) = rest.strip_prefix(name) {
            (rest, named) = (after.trim(), true);
            break;
        }
    }
    if rest.is_empty() {
        return Some(if named {
            FixedOffset::east_opt(0)
        } else {
            None
        });
    }
    let (sign, digits) = rest
        .strip_prefix('+')
        .map(|digits| (1, digits))
        .or_else(|| {
            rest.strip_prefix(['-', '\u{2212}'])
                .map(|digits| (-1, digits))
        })?;
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "00"),
    };
    let hours = number(hours, 1..=2).filter(|hours| *hours <= 14)?;
    let minutes = number(minutes, 2..=2).filter(|minutes| *minutes < 60)?;
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    FixedOffset::east_opt(sign * seconds).map(Some)
}
