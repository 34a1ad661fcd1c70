//! Every reason that `docs/errors.md` publishes is given by some command, and its path names a field that is there.

use std::collections::BTreeSet;

use cartera::auth::PUBLIC_DOCUMENTS;
use cartera_tests::graphql::input_type;
use cartera_tests::sdl::Sdl;
use cartera_tests::world::{NewService, PASSWORD};
use cartera_tests::{GraphQl, TestWorld};
use serde_json::{Value, json};

mod scene;

use scene::Scene;

const PAGE: &str = include_str!("../../docs/errors.md");
const SCHEMA: &str = include_str!("../../api/schema.graphql");

/// Reasons that commands with an input of their own are refused for; those of identity are below.
const OF_IDENTITY: [&str; 6] = [
    "CREDENTIALS_WRONG",
    "LINK_INVALID",
    "PASSWORD_REPETITIVE",
    "PASSWORD_TOO_LONG",
    "PASSWORD_TOO_SHORT",
    "PASSWORD_WRONG",
];
/// Those of imports, told in their own journey.
const OF_IMPORTS: [&str; 2] = ["IMPORT_HAS_ENDED", "TOO_MANY_IMPORTS"];
const BEFORE_THE_SET_UP: &str = "COMPANY_NOT_SET_UP";

/// The codes in the first table after a heading.
fn published(heading: &str) -> BTreeSet<&'static str> {
    let (_, section) = PAGE.split_once(heading).expect("the page has the section");
    let (section, _) = section.split_once("\n## ").unwrap_or((section, ""));
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap_or_default())
        .collect()
}

/// What a path names is a field of the mutation's input, at every step.
fn assert_path_is_there(sdl: &Sdl, mutation: &str, path: &[String]) {
    let Some((first, steps)) = path.split_first() else {
        return;
    };
    assert_eq!(first, "input", "{mutation}");
    let mut within = input_type(mutation);
    for step in steps.iter().filter(|step| step.parse::<u32>().is_err()) {
        let field = sdl.fields(&within).iter().find(|field| field.name == *step);
        let field = field.unwrap_or_else(|| panic!("{mutation}: {path:?} names nothing"));
        within = field.kind.trim_matches(['[', ']', '!']).to_owned();
    }
}

#[tokio::test]
async fn every_published_reason_is_given_for_what_it_says() {
    let scene = Scene::set().await;
    let sdl = Sdl::of(SCHEMA);
    let mut given: BTreeSet<&str> = OF_IDENTITY.into();
    given.insert(BEFORE_THE_SET_UP);
    given.extend(OF_IMPORTS);
    for (code, mutation, input) in scene.cases() {
        let (refusal, path) = scene.world.anna.refused(mutation, input).await;
        assert_eq!(refusal, code, "{mutation} {path:?}");
        assert_path_is_there(&sdl, mutation, &path);
        given.insert(code);
    }
    let mut all = published("## Reasons in `userErrors`");
    all.extend(published("## What a field is refused for"));
    assert_eq!(given, all);
}

#[tokio::test]
async fn before_the_company_is_set_up_it_cannot_be_changed() {
    let service = NewService::start().await;
    let anna = service.first_administrator().await;
    let (code, _) = anna
        .refused("renameCompany", json!({ "name": "Tramuntana" }))
        .await;
    assert_eq!(code, BEFORE_THE_SET_UP);
}

#[tokio::test]
async fn every_published_reason_of_identity_is_given() {
    let world = TestWorld::start().await;
    let refused = async |who: &GraphQl, document: &str, field: &str, input: Value| {
        let answer = who.ask(document, json!({ "input": input })).await;
        let code = answer.body["data"][field]["userErrors"][0]["code"].as_str();
        code.map(str::to_owned)
    };
    let [sign_in, use_link, _] = PUBLIC_DOCUMENTS;
    let anonymous = world.anonymous();
    let wrong = json!({ "email": world.nil.email, "password": "not the password" });
    let unknown = json!({ "link": "nonsense", "password": PASSWORD });
    let mut given = BTreeSet::new();
    given.extend(refused(&anonymous, sign_in, "signIn", wrong).await);
    given.extend(refused(&anonymous, use_link, "useSignInLink", unknown).await);
    let change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code } } }";
    for (current, new) in [
        ("not the password", PASSWORD),
        (PASSWORD, "short"),
        (PASSWORD, "aaaaaaaaaaaaaaaa"),
        (PASSWORD, &"abcdef ".repeat(40)),
    ] {
        let input = json!({ "currentPassword": current, "newPassword": new });
        given.extend(refused(&world.nil, change, "changePassword", input).await);
    }
    assert_eq!(given, OF_IDENTITY.map(str::to_owned).into());
}

