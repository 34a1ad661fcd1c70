//! Workbooks: a corpus of nasty ones, and what was made to do harm.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use cartera_commands::files::workbook::{SheetVisibility, WorkbookReader};
use cartera_commands::files::{
    Cell, FileRefusal, Limits, SheetChoice, TableFormat, TableOptions, TableReader, WorkerProgram,
};
use serde_json::Value;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::shared_data::{options, shared, texts};

const MIB: u64 = 1 << 20;

fn truth(folder: &Path) -> Vec<(String, Value)> {
    let truth = std::fs::read_to_string(folder.join("truth.json")).expect("truth");
    let truth: Value = serde_json::from_str(&truth).expect("JSON");
    let files = truth["files"].as_object().expect("files");
    files
        .iter()
        .map(|(name, expected)| (name.clone(), expected.clone()))
        .collect()
}

/// Number of cells that hold anything in a sheet, and the peak of the child's memory in bytes.
fn filled_cells(path: &Path, sheet: &str) -> (u64, u64) {
    let options = TableOptions {
        sheet: SheetChoice::Named(sheet.to_owned()),
        ..options()
    };
    let mut reader = WorkbookReader::open(File::open(path).expect("the file opens"), &options)
        .expect("the sheet opens");
    let mut cells = 0;
    while let Some(row) = reader.next_row() {
        let row = row.expect("the row reads");
        cells += row
            .cells
            .iter()
            .filter(|cell| !cell.is_empty())
            .map(|_| 1)
            .sum::<u64>();
    }
    (cells, reader.peak_bytes().expect("the rows have ended"))
}

#[test]
fn every_workbook_loads_or_is_refused_with_a_reason() {
    let Some(folder) = shared("19_xlsx_nasty") else {
        return;
    };
    let (mut loaded, mut refused) = (0, Vec::new());
    for (name, expected) in truth(&folder) {
        match TableReader::open(&folder.join(&name), &options()) {
            Ok(mut reader) => {
                assert!(reader.by_ref().all(|row| row.is_ok()), "{name}");
                // One of them is a line of text that somebody called .xls.
                let peak = reader.worker_peak_bytes();
                assert!(
                    peak.map_or(name == "calamine/too_small.xls", |peak| peak < 512 * MIB),
                    "{name}: {peak:?}"
                );
                loaded += 1;
            }
            Err(refusal) => {
                // What Python's readers see nothing in is empty for us too.
                let has_cells = expected["sheets"].as_object().is_some_and(|sheets| {
                    sheets
                        .values()
                        .any(|sheet| sheet["non_empty"].as_u64() > Some(1))
                });
                assert!(!has_cells, "{name}: {refusal}");
                refused.push(refusal.code());
            }
        }
    }
    let of = |code: &str| refused.iter().filter(|refused| **refused == code).count();
    assert_eq!(loaded + refused.len(), 129);
    assert!(loaded >= 106, "{loaded} loaded, {refused:?}");
    assert_eq!(
        (
            of("FILE_PASSWORD_PROTECTED"),
            of("FILE_UNPACKS_TOO_LARGE"),
            of("FILE_DAMAGED")
        ),
        (4, 1, 2)
    );
}

#[test]
fn sheets_hold_as_many_cells_as_other_readers_find() {
    let Some(folder) = shared("19_xlsx_nasty") else {
        return;
    };
    let (mut equal, mut differing, mut peak) = (0, Vec::new(), 0);
    for (name, expected) in truth(&folder) {
        let Some(sheets) = expected["sheets"].as_object() else {
            continue;
        };
        for (sheet, expected) in sheets {
            // The others count empty texts and formulas without a value.
            let (cells, child) = filled_cells(&folder.join(&name), sheet);
            peak = peak.max(child);
            if Some(cells) == expected["non_empty"].as_u64() {
                equal += 1;
            } else {
                differing.push(format!("{name} {sheet}: {cells}"));
            }
        }
    }
    assert!(
        equal >= 188 && differing.len() <= 8,
        "{equal} equal; {differing:?}"
    );
    assert!(peak < 64 * MIB, "{peak}");
}

fn cells_of(path: &Path) -> Vec<Vec<Cell>> {
    let reader = TableReader::open(path, &options()).expect("the workbook opens");
    reader
        .map(|row| row.expect("the row reads").cells)
        .collect()
}

#[test]
fn dates_are_the_same_in_both_date_systems_and_every_format() {
    let Some(folder) = shared("19_xlsx_nasty/calamine") else {
        return;
    };
    for name in [
        "date.xlsx",
        "date.xlsb",
        "date.xls",
        "date_1904.xlsx",
        "date_1904.xlsb",
        "date_1904.xls",
        "date.ods",
    ] {
        let cells = cells_of(&folder.join(name));
        let first = cells
            .first()
            .and_then(|row| row.first())
            .map(|cell| cell.as_text().into_owned());
        assert_eq!(first.as_deref(), Some("2021-01-01"), "{name}: {cells:?}");
        assert!(
            matches!(cells[0][0], Cell::Date(_)),
            "{name}: {:?}",
            cells[0][0]
        );
    }
}

