//! The one report query.

use async_graphql::{Context, Object};
use cartera_domain::{Permission, Rejection};
use cartera_projections::Projector;
use cartera_projections::reports::{self, ReportError, ReportRefusal, ReportRequest, SalesFacts};

use super::inputs::ReportInput;
use super::types::Report;
use crate::asking::Asking;
use crate::error::ApiError;
use crate::opportunities::board::moment;
use crate::scalars::Position;

/// The query of reports.
#[derive(Debug, Default)]
pub struct ReportsQuery;

#[Object]
impl ReportsQuery {
    /// Figures over what the caller may see: own, the teams', or the company's, as it was then.
    async fn report(
        &self,
        context: &Context<'_>,
        input: ReportInput,
        after_position: Option<Position>,
    ) -> Result<Report, ApiError> {
        let viewer = context.viewer(Permission::ReadReports)?;
        context
            .await_position(&[SalesFacts::NAME], after_position)
            .await?;
        let request = request(context, input).await?;
        let report = reports::report(&context.services()?.reads, viewer, &request).await;
        report.map(Report::from).map_err(refused)
    }
}

async fn request(context: &Context<'_>, input: ReportInput) -> Result<ReportRequest, ApiError> {
    let services = context.services()?;
    let zone = services.bus.zone().await.map_err(ApiError::unavailable)?;
    let today = services.clock.now().with_timezone(&zone).date_naive();
    Ok(ReportRequest {
        metrics: input.metrics,
        group_by: input.group_by,
        period: input.period.map(Into::into),
        compared_years: u8::try_from(input.compared_years).unwrap_or(u8::MAX),
        basis: input.basis,
        cumulative: input.cumulative,
        as_of: input.as_of.map(moment),
        known_at: input.known_at.map(|position| position.0),
        filters: input.filters.read(),
        today,
    })
}

fn refused(error: ReportError) -> ApiError {
    match error {
        ReportError::Refused(ReportRefusal::Forbidden) => {
            ApiError::forbidden(Permission::ReadReports.into())
        }
        ReportError::Refused(refusal) => {
            ApiError::bad_user_input("input", refusal.to_string()).with("reason", refusal.code())
        }
        ReportError::Database(error) => ApiError::unavailable(error),
    }
}
