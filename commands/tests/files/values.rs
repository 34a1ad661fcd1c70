//! From cells to values.

use cartera_commands::files::Cell;
use cartera_commands::files::values::{
    CellFault, DateEvidence, DateOrder, DateReading, DecimalEvidence, DecimalMark, Moment,
    NullWords, Verdict, boolean, decimal, moment, parse_decimal, parse_moment, percentage,
};
use cartera_commands::files::workbook::DateSystem;

fn text(text: &str) -> Cell {
    Cell::from(text.to_owned())
}

fn number(text: &str) -> Cell {
    Cell::Number(text.to_owned())
}

#[test]
fn numbers_read_in_their_form() {
    let with_comma = [
        ("1.054,00", "1054.00"),
        ("1 054,00", "1054.00"),
        ("1\u{a0}054,00 €", "1054.00"),
        ("1\u{202f}234\u{202f}567,5", "1234567.5"),
        ("-1.054", "-1054"),
        ("1,5", "1.5"),
        (",5", "0.5"),
        ("(12,50)", "-12.50"),
        ("12,50-", "-12.50"),
        ("€ -3,20", "-3.20"),
        ("-€3,20", "-3.20"),
        ("−7", "-7"),
        ("+7", "7"),
        ("1'234,5", "1234.5"),
        ("1,5E+3", "1500"),
        ("007", "7"),
        ("-0,00", "0.00"),
        ("100 EUR", "100"),
    ];
    let with_point = [
        ("1,054.00", "1054.00"),
        ("$90,000 ", "90000"),
        ("1054", "1054"),
        (".5", "0.5"),
        ("12.", "12"),
        ("1e-5", "0.00001"),
        ("£(5)", ""),
    ];
    for (mark, cases) in [
        (DecimalMark::Comma, &with_comma[..]),
        (DecimalMark::Point, &with_point[..]),
    ] {
        for (written, expected) in cases {
            let found = parse_decimal(written, mark)
                .map(|value| value.to_string())
                .unwrap_or_default();
            assert_eq!(found, *expected, "{written:?}");
        }
    }
}

#[test]
fn a_number_in_another_form_is_refused_and_not_misread() {
    let refused = CellFault::CellNotANumber(DecimalMark::Comma);
    for written in [
        "1.5",
        "1,054.00",
        "12.34",
        "1.0000",
        "1,2,3",
        "1..000",
        "1.000 000",
        "abc",
        "12 34",
        "1-2",
        "--1",
        "€",
        "1€€",
        "()",
        "٣",
        "1,5%",
    ] {
        assert_eq!(
            parse_decimal(written, DecimalMark::Comma),
            Err(refused),
            "{written:?}"
        );
    }
    assert_eq!(
        parse_decimal(" ", DecimalMark::Comma),
        Err(CellFault::CellEmpty)
    );
    assert_eq!(
        parse_decimal(&"9".repeat(40), DecimalMark::Comma),
        Err(CellFault::CellNumberTooLong)
    );
    assert_eq!(refused.code(), "CELL_NOT_A_NUMBER");
}

#[test]
fn a_workbooks_number_loses_the_noise_of_floats() {
    let read = |written: &str| {
        decimal(&number(written), DecimalMark::Comma).map(|value| value.to_string())
    };
    assert_eq!(read("0.30000000000000004"), Ok("0.3".to_owned()));
    assert_eq!(read("1054.1"), Ok("1054.1".to_owned()));
    assert_eq!(read("9007199254740993"), Ok("9007199254740993".to_owned()));
    assert_eq!(
        read("0.0000000000000000000000000000000012").map_err(|invalid| invalid.code()),
        Ok("0".to_owned())
    );
    let fault = decimal(&Cell::Faulty("#N/A".to_owned()), DecimalMark::Point)
        .map_err(|invalid| (invalid.code(), invalid.value));
    assert_eq!(fault, Err(("CELL_FAULTY", "#N/A".to_owned())));
}

#[test]
fn percentages_read_with_and_without_their_sign() {
    for written in ["12,5 %", "12,5%", "12,5", "% 12,5"] {
        assert_eq!(
            percentage(&text(written), DecimalMark::Comma).map(|value| value.to_string()),
            Ok("12.5".to_owned()),
            "{written}"
        );
    }
}

