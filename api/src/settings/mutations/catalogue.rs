//! What may be asked of the catalogue of channels and reasons.

use async_graphql::{Context, Object};
use cartera_commands::Sent;
use cartera_domain::ids::{CatalogueId, Singleton, TypedId};
use cartera_domain::permission::Permission;
use cartera_domain::settings::{Catalogue, CatalogueCommand};
use cartera_domain::values::Line;

use crate::asking::{Asking, Said};
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::Refused;
use crate::settings::inputs::{
    AddChannelInput, AddReasonInput, RenameChannelInput, RenameReasonInput, RetireChannelInput,
    RetireReasonInput,
};
use crate::settings::types::{ChannelPayload, ReasonPayload};

#[derive(Debug, Default)]
pub(super) struct CatalogueMutation;

#[Object]
impl CatalogueMutation {
    /// Adds a channel.
    async fn add_channel(
        &self,
        context: &Context<'_>,
        input: AddChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        ChannelPayload::answer(context, add_channel(context, input).await).await
    }

    /// Gives a channel another name.
    async fn rename_channel(
        &self,
        context: &Context<'_>,
        input: RenameChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        ChannelPayload::answer(context, rename_channel(context, input).await).await
    }

    /// Uses a channel no more; what came by it stays so.
    async fn retire_channel(
        &self,
        context: &Context<'_>,
        input: RetireChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        let channel = input.channel_id.0;
        let command = CatalogueCommand::RetireChannel { channel };
        ChannelPayload::answer(context, send(context, &input.said, channel, command).await).await
    }

    /// Adds a reason.
    async fn add_reason(
        &self,
        context: &Context<'_>,
        input: AddReasonInput,
    ) -> Result<ReasonPayload, ApiError> {
        ReasonPayload::answer(context, add_reason(context, input).await).await
    }

    /// Gives a reason another name.
    async fn rename_reason(
        &self,
        context: &Context<'_>,
        input: RenameReasonInput,
    ) -> Result<ReasonPayload, ApiError> {
        ReasonPayload::answer(context, rename_reason(context, input).await).await
    }

    /// Uses a reason no more; what it explained stays so.
    async fn retire_reason(
        &self,
        context: &Context<'_>,
        input: RetireReasonInput,
    ) -> Result<ReasonPayload, ApiError> {
        let reason = input.reason_id.0;
        let command = CatalogueCommand::RetireReason { reason };
        ReasonPayload::answer(context, send(context, &input.said, reason, command).await).await
    }
}

async fn add_channel(context: &Context<'_>, input: AddChannelInput) -> Result<Sent, Refused> {
    let name = named(context, input.name)?;
    let said = Said::from(input.said);
    let channel = said.entry(context.caller()?.user());
    send(
        context,
        &said,
        channel,
        CatalogueCommand::AddChannel { channel, name },
    )
    .await
}

async fn rename_channel(context: &Context<'_>, input: RenameChannelInput) -> Result<Sent, Refused> {
    let (channel, name) = (input.channel_id.0, named(context, input.name)?);
    send(
        context,
        &input.said,
        channel,
        CatalogueCommand::RenameChannel { channel, name },
    )
    .await
}

async fn add_reason(context: &Context<'_>, input: AddReasonInput) -> Result<Sent, Refused> {
    let (kind, name) = (input.kind, named(context, input.name)?);
    let said = Said::from(input.said);
    let reason = said.entry(context.caller()?.user());
    send(
        context,
        &said,
        reason,
        CatalogueCommand::AddReason { reason, kind, name },
    )
    .await
}

async fn rename_reason(context: &Context<'_>, input: RenameReasonInput) -> Result<Sent, Refused> {
    let (reason, name) = (input.reason_id.0, named(context, input.name)?);
    send(
        context,
        &input.said,
        reason,
        CatalogueCommand::RenameReason { reason, name },
    )
    .await
}

fn named(context: &Context<'_>, name: String) -> Result<Line, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", name);
    fields.all(name)
}

/// Changes the catalogue; the answer tells of the entry, not of the catalogue.
async fn send(
    context: &Context<'_>,
    said: &Said,
    entry: impl TypedId,
    command: CatalogueCommand,
) -> Result<Sent, Refused> {
    let sent = context
        .send::<Catalogue>(said, CatalogueId::the(), command)
        .await?;
    Ok(Sent {
        id: entry.as_uuid(),
        ..sent
    })
}
