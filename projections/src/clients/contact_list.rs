//! One row per person of contact, kept by the projector of [`super::client_list`].

use cartera_domain::clients::{ClientEvent, ContactDetails, ContactDetailsPatch};
use cartera_domain::ids::{ClientId, ContactId, SubjectId, TypedId, UserId};
use cartera_journal::Recorded;
use chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::client_list::{ClientList, ClientListItem};
use crate::filter;
use crate::page::{List, Order, SortColumn, SortKind, SortValue};
use crate::plain::Columns;
use crate::projector::{ProjectionError, Projector};
use crate::search_text::{searchable, searchable_all};

crate::table! {
    /// A person of contact inside a client.
    ContactListItem in "contact_list", key (id), group client {
        /// The person of contact.
        id: ContactId,
        /// The client.
        client: ClientId,
        /// Who takes care of the client.
        owner: Option<UserId>,
        /// Name of the person.
        name: Option<String>,
        /// What the person does there.
        role: Option<String>,
        /// E-mail address.
        email: Option<String>,
        /// Telephone number, `+` and digits.
        phone: Option<String>,
        /// What somebody wrote down.
        notes: Option<String>,
        /// The day on which the person was added.
        added_on: NaiveDate,
        /// The name by which it is sorted.
        name_key: String,
        /// Where texts are searched.
        search_text: String,
        /// Whose personal values the row shows.
        subjects: Vec<SubjectId>,
    }
}

/// Takes an event of the client into the rows of its persons of contact.
pub(super) fn take_in(
    contacts: &mut Vec<ContactListItem>,
    client: &ClientListItem,
    recorded: &Recorded,
    event: &ClientEvent,
) -> Result<(), ProjectionError> {
    match event {
        ClientEvent::ContactAdded { contact, details } => {
            contacts.push(added(*contact, client, recorded, details));
        }
        ClientEvent::ContactDetailsCorrected { contact, changes } => contacts
            .iter_mut()
            .find(|known| known.id == *contact)
            .ok_or_else(|| ProjectionError::inconsistent(recorded, "the contact was never added"))?
            .correct(changes),
        ClientEvent::ContactRemoved { contact } => contacts.retain(|known| known.id != *contact),
        ClientEvent::ClientAssigned { owner, team: _ } => {
            for contact in contacts {
                contact.owner = *owner;
            }
        }
        ClientEvent::ClientRegistered { .. } => contacts.clear(),
        ClientEvent::ClientDetailsCorrected { .. }
        | ClientEvent::ClientArchived {}
        | ClientEvent::ClientRestored {} => {}
    }
    Ok(())
}

fn added(
    id: ContactId,
    client: &ClientListItem,
    recorded: &Recorded,
    details: &ContactDetails,
) -> ContactListItem {
    let ContactDetails {
        name,
        role,
        email,
        phone,
        notes,
    } = details;
    let mut subjects = vec![];
    let mut columns = Columns::noting(&mut subjects);
    let mut contact = ContactListItem {
        id,
        client: client.id,
        owner: client.owner,
        name: columns.of(name.as_ref()),
        role: columns.of(role.as_ref()),
        email: columns.of(email.as_ref()),
        phone: columns.of(phone.as_ref()),
        notes: columns.of(notes.as_ref()),
        added_on: recorded.metadata.business_date,
        name_key: String::new(),
        search_text: String::new(),
        subjects,
    };
    contact.index();
    contact
}

impl ContactListItem {
    fn correct(&mut self, changes: &ContactDetailsPatch) {
        let ContactDetailsPatch {
            name,
            role,
            email,
            phone,
            notes,
        } = changes;
        let mut columns = Columns::noting(&mut self.subjects);
        columns.correct(&mut self.name, name);
        columns.correct(&mut self.role, role);
        columns.correct(&mut self.email, email);
        columns.correct(&mut self.phone, phone);
        columns.correct(&mut self.notes, notes);
        self.index();
    }

    fn index(&mut self) {
        self.name_key = self.name.as_deref().map(searchable).unwrap_or_default();
        self.search_text = searchable_all([
            self.name.as_deref(),
            self.role.as_deref(),
            self.email.as_deref(),
            self.phone.as_deref(),
        ]);
    }
}

/// Which persons of contact are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactFilter {
    /// Of one of these clients; any when empty.
    pub client: Vec<ClientId>,
    /// With all these words in name, role, e-mail or telephone.
    pub search: Option<String>,
}

/// The orders in which persons of contact can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContactOrder {
    /// By name, without accents and case.
    #[default]
    Name,
}

impl Order for ContactOrder {
    type Row = ContactListItem;

    fn column(self) -> SortColumn {
        match self {
            Self::Name => SortColumn::required("name_key", SortKind::Text),
        }
    }

    fn value(self, contact: &ContactListItem) -> SortValue {
        match self {
            Self::Name => SortValue::Text(contact.name_key.clone()),
        }
    }
}

impl List for ContactFilter {
    type Row = ContactListItem;
    type Order = ContactOrder;
    const READ_MODEL: &'static str = ClientList::NAME;
    const OWNER: Option<&'static str> = Some("owner");

    fn id(contact: &ContactListItem) -> Uuid {
        contact.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self { client, search } = self;
        filter::any_of(sql, "client", client);
        filter::contains(sql, "search_text", search.as_deref());
    }
}