#[test]
fn a_column_of_numbers_proves_its_decimal_mark() {
    let verdict = |column: &[&str]| {
        let mut evidence = DecimalEvidence::default();
        for written in column {
            evidence.see(&text(written));
        }
        evidence.verdict()
    };
    assert_eq!(
        verdict(&["1.054", "1.054,00"]),
        Verdict::Proven(DecimalMark::Comma)
    );
    assert_eq!(
        verdict(&["1,054", "0.5", "n/a"]),
        Verdict::Proven(DecimalMark::Point)
    );
    assert_eq!(verdict(&["1.054", "2.500"]), Verdict::Ambiguous);
    assert_eq!(verdict(&["1054", "-3"]), Verdict::Indifferent);
    assert_eq!(verdict(&["1,5", "1.5"]), Verdict::Contradictory);
    assert_eq!(
        verdict(&["1.054"]).or_assume(DecimalMark::Comma),
        Some(DecimalMark::Comma)
    );
    assert_eq!(verdict(&["1,5", "1.5"]).or_assume(DecimalMark::Comma), None);
}

#[test]
fn dates_read_in_every_usual_form() {
    let cases = [
        ("2016-10-20", "2016-10-20"),
        ("2016/10/20", "2016-10-20"),
        ("20161020", "2016-10-20"),
        ("20/10/2016", "2016-10-20"),
        ("1/2/2016", "2016-02-01"),
        ("20-10-16", "2016-10-20"),
        ("20.10.2016", "2016-10-20"),
        ("01-02-69", "1969-02-01"),
        ("01-02-68", "2068-02-01"),
        ("20 d'octubre de 2016", "2016-10-20"),
        ("3 de mayo de 2017", "2017-05-03"),
        ("20-Oct-16", "2016-10-20"),
        ("Oct 20, 2016", "2016-10-20"),
        ("Thursday, 20th October 2016", "2016-10-20"),
        ("1 de març de 2017", "2017-03-01"),
        ("2 set. 2017", "2017-09-02"),
        ("2016-10-20 14:05", "2016-10-20T14:05:00"),
        ("20/10/2016 2:05:10 PM", "2016-10-20T14:05:10"),
        ("20/10/2016 12:00 AM", "2016-10-20T00:00:00"),
        ("2016-10-20T14:05:10.250", "2016-10-20T14:05:10.250"),
        ("2010-10-14T12:00:00.000Z", "2010-10-14T12:00:00+00:00"),
        ("2010-10-14T12:00:00.000Z-0300", "2010-10-14T12:00:00-03:00"),
        (
            "2011-10-30T02:30:00.123+02:00",
            "2011-10-30T02:30:00.123+02:00",
        ),
        ("2009-07-14 22:14:45+0800", "2009-07-14T22:14:45+08:00"),
        ("14/07/2009 22:14 GMT-7", "2009-07-14T22:14:00-07:00"),
    ];
    for (written, expected) in cases {
        let found = match parse_moment(written, Some(DateOrder::DayFirst)) {
            Ok(Moment::Day(day)) => day.to_string(),
            Ok(Moment::Local(at)) => at.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
            Ok(Moment::Instant(at)) => at.format("%Y-%m-%dT%H:%M:%S%.f%:z").to_string(),
            Err(fault) => fault.code().to_owned(),
        };
        assert_eq!(found, expected, "{written:?}");
    }
}

#[test]
fn what_is_no_date_is_refused() {
    let fault = |written: &str, order| parse_moment(written, order).expect_err(written).code();
    for written in [
        "2009\\7\\14 22:14:45+0800",
        "2009-07/14",
        "May-20",
        "01-May",
        "31/02/2016",
        "42736",
        "12",
        "hello",
        "2016-13-01",
        "20161320",
        "1/2/3",
        "2016-10",
        "10:30",
        "2016-10-20 25:00",
        "2016-10-20 10:00 somewhere",
        "2016-10-20T",
        "5 10 2016",
    ] {
        if written != "2016-10-20T" {
            assert_eq!(
                fault(written, Some(DateOrder::DayFirst)),
                "CELL_NOT_A_DATE",
                "{written}"
            );
        }
    }
    assert_eq!(
        fault("10/20/2016", Some(DateOrder::DayFirst)),
        "CELL_NO_SUCH_DAY"
    );
    assert_eq!(
        fault("20/10/2016", Some(DateOrder::MonthFirst)),
        "CELL_NO_SUCH_DAY"
    );
    assert_eq!(fault("01/02/2016", None), "CELL_DATE_AMBIGUOUS");
    assert!(parse_moment("20/10/2016", None).is_ok());
    assert!(parse_moment("02/02/2016", None).is_ok());
}