#[tokio::test]
#[rustfmt::skip]
async fn a_report_that_makes_no_sense_is_refused_with_its_reason() {
    let world = TestWorld::start().await;
    let document = "query($input: ReportInput!) { report(input: $input) { judgedAt } }";
    let year = json!({ "from": "2025-01-01", "to": "2025-12-31" });
    let decades = json!({ "from": "1901-01-01", "to": "2190-12-31" });
    let metric = json!(["OPPORTUNITIES_WON"]);
    let many: Vec<Value> = std::iter::repeat_n(json!(null), 501).collect();
    let mut given = BTreeSet::new();
    for (reason, input) in [
        ("REPORT_METRIC_COUNT", json!({ "metrics": [] })),
        ("REPORT_GROUPING_COUNT", json!({ "metrics": metric, "groupBy": ["OWNER", "TEAM", "CHANNEL", "SECTOR"] })),
        ("REPORT_NAMED_TWICE", json!({ "metrics": metric, "groupBy": ["OWNER", "OWNER"] })),
        ("REPORT_GROUPING_NOT_APPLICABLE", json!({ "metrics": ["LEADS_CREATED"], "groupBy": ["PRODUCT"] })),
        ("REPORT_PERIOD_INVALID", json!({ "metrics": metric, "period": { "from": "2025-02-01", "to": "2025-01-01" } })),
        ("REPORT_COMPARISON_INVALID", json!({ "metrics": metric, "comparedYears": 1 })),
        ("REPORT_CUMULATIVE_INVALID", json!({ "metrics": metric, "period": year, "cumulative": true })),
        ("REPORT_FILTER_INVALID", json!({ "metrics": metric, "filters": { "ownerIds": many } })),
        ("REPORT_POSITION_UNKNOWN", json!({ "metrics": metric, "knownAt": 1_000_000 })),
        ("REPORT_TOO_MANY_CELLS", json!({ "metrics": metric, "groupBy": ["DAY"], "period": decades })),
    ] {
        let answer = world.nil.ask(document, json!({ "input": input })).await;
        let extensions = &answer.body["errors"][0]["extensions"];
        assert_eq!(extensions["reason"], reason, "{}", answer.body);
        assert_eq!(extensions["code"], "BAD_USER_INPUT");
        given.insert(reason);
    }
    assert_eq!(given, published("## Reasons of a report"));
}

#[test]
fn every_guard_of_the_domain_has_a_test_there() {
    // Guards of the log and of the command bus, which have their tests in those crates.
    let elsewhere = [
        "ALREADY_TAKEN",
        "BUSY",
        "CONTENT_REFUSED",
        "AUTOMATION_TOO_DEEP",
    ];
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src"));
    let mut sources = String::new();
    let mut tests = String::new();
    read_all(root, &mut |path, text| {
        let inside = path
            .strip_prefix(root)
            .expect("a source lies in the folder");
        if inside.to_string_lossy().contains("tests") {
            tests.push_str(text);
        } else if path.ends_with("error.rs") {
            sources.push_str(text);
        }
    });
    for code in published("## Guards") {
        if elsewhere.contains(&code) {
            continue;
        }
        let (before, _) = sources
            .split_once(&format!("=> \"{code}\""))
            .unwrap_or_else(|| panic!("nothing says {code}"));
        let variant = before.rsplit("Self::").next().unwrap_or_default().trim();
        let kind = before
            .rsplit("impl Rejection for ")
            .next()
            .unwrap_or_default();
        let kind = kind.split(' ').next().unwrap_or_default();
        assert!(
            tests.contains(&format!("{kind}::{variant}")),
            "no test provokes {kind}::{variant}, {code}"
        );
    }
}

#[test]
fn every_code_that_the_sources_give_is_published() {
    let repository = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    // Imports have verdicts of their own; settings and statements of the program are no codes.
    let apart = [
        "importing",
        "files",
        "demo",
        "cli",
        "config",
        "database",
        "bench",
        "tests",
    ];
    let mut unknown = BTreeSet::new();
    for folder in ["domain/src", "commands/src", "api/src"] {
        let root = repository.join(folder);
        read_all(&root, &mut |path, text| {
            let inside = path
                .strip_prefix(&root)
                .expect("a source lies in the folder");
            let mut parts = inside.iter().map(|part| part.to_string_lossy());
            if parts.any(|part| apart.contains(&part.trim_end_matches(".rs"))) {
                return;
            }
            let given = text.split('"').filter(|text| is_code(text));
            unknown.extend(
                given
                    .filter(|code| !PAGE.contains(&format!("`{code}`")))
                    .map(str::to_owned),
            );
        });
    }
    assert_eq!(unknown, BTreeSet::new());
}

/// Whether a text between quotation marks can only be a code, such as `LEAD_DISCARDED`.
fn is_code(text: &str) -> bool {
    let others = [
        "CARGO_PKG_VERSION",
        "DEFAULT_PAGE",
        "SCREAMING_SNAKE_CASE",
        "_OTHER",
    ];
    let capitals = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    text.contains('_') && text.len() > 4 && text.bytes().all(capitals) && !others.contains(&text)
}

fn read_all(folder: &std::path::Path, take: &mut impl FnMut(&std::path::Path, &str)) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            read_all(&path, take);
        } else {
            take(
                &path,
                &std::fs::read_to_string(&path).expect("a source is text"),
            );
        }
    }
}
