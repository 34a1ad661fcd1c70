//! What a newcomer does first: the tour of the README, and the tabs with which GraphiQL opens.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cartera::adapters::{Clock, SystemClock};
use cartera::demo_access::{PASSWORD, USERS};
use cartera::server::graphiql;
use cartera_tests::founded::until;
use cartera_tests::program::{command, executable, run_within};
use cartera_tests::{GraphQl, Program};
use serde_json::{Value, json};

/// Longest time for the whole tour, and for making the demo: seconds on a machine of one's own.
const PATIENCE: Duration = Duration::from_mins(2);
const README: &str = include_str!("../../README.md");

/// Commands of the page, and what they show in the end: parts of lines, in order.
struct Step {
    commands: String,
    shown: Vec<String>,
}

/// The tour: each block of commands with the block of text after it.
fn steps() -> Vec<Step> {
    let (_, tour) = README.split_once("\n## Five minutes\n").unwrap();
    let tour = tour.split("\n## ").next().unwrap();
    let mut steps: Vec<Step> = vec![];
    for block in tour.split("```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').unwrap();
        match (language, steps.last_mut()) {
            ("sh", _) => steps.push(Step {
                commands: text.to_owned(),
                shown: vec![],
            }),
            ("text", Some(step)) => {
                let parts = text.lines().flat_map(|line| line.split('…'));
                step.shown = parts
                    .filter(|part| !part.trim().is_empty())
                    .map(str::to_owned)
                    .collect();
            }
            (other, _) => panic!("a block of {other}"),
        }
    }
    steps
}

/// The demo company in a data folder of its own, served as `make run` does.
struct Demo {
    program: Program,
    said: PathBuf,
    data: PathBuf,
    _outer: tempfile::TempDir,
}

async fn demo() -> Demo {
    let outer = tempfile::tempdir().unwrap();
    // PostgreSQL's own user has to pass through.
    fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let (data, said) = (outer.path().join("data"), outer.path().join("said"));
    let mut making = command();
    making
        .args(["demo", "--if-empty"])
        .env("CARTERA_DATA_DIR", &data);
    let made = run_within(PATIENCE, making).await;
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let program = Program::serve(|command| {
        command
            .arg("--development")
            .env("CARTERA_DATA_DIR", &data)
            .stdout(File::create(&said).unwrap())
    })
    .await;
    let welcome = async || {
        fs::read_to_string(&said)
            .unwrap()
            .contains("Cartera is ready.")
    };
    until(welcome, "it says where to look").await;
    Demo {
        program,
        said,
        data,
        _outer: outer,
    }
}

/// A line of the tour; an import that refuses rows, as those do, ends with 3.
fn accepted(line: &str) -> String {
    let imports = line.starts_with("cartera import ");
    format!("{line}{}\n", if imports { " || [ $? = 3 ]" } else { "" })
}

/// Runs the tour as one script, as somebody does who copies it block by block; gives what each block has shown.
async fn followed(demo: &Demo, steps: &[Step]) -> Vec<String> {
    let mut script = "set -euo pipefail\n".to_owned();
    for step in steps {
        let commands = step
            .commands
            .replace("http://localhost:8080", &demo.program.url);
        let commands: String = commands.lines().map(accepted).collect();
        for line in ["echo @@step\n", &commands, "\n"] {
            script.push_str(line);
        }
    }
    let mut shell = Command::new("bash");
    let target = executable().ancestors().nth(2).unwrap().to_owned();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    shell
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .current_dir(here)
        .env("CARGO_TARGET_DIR", target)
        .env("CARTERA_DATA_DIR", &demo.data)
        .env("CARTERA_LOG", "warn")
        .env_remove("DATABASE_URL");
    let ended = run_within(PATIENCE, shell).await;
    let shown = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success(), "{shown}");
    shown.split("@@step\n").skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_tour_of_the_readme_shows_what_it_says() {
    let (demo, steps) = (demo().await, steps());
    assert!(steps.len() >= 6, "the tour is there");
    let shown = followed(&demo, &steps).await;
    assert_eq!(shown.len(), steps.len());
    for (step, shown) in steps.iter().zip(shown) {
        assert!(
            !step.shown.is_empty(),
            "every step shows something: {}",
            step.commands
        );
        let mut rest = shown.as_str();
        for part in &step.shown {
            let found = rest.split_once(part.as_str());
            let (_, after) =
                found.unwrap_or_else(|| panic!("{part}\nis not shown in\n{rest}\nof\n{shown}"));
            rest = after;
        }
    }
    graphiql_opens_on_queries_that_answer(&demo).await;
    everybody_of_the_demo_comes_in(&demo).await;
}

async fn graphiql_opens_on_queries_that_answer(demo: &Demo) {
    let today = SystemClock.now().date_naive();
    let mut asker = GraphQl::anonymous(&demo.program.url);
    let mut answers = vec![];
    for tab in graphiql::usual(today) {
        let variables: Value = serde_json::from_str(&tab.variables).unwrap();
        let (answer, cookie) = asker.send(tab.query, variables).await;
        assert!(
            answer.body["errors"].is_null(),
            "{}: {}",
            tab.query,
            answer.body
        );
        if let Some(cookie) = cookie {
            asker = asker.with_session(cookie);
        }
        answers.push(answer.body["data"].clone());
    }
    assert_eq!(answers[0]["signIn"]["viewer"]["role"], "DIRECTOR");
    let report = &answers[1]["report"];
    assert_eq!(report["rows"].as_array().unwrap().len(), 12, "{report}");
    let compared = &report["totals"][0]["compared"];
    assert_eq!(compared.as_array().unwrap().len(), 2);
    let last_year: f64 = compared[0]["value"].as_str().unwrap().parse().unwrap();
    assert!(last_year > 0.0, "{report}");
    for list in ["opportunities", "leads"] {
        assert!(
            answers[2][list]["totalCount"].as_i64().unwrap() > 0,
            "{}",
            answers[2]
        );
    }
}

async fn everybody_of_the_demo_comes_in(demo: &Demo) {
    let said = fs::read_to_string(&demo.said).unwrap();
    let page = if graphiql::is_built() {
        "/graphiql"
    } else {
        "GraphiQL is not built in"
    };
    assert!(said.contains(PASSWORD) && said.contains(page), "{said}");
    for user in USERS {
        assert!(said.contains(user.email), "{said}");
        let sign_in = cartera::auth::PUBLIC_DOCUMENTS[0];
        let input = json!({ "email": user.email, "password": PASSWORD });
        let anonymous = GraphQl::anonymous(&demo.program.url);
        let answer = anonymous.ask(sign_in, json!({ "input": input })).await.body;
        let role = answer["data"]["signIn"]["viewer"]["role"]
            .as_str()
            .unwrap()
            .to_lowercase();
        assert!(user.sees.starts_with(&role), "{} is {role}", user.email);
    }
}