#[test]
fn a_column_of_dates_proves_its_order() {
    let verdict = |column: &[&str]| {
        let mut evidence = DateEvidence::default();
        for written in column {
            evidence.see(&text(written));
        }
        evidence.verdict()
    };
    assert_eq!(
        verdict(&["01-03-17", "20-10-16"]),
        Verdict::Proven(DateOrder::DayFirst)
    );
    assert_eq!(
        verdict(&["3/1/2017", "10/20/2016"]),
        Verdict::Proven(DateOrder::MonthFirst)
    );
    assert_eq!(verdict(&["01/02/2016", "03/04/2016"]), Verdict::Ambiguous);
    assert_eq!(
        verdict(&["2016-10-20", "05/05/2017", "n/a"]),
        Verdict::Indifferent
    );
    assert_eq!(
        verdict(&["20/10/2016", "10/20/2016"]),
        Verdict::Contradictory
    );
}

#[test]
fn bare_numbers_of_workbooks_are_counts_of_days() {
    let read = |written: &str, system| {
        moment(
            &number(written),
            DateReading {
                order: None,
                system,
            },
        )
        .map(|at| (at.day().to_string(), matches!(at, Moment::Day(_))))
    };
    let day = |day: &str| Ok((day.to_owned(), true));
    assert_eq!(read("42663", DateSystem::From1900), day("2016-10-20"));
    assert_eq!(read("1", DateSystem::From1900), day("1900-01-01"));
    assert_eq!(read("59", DateSystem::From1900), day("1900-02-28"));
    assert_eq!(read("61", DateSystem::From1900), day("1900-03-01"));
    assert_eq!(read("41201", DateSystem::From1904), day("2016-10-20"));
    assert_eq!(read("20161020", DateSystem::From1900), day("2016-10-20"));
    assert_eq!(
        read("42663.5", DateSystem::From1900),
        Ok(("2016-10-20".to_owned(), false))
    );
    for nonsense in ["60", "0", "-3", "99999999", "2958466"] {
        assert_eq!(
            read(nonsense, DateSystem::From1900).map_err(|invalid| invalid.code()),
            Err("CELL_NOT_A_DATE"),
            "{nonsense}"
        );
    }
}

#[test]
fn truth_values_read_in_three_languages() {
    for written in [
        "TRUE",
        "true",
        "Sí",
        "SI",
        "yes",
        "1",
        "Verdadero",
        "cert",
        " y ",
    ] {
        assert_eq!(boolean(&text(written)), Ok(true), "{written}");
    }
    for written in ["FALSE", "no", "0", "Falso", "fals", "N"] {
        assert_eq!(boolean(&text(written)), Ok(false), "{written}");
    }
    assert_eq!(boolean(&Cell::Bool(true)), Ok(true));
    assert_eq!(
        boolean(&text("perhaps")).map_err(|invalid| invalid.code()),
        Err("CELL_NOT_A_TRUTH_VALUE")
    );
    assert_eq!(
        boolean(&Cell::Empty).map_err(|invalid| invalid.code()),
        Err("CELL_EMPTY")
    );
}

#[test]
fn words_for_nothing_are_nothing() {
    let words = NullWords::default().with(["Select"]);
    for nothing in ["", "  ", "NULL", "n/a", "#N/A", "select", "\\N"] {
        assert!(words.is_null(&text(nothing)), "{nothing}");
    }
    assert!(words.is_null(&Cell::Faulty("#N/A".to_owned())));
    for something in ["NA", "none", "-", "0", "selected"] {
        assert!(!words.is_null(&text(something)), "{something}");
    }
    assert!(!words.is_null(&number("0")));
}
