//! The board: what stands in each stage of a pipeline, today or as of any moment.

#![expect(
    clippy::too_many_arguments,
    reason = "a field's arguments are GraphQL's own form"
)]

use async_graphql::{Context, InputObject, Object, SimpleObject};
use cartera_domain::Permission;
use cartera_domain::ids::PipelineId;
use cartera_domain::settings::StageCategory;
use cartera_domain::values::BusinessTime as DomainBusinessTime;
use cartera_projections::opportunities::opportunity_list::OpportunityList;
use cartera_projections::opportunities::pipeline_board::{self, BoardColumn as Column, KnownAt};
use cartera_projections::{Projector, reports::AsOf};

use crate::asking::Asking;
use crate::connection::one;
use crate::error::ApiError;
use crate::loaders::unreadable;
use crate::scalars::{BusinessTime, DateTime, Decimal, GlobalId, Position};
use crate::settings::types::{Pipeline, Stage};

/// Up to where the journal is taken to be known: a position, or an instant of recording.
#[derive(Debug, Clone, Copy, Default, InputObject)]
pub struct KnownAtInput {
    /// What lay in the journal up to this position.
    pub position: Option<Position>,
    /// What had been recorded by this instant.
    pub instant: Option<DateTime>,
}

/// The stages of a pipeline with what stands in them.
#[derive(SimpleObject)]
pub struct Board {
    /// All stages, in the pipeline's order.
    columns: Vec<BoardColumn>,
    /// How far into the journal the opportunities were read.
    as_of_position: Position,
}

/// A stage with what stands in it.
pub struct BoardColumn(Column);

#[Object]
impl BoardColumn {
    /// The stage as it stands today.
    async fn stage(&self, context: &Context<'_>) -> Result<Option<Stage>, ApiError> {
        context.related(Some(self.0.stage)).await
    }

    /// Its name at that time.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it means for the outcome.
    async fn category(&self) -> StageCategory {
        self.0.category
    }

    /// How probable a sale was in it at that time, 0 to 100.
    async fn probability(&self) -> Decimal {
        Decimal(self.0.probability)
    }

    /// Nothing enters it any more.
    async fn retired(&self) -> bool {
        self.0.retired
    }

    /// How many opportunities stand in it, of those that the caller sees.
    async fn opportunities_count(&self) -> i64 {
        self.0.opportunities
    }

    /// The exact sum of their amounts; those without one count 0.
    async fn amount(&self) -> Decimal {
        Decimal(self.0.amount)
    }

    /// The sum of amount × probability, the judged one before the stage's; 0 unless the stage is an open one.
    async fn weighted_amount(&self) -> Decimal {
        Decimal(self.0.weighted_amount)
    }
}

/// The query of the board.
#[derive(Debug, Default)]
pub struct BoardQuery;

#[Object]
impl BoardQuery {
    /// What stands in each stage of a pipeline: today, or as of the end of a day or an instant, as known now or then.
    async fn board(
        &self,
        context: &Context<'_>,
        pipeline_id: GlobalId<PipelineId>,
        as_of: Option<BusinessTime>,
        known_at: Option<KnownAtInput>,
        after_position: Option<Position>,
    ) -> Result<Board, ApiError> {
        let pipeline = pipeline_id.0;
        context.viewer(Permission::ReadSales)?;
        context
            .await_position(&[OpportunityList::NAME], after_position)
            .await?;
        one::<Pipeline>(context, pipeline, None).await?;
        read(context, pipeline, as_of, known_at.unwrap_or_default()).await
    }
}

async fn read(
    context: &Context<'_>,
    pipeline: PipelineId,
    as_of: Option<BusinessTime>,
    known_at: KnownAtInput,
) -> Result<Board, ApiError> {
    let viewer = context.viewer(Permission::ReadSales)?;
    let pool = &context.services()?.reads;
    let board = match as_of {
        None => pipeline_board::board(pool, viewer, pipeline).await,
        Some(as_of) => {
            let (as_of, known_at) = (moment(as_of), known(known_at)?);
            pipeline_board::board_as_of(pool, viewer, pipeline, as_of, known_at).await
        }
    };
    let board = board.map_err(unreadable)?;
    Ok(Board {
        columns: board.columns.into_iter().map(BoardColumn).collect(),
        as_of_position: Position(board.as_of_position),
    })
}

/// A moment of business time, as figures are judged at it.
pub fn moment(time: BusinessTime) -> AsOf {
    match time.0 {
        DomainBusinessTime::Date(day) => AsOf::Day(day),
        DomainBusinessTime::Instant(instant) => AsOf::Instant(instant.to_utc()),
    }
}

fn known(given: KnownAtInput) -> Result<KnownAt, ApiError> {
    match (given.position, given.instant) {
        (None, None) => Ok(KnownAt::Now),
        (Some(position), None) => Ok(KnownAt::Position(position.0)),
        (None, Some(instant)) => Ok(KnownAt::Instant(instant.0)),
        (Some(_), Some(_)) => Err(ApiError::bad_user_input(
            "knownAt",
            "name a position or an instant, not both",
        )),
    }
}
