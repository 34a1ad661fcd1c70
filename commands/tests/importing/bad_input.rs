//! What people get wrong: each is refused with a code, a line and a reason, and the rest goes in.

use std::io::Write as _;

use cartera_commands::Caller;
use cartera_commands::importing::{Import, ImportError, Mode, Profile, Summary};

use crate::world::World;

/// Leads with a name, a date and an amount.
const LEADS: &str = r#"
    name = "leads"
    source = "test"
    record = "lead"
    key = ["id"]
    [values]
    dates = "day_first"
    decimals = "comma"
    [fields]
    company_name = "company"
    registered_on = "day"
    expected_value = "value"
    notes = "notes"
"#;

const HEADER: &str = "id;company;day;value;notes;unread\n";

/// What became of a file.
#[derive(Debug)]
struct Told {
    summary: Summary,
    /// Line, column, value and code of each refused row, then its cells.
    refused: Vec<Vec<String>>,
}

impl Told {
    /// Rows, records that went in, and the refusals' lines, columns and codes.
    fn brief(&self) -> (u64, Vec<(&str, &str, &str)>) {
        let refused = self.refused.iter();
        let refused = refused.map(|row| (row[0].as_str(), row[1].as_str(), row[3].as_str()));
        (self.summary.progress.created, refused.collect())
    }
}

/// Judges bytes as a file.
async fn told_of(world: &World, bytes: &[u8], profile: &str) -> Result<Told, ImportError> {
    imported(world, bytes, profile, Mode::DryRun).await
}

async fn imported(
    world: &World,
    bytes: &[u8],
    profile: &str,
    mode: Mode,
) -> Result<Told, ImportError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let profile = Profile::parse(profile)?;
    let mut refused = Vec::new();
    let import = Import::new(&world.bus, &profile, &Caller::Operator, mode)?;
    let summary = import
        .run(file.path(), &mut refused, |_progress| ())
        .await?;
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(refused.as_slice());
    let cells = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    let refused = rows.records().map(|row| cells(row.unwrap())).collect();
    Ok(Told { summary, refused })
}

async fn leads(world: &World, rows: &str) -> Told {
    told_of(world, format!("{HEADER}{rows}").as_bytes(), LEADS)
        .await
        .unwrap()
}

/// The code with which the file as a whole is refused.
async fn code(world: &World, bytes: &[u8], profile: &str) -> &'static str {
    told_of(world, bytes, profile).await.unwrap_err().code()
}

#[tokio::test]
async fn a_shifted_row_is_refused_whole() {
    let world = World::new().await;
    let told = leads(
        &world,
        "1;A;1/2/2026;5;;\n2;B; S.L.;1/2/2026;5;;\n3;C;1/2/2026;5;;\n",
    )
    .await;
    assert_eq!(told.brief(), (2, vec![("3", "", "ROW_HAS_SURPLUS_CELLS")]));
    assert_eq!(
        told.refused[0][5..],
        ["2", "B", " S.L.", "1/2/2026", "5", "", ""],
        "it can be mended"
    );
}

#[tokio::test]
async fn a_row_that_ends_before_a_named_column_is_refused_unless_the_profile_expects_it() {
    let world = World::new().await;
    // The second is broken in two by a line break; the last lacks only what nobody reads.
    let rows = "1;A;1/2/2026;5;n;u\n2;B;1/2/2026;5;first\nsecond;u\n3;C;1/2/2026;5;n\n";
    let told = leads(&world, rows).await;
    assert_eq!(told.brief(), (3, vec![("4", "", "ROW_ENDS_EARLY")]));
    let patient = LEADS.replace("[values]", "[table]\nshort_rows = true\n[values]");
    let told = told_of(&world, format!("{HEADER}1;A\n").as_bytes(), &patient).await;
    assert_eq!(told.unwrap().brief(), (1, vec![]));
}

#[tokio::test]
async fn an_order_of_which_a_line_is_refused_is_refused_whole() {
    let world = World::new().await;
    let orders = LEADS.replace("key = [\"id\"]", "key = [\"id\"]\nrows = \"same_key\"");
    let rows = "1;A;1/2/2026;5;n;u\n2;B;1/2/2026;5;n;u\n1;A;1/2/2026;5;n;u;shifted\n";
    let told = told_of(&world, format!("{HEADER}{rows}").as_bytes(), &orders)
        .await
        .unwrap();
    let refused = vec![
        ("4", "", "ROW_HAS_SURPLUS_CELLS"),
        ("2", "", "RECORD_INCOMPLETE"),
    ];
    assert_eq!(told.brief(), (1, refused));
}

