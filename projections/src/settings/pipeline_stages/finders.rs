//! Which pipelines and stages can be asked for.

use cartera_domain::Viewer;
use cartera_domain::ids::{PipelineId, TypedId};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::{PipelineItem, PipelineStages, StageItem, StagePeriod};
use crate::filter;
use crate::page::{self, List, Order, ReadError, SortColumn, SortKind, SortValue, retried};
use crate::projector::Projector;
use crate::read_pool::ReadPool;
use crate::table;

/// Which pipelines are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PipelineFilter {
    /// Retired or not; both when nothing is said.
    pub retired: Option<bool>,
}

/// The orders in which pipelines can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PipelineOrder {
    /// By name, without accents and case.
    #[default]
    Name,
}

impl Order for PipelineOrder {
    type Row = PipelineItem;

    fn column(self) -> SortColumn {
        match self {
            Self::Name => SortColumn::required("name_key", SortKind::Text),
        }
    }

    fn value(self, pipeline: &PipelineItem) -> SortValue {
        match self {
            Self::Name => pipeline.name_key.as_str().into(),
        }
    }
}

impl List for PipelineFilter {
    type Row = PipelineItem;
    type Order = PipelineOrder;
    const READ_MODEL: &'static str = PipelineStages::NAME;
    const OWNER: Option<&'static str> = None;

    fn id(pipeline: &PipelineItem) -> Uuid {
        pipeline.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self { retired } = self;
        filter::is(sql, "retired", retired.as_ref());
    }
}

/// Which stages are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StageFilter {
    /// Of these pipelines; any when empty.
    pub pipeline: Vec<PipelineId>,
}

/// The orders in which stages can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StageOrder {
    /// By their place in the pipeline.
    #[default]
    Rank,
}

impl Order for StageOrder {
    type Row = StageItem;

    fn column(self) -> SortColumn {
        match self {
            Self::Rank => SortColumn::required("rank", SortKind::Number),
        }
    }

    fn value(self, stage: &StageItem) -> SortValue {
        match self {
            Self::Rank => SortValue::Number(stage.rank.into()),
        }
    }
}

impl List for StageFilter {
    type Row = StageItem;
    type Order = StageOrder;
    const READ_MODEL: &'static str = PipelineStages::NAME;
    const OWNER: Option<&'static str> = None;

    fn id(stage: &StageItem) -> Uuid {
        stage.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self { pipeline } = self;
        filter::any_of(sql, "pipeline", pipeline);
    }
}

/// The stages of these pipelines, in their order.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn of_pipelines(
    pool: &ReadPool,
    viewer: &Viewer,
    pipelines: &[PipelineId],
) -> Result<Vec<StageItem>, ReadError> {
    if pipelines.is_empty() {
        return Ok(vec![]);
    }
    let filter = StageFilter {
        pipeline: pipelines.to_vec(),
    };
    let mut stages = page::all(pool, viewer, &filter).await?;
    stages.sort_by_key(|stage| (stage.pipeline, stage.rank));
    Ok(stages)
}

/// How the stages of a pipeline stood over the days, oldest first.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn history_of_pipeline(
    pool: &ReadPool,
    _viewer: &Viewer,
    pipeline: PipelineId,
) -> Result<Vec<StagePeriod>, ReadError> {
    let mut periods: Vec<StagePeriod> = retried(|| async move {
        let mut connection = pool.pool().acquire().await?;
        table::load(&mut connection, &[pipeline.as_uuid()]).await
    })
    .await?;
    periods.sort_by_key(|period| (period.stage, period.sequence));
    Ok(periods)
}
