//! An import is killed in the middle, and run again.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use cartera_tests::program::command;
use sqlx::{Executor, Row};

use crate::ground::{Company, server, until};
use crate::ledger;

/// Rows of the file.
const ROWS: usize = 6_000;
/// What the columns mean.
const PROFILE: &str = r#"
name = "interrupted-leads"
source = "faults"
record = "lead"
key = ["id"]
create = ["channels"]

[fields]
channel = "origin"
company_name = "company"
email = "email"
status = { column = "converted", map = { "0" = "new", "1" = "converted" } }
"#;

/// A file of leads, a third of which became clients.
fn write_leads(file: &Path) {
    let mut text = "id,origin,company,email,converted\n".to_owned();
    for row in 0..ROWS {
        let (origin, converted) = (row % 5, u8::from(row % 3 == 0));
        writeln!(
            text,
            "L{row},Origin {origin},Company {row},lead{row}@import.example,{converted}"
        )
        .unwrap();
    }
    fs::write(file, text).unwrap();
}

/// A company that is about to import the file.
struct Importing {
    company: Company,
    begun: i64,
}

impl Importing {
    async fn start() -> Self {
        let company = Company::on_the_server().await;
        let begun = ledger::end(&mut company.connection().await).await;
        Self { company, begun }
    }

    /// What the import wrote: how many events of each type.
    async fn written(&self) -> Vec<(String, i64)> {
        let query = format!(
            "SELECT event_type, count(*) FROM events WHERE position > {} GROUP BY 1 ORDER BY 1",
            self.begun
        );
        let rows = self.company.connection().await.fetch_all(&*query).await;
        let rows = rows.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Starts the import and kills it when so many events are there.
    async fn is_killed(&self, arguments: &[&str], after: i64) {
        let mut import = command()
            .args(arguments)
            .envs(server(self.company.url()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut looking = self.company.connection().await;
        let is_under_way = async || ledger::end(&mut looking).await > self.begun + after;
        until(is_under_way, "the import is under way").await;
        import.kill().unwrap();
        assert!(!import.wait().unwrap().success(), "it was not at its end");
    }
}

#[tokio::test]
async fn an_import_that_is_killed_and_run_again_ends_as_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let (file, profile) = (
        folder.path().join("leads.csv"),
        folder.path().join("leads.toml"),
    );
    write_leads(&file);
    fs::write(&profile, PROFILE).unwrap();
    let [file, profile] = [&file, &profile].map(|path| path.to_str().unwrap());
    let import = ["import", file, "--profile", profile];

    let (calm, killed) = (Importing::start().await, Importing::start().await);
    calm.company.cartera(&import).await.unwrap();
    for after in [1, 1_500] {
        killed.is_killed(&import, after).await;
    }
    killed.company.cartera(&import).await.unwrap();
    assert_eq!(killed.written().await, calm.written().await);
    killed.company.cartera(&import).await.unwrap();
    assert_eq!(
        killed.written().await,
        calm.written().await,
        "once more adds nothing"
    );
    killed.company.is_faithful().await;
}
