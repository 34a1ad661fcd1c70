//! The writer's session: durable commits, pinned plans, and what its failures mean.

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};

/// Why a call brought no verdicts.
pub(super) enum CallError {
    /// Whether it was written is unknown.
    Unknown(String),
    /// Nothing was written: the database refuses what one of the appends carries.
    Refused(String),
    /// Nothing was written: the database cannot, for now.
    Unavailable(String),
}

/// Makes a session's commits durable, whatever the server's default: never lowered, raised where it is off.
pub(crate) async fn durable(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
                     THEN set_config('synchronous_commit', 'on', false) END"
    )
    .fetch_one(connection)
    .await
    .map(drop)
}

/// Opens the writer's connection.
///
/// Plans are pinned: one made while the tables were empty would scan them for ever, and one made anew for every call
/// would cost more than the call.
pub(crate) async fn open(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let mut connection = options.connect().await?;
    durable(&mut connection).await?;
    sqlx::query!(
        "SELECT set_config('plan_cache_mode', 'force_generic_plan', false) AS plans,
                set_config('enable_seqscan', 'off', false) AS scans,
                set_config('enable_hashjoin', 'off', false) AS hashes,
                set_config('enable_mergejoin', 'off', false) AS merges,
                set_config('jit', 'off', false) AS jit,
                set_config('default_transaction_isolation', 'read committed', false) AS isolation"
    )
    .fetch_one(&mut connection)
    .await?;
    Ok(connection)
}

/// What a failed call means for the appends in it, by SQLSTATE.
pub(super) fn classify(error: &sqlx::Error) -> CallError {
    let Some(database) = error.as_database_error() else {
        return CallError::Unknown(error.to_string());
    };
    let code = database.code().unwrap_or_default().into_owned();
    let reason = format!("{} ({code})", database.message());
    match code.get(..2) {
        // Bad data, or a constraint: the batch was rolled back, and would be again.
        Some("22" | "23" | "P0") => CallError::Refused(reason),
        // Connection, operator intervention, system error: the session ends, and with it what we know.
        Some("08" | "57" | "58" | "XX") | None => CallError::Unknown(reason),
        Some(_) => CallError::Unavailable(reason),
    }
}
