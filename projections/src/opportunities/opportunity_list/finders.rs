//! Which opportunities can be asked for, in which orders.

use cartera_domain::Viewer;
use cartera_domain::ids::{ChannelId, ClientId, LeadId, PipelineId, ReasonId, StageId, TypedId};
use cartera_domain::opportunities::Outcome;
use rust_decimal::Decimal;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::{OpportunityList, OpportunityListItem};
use crate::filter::{self, Days, OwnedBy};
use crate::page::{self, List, Order, ReadError, SortColumn, SortKind, SortValue};
use crate::projector::Projector;
use crate::read_pool::ReadPool;

/// Which opportunities are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpportunityFilter {
    /// Through this pipeline.
    pub pipeline: Option<PipelineId>,
    /// In one of these stages; any when empty.
    pub stage: Vec<StageId>,
    /// With one of these outcomes; any when empty.
    pub outcome: Vec<Outcome>,
    /// Whose.
    pub owner: OwnedBy,
    /// Of one of these clients; any when empty.
    pub client: Vec<ClientId>,
    /// From this lead.
    pub lead: Option<LeadId>,
    /// By one of these channels; any when empty.
    pub channel: Vec<ChannelId>,
    /// Closed for one of these reasons; any when empty.
    pub reason: Vec<ReasonId>,
    /// With all these words in title, campaign or external key.
    pub search: Option<String>,
    /// Opened on these days.
    pub opened: Days,
    /// Closed on these days.
    pub closed: Days,
    /// Expected to close on these days.
    pub expected_close: Days,
    /// Worth at least that.
    pub amount_from: Option<Decimal>,
    /// Worth at most that.
    pub amount_to: Option<Decimal>,
    /// With exactly this key in the system it came from.
    pub external_reference: Option<String>,
}

/// The orders in which opportunities can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpportunityOrder {
    /// By the day of opening.
    #[default]
    OpenedOn,
    /// By the day of closing.
    ClosedOn,
    /// By the day on which it should close.
    ExpectedClose,
    /// By the day on which it entered its stage.
    StageEnteredOn,
    /// By amount.
    Amount,
    /// By title, without accents and case.
    Title,
    /// By the recording of the last change.
    ChangedAt,
}

impl Order for OpportunityOrder {
    type Row = OpportunityListItem;

    fn column(self) -> SortColumn {
        match self {
            Self::OpenedOn => SortColumn::required("opened_on", SortKind::Date),
            Self::ClosedOn => SortColumn::optional("closed_on", SortKind::Date),
            Self::ExpectedClose => SortColumn::optional("expected_close", SortKind::Date),
            Self::StageEnteredOn => SortColumn::required("stage_entered_on", SortKind::Date),
            Self::Amount => SortColumn::optional("amount", SortKind::Number),
            Self::Title => SortColumn::required("title_key", SortKind::Text),
            Self::ChangedAt => SortColumn::required("changed_at", SortKind::Instant),
        }
    }

    fn value(self, opportunity: &OpportunityListItem) -> SortValue {
        match self {
            Self::OpenedOn => SortValue::Date(opportunity.opened_on),
            Self::ClosedOn => opportunity.closed_on.into(),
            Self::ExpectedClose => opportunity.expected_close.into(),
            Self::StageEnteredOn => SortValue::Date(opportunity.stage_entered_on),
            Self::Amount => opportunity.amount.into(),
            Self::Title => SortValue::Text(opportunity.title_key.clone()),
            Self::ChangedAt => SortValue::Instant(opportunity.changed_at),
        }
    }
}

impl List for OpportunityFilter {
    type Row = OpportunityListItem;
    type Order = OpportunityOrder;
    const READ_MODEL: &'static str = OpportunityList::NAME;
    const OWNER: Option<&'static str> = Some("owner");

    fn id(opportunity: &OpportunityListItem) -> Uuid {
        opportunity.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self {
            pipeline,
            stage,
            outcome,
            owner,
            client,
            lead,
            channel,
            reason,
            search,
            opened,
            closed,
            expected_close,
            amount_from,
            amount_to,
            external_reference,
        } = self;
        filter::is(sql, "pipeline", pipeline.as_ref());
        filter::any_of(sql, "stage", stage);
        filter::any_of(sql, "outcome", outcome);
        filter::owned_by(sql, "owner", owner);
        filter::any_of(sql, "client", client);
        filter::is(sql, "lead", lead.as_ref());
        filter::any_of(sql, "channel", channel);
        filter::any_of(sql, "reason", reason);
        filter::contains(sql, "search_text", search.as_deref());
        filter::within(sql, "opened_on", *opened);
        filter::within(sql, "closed_on", *closed);
        filter::within(sql, "expected_close", *expected_close);
        filter::at_least(sql, "amount", amount_from.as_ref());
        filter::at_most(sql, "amount", amount_to.as_ref());
        filter::is(sql, "external_reference", external_reference.as_ref());
    }
}

/// What opportunities come to together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpportunityTotals {
    /// How many they are.
    pub opportunities: i64,
    /// The exact sum of their amounts, in the company's currency; those without one count 0.
    pub amount: Decimal,
}

/// What the opportunities asked for come to, as far as the viewer sees them.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn totals(
    pool: &ReadPool,
    viewer: &Viewer,
    filter: &OpportunityFilter,
) -> Result<OpportunityTotals, ReadError> {
    let (opportunities, amount) = page::count_and_sum(pool, viewer, filter, "amount").await?;
    Ok(OpportunityTotals {
        opportunities,
        amount,
    })
}
