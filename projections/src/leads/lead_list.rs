//! One row per lead, as the list and the page show it.

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::ids::{
    ChannelId, ClientId, LeadId, OpportunityId, ReasonId, SubjectId, TeamId, TypedId, UserId,
};
use cartera_domain::leads::{Lead, LeadDetails, LeadDetailsPatch, LeadEvent, LeadStatus};
use cartera_journal::Recorded;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::erasure::PersonalTable;
use crate::filter::{self, Days, OwnedBy};
use crate::fold::Rows;
use crate::page::{List, Order, SortColumn, SortKind, SortValue};
use crate::plain::Columns;
use crate::projector::{ProjectionError, Projector, aggregate_type};
use crate::search_text::{searchable, searchable_all};

crate::stored_by_name! { LeadStatus }

crate::table! {
    /// A lead, as the list and the page show it.
    LeadListItem in "lead_list", key (id), group id {
        /// The lead.
        id: LeadId,
        /// Version of its stream.
        version: i64,
        /// Where it stands.
        status: LeadStatus,
        /// Name of the person.
        person_name: Option<String>,
        /// Name of the company.
        company_name: Option<String>,
        /// What the person does there.
        job_title: Option<String>,
        /// E-mail address.
        email: Option<String>,
        /// Telephone number, `+` and digits.
        phone: Option<String>,
        /// Tax id as written.
        tax_id: Option<String>,
        /// City.
        city: Option<String>,
        /// Country, as written.
        country: Option<String>,
        /// Sector, as written.
        sector: Option<String>,
        /// Campaign that brought it.
        campaign: Option<String>,
        /// What it is interested in.
        interest: Option<String>,
        /// What a sale may be worth, in the company's currency.
        expected_value: Option<Decimal>,
        /// What somebody wrote down.
        notes: Option<String>,
        /// Its key in the system it came from.
        external_reference: Option<String>,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team when it was assigned.
        team: Option<TeamId>,
        /// The client it became.
        client: Option<ClientId>,
        /// The opportunity that was opened with its conversion.
        opportunity: Option<OpportunityId>,
        /// Why it was given up.
        discard_reason: Option<ReasonId>,
        /// Why it was given up, in words.
        discard_note: Option<String>,
        /// The day on which it came to the company's notice.
        registered_on: NaiveDate,
        /// The day on which somebody first spoke with it.
        contacted_on: Option<NaiveDate>,
        /// The day on which it was found to be worth an offer.
        qualified_on: Option<NaiveDate>,
        /// The day on which it became a client.
        converted_on: Option<NaiveDate>,
        /// The day on which it was given up.
        discarded_on: Option<NaiveDate>,
        /// Nobody knows when it came; `registered_on` is the day of recording (DEFINITIONS 15).
        date_unknown: bool,
        /// When its last event was recorded.
        changed_at: DateTime<Utc>,
        /// The name by which it is sorted.
        name_key: String,
        /// Where texts are searched.
        search_text: String,
        /// Whose personal values the row shows.
        subjects: Vec<SubjectId>,
    }
}

/// Keeps `lead_list`.
#[derive(Debug, Clone, Copy)]
pub struct LeadList;

#[async_trait]
impl Projector for LeadList {
    const NAME: &'static str = "lead_list";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("lead_list.sql");
    const READS: &'static [&'static str] = &[aggregate_type::<Lead>()];
    const PERSONAL: &'static [PersonalTable] = &[PersonalTable {
        table: "lead_list",
        stream: "id",
    }];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut rows = Rows::<LeadListItem>::load(tx, batch).await?;
        for recorded in batch {
            if let Event::Lead(event) = &recorded.event {
                take_in(&mut rows, recorded, event)?;
            }
        }
        rows.write(tx).await
    }
}