#[test]
fn numbers_are_the_decimals_that_were_meant() {
    let Some(folder) = shared("19_xlsx_nasty/calamine") else {
        return;
    };
    let cells = cells_of(&folder.join("xls_wrong_decimals.xls"));
    let numbers: Vec<_> = cells
        .iter()
        .flatten()
        .filter(|cell| matches!(cell, Cell::Number(_)))
        .collect();
    assert!(!numbers.is_empty());
    assert!(
        numbers.iter().all(|number| number.as_text().len() <= 18),
        "{numbers:?}"
    );
}

#[test]
fn errors_of_formulas_are_faulty_cells() {
    let Some(folder) = shared("19_xlsx_nasty/calamine") else {
        return;
    };
    let cells = cells_of(&folder.join("errors.xlsx"));
    let faulty = cells
        .iter()
        .flatten()
        .filter(|cell| matches!(cell, Cell::Faulty(_)))
        .count();
    assert!(faulty >= 5, "{cells:?}");
}

#[test]
fn hidden_sheets_are_told_and_read_only_when_named() {
    let Some(path) = shared("19_xlsx_nasty/calamine/any_sheets.xlsx") else {
        return;
    };
    let reader = TableReader::open(&path, &options()).expect("the workbook opens");
    let TableFormat::Workbook(format) = reader.format() else {
        panic!("not a workbook")
    };
    assert_eq!(format.sheet, "Visible");
    let visibility: Vec<_> = format
        .sheets
        .iter()
        .map(|sheet| (sheet.name.as_str(), sheet.visibility))
        .collect();
    let expected = [
        ("Visible", SheetVisibility::Visible),
        ("Hidden", SheetVisibility::Hidden),
        ("VeryHidden", SheetVisibility::VeryHidden),
    ];
    assert_eq!(visibility, expected);
    let absent = TableOptions {
        sheet: SheetChoice::Numbered(9),
        ..options()
    };
    let refusal = TableReader::open(&path, &absent)
        .map(|_| ())
        .expect_err("there is no ninth sheet");
    assert_eq!(refusal.code(), "FILE_SHEET_NOT_FOUND");
}

#[test]
fn a_merged_cell_has_its_value_in_its_first_cell() {
    let Some(folder) = shared("19_xlsx_nasty/calamine") else {
        return;
    };
    for name in ["merge_cells.xlsx", "merge_cells.xls"] {
        let (cells, _) = filled_cells(&folder.join(name), "Sheet1");
        let (_, expected) = truth(folder.parent().expect("a folder"))
            .into_iter()
            .find(|(file, _)| file.ends_with(name))
            .expect("known");
        assert_eq!(
            Some(cells),
            expected["sheets"]["Sheet1"]["non_empty"].as_u64(),
            "{name}"
        );
    }
}

/// A minimal XLSX with this sheet.
fn xlsx(sheet: &[u8], shared_strings: &[u8], extra_entries: usize) -> Vec<u8> {
    let packing = if sheet.len() > 1 << 20 {
        CompressionMethod::Deflated
    } else {
        CompressionMethod::Stored
    };
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let workbook = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let links = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"r1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"r2\" Type=\"{relations}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
    );
    let root = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"r0\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>";
    let mut put = |name: &str, bytes: &[u8]| {
        archive
            .start_file(
                name,
                SimpleFileOptions::default().compression_method(packing),
            )
            .expect("an entry");
        archive.write_all(bytes).expect("written");
    };
    put("[Content_Types].xml", types.as_bytes());
    put("_rels/.rels", root.as_bytes());
    put("xl/workbook.xml", workbook.as_bytes());
    put("xl/_rels/workbook.xml.rels", links.as_bytes());
    put("xl/worksheets/sheet1.xml", sheet);
    put("xl/sharedStrings.xml", shared_strings);
    for index in 0..extra_entries {
        put(&format!("extra/{index}"), b"");
    }
    archive.finish().expect("an archive").into_inner()
}

fn sheet(rows: &str) -> Vec<u8> {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").into_bytes()
}

fn open_with(bytes: &[u8], options: &TableOptions) -> Result<Vec<Vec<String>>, FileRefusal> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("workbook.csv");
    std::fs::write(&path, bytes).expect("the file is written");
    let reader = TableReader::open(&path, options)?;
    let mut rows = vec![
        reader
            .columns()
            .iter()
            .map(|column| column.name.clone())
            .collect(),
    ];
    for row in reader {
        match row {
            Ok(row) => rows.push(texts(&row)),
            Err(cartera_commands::files::ReadError::File(refusal)) => return Err(refusal),
            Err(cartera_commands::files::ReadError::Row(refusal)) => {
                rows.push(vec![refusal.to_string()]);
            }
        }
    }
    Ok(rows)
}

const NO_STRINGS: &[u8] = b"<sst></sst>";
const TWO_ROWS: &str = "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>n</v></c><c r=\"B1\" t=\"str\"><v>v</v></c></row>\
                        <row r=\"3\"><c r=\"A3\"><v>1.1000000000000001</v></c><c r=\"B3\"><v>1e-7</v></c></row>";

