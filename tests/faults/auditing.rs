//! Somebody with all rights in the database changed history.

use cartera_tests::program::{command, run};
use sqlx::Executor;

use crate::ground::{Company, server};

#[tokio::test]
async fn a_change_of_history_ends_the_audit_with_its_position_and_a_code() {
    let company = Company::on_the_server().await;
    company.cartera(&["audit", "verify"]).await.unwrap();
    let behind_the_guard = "ALTER TABLE events DISABLE TRIGGER events_are_history;
        UPDATE events SET recorded_at = recorded_at + interval '1 microsecond' WHERE position = 100;
        ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_history";
    company.pool().execute(behind_the_guard).await.unwrap();
    let mut audit = command();
    audit
        .args(["audit", "verify"])
        .envs(server(company.url()))
        .env("CARTERA_LOG", "error");
    let output = run(audit).await;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.starts_with("NOT what was written, from position 100 on: "),
        "{said}"
    );
}
