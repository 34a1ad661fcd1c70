//! The one call of the append function: columns in, verdicts out.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::Prepared;
use super::columns::{Claims, Events, Receipts, Side, Streams};

/// What the append function answers for a batch.
#[derive(Debug)]
pub(super) struct Verdicts {
    /// The log's end before the batch.
    pub(super) base: i64,
    /// The log's end after it.
    pub(super) reached: i64,
    /// Appends that were not written, by index in the batch; the first reason of each.
    pub(super) refused: BTreeMap<usize, Verdict>,
}

/// Why an append was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Its receipt answered.
    Replayed {
        first_position: i64,
        position: i64,
        versions: String,
    },
    /// Its command id was used for something else.
    Reused,
    /// A stream is at another version.
    Conflict { stream: usize, actual: i64 },
    /// Somebody else holds a claim.
    Claimed { claim: usize, holder: Uuid },
    /// The checkpoint is elsewhere.
    Moved,
    /// A subject is blocked or erased.
    Erased(Uuid),
}

/// Calls the append function, in a transaction of its own.
pub(super) async fn call(
    connection: &mut PgConnection,
    batch: &[&Prepared],
) -> Result<Verdicts, sqlx::Error> {
    let streams = Streams::of(batch);
    let events = Events::of(batch);
    let receipts = Receipts::of(batch);
    let claims = Claims::of(batch, |append| &append.claims);
    let releases = Claims::of(batch, |append| &append.releases);
    let side = Side::of(batch);
    sqlx::query_as!(
        Row,
        r#"SELECT append AS "append!", verdict AS "verdict!", a, b, detail
           FROM journal_append($1, $2, $3, $4,
               $5, $6, $7, $8, $9, $10, $11, $12, $13,
               $14, $15, $16, $17, $18,
               $19, $20, $21, $22, $23,
               $24, $25, $26, $27,
               $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38)"#,
        &streams.append,
        &streams.aggregate_type as _,
        &streams.id as _,
        &streams.expected,
        &events.append,
        &events.aggregate_type as _,
        &events.id as _,
        &events.sequence,
        &events.event_type as _,
        &events.event_version as _,
        &events.payload as _,
        &events.metadata as _,
        &events.zone as _,
        &receipts.append,
        &receipts.actor as _,
        &receipts.command,
        &receipts.fingerprint as _,
        &receipts.versions as _,
        &claims.append,
        &claims.scope as _,
        &claims.token as _,
        &claims.holder,
        &claims.subject as _,
        &releases.append,
        &releases.scope as _,
        &releases.token as _,
        &releases.holder,
        &side.checkpoint_append,
        &side.name as _,
        &side.from,
        &side.to,
        &side.state as _,
        &side.outbox_append,
        &side.id,
        &side.kind as _,
        &side.payload,
        &side.subject_append,
        &side.subject,
    )
    .fetch_all(connection)
    .await
    .and_then(|rows| read(rows, &streams.append, &claims.append))
}

/// A row of the append function's answer.
struct Row {
    append: i32,
    verdict: String,
    a: Option<i64>,
    b: Option<i64>,
    detail: Option<String>,
}

fn read(rows: Vec<Row>, streams: &[i32], claims: &[i32]) -> Result<Verdicts, sqlx::Error> {
    let mut verdicts = Verdicts {
        base: 0,
        reached: 0,
        refused: BTreeMap::new(),
    };
    for row in rows {
        let (a, b) = (row.a.unwrap_or_default(), row.b.unwrap_or_default());
        let verdict = match row.verdict.as_str() {
            "head" => {
                (verdicts.base, verdicts.reached) = (a, b);
                continue;
            }
            "replayed" => Verdict::Replayed {
                first_position: a,
                position: b,
                versions: row.detail.unwrap_or_default(),
            },
            "reused" => Verdict::Reused,
            "conflict" => Verdict::Conflict {
                stream: within(streams, b, row.append),
                actual: a,
            },
            "claimed" => Verdict::Claimed {
                claim: within(claims, b, row.append),
                holder: uuid(row.detail)?,
            },
            "moved" => Verdict::Moved,
            "erased" => Verdict::Erased(uuid(row.detail)?),
            other => {
                return Err(sqlx::Error::Decode(
                    format!("unknown verdict {other}").into(),
                ));
            }
        };
        let index = usize::try_from(row.append)
            .unwrap_or_default()
            .saturating_sub(1);
        verdicts.refused.entry(index).or_insert(verdict);
    }
    Ok(verdicts)
}

fn uuid(text: Option<String>) -> Result<Uuid, sqlx::Error> {
    text.unwrap_or_default()
        .parse()
        .map_err(|error: uuid::Error| sqlx::Error::Decode(error.into()))
}

/// The index inside its append of the entry with this ordinal (from 1) in a column of the batch.
fn within(appends: &[i32], ordinal: i64, append: i32) -> usize {
    let before = appends
        .iter()
        .position(|of| *of == append)
        .unwrap_or_default();
    usize::try_from(ordinal)
        .unwrap_or_default()
        .saturating_sub(before + 1)
}