#[test]
fn a_workbook_made_here_reads() {
    let rows = open_with(&xlsx(&sheet(TWO_ROWS), NO_STRINGS, 0), &options()).expect("it reads");
    assert_eq!(rows, [["n", "v"], ["1.1", "0.0000001"]]);
}

#[test]
fn archives_beyond_the_limits_are_refused_before_they_are_unpacked() {
    let many = open_with(&xlsx(&sheet(TWO_ROWS), NO_STRINGS, 1_000), &options())
        .expect_err("too many entries");
    assert!(
        matches!(&many, FileRefusal::FileUnpacksTooLarge { what, .. } if what == "entries"),
        "{many:?}"
    );
    assert_eq!(Limits::default().unpacked_bytes, 64 * MIB);
    let bomb = vec![b' '; 3 << 20];
    let limits = Limits {
        unpacked_bytes: 2 * MIB,
        ..Limits::default()
    };
    let large = open_with(
        &xlsx(&bomb, NO_STRINGS, 0),
        &TableOptions {
            limits,
            ..options()
        },
    )
    .expect_err("too large");
    assert!(
        matches!(&large, FileRefusal::FileUnpacksTooLarge { what, .. } if what == "bytes"),
        "{large:?}"
    );
    let dense = open_with(&xlsx(&bomb, NO_STRINGS, 0), &options()).expect_err("packed too well");
    assert_eq!(dense.code(), "FILE_UNPACKS_TOO_LARGE");
}

#[test]
fn archives_cut_off_or_of_another_kind_are_refused() {
    let whole = xlsx(&sheet(TWO_ROWS), NO_STRINGS, 0);
    let cut = open_with(&whole[..whole.len() / 2], &options()).expect_err("cut off");
    assert_eq!(cut, FileRefusal::FileTruncated);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file("readme.txt", SimpleFileOptions::default())
        .expect("an entry");
    let other = archive.finish().expect("an archive").into_inner();
    assert_eq!(
        open_with(&other, &options())
            .expect_err("no workbook")
            .code(),
        "FILE_NOT_A_TABLE"
    );
    let broken = xlsx(
        b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>",
        NO_STRINGS,
        0,
    );
    assert_eq!(
        open_with(&broken, &options())
            .expect_err("broken XML")
            .code(),
        "FILE_DAMAGED"
    );
}

#[test]
fn cells_beyond_the_columns_allowed_lose_their_row_only() {
    let rows = format!(
        "{TWO_ROWS}<row r=\"4\"><c r=\"XFD4\"><v>1</v></c></row><row r=\"5\"><c r=\"A5\"><v>2</v></c></row>"
    );
    let rows = open_with(&xlsx(&sheet(&rows), NO_STRINGS, 0), &options()).expect("it reads");
    assert_eq!(rows[2], ["line 4: the record has more than 2000 cells"]);
    assert_eq!(rows[3], ["2", ""]);
}

#[test]
fn a_workbook_that_wants_too_much_memory_ends_its_reader_only() {
    let strings = format!(
        "<sst>{}</sst>",
        "<si><t>abcdefghijklmnopqrstuvwxyz0123456789</t></si>".repeat(500_000)
    );
    let scattered = strings.replace("xyz0", "x\u{e1}0");
    let limits = Limits {
        worker_memory_bytes: 24 * MIB,
        ..Limits::default()
    };
    let bytes = xlsx(&sheet(TWO_ROWS), scattered.as_bytes(), 0);
    let refusal = open_with(
        &bytes,
        &TableOptions {
            limits,
            ..options()
        },
    )
    .expect_err("too much memory");
    assert_eq!(
        refusal,
        FileRefusal::FileNeedsTooMuchMemory { limit: 24 * MIB }
    );
    assert!(open_with(&bytes, &options()).is_ok());
}

#[test]
fn a_reader_that_says_nothing_is_ended() {
    let limits = Limits {
        worker_patience: Duration::from_millis(100),
        ..Limits::default()
    };
    let worker = WorkerProgram::Other {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), "exec sleep 600".into()],
    };
    let refusal = open_with(
        &xlsx(&sheet(TWO_ROWS), NO_STRINGS, 0),
        &TableOptions {
            limits,
            worker,
            ..options()
        },
    );
    assert_eq!(
        refusal.expect_err("it says nothing"),
        FileRefusal::FileTakesTooLong
    );
}

#[test]
fn a_reader_that_cannot_start_or_talks_nonsense_is_no_fault_of_the_file() {
    let bytes = xlsx(&sheet(TWO_ROWS), NO_STRINGS, 0);
    for (program, arguments) in [
        ("/no/such/program", vec![]),
        ("/bin/sh", vec!["-c", "echo hello"]),
        ("/bin/sh", vec!["-c", "exit 7"]),
    ] {
        let arguments = arguments.into_iter().map(Into::into).collect();
        let worker = WorkerProgram::Other {
            program: program.into(),
            arguments,
        };
        let refusal = open_with(
            &bytes,
            &TableOptions {
                worker,
                ..options()
            },
        )
        .expect_err("no reader");
        assert_eq!(refusal.code(), "FILE_READING_FAILED", "{program}");
    }
}
