//! Real files in their renderings: the same table must come out of each.

use cartera_commands::files::values::{
    DateEvidence, DateOrder, DateReading, DecimalEvidence, DecimalMark, Moment, Verdict, decimal,
    moment, parse_moment,
};
use cartera_commands::files::{Cell, SheetChoice, TableFormat, TableOptions, TableReader};
use rust_decimal::Decimal;

use crate::shared_data::{files_below, options, read, shared};

fn encoding(reader: &TableReader) -> String {
    match reader.format() {
        TableFormat::Text(text) => text.encoding.to_string(),
        TableFormat::Workbook(workbook) => workbook.kind.to_string(),
    }
}

#[test]
fn salesforce_writes_the_same_text_in_six_encodings() {
    let Some(folder) = shared("12_salesforce_dataloader/testfiles") else {
        return;
    };
    let plain = read(&folder.join("csvtext.csv"))
        .expect("it reads")
        .with_header();
    assert_eq!(plain[1], ["row1-1", "row1-2", "row1-3"]);
    for name in ["UTF8", "UTF16LE", "UTF16BE", "UTF32LE", "UTF32BE"] {
        let path = folder.join(format!("csvtext_BOM_{name}.csv"));
        let reader = TableReader::open(&path, &options()).expect("it opens");
        assert_eq!(encoding(&reader).replace('-', ""), name);
        assert_eq!(
            read(&path).expect("it reads").with_header(),
            plain,
            "{name}"
        );
    }
}

#[test]
fn every_salesforce_file_loads_without_losing_a_row() {
    let Some(folder) = shared("12_salesforce_dataloader") else {
        return;
    };
    for path in files_below(&folder)
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
    {
        let table = read(path).unwrap_or_else(|refusal| panic!("{}: {refusal}", path.display()));
        let ragged = table
            .rows
            .iter()
            .filter(|row| row.len() != table.header.len())
            .count();
        assert_eq!(ragged, 0, "{}", path.display());
    }
    let accounts = read(&folder.join("samples/accountData.csv")).expect("it reads");
    assert_eq!((accounts.rows.len(), accounts.header.len()), (423, 38));
    assert!(
        accounts
            .rows
            .iter()
            .flatten()
            .any(|cell| cell.contains("5º MADRID") || cell.contains("5º"))
    );
    let reader =
        TableReader::open(&folder.join("samples/accountData.csv"), &options()).expect("it opens");
    assert_eq!(encoding(&reader), "windows-1252");
    let opportunities = read(&folder.join("samples/opportunityData.csv")).expect("it reads");
    assert_eq!(
        (opportunities.rows.len(), opportunities.header.len()),
        (38, 31)
    );
}

#[test]
fn salesforce_dates_with_zones_read_and_broken_ones_do_not() {
    let Some(folder) = shared("12_salesforce_dataloader/testfiles") else {
        return;
    };
    let dates = |name: &str| -> Vec<Result<Moment, _>> {
        let table = read(&folder.join(name)).expect("it reads");
        table
            .rows
            .iter()
            .map(|row| parse_moment(&row[1], Some(DateOrder::MonthFirst)))
            .collect()
    };
    let sound = dates("timeZoneFormatTesting.csv");
    assert_eq!(sound.len(), 12);
    assert!(
        sound
            .iter()
            .all(|date| matches!(date, Ok(Moment::Instant(_)))),
        "{sound:?}"
    );
    let with_errors = dates("timeZoneFormatTestingWithErrors.csv");
    assert_eq!(
        with_errors.iter().filter(|date| date.is_err()).count(),
        2,
        "{with_errors:?}"
    );
}

