//! One row per client, as the list and the page show it; its projector keeps the persons of contact as well, so that both
//! always tell of the same moment.

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::clients::{Client, ClientDetails, ClientDetailsPatch, ClientEvent, ClientKind};
use cartera_domain::ids::{ClientId, LeadId, SubjectId, TeamId, TypedId, UserId};
use cartera_journal::Recorded;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::contact_list::{self, ContactListItem};
use crate::erasure::PersonalTable;
use crate::filter::{self, Days, OwnedBy};
use crate::fold::Rows;
use crate::page::{List, Order, SortColumn, SortKind, SortValue};
use crate::plain::Columns;
use crate::projector::{ProjectionError, Projector, aggregate_type};
use crate::search_text::{searchable, searchable_all};

crate::table! {
    /// A client, as the list and the page show it.
    ClientListItem in "client_list", key (id), group id {
        /// The client.
        id: ClientId,
        /// Version of its stream.
        version: i64,
        /// What it is in law.
        kind: ClientKind,
        /// Name of the company, as people know it.
        company_name: Option<String>,
        /// Name of the company in the register.
        legal_name: Option<String>,
        /// Name of the person, for a client that is one.
        person_name: Option<String>,
        /// Tax id as written.
        tax_id: Option<String>,
        /// E-mail address.
        email: Option<String>,
        /// Telephone number, `+` and digits.
        phone: Option<String>,
        /// Web site.
        website: Option<String>,
        /// Sector, as written.
        sector: Option<String>,
        /// Street and number.
        street: Option<String>,
        /// Postal code.
        postal_code: Option<String>,
        /// City.
        city: Option<String>,
        /// Province or region.
        province: Option<String>,
        /// Country, as written.
        country: Option<String>,
        /// Number of employees.
        employees: Option<i64>,
        /// Its yearly revenue, in the company's currency.
        revenue: Option<Decimal>,
        /// Year in which it was founded.
        founded: Option<i32>,
        /// Name of the company it belongs to.
        parent_company: Option<String>,
        /// What somebody wrote down.
        notes: Option<String>,
        /// Its key in the system it came from.
        external_reference: Option<String>,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team when it was assigned.
        team: Option<TeamId>,
        /// The lead it was.
        lead: Option<LeadId>,
        /// It buys no more.
        archived: bool,
        /// The day on which it was taken into the book of clients.
        registered_on: NaiveDate,
        /// Nobody knows when that was; `registered_on` is the day of recording (DEFINITIONS 15).
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

/// Keeps `client_list` and `contact_list`.
#[derive(Debug, Clone, Copy)]
pub struct ClientList;

#[async_trait]
impl Projector for ClientList {
    const NAME: &'static str = "client_list";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("client_list.sql");
    const READS: &'static [&'static str] = &[aggregate_type::<Client>()];
    const PERSONAL: &'static [PersonalTable] = &[
        PersonalTable {
            table: "client_list",
            stream: "id",
        },
        PersonalTable {
            table: "contact_list",
            stream: "client",
        },
    ];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut clients = Rows::<ClientListItem>::load(tx, batch).await?;
        let mut contacts = Rows::<ContactListItem>::load(tx, batch).await?;
        for recorded in batch {
            if let Event::Client(event) = &recorded.event {
                take_in(&mut clients, recorded, event)?;
                let client = clients.one(recorded)?;
                contact_list::take_in(contacts.of(recorded), client, recorded, event)?;
            }
        }
        clients.write(tx).await?;
        contacts.write(tx).await
    }
}

fn take_in(
    rows: &mut Rows<ClientListItem>,
    recorded: &Recorded,
    event: &ClientEvent,
) -> Result<(), ProjectionError> {
    if let ClientEvent::ClientRegistered {
        kind,
        details,
        owner,
        team,
        lead,
    } = event
    {
        let mut client = registered(recorded, *kind, details);
        (client.owner, client.team, client.lead) = (*owner, *team, *lead);
        *rows.of(recorded) = vec![client];
    }
    let client = rows.one(recorded)?;
    client.evolve(event);
    client.version += 1;
    client.changed_at = recorded.recorded_at;
    client.name_key = client.name().map(searchable).unwrap_or_default();
    client.search_text = searchable_all([
        client.company_name.as_deref(),
        client.legal_name.as_deref(),
        client.person_name.as_deref(),
        client.email.as_deref(),
        client.phone.as_deref(),
        client.tax_id.as_deref(),
        client.city.as_deref(),
        client.external_reference.as_deref(),
    ]);
    Ok(())
}

fn registered(recorded: &Recorded, kind: ClientKind, details: &ClientDetails) -> ClientListItem {
    let ClientDetails {
        company_name,
        legal_name,
        person_name,
        tax_id,
        email,
        phone,
        website,
        sector,
        street,
        postal_code,
        city,
        province,
        country,
        employees,
        revenue,
        founded,
        parent_company,
        notes,
        external_reference,
    } = details;
    let mut subjects = vec![];
    let mut columns = Columns::noting(&mut subjects);
    ClientListItem {
        id: ClientId::from_uuid(recorded.aggregate_id),
        version: 0,
        kind,
        company_name: columns.of(company_name.as_ref()),
        legal_name: columns.of(legal_name.as_ref()),
        person_name: columns.of(person_name.as_ref()),
        tax_id: columns.of(tax_id.as_ref()),
        email: columns.of(email.as_ref()),
        phone: columns.of(phone.as_ref()),
        website: columns.of(website.as_ref()),
        sector: columns.of(sector.as_ref()),
        street: columns.of(street.as_ref()),
        postal_code: columns.of(postal_code.as_ref()),
        city: columns.of(city.as_ref()),
        province: columns.of(province.as_ref()),
        country: columns.of(country.as_ref()),
        employees: columns.of(employees.as_ref()),
        revenue: columns.of(revenue.as_ref()),
        founded: columns.of(founded.as_ref()),
        parent_company: columns.of(parent_company.as_ref()),
        notes: columns.of(notes.as_ref()),
        external_reference: columns.of(external_reference.as_ref()),
        owner: None,
        team: None,
        lead: None,
        archived: false,
        registered_on: recorded.metadata.business_date,
        date_unknown: recorded.metadata.date_unknown,
        changed_at: recorded.recorded_at,
        name_key: String::new(),
        search_text: String::new(),
        subjects,
    }
}

