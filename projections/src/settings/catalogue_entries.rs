//! The channels and reasons that the company tells apart.

use std::str::FromStr;

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::ids::{CatalogueId, TypedId};
use cartera_domain::settings::{Catalogue, CatalogueEvent, ReasonKind};
use cartera_domain::values::Line;
use cartera_journal::Recorded;
use chrono::NaiveDate;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::filter;
use crate::fold::Rows;
use crate::page::{List, Order, SortColumn, SortKind, SortValue};
use crate::projector::{ProjectionError, Projector, aggregate_type, version_of};
use crate::search_text::searchable;

/// What an entry tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// By which channel something came.
    Channel,
    /// Why something ended as it did.
    Reason(ReasonKind),
}

impl From<EntryKind> for &'static str {
    fn from(kind: EntryKind) -> Self {
        match kind {
            EntryKind::Channel => "channel",
            EntryKind::Reason(kind) => kind.into(),
        }
    }
}

impl FromStr for EntryKind {
    type Err = strum::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "channel" => Ok(Self::Channel),
            reason => reason.parse().map(Self::Reason),
        }
    }
}

crate::stored_by_name! { EntryKind }

crate::table! {
    /// A channel or a reason.
    CatalogueEntryItem in "catalogue_entries", key (id), group catalogue {
        /// The channel or reason: a `ChannelId` or a `ReasonId`, as its kind says.
        id: Uuid,
        /// The catalogue.
        catalogue: CatalogueId,
        /// Version of the catalogue's stream when the entry last changed.
        version: i64,
        /// What it tells apart.
        kind: EntryKind,
        /// Its name.
        name: String,
        /// Used no more.
        retired: bool,
        /// The day on which it was added.
        added_on: NaiveDate,
        /// The name by which it is sorted.
        name_key: String,
    }
}

/// Keeps `catalogue_entries`.
#[derive(Debug, Clone, Copy)]
pub struct CatalogueEntries;

#[async_trait]
impl Projector for CatalogueEntries {
    const NAME: &'static str = "catalogue_entries";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("catalogue_entries.sql");
    const READS: &'static [&'static str] = &[aggregate_type::<Catalogue>()];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut rows = Rows::<CatalogueEntryItem>::load(tx, batch).await?;
        for recorded in batch {
            if let Event::Catalogue(event) = &recorded.event {
                take_in(rows.of(recorded), recorded, event)?;
            }
        }
        rows.write(tx).await
    }
}

fn take_in(
    rows: &mut Vec<CatalogueEntryItem>,
    recorded: &Recorded,
    event: &CatalogueEvent,
) -> Result<(), ProjectionError> {
    match event {
        CatalogueEvent::ChannelAdded { channel, name } => {
            rows.push(added(recorded, channel.as_uuid(), EntryKind::Channel, name));
        }
        CatalogueEvent::ReasonAdded { reason, kind, name } => {
            rows.push(added(
                recorded,
                reason.as_uuid(),
                EntryKind::Reason(*kind),
                name,
            ));
        }
        CatalogueEvent::ChannelRenamed { channel, name } => {
            entry(rows, channel.as_uuid(), recorded)?.rename(name);
        }
        CatalogueEvent::ReasonRenamed { reason, name } => {
            entry(rows, reason.as_uuid(), recorded)?.rename(name);
        }
        CatalogueEvent::ChannelRetired { channel } => {
            entry(rows, channel.as_uuid(), recorded)?.retired = true;
        }
        CatalogueEvent::ReasonRetired { reason } => {
            entry(rows, reason.as_uuid(), recorded)?.retired = true;
        }
    }
    Ok(())
}

fn added(recorded: &Recorded, id: Uuid, kind: EntryKind, name: &Line) -> CatalogueEntryItem {
    CatalogueEntryItem {
        id,
        catalogue: CatalogueId::from_uuid(recorded.aggregate_id),
        version: version_of(recorded),
        kind,
        name: name.to_string(),
        retired: false,
        added_on: recorded.metadata.business_date,
        name_key: searchable(name.as_str()),
    }
}

fn entry<'a>(
    rows: &'a mut [CatalogueEntryItem],
    id: Uuid,
    recorded: &Recorded,
) -> Result<&'a mut CatalogueEntryItem, ProjectionError> {
    let entry = rows
        .iter_mut()
        .find(|row| row.id == id)
        .ok_or_else(|| ProjectionError::inconsistent(recorded, "the entry was never added"))?;
    entry.version = version_of(recorded);
    Ok(entry)
}

impl CatalogueEntryItem {
    fn rename(&mut self, name: &Line) {
        self.name = name.to_string();
        self.name_key = searchable(name.as_str());
    }
}

/// Which entries are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// Of these kinds; any when empty.
    pub kind: Vec<EntryKind>,
    /// Retired or not; both when nothing is said.
    pub retired: Option<bool>,
}

/// The orders in which entries can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EntryOrder {
    /// By name, without accents and case.
    #[default]
    Name,
}

impl Order for EntryOrder {
    type Row = CatalogueEntryItem;

    fn column(self) -> SortColumn {
        match self {
            Self::Name => SortColumn::required("name_key", SortKind::Text),
        }
    }

    fn value(self, entry: &CatalogueEntryItem) -> SortValue {
        match self {
            Self::Name => entry.name_key.as_str().into(),
        }
    }
}

impl List for EntryFilter {
    type Row = CatalogueEntryItem;
    type Order = EntryOrder;
    const READ_MODEL: &'static str = CatalogueEntries::NAME;
    const OWNER: Option<&'static str> = None;

    fn id(entry: &CatalogueEntryItem) -> Uuid {
        entry.id
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self { kind, retired } = self;
        filter::any_of(sql, "kind", kind);
        filter::is(sql, "retired", retired.as_ref());
    }
}
