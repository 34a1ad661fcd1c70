//! What may be asked of leads.

use async_graphql::{Context, Object};
use cartera_commands::leads::{self, Conversion};
use cartera_commands::{CommandError, Sent};
use cartera_domain::leads::{Lead as LeadStream, LeadCommand};
use cartera_domain::permission::Permission;

use super::inputs::{
    AssignLeadInput, ConvertLeadInput, CorrectLeadChannelInput, CorrectLeadDetailsInput,
    DiscardLeadInput, LeadInput, RegisterLeadInput,
};
use super::types::{ConvertLeadPayload, LeadPayload};
use crate::asking::Asking;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::Refused;

/// The mutations of leads.
#[derive(Debug, Default)]
pub struct LeadsMutation;

#[Object]
impl LeadsMutation {
    /// Takes note of a lead.
    async fn register_lead(
        &self,
        context: &Context<'_>,
        input: RegisterLeadInput,
    ) -> Result<LeadPayload, ApiError> {
        LeadPayload::answer(context, register(context, input).await).await
    }

    /// Corrects what is known of a lead.
    async fn correct_lead_details(
        &self,
        context: &Context<'_>,
        input: CorrectLeadDetailsInput,
    ) -> Result<LeadPayload, ApiError> {
        LeadPayload::answer(context, correct(context, input).await).await
    }

    /// Corrects the channel by which a lead came.
    async fn correct_lead_channel(
        &self,
        context: &Context<'_>,
        input: CorrectLeadChannelInput,
    ) -> Result<LeadPayload, ApiError> {
        LeadPayload::answer(context, correct_channel(context, input).await).await
    }

    /// Gives a lead to somebody, or to nobody.
    async fn assign_lead(
        &self,
        context: &Context<'_>,
        input: AssignLeadInput,
    ) -> Result<LeadPayload, ApiError> {
        LeadPayload::answer(context, assign(context, input).await).await
    }

    /// Says that somebody spoke with a lead.
    async fn mark_lead_contacted(
        &self,
        context: &Context<'_>,
        input: LeadInput,
    ) -> Result<LeadPayload, ApiError> {
        let sent = context
            .send::<LeadStream>(&input.said, input.lead_id.0, LeadCommand::MarkLeadContacted)
            .await;
        LeadPayload::answer(context, sent).await
    }

    /// Says that a lead is worth an offer.
    async fn qualify_lead(
        &self,
        context: &Context<'_>,
        input: LeadInput,
    ) -> Result<LeadPayload, ApiError> {
        let sent = context
            .send::<LeadStream>(&input.said, input.lead_id.0, LeadCommand::QualifyLead)
            .await;
        LeadPayload::answer(context, sent).await
    }

    /// Makes a lead a client, with or without an opportunity: all of it at once, or nothing.
    async fn convert_lead(
        &self,
        context: &Context<'_>,
        input: ConvertLeadInput,
    ) -> Result<ConvertLeadPayload, ApiError> {
        ConvertLeadPayload::answer(context, convert(context, input).await).await
    }

    /// Gives a lead up, for a reason.
    async fn discard_lead(
        &self,
        context: &Context<'_>,
        input: DiscardLeadInput,
    ) -> Result<LeadPayload, ApiError> {
        LeadPayload::answer(context, discard(context, input).await).await
    }

    /// Takes a discarded lead up again.
    async fn reopen_lead(
        &self,
        context: &Context<'_>,
        input: LeadInput,
    ) -> Result<LeadPayload, ApiError> {
        let sent = context
            .send::<LeadStream>(&input.said, input.lead_id.0, LeadCommand::ReopenLead)
            .await;
        LeadPayload::answer(context, sent).await
    }
}

async fn register(context: &Context<'_>, input: RegisterLeadInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said.into())?;
    let bus = &context.services()?.bus;
    let mut fields = Fields::of_input();
    let subject = bus.new_subject();
    let details = fields.within("details", |fields| input.details.read(fields, subject));
    let details = fields.all(Some(details))?;
    let channel = input.channel_id.map(|id| id.0);
    let owner = input.owner_id.map(|id| id.0);
    Ok(leads::register_lead(bus, &envelope, details, channel, owner).await?)
}

async fn correct(context: &Context<'_>, input: CorrectLeadDetailsInput) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let lead = input.lead_id.0;
    let subject = leads::subject(&context.services()?.bus, lead).await?;
    let mut fields = Fields::of_input();
    let changes = fields.within("changes", |fields| input.changes.read(fields, subject));
    let changes = fields.all(Some(changes))?;
    context
        .send::<LeadStream>(
            &input.said,
            lead,
            LeadCommand::CorrectLeadDetails { changes },
        )
        .await
}

async fn correct_channel(
    context: &Context<'_>,
    input: CorrectLeadChannelInput,
) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said)?;
    let (lead, channel) = (input.lead_id.0, input.channel_id.map(|id| id.0));
    Ok(leads::correct_channel(&context.services()?.bus, &envelope, lead, channel).await?)
}

async fn assign(context: &Context<'_>, input: AssignLeadInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::AssignSales, &input.said)?;
    let owner = input.owner_id.map(|id| id.0);
    Ok(leads::assign_lead(&context.services()?.bus, &envelope, input.lead_id.0, owner).await?)
}

async fn discard(context: &Context<'_>, input: DiscardLeadInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said)?;
    let bus = &context.services()?.bus;
    let lead = input.lead_id.0;
    let subject = leads::subject(bus, lead).await?;
    let mut fields = Fields::of_input();
    let note = fields.personal("note", input.note, subject);
    let note = fields.all(Some(note))?;
    let reason = input.reason_id.map(|id| id.0);
    Ok(leads::discard_lead(bus, &envelope, lead, reason, note).await?)
}

async fn convert(context: &Context<'_>, input: ConvertLeadInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said)?;
    let bus = &context.services()?.bus;
    let mut fields = Fields::of_input();
    let subject = leads::subject(bus, input.lead_id.0).await?;
    let opportunity = input
        .opportunity
        .map(|wanted| fields.within("opportunity", |fields| wanted.read(fields, subject)));
    let opportunity = fields.all(Some(opportunity))?;
    let conversion = Conversion {
        client: input.client_id.map(|id| id.0),
        opportunity,
    };
    let converted = leads::convert_lead(bus, &envelope, input.lead_id.0, &conversion).await;
    let (sent, _converted) = converted.map_err(|error: CommandError| Refused::from(error))?;
    Ok(sent)
}