#[tokio::test]
async fn a_name_that_two_columns_have_is_no_name() {
    let world = World::new().await;
    let file = b"id;company;Company;company\n1;A;B;C\n";
    let profile = |column: &str| {
        format!(
            "name = \"n\"\nsource = \"s\"\nrecord = \"lead\"\nkey = [\"id\"]\n[fields]\ncompany_name = \"{column}\"\n"
        )
    };
    let ambiguous = code(&world, file, &profile("company")).await;
    assert_eq!(ambiguous, "PROFILE_COLUMN_AMBIGUOUS");
    let by_place = &profile("column 3");
    let told = told_of(&world, file, by_place).await.unwrap();
    assert_eq!(told.summary.unused_columns, ["company", "company (2)"]);
    for column in ["company (1)", "company (2)"] {
        let told = told_of(&world, file, &profile(column)).await.unwrap();
        assert_eq!(told.brief(), (1, vec![]), "{column}");
    }
}

#[tokio::test]
async fn files_with_nothing_in_them_say_so() {
    let world = World::new().await;
    assert_eq!(code(&world, b"", LEADS).await, "FILE_EMPTY");
    assert_eq!(code(&world, b"\n\n", LEADS).await, "FILE_EMPTY");
    let told = leads(&world, "").await;
    assert_eq!((told.summary.progress.rows, told.brief()), (0, (0, vec![])));
}

#[tokio::test]
async fn text_that_no_field_takes_loses_its_row_only() {
    let world = World::new().await;
    let long = "x".repeat(201);
    let rows = format!(
        "1;A;1/2/2026;5;n;u\n2;{long};1/2/2026;5;n;u\n{long};C;1/2/2026;5;n;u\n4;D\0;1/2/2026;5;n;u\n5;E;1/2/2026;5;{};u\n",
        "n".repeat(10_001)
    );
    let told = leads(&world, &rows).await;
    let refused = vec![
        ("4", "id", "CELL_TEXT_TOO_LONG"),
        ("3", "company", "CELL_TEXT_TOO_LONG"),
        ("5", "company", "CELL_HAS_CONTROL_CHARACTER"),
        ("6", "notes", "CELL_TEXT_TOO_LONG"),
    ];
    assert_eq!(told.brief(), (1, refused));
    assert!(
        told.refused.iter().all(|row| row[2].len() <= 100),
        "values are cut"
    );
}

#[tokio::test]
async fn a_quotation_mark_never_closed_is_told_with_its_line() {
    let world = World::new().await;
    let told = leads(
        &world,
        "1;A;1/2/2026;5;n;u\n2;\"B;1/2/2026;5;n;u\n3;C;1/2/2026;5;n;u\n",
    )
    .await;
    assert_eq!(told.brief(), (2, vec![("3", "", "ROW_QUOTE_NOT_CLOSED")]));
}

#[tokio::test]
async fn a_cell_of_many_megabytes_costs_a_row_and_little_memory() {
    let world = World::new().await;
    let mut bytes = format!("{HEADER}1;A;1/2/2026;5;n;u\n2;").into_bytes();
    bytes.resize(96 << 20, b'x');
    bytes.extend_from_slice(b";1/2/2026;5;n;u\n3;C;1/2/2026;5;n;u\n");
    let told = told_of(&world, &bytes, LEADS).await.unwrap();
    assert_eq!(told.brief(), (2, vec![("3", "", "ROW_TOO_LONG")]));
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(1 << 30).unwrap();
    let profile = Profile::parse(LEADS).unwrap();
    let import = Import::new(&world.bus, &profile, &Caller::Operator, Mode::DryRun).unwrap();
    let refusal = import
        .run(file.path(), std::io::sink(), |_progress| ())
        .await;
    assert_eq!(refusal.unwrap_err().code(), "FILE_TOO_LARGE");
}

#[tokio::test]
async fn formulas_are_refused_and_what_only_looks_like_one_is_text() {
    let world = World::new().await;
    let formulas = [
        "=1+2",
        " =HYPERLINK(\"http://x\")",
        "\u{ff1d}cmd",
        "@SUM(1+9)*cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "+LOG10(5)",
    ];
    let texts = [
        "- called (twice)",
        "+34 (93) 555 12 12",
        "@acme",
        "-5",
        "a=b",
        "--",
    ];
    let row = |(id, company): (usize, &&str)| {
        format!(
            "{id};\"{}\";1/2/2026;5;n;=unread\n",
            company.replace('"', "\"\"")
        )
    };
    let rows: String = formulas.iter().chain(&texts).enumerate().map(row).collect();
    let told = leads(&world, &rows).await;
    let (created, refused) = told.brief();
    assert_eq!((created, refused.len()), (6, 6), "{told:?}");
    assert!(
        refused
            .iter()
            .all(|(_, column, code)| (*column, *code) == ("company", "CELL_IS_A_FORMULA"))
    );
}