#[test]
fn a_workbook_that_is_called_csv_reads_as_the_csv_does() {
    let Some(folder) = shared("02_xeducation_leads") else {
        return;
    };
    let text = read(&folder.join("Leads.csv")).expect("it reads");
    let workbook = read(&folder.join("variants/Leads_is_really_an_xlsx.csv")).expect("it reads");
    assert_eq!((text.rows.len(), text.header.len()), (9_240, 38));
    assert_eq!(text.header.last().map(String::as_str), Some(""));
    assert_eq!(workbook.rows.len(), 9_240);
    let names = workbook.header.len().min(37);
    assert_eq!(workbook.header[..names], text.header[..names]);
    let differing = text
        .rows
        .iter()
        .zip(&workbook.rows)
        .flat_map(|(text, workbook)| text.iter().zip(workbook).take(37))
        .filter(|(text, workbook)| {
            text != workbook && text.parse::<Decimal>().ok() != workbook.parse::<Decimal>().ok()
        })
        .count();
    assert_eq!(differing, 0);
}

/// A rendering of the sales pipeline: the number of rows, the amount won, and the first and last day of closing.
fn pipeline(
    path: &str,
    columns: [&str; 2],
    sheet: Option<&str>,
) -> Option<(usize, Decimal, String, String)> {
    let path = shared(path)?;
    let sheet = sheet.map_or(SheetChoice::FirstFilled, |name| {
        SheetChoice::Named(name.to_owned())
    });
    let options = TableOptions { sheet, ..options() };
    let reader = TableReader::open(&path, &options).expect("it opens");
    let place = |name: &str| {
        reader
            .columns()
            .iter()
            .find(|column| column.name.starts_with(name))
            .expect("a column")
            .index
    };
    let (closed, amount) = (place(columns[0]), place(columns[1]));
    let rows: Vec<_> = reader.map(|row| row.expect("the row reads")).collect();
    let (mut order, mut mark) = (DateEvidence::default(), DecimalEvidence::default());
    for row in &rows {
        order.see(&row.cells[closed]);
        mark.see(&row.cells[amount]);
    }
    let reading = DateReading {
        order: order.verdict().or_assume(DateOrder::DayFirst),
        ..DateReading::default()
    };
    let mark = mark
        .verdict()
        .or_assume(DecimalMark::Point)
        .expect("one form");
    let filled = |cell: &&Cell| !cell.is_empty();
    let days = rows.iter().map(|row| &row.cells[closed]).filter(filled);
    let mut days: Vec<_> = days
        .map(|cell| moment(cell, reading).expect("a date").day())
        .collect();
    days.sort();
    let won = rows
        .iter()
        .map(|row| &row.cells[amount])
        .filter(filled)
        .map(|cell| decimal(cell, mark).expect("a number"));
    Some((
        rows.len(),
        won.sum(),
        days[0].to_string(),
        days[days.len() - 1].to_string(),
    ))
}

#[test]
fn five_renderings_of_one_pipeline_give_the_same_figures() {
    let english = ["close_date", "close_value"];
    let renderings = [
        pipeline("01_maven_crm/sales_pipeline.csv", english, None),
        pipeline(
            "01_maven_crm/variants/sales_pipeline_us_dates_mdY.csv",
            english,
            None,
        ),
        pipeline(
            "01_maven_crm/variants/sales_pipeline_eu_dates_ddmmyy_plus_quarters.csv",
            english,
            None,
        ),
        pipeline(
            "01_maven_crm/variants/oportunitats_excel_es_cp1252.csv",
            ["Data tancament", "Import tancat (€)"],
            None,
        ),
        pipeline(
            "01_maven_crm/variants/data_model.xlsx",
            english,
            Some("sales_pipeline"),
        ),
    ];
    let expected = (
        8_800,
        Decimal::from(10_005_534),
        "2017-03-01".to_owned(),
        "2017-12-31".to_owned(),
    );
    for rendering in renderings.into_iter().flatten() {
        assert_eq!(rendering, expected);
    }
}

