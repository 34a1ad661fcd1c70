//! What can be asked about the company's settings: short lists, whole.

use async_graphql::{Context, Object};
use cartera_domain::Permission;
use cartera_domain::ids::PipelineId;
use cartera_domain::settings::ReasonKind;
use cartera_projections::page::{self, List};
use cartera_projections::settings::catalogue_entries::{EntryFilter, EntryKind};
use cartera_projections::settings::company_profile::CompanyFilter;
use cartera_projections::settings::pipeline_stages::PipelineFilter;

use super::types::{Channel, Company, Pipeline, Reason};
use crate::asking::Asking;
use crate::connection::one;
use crate::error::ApiError;
use crate::loaders::unreadable;
use crate::scalars::{GlobalId, Position};

/// The queries of the company's settings.
#[derive(Debug, Default)]
pub struct SettingsQuery;

#[Object]
impl SettingsQuery {
    /// The company; none before it is set up.
    async fn company(
        &self,
        context: &Context<'_>,
        after_position: Option<Position>,
    ) -> Result<Option<Company>, ApiError> {
        let rows = all(context, &CompanyFilter, after_position).await?;
        Ok(rows.into_iter().next().map(Company::from))
    }

    /// The pipelines, by name.
    async fn pipelines(
        &self,
        context: &Context<'_>,
        retired: Option<bool>,
        after_position: Option<Position>,
    ) -> Result<Vec<Pipeline>, ApiError> {
        let mut rows = all(context, &PipelineFilter { retired }, after_position).await?;
        rows.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
        Ok(rows.into_iter().map(Pipeline::from).collect())
    }

    /// A pipeline.
    async fn pipeline(
        &self,
        context: &Context<'_>,
        id: GlobalId<PipelineId>,
        after_position: Option<Position>,
    ) -> Result<Option<Pipeline>, ApiError> {
        one(context, id.0, after_position).await
    }

    /// The channels by which leads and opportunities come, by name.
    async fn channels(
        &self,
        context: &Context<'_>,
        retired: Option<bool>,
        after_position: Option<Position>,
    ) -> Result<Vec<Channel>, ApiError> {
        let filter = EntryFilter {
            kind: vec![EntryKind::Channel],
            retired,
        };
        let mut rows = all(context, &filter, after_position).await?;
        rows.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
        Ok(rows.into_iter().map(Channel::from).collect())
    }

    /// The reasons of winning, losing, cancelling and discarding, by name.
    async fn reasons(
        &self,
        context: &Context<'_>,
        kinds: Option<Vec<ReasonKind>>,
        retired: Option<bool>,
        after_position: Option<Position>,
    ) -> Result<Vec<Reason>, ApiError> {
        let filter = EntryFilter {
            kind: reason_kinds(kinds),
            retired,
        };
        let mut rows = all(context, &filter, after_position).await?;
        rows.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
        Ok(rows.into_iter().map(Reason::from).collect())
    }
}

fn reason_kinds(asked: Option<Vec<ReasonKind>>) -> Vec<EntryKind> {
    use ReasonKind::{Cancelled, Discarded, Lost, Won};
    let all = vec![Won, Lost, Cancelled, Discarded];
    let kinds = asked.filter(|asked| !asked.is_empty()).unwrap_or(all);
    kinds.into_iter().map(EntryKind::Reason).collect()
}

async fn all<L: List>(
    context: &Context<'_>,
    list: &L,
    after_position: Option<Position>,
) -> Result<Vec<L::Row>, ApiError> {
    let viewer = context.viewer(Permission::ReadCompany)?;
    context
        .await_position(&[L::READ_MODEL], after_position)
        .await?;
    page::all(&context.services()?.reads, viewer, list)
        .await
        .map_err(unreadable)
}