#[tokio::test]
async fn keys_that_stand_twice_or_not_at_all_are_told() {
    let world = World::new().await;
    let told = leads(
        &world,
        "1;A;1/2/2026;5;n;u\n;B;1/2/2026;5;n;u\n1;C;1/2/2026;5;n;u\n",
    )
    .await;
    let refused = vec![("3", "id", "KEY_MISSING"), ("4", "id", "KEY_TWICE")];
    assert_eq!(told.brief(), (1, refused));
    assert!(told.refused[1][4].contains("line 2"), "{told:?}");
}

#[tokio::test]
async fn what_another_holds_is_refused_and_the_rest_goes_in() {
    let world = World::new().await;
    let users = "name = \"u\"\nsource = \"s\"\nrecord = \"user\"\nkey = [\"id\"]\n\
        [fields]\nname = \"name\"\nemail = \"email\"\n";
    let file = "id,name,email\n1,Anna,anna@acme.example\n2,Berta,anna@acme.example\n3,Carme,carme@acme.example\n";
    let told = imported(&world, file.as_bytes(), users, Mode::Write).await;
    assert_eq!(told.unwrap().brief(), (2, vec![("3", "", "ALREADY_TAKEN")]));
}

#[tokio::test]
async fn unknown_columns_are_all_told_at_once() {
    let world = World::new().await;
    let failed = told_of(&world, b"id;company;other\n1;A;B\n", LEADS)
        .await
        .unwrap_err();
    assert_eq!(failed.code(), "PROFILE_COLUMNS_MISSING");
    let told = failed.to_string();
    assert!(
        ["day", "value", "notes", "other"]
            .iter()
            .all(|name| told.contains(name)),
        "{told}"
    );
    let told = leads(&world, "1;A;1/2/2026;5;n;u\n").await;
    assert_eq!(told.summary.unused_columns, ["unread"]);
}

#[tokio::test]
async fn values_that_are_no_dates_or_numbers_lose_their_row_only() {
    let world = World::new().await;
    let told = leads(
        &world,
        "1;A;1/13/2026;5;n;u\n2;B;soon;5;n;u\n3;C;1/2/2026;much;n;u\n4;D;1/2/2026;1.000,5;n;u\n",
    )
    .await;
    let refused = vec![
        ("2", "day", "CELL_NO_SUCH_DAY"),
        ("3", "day", "CELL_NOT_A_DATE"),
        ("4", "value", "CELL_NOT_A_NUMBER"),
    ];
    assert_eq!(told.brief(), (1, refused));
    assert_eq!(told.refused[2][2], "much");
    let guessed = LEADS.replace("dates = \"day_first\"", "");
    let file = format!("{HEADER}1;A;1/2/2026;5;n;u\n");
    assert_eq!(
        code(&world, file.as_bytes(), &guessed).await,
        "VALUES_AMBIGUOUS"
    );
}

#[tokio::test]
async fn bytes_of_another_encoding_lose_their_row_only() {
    let world = World::new().await;
    let mut bytes = format!("{HEADER}1;Ànec;1/2/2026;5;n;u\n2;").into_bytes();
    bytes.extend_from_slice(b"\xC1nec;1/2/2026;5;n;u\n3;C;1/2/2026;5;n;u\n");
    for id in 4..60 {
        bytes.extend_from_slice(format!("{id};Ñandú {id};1/2/2026;5;n;u\n").as_bytes());
    }
    let told = told_of(&world, &bytes, LEADS).await.unwrap();
    assert_eq!(told.brief(), (58, vec![("3", "", "ROW_NOT_DECODABLE")]));
}

#[test]
fn profiles_that_cannot_be_used_say_why() {
    let code = |profile: &str| Profile::parse(profile).unwrap_err().code();
    assert_eq!(code("name ="), "PROFILE_UNREADABLE");
    assert_eq!(
        code(&LEADS.replace("[values]", "[value]")),
        "PROFILE_UNREADABLE"
    );
    assert_eq!(
        code(&LEADS.replace("key = [\"id\"]", "key = []")),
        "PROFILE_KEY_MISSING"
    );
    assert_eq!(
        code(&LEADS.replace("notes =", "quantity =")),
        "PROFILE_FIELD_UNKNOWN"
    );
}
