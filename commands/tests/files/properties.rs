//! What holds for any table and any value.

use cartera_commands::files::values::{
    DateOrder, DecimalMark, Moment, parse_decimal, parse_moment,
};
use cartera_commands::files::{Cell, HeaderChoice, TableOptions, TableReader};
use chrono::{Days, NaiveDate};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::shared_data::texts;

/// How a table may be written.
#[derive(Debug, Clone, Copy)]
struct Writing {
    separator: char,
    line_end: &'static str,
    encoding: &'static str,
}

fn writing() -> impl Strategy<Value = Writing> {
    let separators = prop::sample::select(vec![',', ';', '\t', '|']);
    let line_ends = prop::sample::select(vec!["\n", "\r\n"]);
    let encodings = prop::sample::select(vec![
        "utf-8",
        "utf-16le",
        "utf-16be",
        "utf-32le",
        "utf-32be",
        "windows-1252",
    ]);
    (separators, line_ends, encodings).prop_map(|(separator, line_end, encoding)| Writing {
        separator,
        line_end,
        encoding,
    })
}

/// Cells with anything that Windows-1252 can write, separators and quotation marks and line ends above all.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Zçñàéíòú€ ]{0,12}",
        "[0-9]{1,6}([.,][0-9]{1,2})?",
        "[,;|\"'\t\n a-z]{0,8}",
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (2_usize..6).prop_flat_map(|width| vec(vec(cell(), width), 1..12))
}

fn written(rows: &[Vec<String>], writing: Writing) -> Vec<u8> {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &Vec<String>| {
        row.iter()
            .map(quoted)
            .collect::<Vec<_>>()
            .join(&writing.separator.to_string())
    };
    let text: String = rows
        .iter()
        .map(|row| line(row) + writing.line_end)
        .collect();
    match writing.encoding {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32le" => text
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect(),
        "utf-32be" => text
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect(),
        "windows-1252" => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
        _ => text.into_bytes(),
    }
}

fn open(bytes: &[u8], options: &TableOptions) -> Result<Vec<Vec<String>>, TestCaseError> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("table");
    std::fs::write(&path, bytes)?;
    let reader = TableReader::open(&path, options)
        .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
    reader
        .map(|row| {
            row.map(|row| texts(&row))
                .map_err(|error| TestCaseError::fail(error.to_string()))
        })
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read(rows in table(), writing in writing()) {
        prop_assume!(rows.iter().flatten().any(|cell| !cell.trim().is_empty()));
        let options = TableOptions {
            header: HeaderChoice::Absent,
            separator: Some(writing.separator),
            encoding: Some(writing.encoding.to_owned()),
            ..TableOptions::default()
        };
        prop_assert_eq!(open(&written(&rows, writing), &options)?, rows);
    }

    #[test]
    fn separators_are_found_in_quoted_tables(rows in table(), writing in writing()) {
        let header: Vec<String> = (0..rows[0].len()).map(|index| format!("column {}", "x".repeat(index + 1))).collect();
        let rows: Vec<_> = [header].into_iter().chain(rows).collect();
        let writing = Writing { encoding: "utf-8", ..writing };
        prop_assert_eq!(open(&written(&rows, writing), &TableOptions::default())?, &rows[1..]);
    }

    #[test]
    fn any_bytes_end_in_rows_or_a_refusal(bytes in vec(any::<u8>(), 0..2_000)) {
        let _any_outcome = open(&bytes, &TableOptions::default());
    }

    #[test]
    fn any_text_ends_in_rows_or_a_refusal(text in "[a-c,;\"'\\\\\n\r\t|= ]{0,300}") {
        let _any_outcome = open(text.as_bytes(), &TableOptions::default());
    }

    #[test]
    fn decimals_print_and_parse(units in any::<i64>(), scale in 0_u32..7, grouping in prop::sample::select(vec![Grouping::Plain, Grouping::Thousands])) {
        let value = Decimal::new(units, scale);
        for mark in [DecimalMark::Comma, DecimalMark::Point] {
            let printed = print(value, mark, grouping);
            prop_assert_eq!(parse_decimal(&printed, mark), Ok(value), "{}", printed);
        }
    }

    #[test]
    fn no_text_breaks_a_parser(text in "\\PC{0,40}") {
        for mark in [DecimalMark::Comma, DecimalMark::Point] {
            let _any_outcome = parse_decimal(&text, mark);
        }
        for order in [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)] {
            let _any_outcome = parse_moment(&text, order);
        }
    }

    #[test]
    fn almost_dates_break_no_parser(text in "[0-9]{0,4}[-/. TZ:aeo]{0,2}[0-9]{0,4}[-/.: ]?[0-9a-z]{0,4}[ T:+0-9-]{0,8}") {
        for order in [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)] {
            let _any_outcome = parse_moment(&text, order);
        }
    }

    #[test]
    fn dates_print_and_parse(days in 0_u64..90_000, form in prop::sample::select(vec!["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%-d.%-m.%Y", "%d-%b-%Y", "%B %-d, %Y", "%Y-%m-%d %H:%M"])) {
        let day = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day").checked_add_days(Days::new(days)).expect("a day");
        let printed = day.and_hms_opt(0, 0, 0).expect("midnight").format(form).to_string();
        prop_assert_eq!(parse_moment(&printed, Some(DateOrder::DayFirst)).map(Moment::day), Ok(day), "{}", printed);
        let american = day.format("%m/%d/%Y").to_string();
        prop_assert_eq!(parse_moment(&american, Some(DateOrder::MonthFirst)), Ok(Moment::Day(day)));
    }

    #[test]
    fn cells_keep_their_text(text in "\\PC{0,20}") {
        let cell = Cell::from(text.clone());
        prop_assert_eq!(cell.as_text(), text.as_str());
    }
}

/// Whether marks stand between thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grouping {
    Plain,
    Thousands,
}

fn print(value: Decimal, mark: DecimalMark, grouping: Grouping) -> String {
    let plain = value.abs().to_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let between = if mark == DecimalMark::Comma { '.' } else { ',' };
    let whole: String = whole
        .char_indices()
        .flat_map(|(index, digit)| {
            let mark =
                (grouping == Grouping::Thousands && index > 0 && (whole.len() - index) % 3 == 0)
                    .then_some(between);
            mark.into_iter().chain([digit])
        })
        .collect();
    let sign = if value.is_sign_negative() && !value.is_zero() {
        "-"
    } else {
        ""
    };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}{}{fraction}", mark.character())
    }
}
