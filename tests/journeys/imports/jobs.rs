//! From a file to records, and back to what was refused.

use std::io::Write;

use cartera_tests::TestWorld;
use reqwest::Method;
use serde_json::{Value, json};

use super::*;

const FILE: &str = "code,name,city,employees\n\
    C1,Ferros Puig,Bigues,12\n\
    C2,- Ferros i Fils,Vic,=1+1\n\
    C3,Forn Serra,Olot,-7 people\n\
    C4,Tallers Mas,Girona,40\n";

const REFUSED: &str = "query($id: ID!, $first: Int!, $after: String) { importJob(id: $id) {
    refusedRows(first: $first, after: $after) {
        edges { cursor node { line column value code reason } } pageInfo { hasNextPage endCursor } } } }";

#[tokio::test]
async fn a_file_is_judged_then_imported_and_the_second_time_changes_nothing() {
    let world = TestWorld::start().await;
    world.carry_imports_out();
    let file = uploaded(&world.didac, "clients.csv", FILE).await;
    let before = head(&world).await;
    let dry = tried(&world.didac, &file).await;
    assert_eq!(
        (
            &dry["accepted"],
            &dry["refused"],
            &dry["alreadyThere"],
            &dry["rowsRead"]
        ),
        (&json!(2), &json!(2), &json!(0), &json!(4)),
        "{dry}"
    );
    assert_eq!(head(&world).await, before, "a dry run writes nothing");
    assert_eq!(dry["bytesRead"], json!(FILE.len()));
    assert_eq!(dry["bytesTotal"], json!(FILE.len()));
    assert_eq!(dry["file"]["name"], "clients.csv");
    assert_eq!(dry["startedBy"]["name"], "Didac");

    let input = wanted(&file);
    let job = start(&world.didac, &input).await;
    let again = start(&world.didac, &input).await;
    assert_eq!(job["id"], again["id"], "said twice, it is one job");
    let mut other = input.clone();
    other["dryRun"] = true.into();
    let reused = start_anyhow(&world.didac, &other).await;
    assert_eq!(reused.code().as_deref(), Some("COMMAND_ID_REUSED"));
    let done = finished(&world.didac, &job["id"]).await;
    assert_eq!(
        (&done["accepted"], &done["refused"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(registered(&world).await, (2, 2));
    world.caught_up().await;
    let found = world
        .didac
        .get("{ clients { totalCount } }", json!({}))
        .await;
    assert_eq!(found["clients"]["totalCount"], 2);

    let written = head(&world).await;
    let second = import(&world.didac, &file).await;
    assert_eq!(
        (&second["accepted"], &second["alreadyThere"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(head(&world).await, written, "the same file adds no event");
    let all = "{ importJobs(first: 2) { totalCount edges { node { id dryRun } } pageInfo { hasNextPage endCursor } } }";
    let jobs = &world.didac.get(all, json!({})).await["importJobs"];
    assert_eq!(jobs["totalCount"], 3);
    assert_eq!(
        jobs["edges"][0]["node"]["id"], second["id"],
        "the newest first"
    );
    let rest = "query($after: String) { importJobs(after: $after) { edges { node { id } } pageInfo { hasNextPage } } }";
    let after = json!({ "after": jobs["pageInfo"]["endCursor"] });
    let rest = &world.didac.get(rest, after).await["importJobs"];
    assert_eq!(rest["edges"], json!([{ "node": { "id": dry["id"] } }]));
    assert_eq!(rest["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn what_was_refused_is_told_with_its_place() {
    let world = TestWorld::start().await;
    world.carry_imports_out();
    let file = uploaded(&world.didac, "clients.csv", FILE).await;
    let job = import(&world.didac, &file).await;
    let page = |first: i32, after: Value| {
        let variables = json!({ "id": job["id"], "first": first, "after": after });
        let asked = world.didac.get(REFUSED, variables);
        async move { asked.await["importJob"]["refusedRows"].clone() }
    };
    let rows = page(1, Value::Null).await;
    let node = &rows["edges"][0]["node"];
    assert_eq!(
        (
            &node["line"],
            &node["column"],
            &node["value"],
            &node["code"]
        ),
        (
            &json!(3),
            &json!("employees"),
            &json!("=1+1"),
            &json!("CELL_IS_A_FORMULA")
        ),
        "{rows}"
    );
    assert_eq!(rows["pageInfo"]["hasNextPage"], true);
    let rows = page(5, rows["pageInfo"]["endCursor"].clone()).await;
    assert_eq!(rows["edges"][0]["node"]["line"], 4);
    assert_eq!(rows["edges"].as_array().unwrap().len(), 1);
    assert_eq!(rows["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn what_was_refused_is_downloaded_without_formulas() {
    let world = TestWorld::start().await;
    world.carry_imports_out();
    let file = uploaded(&world.didac, "clients.csv", FILE).await;
    let job = import(&world.didac, &file).await;
    let path = job["refusedUrl"].as_str().unwrap();
    let answer = world.didac.request(Method::GET, path).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"refused.csv\""
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox"));
    let text = answer.text().await.unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some(
            "refused_line,refused_column,refused_value,refused_code,refused_reason,code,name,city,employees"
        )
    );
    let line = lines.next().unwrap();
    assert!(
        line.starts_with("3,employees,'=1+1,CELL_IS_A_FORMULA,"),
        "{line}"
    );
    assert!(line.ends_with(",C2,'- Ferros i Fils,Vic,'=1+1"), "{line}");
    assert!(
        lines
            .next()
            .unwrap()
            .ends_with(",C3,Forn Serra,Olot,'-7 people"),
        "{text}"
    );
    assert_eq!(lines.next(), None);
}

#[tokio::test]
async fn a_workbook_is_read_by_the_child_process() {
    let world = TestWorld::start().await;
    world.carry_imports_out();
    let rows = [
        ["code", "name", "city", "employees"],
        ["C1", "Ferros Puig", "Bigues", "12"],
        ["C2", "Forn Serra", "Olot", "many"],
    ];
    // Its name says something else.
    let file = uploaded(&world.anna, "clients.csv", workbook(&rows)).await;
    let job = import(&world.anna, &file).await;
    assert_eq!(job["file"]["kind"], "WORKBOOK");
    assert_eq!(
        (&job["accepted"], &job["refused"]),
        (&json!(1), &json!(1)),
        "{job}"
    );
    assert_eq!(job["bytesRead"], Value::Null);
    assert_eq!(registered(&world).await, (1, 1));
}

#[tokio::test]
async fn a_profile_or_file_that_does_not_fit_says_what_to_write() {
    let world = TestWorld::start().await;
    world.carry_imports_out();
    let file = uploaded(&world.anna, "clients.csv", FILE).await;
    for (profile, code, words) in [
        ("name = ", "PROFILE_UNREADABLE", "line 1"),
        (
            "name = 'a'\nsource = 'b'\nrecord = 'client'\nkey = []\n[fields]\n",
            "PROFILE_KEY_MISSING",
            "key",
        ),
        (
            "name = 'a'\nsource = 'b'\nrecord = 'product'\nkey = ['code']\n[fields]\nemail = 'city'",
            "PROFILE_FIELD_UNKNOWN",
            "list_price",
        ),
    ] {
        let mut input = wanted(&file);
        input["profile"] = profile.into();
        let answer = start_anyhow(&world.anna, &input).await.body;
        let errors = &answer["data"]["startImport"]["userErrors"];
        assert_eq!(errors[0]["code"], code, "{answer}");
        assert_eq!(errors[0]["path"], json!(["input", "profile"]));
        assert!(
            errors[0]["message"].as_str().unwrap().contains(words),
            "{errors}"
        );
    }
    let mut input = wanted(&file);
    input["profile"] = PROFILE.replace("\"city\"\n", "\"ciutat\"\n").into();
    let job = start(&world.anna, &input).await;
    let ended = |job: &Value| job["state"] == "FAILED";
    let job = reached(&world.anna, &job["id"], "failed", ended).await;
    assert_eq!(job["error"]["code"], "PROFILE_COLUMNS_MISSING");
    let message = job["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("ciutat") && message.contains("employees"),
        "{message}"
    );
}

#[tokio::test]
async fn so_many_imports_wait_and_no_more() {
    let world = TestWorld::start().await;
    let file = uploaded(&world.anna, "clients.csv", clients(1)).await;
    for _ in 0..50 {
        start(&world.anna, &wanted(&file)).await;
    }
    let answer = start_anyhow(&world.anna, &wanted(&file)).await.body;
    let refusal = &answer["data"]["startImport"]["userErrors"][0];
    assert_eq!(refusal["code"], "TOO_MANY_IMPORTS", "{answer}");
}

#[tokio::test]
async fn a_cancelled_import_ends_soon_and_keeps_what_was_accepted() {
    let world = TestWorld::start().await;
    let cancel = "mutation($input: CancelImportInput!) { cancelImport(input: $input) { importJob { state } userErrors { code } } }";
    let cancelled = |id: &Value| {
        let asked = world
            .anna
            .get(cancel, json!({ "input": { "importJobId": id } }));
        async move { asked.await["cancelImport"].clone() }
    };
    let file = uploaded(&world.anna, "clients.csv", clients(40_000)).await;
    let waiting = start(&world.anna, &wanted(&file)).await;
    assert_eq!(waiting["state"], "QUEUED");
    let answer = cancelled(&waiting["id"]).await;
    assert_eq!(
        answer["importJob"]["state"], "CANCELLED",
        "nobody carries it out yet"
    );
    assert_eq!(answer, cancelled(&waiting["id"]).await, "twice is once");

    world.carry_imports_out();
    let running = start(&world.anna, &wanted(&file)).await;
    let begun = |job: &Value| job["accepted"].as_i64() > Some(0);
    reached(&world.anna, &running["id"], "begun", begun).await;
    cancelled(&running["id"]).await;
    let ended = |job: &Value| job["state"] == "CANCELLED";
    let job = reached(&world.anna, &running["id"], "cancelled", ended).await;
    let accepted = job["accepted"].as_i64().unwrap();
    assert!(0 < accepted && accepted < 40_000, "{job}");
    assert_eq!(registered(&world).await, (accepted, accepted));

    let small = uploaded(&world.anna, "small.csv", clients(3)).await;
    let job = import(&world.anna, &small).await;
    assert_eq!(job["alreadyThere"], 3, "those that were accepted are kept");
    let late = cancelled(&job["id"]).await;
    assert_eq!(late["userErrors"][0]["code"], "IMPORT_HAS_ENDED");
}

/// A workbook of one sheet with texts.
fn workbook(rows: &[[&str; 4]]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |row: &[&str; 4]| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
    let rows: String = rows.iter().map(row).collect();
    let entries = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{types}.worksheet+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        archive.start_file(name, stored).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
