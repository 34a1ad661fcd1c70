//! The board: how many opportunities stand in each stage of a pipeline, and what they are worth; today, or as of any moment,
//! as known then or now.

use std::collections::HashMap;

use cartera_domain::Viewer;
use cartera_domain::ids::{PipelineId, StageId, TypedId};
use cartera_domain::settings::StageCategory;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::opportunity_history::OpportunityHistory;
use super::opportunity_list::OpportunityList;
use crate::page::{ReadError, retried};
use crate::projector::Projector;
use crate::read_pool::ReadPool;
use crate::reports::AsOf;
use crate::scope::Scope;
use crate::settings::pipeline_stages::{self, StageItem, StagePeriod};

/// The stages of a pipeline with what stands in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// All stages, in the pipeline's order.
    pub columns: Vec<BoardColumn>,
    /// Position up to which the opportunities were read.
    pub as_of_position: i64,
}

/// A stage with what stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardColumn {
    /// The stage.
    pub stage: StageId,
    /// Its name at that time.
    pub name: String,
    /// What it means for the outcome.
    pub category: StageCategory,
    /// How probable a sale was in it at that time, 0 to 100.
    pub probability: Decimal,
    /// Nothing enters it any more.
    pub retired: bool,
    /// How many opportunities stand in it.
    pub opportunities: i64,
    /// The exact sum of their amounts, in the company's currency; those without one count 0.
    pub amount: Decimal,
    /// The sum of amount × probability, the judged one before the stage's; 0 unless the stage is an open one.
    pub weighted_amount: Decimal,
}

/// Up to where the log is taken to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KnownAt {
    /// All that is known today.
    #[default]
    Now,
    /// What lay in the log up to this position.
    Position(i64),
    /// What had been recorded by this instant.
    Instant(DateTime<Utc>),
}

/// What stands in a stage, as the database sums it.
#[derive(Default)]
struct Sums {
    opportunities: i64,
    amount: Decimal,
    /// Σ amount × judged probability, in percent.
    judged: Decimal,
    /// Σ amount of those that nobody judged.
    unjudged: Decimal,
}

/// The board of today, over what the viewer sees.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn board(
    pool: &ReadPool,
    viewer: &Viewer,
    pipeline: PipelineId,
) -> Result<Board, ReadError> {
    let (sums, as_of_position) = sums(pool, OpportunityList::NAME, |sql| {
        sql.push(" FROM opportunity_list WHERE pipeline = ")
            .push_bind(pipeline.as_uuid())
            .push(" AND ");
        Scope::from(viewer).push_predicate(sql, "owner");
    })
    .await?;
    let stages = pipeline_stages::of_pipelines(pool, viewer, &[pipeline]).await?;
    Ok(Board {
        columns: columns(stages, sums),
        as_of_position,
    })
}

/// The board as of the end of a day or an instant (DEFINITIONS 13). Rows are seen by today's owner; stages have the names and
/// probabilities of that time, before their first the first.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn board_as_of(
    pool: &ReadPool,
    viewer: &Viewer,
    pipeline: PipelineId,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Board, ReadError> {
    let known = known_position(pool, known_at).await?;
    let (sums, as_of_position) = sums(pool, OpportunityHistory::NAME, |sql| {
        sql.push(" FROM opportunity_history WHERE NOT undated AND pipeline = ")
            .push_bind(pipeline.as_uuid());
        push_as_of(sql, as_of, known);
        sql.push(" AND ");
        Scope::from(viewer).push_predicate(sql, "owner_today");
    })
    .await?;
    let mut stages = pipeline_stages::of_pipelines(pool, viewer, &[pipeline]).await?;
    let periods = pipeline_stages::history_of_pipeline(pool, viewer, pipeline).await?;
    for stage in &mut stages {
        stand_as_of(stage, &periods, as_of);
    }
    Ok(Board {
        columns: columns(stages, sums),
        as_of_position,
    })
}

/// The span that held at the moment, by what was known.
fn push_as_of(sql: &mut QueryBuilder<'_, Postgres>, as_of: AsOf, known: Option<i64>) {
    let span = match as_of {
        AsOf::Day(day) => {
            sql.push(" AND from_date <= ").push_bind(day);
            sql.push(" AND (coalesce(to_date, 'infinity') > ")
                .push_bind(day)
        }
        AsOf::Instant(instant) => {
            sql.push(" AND from_instant <= ").push_bind(instant);
            sql.push(" AND (coalesce(to_instant, 'infinity') > ")
                .push_bind(instant)
        }
    };
    match known {
        None => span.push(")"),
        Some(known) => span
            .push(" OR next_position > ")
            .push_bind(known)
            .push(") AND position <= ")
            .push_bind(known),
    };
}

