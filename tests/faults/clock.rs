//! The database's clock jumps (RELIABILITY 20).

use sqlx::Executor;

use crate::ground::Company;
use crate::ledger;
use crate::load::{Load, Seller};

/// A clock of the test's own, in front of PostgreSQL's.
const CLOCK: &str = "CREATE SCHEMA skewed;
    CREATE TABLE skewed.skew (by interval NOT NULL);
    INSERT INTO skewed.skew VALUES ('0');
    CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS 'SELECT pg_catalog.clock_timestamp() + by FROM skewed.skew';
    DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = skewed, pg_catalog, public', current_database());
    END $$";

#[tokio::test]
async fn a_clock_that_jumps_changes_no_order_and_loses_nothing() {
    let company = Company::on_the_server().await;
    company.pool().execute(CLOCK).await.unwrap();
    let mut program = company.serve().await;
    let seller = Seller::new(vec![program.url.clone()], &company.key);
    let begun = ledger::end(&mut company.connection().await).await;
    let mut load = Load::begin(&seller, 4).await;
    for jump in ["-10 years", "400 days", "-1 second", "0"] {
        let set = format!("UPDATE skewed.skew SET by = '{jump}'");
        company.pool().execute(&*set).await.unwrap();
        load.until_further(12).await;
    }
    let acknowledged = load.end().await;
    let mut connection = company.connection().await;
    ledger::holds(&mut connection, begun, &acknowledged).await;
    let ahead = "SELECT count(*) FROM events WHERE recorded_at > now() + interval '399 days'";
    assert!(
        ledger::number(&mut connection, ahead).await > 0,
        "the clock was believed as far as it went ahead"
    );
    program.signal("-TERM");
    assert!(program.wait().0.success());
    company.is_faithful().await;
}
