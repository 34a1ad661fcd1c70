//! Delimited text: corpora of nasty files, and the nastiness that they lack.

use std::collections::HashMap;
use std::path::Path;

use cartera_commands::files::{
    FileRefusal, Fit, HeaderChoice, Limits, ReadError, RowFault, RowRefusal, TableFormat,
    TableOptions, TableReader,
};

use crate::shared_data::{files_below, options, read, shared, texts};

/// Writes bytes to a file and opens it as a table.
fn open(bytes: &[u8], options: &TableOptions) -> TableReader {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table");
    std::fs::write(&path, bytes).expect("the file is written");
    TableReader::open(&path, options).expect("the table opens")
}

fn refusal(bytes: &[u8], options: &TableOptions) -> FileRefusal {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table");
    std::fs::write(&path, bytes).expect("the file is written");
    TableReader::open(&path, options)
        .map(|_| ())
        .expect_err("the file is refused")
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    open(bytes, &TableOptions::default())
        .map(|row| texts(&row.expect("the row reads")))
        .collect()
}

fn names(reader: &TableReader) -> Vec<&str> {
    reader
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

fn separator(reader: &TableReader) -> Option<char> {
    let TableFormat::Text(text) = reader.format() else {
        panic!("not a text")
    };
    text.dialect.separator
}

#[test]
fn csv_spectrum_reads_as_its_authors_expect() {
    let Some(folder) = shared("18_csv_nasty/csv-spectrum") else {
        return;
    };
    let mut compared = 0;
    for path in files_below(&folder.join("csvs")) {
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name");
        // Its expected values are another place's: wrong upstream.
        if name == "location_coordinates" {
            continue;
        }
        let expected = std::fs::read_to_string(folder.join(format!("json/{name}.json")))
            .expect("expected values");
        let expected: Vec<HashMap<String, String>> = serde_json::from_str(&expected).expect("JSON");
        let table = read(&path).expect("the table reads");
        let found: Vec<HashMap<String, String>> = table
            .rows
            .into_iter()
            .map(|row| table.header.iter().cloned().zip(row).collect())
            .collect();
        assert_eq!(found, expected, "{name}");
        compared += 1;
    }
    assert_eq!(compared, 11);
}

/// What differs between a polluted file of pollock's and its clean rendering: rows, and how many of them are reported as
/// too short or too long.
struct Difference {
    rows: usize,
    reported: usize,
}

fn difference(polluted: &Path, clean: &Path) -> Difference {
    let trimmed = |row: Vec<String>| {
        row.iter()
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let mut clean = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(clean)
        .expect("clean CSV");
    let expected: Vec<Vec<String>> = clean
        .records()
        .map(|record| {
            trimmed(
                record
                    .expect("a record")
                    .iter()
                    .map(str::to_owned)
                    .collect(),
            )
        })
        .collect();
    let table = read(polluted).map(|table| (table.header.len(), table.with_header()));
    let (width, found) = table.unwrap_or_default();
    let found: Vec<_> = found.into_iter().map(trimmed).collect();
    let differing = found
        .iter()
        .zip(&expected)
        .filter(|(found, expected)| found != expected);
    let reported = differing
        .clone()
        .filter(|(found, _)| found.len() != width)
        .count();
    Difference {
        rows: differing.count() + found.len().abs_diff(expected.len()),
        reported,
    }
}

#[test]
fn pollock_loads_as_its_clean_renderings() {
    let Some(folder) = shared("18_csv_nasty/pollock") else {
        return;
    };
    let (mut equal, mut told) = (0, 0);
    for path in files_below(&folder.join("csv")) {
        let name = path.file_name().expect("a name");
        let difference = difference(&path, &folder.join("clean").join(name));
        equal += usize::from(difference.rows == 0);
        told += usize::from(difference.rows == 1 && difference.reported == 1);
    }
    // Of 30. Equal but for one row with a separator too few or too many, which is told: 6. The others: three with several
    // tables in one file, two with headers of several rows, two with a broken header, two with unescaped quotation marks,
    // one separated by blanks that also stand in unquoted cells.
    assert_eq!((equal, told), (14, 6));
}

#[test]
fn nasty_corpora_load_or_are_refused_with_a_reason() {
    let Some(folder) = shared("18_csv_nasty") else {
        return;
    };
    let mut loaded = 0;
    for path in files_below(&folder) {
        let Ok(reader) = TableReader::open(&path, &options()) else {
            continue;
        };
        let (mut read, mut broken) = (0, 0);
        for row in reader {
            match row {
                Ok(_) => read += 1,
                Err(ReadError::Row(_)) => broken += 1,
                Err(ReadError::File(refusal)) => panic!("{}: {refusal}", path.display()),
            }
        }
        assert!(
            broken <= read,
            "{}: {broken} rows refused, {read} read",
            path.display()
        );
        loaded += 1;
    }
    assert!(loaded >= 180, "{loaded}");
}
#[test]
fn a_text_is_decoded_from_whatever_it_is_written_in() {
    let text = "id;població;import\n1;Pobla de Claramunt, La;1.054,00 €\n2;L'Hospitalet · Vall d'Aran — «ñ»;3\n";
    let utf16 =
        |bytes_of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes_of).collect::<Vec<_>>();
    let utf32 = |bytes_of: fn(u32) -> [u8; 4]| {
        text.chars()
            .flat_map(|c| bytes_of(u32::from(c)))
            .collect::<Vec<_>>()
    };
    let (windows, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
    assert!(!unmappable);
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let written = [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8", marked(b"\xEF\xBB\xBF", text.as_bytes().to_vec())),
        ("UTF-16LE", marked(b"\xFF\xFE", utf16(u16::to_le_bytes))),
        ("UTF-16BE", marked(b"\xFE\xFF", utf16(u16::to_be_bytes))),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
        ("UTF-32LE", marked(b"\xFF\xFE\0\0", utf32(u32::to_le_bytes))),
        ("UTF-32BE", marked(b"\0\0\xFE\xFF", utf32(u32::to_be_bytes))),
        ("windows-1252", windows.into_owned()),
    ];
    for (encoding, bytes) in written {
        let reader = open(&bytes, &TableOptions::default());
        let TableFormat::Text(format) = reader.format() else {
            panic!("not a text")
        };
        assert_eq!(format.encoding.to_string(), encoding);
        assert_eq!(names(&reader), ["id", "població", "import"], "{encoding}");
        let rows: Vec<_> = reader
            .map(|row| texts(&row.expect("the row reads")))
            .collect();
        assert_eq!(
            rows[0],
            ["1", "Pobla de Claramunt, La", "1.054,00 €"],
            "{encoding}"
        );
        assert_eq!(
            rows[1],
            ["2", "L'Hospitalet · Vall d'Aran — «ñ»", "3"],
            "{encoding}"
        );
    }
}

#[test]
fn the_first_letter_beyond_ascii_may_stand_on_the_last_line() {
    let mut bytes = b"name,city\n".to_vec();
    bytes.extend(b"Anna,Reus\n".repeat(100_000));
    bytes.extend(b"N\xFAria,Matar\xF3\n");
    assert_eq!(rows(&bytes).last().expect("rows"), &["Núria", "Mataró"]);
}

#[test]
fn a_few_broken_bytes_in_utf8_lose_their_rows_only() {
    let mut bytes = "nom;població\n".as_bytes().to_vec();
    bytes.extend("Núria;Mataró\n".repeat(40).as_bytes());
    bytes.extend(b"Joan;Mat\xF3\n");
    bytes.extend("Júlia;Berlín\n".as_bytes());
    let outcome: Vec<_> = open(&bytes, &TableOptions::default()).collect();
    let refused: Vec<_> = outcome
        .iter()
        .filter_map(|row| row.as_ref().err())
        .collect();
    assert_eq!(
        refused,
        [&ReadError::Row(RowRefusal {
            line: 42,
            fault: RowFault::RowNotDecodable
        })]
    );
    assert_eq!(outcome.len(), 42);
}

#[test]
fn every_usual_separator_is_found() {
    for separator in [',', ';', '\t', '|', ':', '^', '~', '§', '\u{1f}'] {
        let text = format!(
            "a{separator}b{separator}c\n1{separator}dos, o tres{separator}x\n4{separator}cinc{separator}y\n"
        );
        let text = if separator == ',' {
            text.replace("dos, o tres", "\"dos, o tres\"")
        } else {
            text
        };
        let reader = open(text.as_bytes(), &TableOptions::default());
        assert_eq!(self::separator(&reader), Some(separator));
        let rows: Vec<_> = reader
            .map(|row| texts(&row.expect("the row reads")))
            .collect();
        assert_eq!(
            rows,
            [["1", "dos, o tres", "x"], ["4", "cinc", "y"]],
            "{separator:?}"
        );
    }
}

#[test]
fn decimal_commas_do_not_pass_for_separators() {
    let text = "codi;superfície;altitud\n01001;19,94;568,2\n01002;96,42;1,5\n";
    assert_eq!(
        rows(text.as_bytes()),
        [["01001", "19,94", "568,2"], ["01002", "96,42", "1,5"]]
    );
}

#[test]
fn a_list_of_names_has_one_column() {
    let reader = open(
        b"Nom\nAnna Puig\nJoan Serra\nPere Mas\n",
        &TableOptions::default(),
    );
    assert_eq!(separator(&reader), None);
    assert_eq!(reader.count(), 3);
}

#[test]
fn the_line_that_names_the_separator_is_obeyed_and_left_out() {
    let reader = open(b"sep=|\r\na|b,c\r\n1|2,3\r\n", &TableOptions::default());
    assert_eq!(names(&reader), ["a", "b,c"]);
    assert_eq!(reader.header_line(), Some(2));
    assert_eq!(
        reader
            .map(|row| row.expect("the row reads").line)
            .collect::<Vec<_>>(),
        [3]
    );
}

#[test]
fn records_know_their_physical_lines() {
    for (end, name) in [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")] {
        let text = ["a,b", "1,2", "", "\"three", "", "lines\",4", "5,6", ""].join(end);
        let found: Vec<_> = open(text.as_bytes(), &TableOptions::default())
            .map(|row| row.expect("the row reads"))
            .map(|row| (row.line, row.cells[0].as_text().lines().count()))
            .collect();
        let lines_in_cell = if end == "\r" { 1 } else { 3 };
        assert_eq!(found, [(2, 1), (4, lines_in_cell), (7, 1)], "{name}");
    }
}

#[test]
fn quotation_marks_are_read_as_people_write_them() {
    let text = concat!(
        "a;b\n",
        "\"doubled \"\"mark\"\"\";1\n",
        "\"Ferreteria \"El Clau\" SL\";2\n",
        "\"closed\" too early;3\n",
        "inside \"bare\" text;4\n",
        "\"blank behind\"  ;5\n",
    );
    let cells: Vec<_> = rows(text.as_bytes())
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(
        cells,
        [
            "doubled \"mark\"",
            "Ferreteria \"El Clau\" SL",
            "closed too early",
            "inside \"bare\" text",
            "blank behind"
        ]
    );
}

#[test]
fn a_quotation_mark_never_closed_loses_one_line() {
    let text = format!("a,b\n1,2\n\"open,3\n{}", "4,5\n".repeat(1_000_000));
    let mut read = 0;
    let mut refused = Vec::new();
    for row in open(text.as_bytes(), &TableOptions::default()) {
        match row {
            Ok(_) => read += 1,
            Err(error) => refused.push(error),
        }
    }
    assert_eq!(
        refused,
        [ReadError::Row(RowRefusal {
            line: 3,
            fault: RowFault::RowQuoteNotClosed
        })]
    );
    assert_eq!(read, 1_000_001);
}

#[test]
fn quotation_marks_never_closed_end_the_file_before_they_cost_too_much() {
    let text = format!("a,b\n{}", "\"x\"\"\n".repeat(100_000));
    let limits = Limits {
        record_bytes: 64 << 10,
        ..Limits::default()
    };
    let refused = refusal(
        text.as_bytes(),
        &TableOptions {
            limits,
            ..TableOptions::default()
        },
    );
    assert_eq!(refused.code(), "FILE_DAMAGED");
}

#[test]
fn what_is_too_long_or_too_wide_is_refused_and_the_rest_goes_on() {
    let wide = ",x".repeat(2_000);
    let long = "y".repeat((1 << 20) + 1);
    let endless = "z".repeat(6 << 20);
    let text = format!("a,b\n1,2\n{wide}\n3,{long}\n{endless}\n4,5\n");
    let outcome: Vec<_> = open(text.as_bytes(), &TableOptions::default())
        .map(|row| row.map(|row| row.line).map_err(|error| error.to_string()))
        .collect();
    let expected = [
        Ok(2),
        Err("line 3: the record has more than 2000 cells".to_owned()),
        Err("line 4: a cell has more than 1048576 bytes".to_owned()),
        Err("line 5: the record has more than 4194304 bytes".to_owned()),
        Ok(6),
    ];
    assert_eq!(outcome, expected);
}

#[test]
fn a_record_has_the_cells_that_the_file_gives() {
    let fits: Vec<_> = open(
        b"a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,,2,\n",
        &TableOptions::default(),
    )
    .map(|row| row.expect("the row reads").fit(3))
    .collect();
    assert_eq!(
        fits,
        [Fit::Exact, Fit::Short(1), Fit::Long(1), Fit::Long(1)]
    );
}

#[test]
fn separators_at_the_end_of_every_row_make_a_nameless_column() {
    let reader = open(b"a;b\n1;2;\n3;4;\n", &TableOptions::default());
    assert_eq!(names(&reader), ["a", "b", ""]);
    let count = reader.columns().len();
    assert!(
        reader
            .map(|row| row.expect("the row reads"))
            .all(|row| row.fit(count) == Fit::Exact)
    );
}

#[test]
fn nameless_and_repeated_columns_get_keys_of_their_own() {
    let reader = open(b"Phone,,Phone,Name,\n1,2,3,x,5\n", &TableOptions::default());
    let keys: Vec<_> = reader
        .columns()
        .iter()
        .map(|column| column.key.as_str())
        .collect();
    assert_eq!(keys, ["Phone", "column 2", "Phone (2)", "Name", "column 5"]);
}

#[test]
fn titles_above_the_header_are_set_apart() {
    let text = "Informe de vendes;;;\nData;01/03/2024;;\n\n;;;\nCodi;Client;Import;Data\n1;Puig;3,5;01/01/2024\n2;Mas;4;02/01/2024\n";
    let reader = open(text.as_bytes(), &TableOptions::default());
    assert_eq!(names(&reader), ["Codi", "Client", "Import", "Data"]);
    assert_eq!((reader.header_line(), reader.titles().len()), (Some(5), 3));
    assert_eq!(reader.count(), 2);
}

#[test]
fn the_header_may_be_said_to_be_elsewhere_or_absent() {
    let text = b"x,y\n1,2\na,b\n3,4\n";
    let on_line_3 = TableOptions {
        header: HeaderChoice::Line(3),
        ..TableOptions::default()
    };
    let reader = open(text, &on_line_3);
    assert_eq!(
        (names(&reader), reader.header_line()),
        (vec!["a", "b"], Some(3))
    );
    let absent = TableOptions {
        header: HeaderChoice::Absent,
        ..TableOptions::default()
    };
    assert_eq!(open(text, &absent).count(), 4);
    assert_eq!(rows(b"1,2\n3,4\n"), [["1", "2"], ["3", "4"]]);
    let beyond = TableOptions {
        header: HeaderChoice::Line(9),
        ..TableOptions::default()
    };
    assert_eq!(
        refusal(text, &beyond),
        FileRefusal::FileHeaderNotFound { line: 9 }
    );
}

#[test]
fn nul_characters_stay_in_their_cells() {
    assert_eq!(rows(b"a,b\n\0,2\n"), [["\0", "2"]]);
}

#[test]
fn what_is_no_table_is_refused_with_a_code() {
    let refused = |bytes: &[u8]| refusal(bytes, &TableOptions::default()).code();
    assert_eq!(refused(b""), "FILE_EMPTY");
    assert_eq!(refused(b"\n\n"), "FILE_EMPTY");
    assert_eq!(refused(b"%PDF-1.7\n"), "FILE_NOT_A_TABLE");
    assert_eq!(
        refused(b"<!DOCTYPE html><table><tr><td>1</td></tr></table>"),
        "FILE_NOT_A_TABLE"
    );
    assert_eq!(refused(&[7; 5000]), "FILE_NOT_A_TABLE");
    let small = Limits {
        file_bytes: 10,
        ..Limits::default()
    };
    assert_eq!(
        refusal(
            b"a,b\n1,2\n3,4\n",
            &TableOptions {
                limits: small,
                ..TableOptions::default()
            }
        )
        .code(),
        "FILE_TOO_LARGE"
    );
    let unknown = TableOptions {
        encoding: Some("klingon".to_owned()),
        ..TableOptions::default()
    };
    assert_eq!(refusal(b"a,b\n", &unknown).code(), "FILE_ENCODING_UNKNOWN");
    let nowhere = TableReader::open(Path::new("no/such/file"), &TableOptions::default());
    assert_eq!(
        nowhere.map(|_| ()).map_err(|refusal| refusal.code()),
        Err("FILE_NOT_OPENED")
    );
    let folder = tempfile::tempdir().expect("a folder");
    let a_folder = TableReader::open(folder.path(), &TableOptions::default());
    assert_eq!(
        a_folder.map(|_| ()).map_err(|refusal| refusal.code()),
        Err("FILE_NOT_OPENED")
    );
}

#[test]
fn many_stray_quotation_marks_on_one_line_cost_no_more_than_the_line() {
    let text = format!("a,b\n1,2\n\"{}\",3\n", "x\"y".repeat(300_000));
    let found = rows(text.as_bytes());
    assert_eq!(found[1][0].len(), 900_000);
}