impl ClientListItem {
    /// The name by which people know it: the company's, else the person's, else its external key.
    pub fn name(&self) -> Option<&str> {
        let names = [
            &self.company_name,
            &self.legal_name,
            &self.person_name,
            &self.external_reference,
        ];
        names.into_iter().find_map(|name| name.as_deref())
    }

    fn evolve(&mut self, event: &ClientEvent) {
        match event {
            ClientEvent::ClientDetailsCorrected { changes } => self.correct(changes),
            ClientEvent::ClientAssigned { owner, team } => {
                (self.owner, self.team) = (*owner, *team);
            }
            ClientEvent::ClientArchived {} => self.archived = true,
            ClientEvent::ClientRestored {} => self.archived = false,
            ClientEvent::ClientRegistered { .. }
            | ClientEvent::ContactAdded { .. }
            | ClientEvent::ContactDetailsCorrected { .. }
            | ClientEvent::ContactRemoved { .. } => {}
        }
    }

    fn correct(&mut self, changes: &ClientDetailsPatch) {
        let ClientDetailsPatch {
            company_name,
            legal_name,
            person_name,
            tax_id,
            email,
            phone,
            website,
            sector,
            street,
            postal_code,
            city,
            province,
            country,
            employees,
            revenue,
            founded,
            parent_company,
            notes,
            external_reference,
        } = changes;
        let mut columns = Columns::noting(&mut self.subjects);
        columns.correct(&mut self.company_name, company_name);
        columns.correct(&mut self.legal_name, legal_name);
        columns.correct(&mut self.person_name, person_name);
        columns.correct(&mut self.tax_id, tax_id);
        columns.correct(&mut self.email, email);
        columns.correct(&mut self.phone, phone);
        columns.correct(&mut self.website, website);
        columns.correct(&mut self.sector, sector);
        columns.correct(&mut self.street, street);
        columns.correct(&mut self.postal_code, postal_code);
        columns.correct(&mut self.city, city);
        columns.correct(&mut self.province, province);
        columns.correct(&mut self.country, country);
        columns.correct(&mut self.employees, employees);
        columns.correct(&mut self.revenue, revenue);
        columns.correct(&mut self.founded, founded);
        columns.correct(&mut self.parent_company, parent_company);
        columns.correct(&mut self.notes, notes);
        columns.correct(&mut self.external_reference, external_reference);
    }
}

/// Which clients are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientFilter {
    /// Of this kind.
    pub kind: Option<ClientKind>,
    /// Whose.
    pub owner: OwnedBy,
    /// In one of these sectors; any when empty.
    pub sector: Vec<String>,
    /// With all these words in names, e-mail, telephone, tax id, city or external key.
    pub search: Option<String>,
    /// Registered on these days.
    pub registered: Days,
    /// Archived or not; both when nothing is said.
    pub archived: Option<bool>,
    /// With exactly this key in the system it came from.
    pub external_reference: Option<String>,
}

/// The orders in which clients can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientOrder {
    /// By name, without accents and case.
    #[default]
    Name,
    /// By the day of registration.
    RegisteredOn,
    /// By yearly revenue.
    Revenue,
    /// By the recording of the last change.
    ChangedAt,
}

impl Order for ClientOrder {
    type Row = ClientListItem;

    fn column(self) -> SortColumn {
        match self {
            Self::Name => SortColumn::required("name_key", SortKind::Text),
            Self::RegisteredOn => SortColumn::required("registered_on", SortKind::Date),
            Self::Revenue => SortColumn::optional("revenue", SortKind::Number),
            Self::ChangedAt => SortColumn::required("changed_at", SortKind::Instant),
        }
    }

    fn value(self, client: &ClientListItem) -> SortValue {
        match self {
            Self::Name => SortValue::Text(client.name_key.clone()),
            Self::RegisteredOn => SortValue::Date(client.registered_on),
            Self::Revenue => client.revenue.into(),
            Self::ChangedAt => SortValue::Instant(client.changed_at),
        }
    }
}

impl List for ClientFilter {
    type Row = ClientListItem;
    type Order = ClientOrder;
    const READ_MODEL: &'static str = ClientList::NAME;
    const OWNER: Option<&'static str> = Some("owner");

    fn id(client: &ClientListItem) -> Uuid {
        client.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self {
            kind,
            owner,
            sector,
            search,
            registered,
            archived,
            external_reference,
        } = self;
        filter::is(sql, "kind", kind.as_ref());
        filter::owned_by(sql, "owner", owner);
        filter::any_of(sql, "sector", sector);
        filter::contains(sql, "search_text", search.as_deref());
        filter::within(sql, "registered_on", *registered);
        filter::is(sql, "archived", archived.as_ref());
        filter::is(sql, "external_reference", external_reference.as_ref());
    }
}
