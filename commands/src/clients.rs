//! Clients: what needs facts from other streams.

use cartera_domain::clients::{Client, ClientCommand, ClientDetails, ClientKind};
use cartera_domain::ids::{ClientId, ContactId, SubjectId, UserId};
use cartera_domain::values::Personal;

use crate::bus::{CommandBus, Freshness, Sent, expect_version};
use crate::draft::{Draft, Stream};
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::facts;

/// Takes a client into the book of clients.
///
/// # Errors
/// An owner out of reach, or the domain's refusal.
pub async fn register_client(
    bus: &CommandBus,
    envelope: &Envelope,
    kind: ClientKind,
    details: ClientDetails,
    owner: Option<UserId>,
) -> Result<Sent, CommandError> {
    let client: ClientId = bus.ids().mint();
    let details = &details;
    let content = ("register_client", kind, details, owner);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let (owner, team) = facts::assignee(bus, envelope, owner, freshness).await?;
        let mut stream = Stream::<Client>::new(client);
        let command = ClientCommand::RegisterClient {
            kind,
            details: details.clone(),
            owner,
            team,
            lead: None,
        };
        stream.decide(envelope, command, envelope.occurred)?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Gives a client to somebody, or to nobody.
///
/// # Errors
/// An owner out of reach, or the domain's refusal.
pub async fn assign_client(
    bus: &CommandBus,
    envelope: &Envelope,
    client: ClientId,
    owner: Option<UserId>,
) -> Result<Sent, CommandError> {
    let content = ("assign_client", client, owner);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Client>(client, freshness).await?;
        expect_version(envelope, stream.version())?;
        let (owner, team) = facts::assignee(bus, envelope, owner, freshness).await?;
        stream.decide(
            envelope,
            ClientCommand::AssignClient { owner, team },
            envelope.occurred,
        )?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// The data subject of a client's own personal values; a new one where it has none yet. Persons of contact have their own.
///
/// # Errors
/// When the journal does not answer.
pub async fn subject(bus: &CommandBus, client: ClientId) -> Result<SubjectId, CommandError> {
    let stream = bus.load::<Client>(client, Freshness::Cached).await?;
    let known = match stream.state() {
        Client::Blank => None,
        Client::Active(known) | Client::Archived(known) => Some(&known.details),
    };
    Ok(known
        .and_then(ClientDetails::subject)
        .unwrap_or_else(|| bus.new_subject()))
}

/// The data subject of a person of contact; a new one for an unknown person.
///
/// # Errors
/// When the journal does not answer.
pub async fn contact_subject(
    bus: &CommandBus,
    client: ClientId,
    contact: ContactId,
) -> Result<SubjectId, CommandError> {
    let stream = bus.load::<Client>(client, Freshness::Cached).await?;
    let known = match stream.state() {
        Client::Blank => None,
        Client::Active(known) | Client::Archived(known) => known.contacts.get(&contact),
    };
    let subject = known
        .and_then(|details| details.name.as_ref())
        .map(Personal::subject);
    Ok(subject.unwrap_or_else(|| bus.new_subject()))
}