/// The last position that counts as known; `None` for all.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn known_position(pool: &ReadPool, known_at: KnownAt) -> Result<Option<i64>, ReadError> {
    match known_at {
        KnownAt::Now => Ok(None),
        KnownAt::Position(position) => Ok(Some(position)),
        KnownAt::Instant(instant) => Ok(Some(position_at(pool, instant).await?)),
    }
}

/// The last position recorded by an instant. Instants of recording never fall along the positions, so halving finds it.
async fn position_at(pool: &ReadPool, instant: DateTime<Utc>) -> Result<i64, sqlx::Error> {
    let head = sqlx::query_scalar!(r#"SELECT coalesce(max(position), 0) AS "head!" FROM events"#)
        .fetch_one(pool.pool())
        .await?;
    let (mut by_then, mut later) = (0, head + 1);
    while later - by_then > 1 {
        let middle = by_then + (later - by_then) / 2;
        let recorded_at =
            sqlx::query_scalar!("SELECT recorded_at FROM events WHERE position = $1", middle)
                .fetch_optional(pool.pool())
                .await?;
        if recorded_at.is_some_and(|recorded_at| recorded_at <= instant) {
            by_then = middle;
        } else {
            later = middle;
        }
    }
    Ok(by_then)
}

/// Sums per stage over the rows that `push_from` says, with the read model's position in the same snapshot.
async fn sums(
    pool: &ReadPool,
    read_model: &'static str,
    push_from: impl Fn(&mut QueryBuilder<'_, Postgres>) + Sync,
) -> Result<(HashMap<StageId, Sums>, i64), ReadError> {
    let push_from = &push_from;
    let rows = retried(|| async move {
        let mut sql = QueryBuilder::new(
            "SELECT as_of.position AS as_of_position, sums.* FROM (SELECT coalesce((SELECT position FROM followers WHERE live AND name = ",
        );
        sql.push_bind(read_model).push(
            "), 0) AS position) AS as_of LEFT JOIN (SELECT stage, count(*) AS opportunities, coalesce(sum(amount), 0) AS amount,
             coalesce(sum(amount * probability), 0) AS judged, coalesce(sum(amount) FILTER (WHERE probability IS NULL), 0) AS unjudged",
        );
        push_from(&mut sql);
        sql.push(" GROUP BY stage) AS sums ON true");
        sql.build().fetch_all(pool.pool()).await
    })
    .await?;
    let mut by_stage = HashMap::new();
    let mut as_of_position = 0;
    for row in &rows {
        as_of_position = row.try_get("as_of_position")?;
        if let Some(stage) = row.try_get::<Option<Uuid>, _>("stage")? {
            by_stage.insert(StageId::from_uuid(stage), Sums::read(row)?);
        }
    }
    Ok((by_stage, as_of_position))
}

impl Sums {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            opportunities: row.try_get("opportunities")?,
            amount: row.try_get("amount")?,
            judged: row.try_get("judged")?,
            unjudged: row.try_get("unjudged")?,
        })
    }
}

fn columns(stages: Vec<StageItem>, mut sums: HashMap<StageId, Sums>) -> Vec<BoardColumn> {
    let column = |stage: StageItem| {
        let sums = sums.remove(&stage.id).unwrap_or_default();
        let in_percent = sums.judged + sums.unjudged * stage.probability;
        let weighted_amount = match stage.category {
            StageCategory::Open => in_percent / Decimal::ONE_HUNDRED,
            StageCategory::Won | StageCategory::Lost | StageCategory::Cancelled => Decimal::ZERO,
        };
        BoardColumn {
            stage: stage.id,
            name: stage.name,
            category: stage.category,
            probability: stage.probability,
            retired: stage.retired,
            opportunities: sums.opportunities,
            amount: sums.amount,
            weighted_amount,
        }
    };
    stages.into_iter().map(column).collect()
}

/// The stage as it stood at the moment; before its first span, as in its first.
fn stand_as_of(stage: &mut StageItem, periods: &[StagePeriod], as_of: AsOf) {
    let day = match as_of {
        AsOf::Day(day) => day,
        AsOf::Instant(instant) => instant.date_naive(),
    };
    let of_stage = || periods.iter().filter(|period| period.stage == stage.id);
    let then = of_stage()
        .filter(|period| period.from_date <= day)
        .max_by_key(|period| period.sequence)
        .or_else(|| of_stage().min_by_key(|period| period.sequence));
    if let Some(then) = then {
        stage.name.clone_from(&then.name);
        stage.probability = then.probability;
        stage.retired = then.retired;
    }
}
