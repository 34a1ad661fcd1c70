//! What happened to a lead, a client, an opportunity, for people: one table for all subjects.

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::clients::{Client, ClientEvent};
use cartera_domain::ids::TypedId;
use cartera_domain::leads::{Lead, LeadEvent};
use cartera_domain::opportunities::{Opportunity, OpportunityEvent};
use cartera_domain::products::Product;
use cartera_domain::settings::{Catalogue, Company, Pipeline};
use cartera_domain::users::{TeamTree, User};
use cartera_journal::Recorded;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::projector::{ProjectionError, Projector, aggregate_type};
use crate::table;

mod changes;
mod finders;

pub use changes::{ChangedEntry, ChangesPage, changes_after};
pub use finders::{HappenedEntry, TimelinePage, TimelineRequest, happened, page, seen};

/// What a timeline is of.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum SubjectKind {
    /// A lead.
    Lead,
    /// A client.
    Client,
    /// An opportunity.
    Opportunity,
    /// A product.
    Product,
    /// A user.
    User,
    /// The tree of teams.
    TeamTree,
    /// A pipeline.
    Pipeline,
    /// The catalogue of channels and reasons.
    Catalogue,
    /// The company.
    Company,
}

crate::stored_by_name! { SubjectKind }

crate::table! {
    /// That an event concerns a subject.
    TimelineEntry in "timeline", key (subject, position), group subject {
        /// The subject: the id of a lead, a client…
        subject: Uuid,
        /// Where the event lies in the log.
        position: i64,
        /// What the subject is.
        subject_kind: SubjectKind,
        /// Type of the event's own stream.
        aggregate_type: SubjectKind,
        /// The event's own stream.
        aggregate_id: Uuid,
    }
}

/// Keeps `timeline`.
#[derive(Debug, Clone, Copy)]
pub struct Timeline;

#[async_trait]
impl Projector for Timeline {
    const NAME: &'static str = "timeline";
    const VERSION: i32 = 2;
    const DDL: &'static str = include_str!("timeline.sql");
    const READS: &'static [&'static str] = &[
        aggregate_type::<Lead>(),
        aggregate_type::<Client>(),
        aggregate_type::<Opportunity>(),
        aggregate_type::<Product>(),
        aggregate_type::<User>(),
        aggregate_type::<TeamTree>(),
        aggregate_type::<Pipeline>(),
        aggregate_type::<Catalogue>(),
        aggregate_type::<Company>(),
    ];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let entries: Vec<TimelineEntry> = batch.iter().copied().flat_map(entries).collect();
        table::upsert(tx, &entries.iter().collect::<Vec<_>>()).await?;
        Ok(())
    }
}

fn entries(recorded: &Recorded) -> impl Iterator<Item = TimelineEntry> {
    let kind = kind_of(&recorded.event);
    let mut subjects = vec![(kind, recorded.aggregate_id)];
    subjects.extend(named(&recorded.event));
    subjects
        .into_iter()
        .map(move |(subject_kind, subject)| TimelineEntry {
            subject,
            position: recorded.position,
            subject_kind,
            aggregate_type: kind,
            aggregate_id: recorded.aggregate_id,
        })
}

fn kind_of(event: &Event) -> SubjectKind {
    match event {
        Event::Company(_) => SubjectKind::Company,
        Event::Catalogue(_) => SubjectKind::Catalogue,
        Event::Pipeline(_) => SubjectKind::Pipeline,
        Event::TeamTree(_) => SubjectKind::TeamTree,
        Event::User(_) => SubjectKind::User,
        Event::Product(_) => SubjectKind::Product,
        Event::Lead(_) => SubjectKind::Lead,
        Event::Client(_) => SubjectKind::Client,
        Event::Opportunity(_) => SubjectKind::Opportunity,
    }
}

/// The subjects besides its own that an event concerns: those it names as a sale's path from lead to client.
fn named(event: &Event) -> Vec<(SubjectKind, Uuid)> {
    let lead = |id: &cartera_domain::ids::LeadId| (SubjectKind::Lead, id.as_uuid());
    let client = |id: &cartera_domain::ids::ClientId| (SubjectKind::Client, id.as_uuid());
    match event {
        Event::Lead(LeadEvent::LeadConverted {
            client: became,
            opportunity: _,
        }) => vec![client(became)],
        Event::Client(ClientEvent::ClientRegistered { lead: was, .. }) => {
            was.iter().map(lead).collect()
        }
        Event::Opportunity(OpportunityEvent::OpportunityOpened {
            client: buyer,
            lead: from,
            ..
        }) => buyer
            .iter()
            .map(client)
            .chain(from.iter().map(lead))
            .collect(),
        Event::Opportunity(OpportunityEvent::OpportunityClientLinked { client: buyer }) => {
            buyer.iter().map(client).collect()
        }
        Event::Lead(_)
        | Event::Client(_)
        | Event::Opportunity(_)
        | Event::Company(_)
        | Event::Catalogue(_)
        | Event::Pipeline(_)
        | Event::TeamTree(_)
        | Event::User(_)
        | Event::Product(_) => vec![],
    }
}