fn take_in(
    rows: &mut Rows<LeadListItem>,
    recorded: &Recorded,
    event: &LeadEvent,
) -> Result<(), ProjectionError> {
    if let LeadEvent::LeadRegistered {
        details,
        channel,
        owner,
        team,
    } = event
    {
        let mut lead = registered(recorded, details);
        (lead.channel, lead.owner, lead.team) = (*channel, *owner, *team);
        *rows.of(recorded) = vec![lead];
    }
    let lead = rows.one(recorded)?;
    lead.evolve(recorded.metadata.business_date, event);
    lead.version += 1;
    lead.changed_at = recorded.recorded_at;
    lead.name_key = lead.name().map(searchable).unwrap_or_default();
    lead.search_text = searchable_all([
        lead.person_name.as_deref(),
        lead.company_name.as_deref(),
        lead.email.as_deref(),
        lead.phone.as_deref(),
        lead.tax_id.as_deref(),
        lead.city.as_deref(),
        lead.external_reference.as_deref(),
    ]);
    Ok(())
}

fn registered(recorded: &Recorded, details: &LeadDetails) -> LeadListItem {
    let LeadDetails {
        person_name,
        company_name,
        job_title,
        email,
        phone,
        tax_id,
        city,
        country,
        sector,
        campaign,
        interest,
        expected_value,
        notes,
        external_reference,
    } = details;
    let mut subjects = vec![];
    let mut columns = Columns::noting(&mut subjects);
    LeadListItem {
        id: LeadId::from_uuid(recorded.aggregate_id),
        version: 0,
        status: LeadStatus::New,
        person_name: columns.of(person_name.as_ref()),
        company_name: columns.of(company_name.as_ref()),
        job_title: columns.of(job_title.as_ref()),
        email: columns.of(email.as_ref()),
        phone: columns.of(phone.as_ref()),
        tax_id: columns.of(tax_id.as_ref()),
        city: columns.of(city.as_ref()),
        country: columns.of(country.as_ref()),
        sector: columns.of(sector.as_ref()),
        campaign: columns.of(campaign.as_ref()),
        interest: columns.of(interest.as_ref()),
        expected_value: columns.of(expected_value.as_ref()),
        notes: columns.of(notes.as_ref()),
        external_reference: columns.of(external_reference.as_ref()),
        channel: None,
        owner: None,
        team: None,
        client: None,
        opportunity: None,
        discard_reason: None,
        discard_note: None,
        registered_on: recorded.metadata.business_date,
        contacted_on: None,
        qualified_on: None,
        converted_on: None,
        discarded_on: None,
        date_unknown: recorded.metadata.date_unknown,
        changed_at: recorded.recorded_at,
        name_key: String::new(),
        search_text: String::new(),
        subjects,
    }
}

impl LeadListItem {
    /// The name by which people know it: the company's, else the person's, else its external key.
    pub fn name(&self) -> Option<&str> {
        let names = [
            &self.company_name,
            &self.person_name,
            &self.external_reference,
        ];
        names.into_iter().find_map(|name| name.as_deref())
    }

    fn evolve(&mut self, day: NaiveDate, event: &LeadEvent) {
        match event {
            LeadEvent::LeadRegistered { .. } => {}
            LeadEvent::LeadDetailsCorrected { changes } => self.correct(changes),
            LeadEvent::LeadChannelCorrected { channel } => self.channel = *channel,
            LeadEvent::LeadAssigned { owner, team } => (self.owner, self.team) = (*owner, *team),
            LeadEvent::LeadContacted {} => {
                self.status = LeadStatus::Contacted;
                self.contacted_on = self.contacted_on.or(Some(day));
            }
            LeadEvent::LeadQualified {} => {
                self.status = LeadStatus::Qualified;
                self.qualified_on = self.qualified_on.or(Some(day));
            }
            LeadEvent::LeadConverted {
                client,
                opportunity,
            } => {
                self.status = LeadStatus::Converted;
                self.client = Some(*client);
                self.opportunity = *opportunity;
                self.converted_on = Some(day);
            }
            LeadEvent::LeadDiscarded { reason, note } => {
                self.status = LeadStatus::Discarded;
                self.discard_reason = *reason;
                self.discard_note = Columns::noting(&mut self.subjects).of(note.as_ref());
                self.discarded_on = Some(day);
            }
            LeadEvent::LeadReopened {} => {
                self.status = LeadStatus::New;
                self.discard_reason = None;
                self.discard_note = None;
                self.discarded_on = None;
            }
        }
    }