#[test]
fn the_order_of_days_and_months_is_proven_by_real_columns() {
    let verdict = |path: &str, column: &str| {
        let reader = TableReader::open(&shared(path)?, &options()).expect("it opens");
        let place = reader
            .columns()
            .iter()
            .find(|found| found.name == column)
            .expect("a column")
            .index;
        let mut evidence = DateEvidence::default();
        reader.for_each(|row| evidence.see(&row.expect("the row reads").cells[place]));
        Some(evidence.verdict())
    };
    let day_first = verdict("03_olist_funnel/olist_closed_deals_dataset.csv", "won_date");
    assert!(
        day_first.is_none_or(|verdict| verdict == Verdict::Proven(DateOrder::DayFirst)),
        "{day_first:?}"
    );
    let month_first = verdict("05_superstore/Sample - Superstore.csv", "Order Date");
    assert!(
        month_first.is_none_or(|verdict| verdict == Verdict::Proven(DateOrder::MonthFirst)),
        "{month_first:?}"
    );
}

#[test]
fn the_spanish_kind_of_csv_reads() {
    let Some(folder) = shared("14_spain_geo") else {
        return;
    };
    let path = folder.join("cnig_MUNICIPIOS_latin1_semicolon_decimalcomma.csv");
    let reader = TableReader::open(&path, &options()).expect("it opens");
    assert_eq!(encoding(&reader), "windows-1252");
    let table = read(&path).expect("it reads");
    assert_eq!(table.rows.len(), 8_132);
    let alegria = table
        .rows
        .iter()
        .find(|row| row[0] == "01001000000")
        .expect("the first municipality");
    assert_eq!(
        (
            alegria[4].as_str(),
            alegria[5].as_str(),
            alegria[7].as_str()
        ),
        ("Araba/Álava", "Alegría-Dulantzi", "1994,5872")
    );
    assert!(
        table
            .rows
            .iter()
            .any(|row| row[5] == "l'Hospitalet de Llobregat"
                || row[5] == "L'Hospitalet de Llobregat")
    );
}

#[test]
fn official_workbooks_with_titles_above_the_header_read() {
    let Some(folder) = shared("14_spain_geo") else {
        return;
    };
    for (name, municipalities) in [("ine_11codmun.xls", 8_114), ("ine_16codmun.xlsx", 8_125)] {
        let reader = TableReader::open(&folder.join(name), &options()).expect("it opens");
        assert!(
            reader.header_line().is_some_and(|line| line > 1),
            "{name}: {:?}",
            reader.columns()
        );
        assert!(
            reader
                .columns()
                .iter()
                .any(|column| column.name == "NOMBRE"),
            "{name}: {:?}",
            reader.columns()
        );
        let rows = reader.flatten().count();
        assert!(rows.abs_diff(municipalities) < 30, "{name}: {rows}");
    }
}

#[test]
fn other_real_files_have_the_rows_they_should() {
    let counts = [
        (
            "17_spain_contracts/madrid/contratos_menores_madrid_2017_2019_empresas.csv",
            12_321,
        ),
        ("15_spain_cnae/cnae2009.csv", 989),
        ("07_adventureworks/AdventureWorks_Customers.csv", 18_148),
        ("08_bpi2012_loan_offers/applications.csv", 13_087),
    ];
    for (path, rows) in counts {
        let Some(path) = shared(path) else { continue };
        let table = read(&path).expect("it reads");
        assert_eq!(table.rows.len(), rows, "{}", path.display());
        assert!(
            table.rows.iter().all(|row| row.len() == table.header.len()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn documents_that_are_no_tables_are_refused_or_read_as_text_but_break_nothing() {
    let Some(folder) = shared("21_documents") else {
        return;
    };
    for path in files_below(&folder) {
        let refused = match TableReader::open(&path, &options()) {
            Ok(reader) => {
                let _rows = reader.count();
                continue;
            }
            Err(refusal) => refusal.code(),
        };
        let known = [
            "FILE_NOT_A_TABLE",
            "FILE_PASSWORD_PROTECTED",
            "FILE_TRUNCATED",
            "FILE_DAMAGED",
            "FILE_EMPTY",
        ];
        assert!(known.contains(&refused), "{}: {refused}", path.display());
    }
}
