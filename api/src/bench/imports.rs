//! An import of a file by the real program: rows a second, CPU time per row, memory.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cartera_commands::settings::{NewCompany, set_up_company};
use cartera_commands::{CommandBus, Envelope};
use cartera_domain::settings::FiscalStart;
use cartera_domain::users::Locale;
use cartera_journal::Source;
use rust_decimal::Decimal;
use tokio::process::{Child, Command};

use super::processes::{cpu_below, cpu_of, peak_kib};
use super::table::{Figure, each, rate};
use super::{BenchError, MASTER_KEY, Plan, Server};
use crate::adapters::SystemIds;

const DATABASE: &str = "bench_imports";
/// How often a running import is looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(5);

const LEADS: &str = r#"
name = "bench-leads"
source = "bench"
record = "lead"
key = ["id"]

[values]
dates = "day_first"
decimals = "point"

[fields]
person_name = "person"
company_name = "company"
email = "email"
phone = "phone"
city = "city"
expected_value = "value"
registered_on = "since"
"#;

const OPPORTUNITIES: &str = r#"
name = "bench-opportunities"
source = "bench"
record = "opportunity"
key = ["id"]

[values]
dates = "day_first"
decimals = "point"

[fields]
title = "title"
amount = "amount"
won_amount = "amount"
opened_on = "opened"
closed_on = "closed"
stage = "stage"

[pipeline]
name = "Bench"

[[pipeline.stages]]
name = "Open"
category = "open"

[[pipeline.stages]]
name = "Won"
category = "won"

[[pipeline.stages]]
name = "Lost"
category = "lost"
"#;

/// What is imported: a name, its profile, its header, and the rest of a row after its number.
struct Kind {
    name: &'static str,
    profile: &'static str,
    header: &'static str,
    row: fn(u64) -> String,
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "leads, each with a personal key",
        profile: LEADS,
        header: "id,person,company,email,phone,city,value,since",
        row: lead,
    },
    Kind {
        name: "opportunities, half of them won",
        profile: OPPORTUNITIES,
        header: "id,title,amount,opened,closed,stage",
        row: opportunity,
    },
];

fn lead(number: u64) -> String {
    let day = number % 28 + 1;
    format!(
        "Núria Camps {number},\"Camps {number}, S.L.\",nuria{number}@clients.example,+34 93 {:07},Terrassa,{}.50,{day:02}/03/2026",
        number % 10_000_000,
        number % 90_000
    )
}

fn opportunity(number: u64) -> String {
    let (day, stage) = (
        number % 28 + 1,
        if number.is_multiple_of(2) {
            "Open"
        } else {
            "Won"
        },
    );
    format!(
        "Reforma de locales {number},{}.25,{day:02}/03/2026,{day:02}/05/2026,{stage}",
        number % 90_000
    )
}

/// Imports a file of each kind into a company that has nothing else.
pub(super) async fn measure(
    server: &Server,
    plan: &Plan,
    folder: &Path,
) -> Result<Vec<Figure>, BenchError> {
    let url = server.new_database(DATABASE).await?;
    set_up(server, &url).await?;
    let mut figures = Vec::new();
    for kind in KINDS {
        figures.extend(import(server, &url, plan.import_rows, folder, &kind).await?);
    }
    Ok(figures)
}

async fn set_up(server: &Server, url: &str) -> Result<(), BenchError> {
    let refused = |error: &dyn std::fmt::Display| BenchError::Refused(error.to_string());
    let bus = CommandBus::new(server.journal(url).await?, Arc::new(SystemIds));
    let company = NewCompany {
        name: "Bench".parse().map_err(|error| refused(&error))?,
        currency: "EUR".parse().map_err(|error| refused(&error))?,
        time_zone: chrono_tz::Europe::Madrid,
        fiscal_start: FiscalStart::try_new(1).map_err(|error| refused(&error))?,
        locale: Locale::default(),
    };
    let envelope = Envelope::operator(bus.ids().next_id(), Source::Cli);
    let done = set_up_company(&bus, &envelope, company).await;
    done.map(drop).map_err(|error| refused(&error))
}

async fn import(
    server: &Server,
    url: &str,
    rows: u64,
    folder: &Path,
    kind: &Kind,
) -> Result<Vec<Figure>, BenchError> {
    let (file, profile) = write_file(folder, rows, kind)
        .map_err(BenchError::system("the file to import cannot be written"))?;
    let database = server.running.embedded().server_pid();
    let before = cpu_below(database);
    let begun = Instant::now();
    let child = start(url, &file, &profile)?;
    let seen = watch(child).await?;
    let elapsed = begun.elapsed();
    let database = cpu_below(database).saturating_sub(before);
    let what = |figure: &str| format!("import of {rows} {}: {figure}", kind.name);
    Ok(vec![
        Figure::new(what("rows"), rate(rows, elapsed), "1/s", "≥ 10000"),
        Figure::new(
            what("CPU of the program"),
            each(seen.cpu, rows),
            "ms/row",
            "",
        ),
        Figure::new(
            what("CPU of the database"),
            each(database, rows),
            "ms/row",
            "",
        ),
        Figure::new(
            what("memory, most"),
            Decimal::from(seen.peak_kib) / Decimal::from(1024),
            "MiB",
            "≤ 256 at 1 M",
        ),
    ])
}

fn write_file(folder: &Path, rows: u64, kind: &Kind) -> std::io::Result<(PathBuf, PathBuf)> {
    let (file, profile) = (folder.join("import.csv"), folder.join("import.toml"));
    std::fs::write(&profile, kind.profile)?;
    let mut csv = BufWriter::new(File::create(&file)?);
    writeln!(csv, "{}", kind.header)?;
    let mut line = String::new();
    for number in 0..rows {
        line.clear();
        // Writing to a string cannot fail.
        let _infallible = write!(
            line,
            "{}-{number},{}",
            kind.header.len(),
            (kind.row)(number)
        );
        writeln!(csv, "{line}")?;
    }
    csv.flush()?;
    Ok((file, profile))
}

fn start(url: &str, file: &Path, profile: &Path) -> Result<Child, BenchError> {
    let program = std::env::current_exe();
    Command::new(program.map_err(BenchError::system("cannot find this program"))?)
        .arg("import")
        .arg(file)
        .arg("--profile")
        .arg(profile)
        .env("DATABASE_URL", url)
        .env("CARTERA_MASTER_KEY", MASTER_KEY)
        .env("CARTERA_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(BenchError::system("the import does not start"))
}

/// What a process had used when it was last seen.
#[derive(Default)]
struct Seen {
    cpu: Duration,
    peak_kib: u64,
}

async fn watch(mut child: Child) -> Result<Seen, BenchError> {
    let mut seen = Seen::default();
    loop {
        let status = child
            .try_wait()
            .map_err(BenchError::system("the import is lost"))?;
        match status {
            Some(status) if status.success() => return Ok(seen),
            Some(status) => return Err(BenchError::Program("import", status.to_string())),
            None => {}
        }
        let pid = child.id().unwrap_or_default();
        seen.cpu = seen.cpu.max(cpu_of(pid));
        seen.peak_kib = seen.peak_kib.max(peak_kib(pid));
        tokio::time::sleep(LOOKED_AT_EVERY).await;
    }
}