    fn correct(&mut self, changes: &LeadDetailsPatch) {
        let LeadDetailsPatch {
            person_name,
            company_name,
            job_title,
            email,
            phone,
            tax_id,
            city,
            country,
            sector,
            campaign,
            interest,
            expected_value,
            notes,
            external_reference,
        } = changes;
        let mut columns = Columns::noting(&mut self.subjects);
        columns.correct(&mut self.person_name, person_name);
        columns.correct(&mut self.company_name, company_name);
        columns.correct(&mut self.job_title, job_title);
        columns.correct(&mut self.email, email);
        columns.correct(&mut self.phone, phone);
        columns.correct(&mut self.tax_id, tax_id);
        columns.correct(&mut self.city, city);
        columns.correct(&mut self.country, country);
        columns.correct(&mut self.sector, sector);
        columns.correct(&mut self.campaign, campaign);
        columns.correct(&mut self.interest, interest);
        columns.correct(&mut self.expected_value, expected_value);
        columns.correct(&mut self.notes, notes);
        columns.correct(&mut self.external_reference, external_reference);
    }
}

/// Which leads are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadFilter {
    /// In one of these states; any when empty.
    pub status: Vec<LeadStatus>,
    /// Whose.
    pub owner: OwnedBy,
    /// By one of these channels; any when empty.
    pub channel: Vec<ChannelId>,
    /// With all these words in names, e-mail, telephone, tax id, city or external key.
    pub search: Option<String>,
    /// Registered on these days.
    pub registered: Days,
    /// Converted on these days.
    pub converted: Days,
    /// With exactly this key in the system it came from.
    pub external_reference: Option<String>,
}

/// The orders in which leads can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LeadOrder {
    /// By the day of registration.
    #[default]
    RegisteredOn,
    /// By name, without accents and case.
    Name,
    /// By what a sale may be worth.
    ExpectedValue,
    /// By the recording of the last change.
    ChangedAt,
}

impl Order for LeadOrder {
    type Row = LeadListItem;

    fn column(self) -> SortColumn {
        match self {
            Self::RegisteredOn => SortColumn::required("registered_on", SortKind::Date),
            Self::Name => SortColumn::required("name_key", SortKind::Text),
            Self::ExpectedValue => SortColumn::optional("expected_value", SortKind::Number),
            Self::ChangedAt => SortColumn::required("changed_at", SortKind::Instant),
        }
    }

    fn value(self, lead: &LeadListItem) -> SortValue {
        match self {
            Self::RegisteredOn => SortValue::Date(lead.registered_on),
            Self::Name => SortValue::Text(lead.name_key.clone()),
            Self::ExpectedValue => lead.expected_value.into(),
            Self::ChangedAt => SortValue::Instant(lead.changed_at),
        }
    }
}

impl List for LeadFilter {
    type Row = LeadListItem;
    type Order = LeadOrder;
    const READ_MODEL: &'static str = LeadList::NAME;
    const OWNER: Option<&'static str> = Some("owner");

    fn id(lead: &LeadListItem) -> Uuid {
        lead.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self {
            status,
            owner,
            channel,
            search,
            registered,
            converted,
            external_reference,
        } = self;
        filter::any_of(sql, "status", status);
        filter::owned_by(sql, "owner", owner);
        filter::any_of(sql, "channel", channel);
        filter::contains(sql, "search_text", search.as_deref());
        filter::within(sql, "registered_on", *registered);
        filter::within(sql, "converted_on", *converted);
        filter::is(sql, "external_reference", external_reference.as_ref());
    }
}
