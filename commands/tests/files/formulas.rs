//! Cells that a spreadsheet program would run.

use cartera_commands::files::formula::{is_formula_like, neutralise_for_csv};
use cartera_commands::files::{Cell, Column, RefusedCell, RefusedRows, Row};

use crate::shared_data::{read, shared};

#[test]
fn no_payload_leaves_as_a_formula() {
    let Some(path) = shared("20_formula_injection/payloads.csv") else {
        return;
    };
    let table = read(&path).expect("the payloads read");
    assert_eq!(table.rows.len(), 45);
    let mut neutralised = 0;
    for payload in table.rows.iter().map(|row| row[1].as_str()) {
        let out = neutralise_for_csv(payload);
        let begins = out.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let number = out
            .strip_prefix(['+', '-'])
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
        assert!(!begins || number, "{out:?}");
        assert!(
            out.ends_with(payload),
            "the value itself is changed: {out:?}"
        );
        neutralised += usize::from(out != payload);
    }
    // The other 9 begin with letters or are plain numbers.
    assert_eq!(neutralised, 36);
}

#[test]
fn numbers_with_a_sign_stay_numbers() {
    for number in ["-1", "-1.00", "+34", "-1.234,50", "-5 %", "+0.0", "-12%"] {
        assert!(!is_formula_like(number), "{number}");
    }
    for formula in [
        "=1", "+1+1", "-1-1", "-", "--1", "-1.", "-.5", "-1/2", "-1E2", "@x", "\t=1", "\r=1",
        "\n=1", "＝1", "＋1", "－1", "＠x",
    ] {
        assert!(is_formula_like(formula), "{formula}");
    }
    for text in ["", "a=b", " =1", "e-mail", "'=1"] {
        assert!(!is_formula_like(text), "{text}");
    }
}

#[test]
fn refused_rows_tell_why_and_cannot_be_run() {
    let column = |index, name: &str| Column {
        index,
        name: name.to_owned(),
        key: name.to_owned(),
    };
    let mut refused =
        RefusedRows::new(Vec::new(), &[column(0, "Client"), column(1, "Data")]).expect("a header");
    let row = Row {
        line: 7,
        cells: vec![
            Cell::Text("=cmd|' /C calc'!A0".to_owned()),
            Cell::Text("32/13/2024".to_owned()),
        ],
    };
    let reason = |column: &str, value: &str, code: &str, reason: &str| RefusedCell {
        column: column.to_owned(),
        value: value.to_owned(),
        code: code.to_owned(),
        reason: reason.to_owned(),
    };
    let reasons = [
        reason("Data", "32/13/2024", "CELL_NOT_A_DATE", "not a date"),
        reason("Client", "=cmd", "CLIENT_UNKNOWN", "no such client"),
    ];
    refused.refuse(7, Some(&row), &reasons).expect("written");
    refused
        .refuse(
            9,
            None,
            &[reason(
                "",
                "",
                "ROW_QUOTE_NOT_CLOSED",
                "a quotation mark is never closed",
            )],
        )
        .expect("written");
    assert_eq!(refused.written(), 2);
    let text = String::from_utf8(refused.finish().expect("finished")).expect("UTF-8");
    let expected = concat!(
        "refused_line,refused_column,refused_value,refused_code,refused_reason,Client,Data\n",
        "7,Data | Client,32/13/2024 | =cmd,CELL_NOT_A_DATE | CLIENT_UNKNOWN,not a date | no such client,'=cmd|' /C calc'!A0,32/13/2024\n",
        "9,,,ROW_QUOTE_NOT_CLOSED,a quotation mark is never closed\n",
    );
    assert_eq!(text, expected);
}
