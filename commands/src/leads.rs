//! Leads: what needs facts from other streams, and the conversion into a client.

use cartera_domain::clients::{Client, ClientCommand, ClientDetails, ClientKind, ContactDetails};
use cartera_domain::ids::{
    ChannelId, ClientId, LeadId, OpportunityId, ReasonId, SubjectId, UserId,
};
use cartera_domain::leads::{Lead, LeadCommand, LeadDetails, LeadError};
use cartera_domain::opportunities::Opportunity;
use cartera_domain::settings::ReasonKind;
use cartera_domain::values::{Note, Personal};
use serde::Serialize;

use crate::bus::{CommandBus, Freshness, Sent, expect_version};
use crate::draft::{Draft, Stream};
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::facts;
use crate::opportunities::{self, NewOpportunity};

/// Takes note of a lead.
///
/// # Errors
/// An owner out of reach, a channel that is not in use, or the domain's refusal.
pub async fn register_lead(
    bus: &CommandBus,
    envelope: &Envelope,
    details: LeadDetails,
    channel: Option<ChannelId>,
    owner: Option<UserId>,
) -> Result<Sent, CommandError> {
    let lead: LeadId = bus.ids().mint();
    let details = &details;
    let content = ("register_lead", details, channel, owner);
    bus.carry_out(envelope, &content, move |freshness| async move {
        facts::channel_in_use(bus, channel, freshness).await?;
        let (owner, team) = facts::assignee(bus, envelope, owner, freshness).await?;
        let mut stream = Stream::<Lead>::new(lead);
        let command = LeadCommand::RegisterLead {
            details: details.clone(),
            channel,
            owner,
            team,
        };
        stream.decide(envelope, command, envelope.occurred)?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Gives a lead to somebody, or to nobody.
///
/// # Errors
/// An owner out of reach, or the domain's refusal.
pub async fn assign_lead(
    bus: &CommandBus,
    envelope: &Envelope,
    lead: LeadId,
    owner: Option<UserId>,
) -> Result<Sent, CommandError> {
    let content = ("assign_lead", lead, owner);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Lead>(lead, freshness).await?;
        expect_version(envelope, stream.version())?;
        let (owner, team) = facts::assignee(bus, envelope, owner, freshness).await?;
        stream.decide(
            envelope,
            LeadCommand::AssignLead { owner, team },
            envelope.occurred,
        )?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Corrects the channel by which a lead came.
///
/// # Errors
/// A channel that is not in use, or the domain's refusal.
pub async fn correct_channel(
    bus: &CommandBus,
    envelope: &Envelope,
    lead: LeadId,
    channel: Option<ChannelId>,
) -> Result<Sent, CommandError> {
    let content = ("correct_lead_channel", lead, channel);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Lead>(lead, freshness).await?;
        expect_version(envelope, stream.version())?;
        facts::channel_in_use(bus, channel, freshness).await?;
        let command = LeadCommand::CorrectLeadChannel { channel };
        stream.decide(envelope, command, envelope.occurred)?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Gives a lead up.
///
/// # Errors
/// A reason that does not explain this, or the domain's refusal.
pub async fn discard_lead(
    bus: &CommandBus,
    envelope: &Envelope,
    lead: LeadId,
    reason: Option<ReasonId>,
    note: Option<Personal<Note>>,
) -> Result<Sent, CommandError> {
    let command = LeadCommand::DiscardLead { reason, note };
    let command = &command;
    let content = ("discard_lead", lead, command);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Lead>(lead, freshness).await?;
        expect_version(envelope, stream.version())?;
        facts::reason_in_use(bus, reason, ReasonKind::Discarded, freshness).await?;
        stream.decide(envelope, command.clone(), envelope.occurred)?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// The data subject of a lead's personal values; a new one where it has none yet.
///
/// # Errors
/// When the journal does not answer.
pub async fn subject(bus: &CommandBus, lead: LeadId) -> Result<SubjectId, CommandError> {
    let stream = bus.load::<Lead>(lead, Freshness::Cached).await?;
    let details = match stream.state() {
        Lead::Blank => None,
        Lead::Open(lead) | Lead::Discarded(lead) => Some(&lead.details),
        Lead::Converted(converted) => Some(&converted.lead.details),
    };
    Ok(details
        .and_then(LeadDetails::subject)
        .unwrap_or_else(|| bus.new_subject()))
}

/// What a conversion opens beside the client.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversion {
    /// The client that the lead turned out to be; a new one where not said.
    pub client: Option<ClientId>,
    /// The opportunity to open with it.
    pub opportunity: Option<NewOpportunity>,
}

/// A lead that became a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Converted {
    /// The client it became.
    pub client: ClientId,
    /// The opportunity that was opened with it.
    pub opportunity: Option<OpportunityId>,
}

/// Makes a lead a client, with its person of contact and, where asked, an opportunity: one append over the three streams.
///
/// # Errors
/// A client, stage, channel or product that is not there, or the domain's refusal.
pub async fn convert_lead(
    bus: &CommandBus,
    envelope: &Envelope,
    lead: LeadId,
    conversion: &Conversion,
) -> Result<(Sent, Converted), CommandError> {
    let client: ClientId = conversion.client.unwrap_or_else(|| bus.ids().mint());
    let opportunity: Option<OpportunityId> =
        conversion.opportunity.as_ref().map(|_| bus.ids().mint());
    let content = ("convert_lead", lead, conversion);
    let sent = bus
        .carry_out(envelope, &content, move |freshness| async move {
            let mut stream = bus.load::<Lead>(lead, freshness).await?;
            expect_version(envelope, stream.version())?;
            let open = match stream.state() {
                Lead::Open(open) => Some(open.clone()),
                Lead::Blank | Lead::Converted(_) | Lead::Discarded(_) => None,
            };
            stream.decide(
                envelope,
                LeadCommand::ConvertLead {
                    client,
                    opportunity,
                },
                envelope.occurred,
            )?;
            let open = open.ok_or_else(|| CommandError::rejected(&LeadError::AlreadyConverted))?;
            let mut draft = Draft::default().with(stream);
            if conversion.client.is_some() {
                facts::client_known(bus, envelope, conversion.client, freshness).await?;
            } else {
                let mut registered = Stream::<Client>::new(client);
                for command in client_of(bus, lead, &open) {
                    registered.decide(envelope, command, envelope.occurred)?;
                }
                draft.add(registered);
            }
            if let (Some(id), Some(wanted)) = (opportunity, &conversion.opportunity) {
                let mut opened = Stream::<Opportunity>::new(id);
                let wanted = inherited(wanted, &open, client, lead);
                let command = opportunities::opening(bus, envelope, &wanted, freshness).await?;
                opened.decide(envelope, command, envelope.occurred)?;
                draft.add(opened);
            }
            Ok(draft)
        })
        .await?;
    let converted = match bus.load::<Lead>(lead, Freshness::Fresh).await?.state() {
        Lead::Converted(converted) => Converted {
            client: converted.client,
            opportunity: converted.opportunity,
        },
        Lead::Blank | Lead::Open(_) | Lead::Discarded(_) => Converted {
            client,
            opportunity,
        },
    };
    Ok((sent, converted))
}

/// An opportunity with what the lead's says where the request says nothing.
fn inherited(
    wanted: &NewOpportunity,
    lead: &cartera_domain::leads::OpenLead,
    client: ClientId,
    id: LeadId,
) -> NewOpportunity {
    let mut wanted = wanted.clone();
    wanted.client = Some(client);
    wanted.lead = Some(id);
    wanted.new_client = true;
    wanted.channel = wanted.channel.or(lead.channel);
    wanted.owner = wanted.owner.or(lead.owner);
    wanted.details.campaign = wanted
        .details
        .campaign
        .or_else(|| lead.details.campaign.clone());
    if wanted.lines.is_empty() {
        wanted.amount = wanted.amount.or(lead.details.expected_value);
    }
    wanted
}

/// The client that a lead is, with its person of contact if it is a company.
pub(crate) fn client_of(
    bus: &CommandBus,
    id: LeadId,
    lead: &cartera_domain::leads::OpenLead,
) -> Vec<ClientCommand> {
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
        notes,
        external_reference,
        ..
    } = lead.details.clone();
    let kind = if company_name.is_some() {
        ClientKind::Company
    } else {
        ClientKind::Person
    };
    let contact = person_name
        .clone()
        .filter(|_| kind == ClientKind::Company)
        .map(|name| {
            let details = ContactDetails {
                name: Some(name),
                role: job_title,
                email: email.clone(),
                phone: phone.clone(),
                notes: None,
            };
            ClientCommand::AddContact {
                contact: bus.ids().mint(),
                details,
            }
        });
    let details = ClientDetails {
        company_name,
        person_name: person_name.filter(|_| kind == ClientKind::Person),
        tax_id,
        email,
        phone,
        city,
        country,
        sector,
        notes,
        external_reference,
        ..ClientDetails::default()
    };
    let register = ClientCommand::RegisterClient {
        kind,
        details,
        owner: lead.owner,
        team: lead.team,
        lead: Some(id),
    };
    std::iter::once(register).chain(contact).collect()
}
