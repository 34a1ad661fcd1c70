//! What the company said of itself.

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::ids::{CompanyId, TypedId};
use cartera_domain::settings::{Company, CompanyEvent, FiscalStart};
use cartera_domain::users::Locale;
use cartera_journal::Recorded;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::fold::Rows;
use crate::page::{List, Order, SortColumn, SortKind, SortValue};
use crate::projector::{ProjectionError, Projector, aggregate_type};

crate::table! {
    /// What the company said of itself.
    CompanyProfileItem in "company_profile", key (id), group id {
        /// The company.
        id: CompanyId,
        /// Version of its stream.
        version: i64,
        /// Its name.
        name: String,
        /// Currency of all its amounts (ISO 4217).
        currency: String,
        /// Time zone in which its days begin (IANA).
        time_zone: String,
        /// Month in which its fiscal year begins, 1 to 12.
        fiscal_start: i32,
        /// Language of what it sends out.
        locale: Locale,
        /// When it began to use Cartera.
        set_up_at: DateTime<Utc>,
    }
}

/// Keeps `company_profile`.
#[derive(Debug, Clone, Copy)]
pub struct CompanyProfile;

#[async_trait]
impl Projector for CompanyProfile {
    const NAME: &'static str = "company_profile";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("company_profile.sql");
    const READS: &'static [&'static str] = &[aggregate_type::<Company>()];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut rows = Rows::<CompanyProfileItem>::load(tx, batch).await?;
        for recorded in batch {
            if let Event::Company(event) = &recorded.event {
                take_in(&mut rows, recorded, event)?;
            }
        }
        rows.write(tx).await
    }
}

fn take_in(
    rows: &mut Rows<CompanyProfileItem>,
    recorded: &Recorded,
    event: &CompanyEvent,
) -> Result<(), ProjectionError> {
    if let CompanyEvent::CompanySetUp {
        name,
        currency,
        time_zone,
        fiscal_start,
        locale,
    } = event
    {
        *rows.of(recorded) = vec![CompanyProfileItem {
            id: CompanyId::from_uuid(recorded.aggregate_id),
            version: 0,
            name: name.to_string(),
            currency: currency.to_string(),
            time_zone: time_zone.name().to_owned(),
            fiscal_start: month(*fiscal_start),
            locale: *locale,
            set_up_at: recorded.recorded_at,
        }];
    }
    let company = rows.one(recorded)?;
    company.version += 1;
    match event {
        CompanyEvent::CompanySetUp { .. } => {}
        CompanyEvent::CompanyRenamed { name } => company.name = name.to_string(),
        CompanyEvent::CompanyTimeZoneChanged { time_zone } => {
            time_zone.name().clone_into(&mut company.time_zone);
        }
        CompanyEvent::CompanyFiscalStartChanged { fiscal_start } => {
            company.fiscal_start = month(*fiscal_start);
        }
        CompanyEvent::CompanyLocaleChanged { locale } => company.locale = *locale,
    }
    Ok(())
}

fn month(start: FiscalStart) -> i32 {
    i32::from(start.month())
}

/// The company: one row, or none before it is set up. Read it with [`crate::page::all`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompanyFilter;

/// The one order of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompanyOrder;

impl Order for CompanyOrder {
    type Row = CompanyProfileItem;

    fn column(self) -> SortColumn {
        SortColumn::required("name", SortKind::Text)
    }

    fn value(self, company: &CompanyProfileItem) -> SortValue {
        company.name.as_str().into()
    }
}

impl List for CompanyFilter {
    type Row = CompanyProfileItem;
    type Order = CompanyOrder;
    const READ_MODEL: &'static str = CompanyProfile::NAME;
    const OWNER: Option<&'static str> = None;

    fn id(company: &CompanyProfileItem) -> Uuid {
        company.id.as_uuid()
    }

    fn push_filter(&self, _sql: &mut QueryBuilder<'_, Postgres>) {}
}
