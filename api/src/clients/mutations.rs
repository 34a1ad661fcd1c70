//! What may be asked of clients.

use async_graphql::{Context, Object};
use cartera_commands::{Sent, clients};
use cartera_domain::clients::{Client as ClientStream, ClientCommand};
use cartera_domain::permission::Permission;

use super::inputs::{
    AddContactInput, AssignClientInput, ClientInput, CorrectClientDetailsInput,
    CorrectContactDetailsInput, RegisterClientInput, RemoveContactInput,
};
use super::types::ClientPayload;
use crate::asking::Asking;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::Refused;

/// The mutations of clients.
#[derive(Debug, Default)]
pub struct ClientsMutation;

#[Object]
impl ClientsMutation {
    /// Takes a client into the book of clients.
    async fn register_client(
        &self,
        context: &Context<'_>,
        input: RegisterClientInput,
    ) -> Result<ClientPayload, ApiError> {
        ClientPayload::answer(context, register(context, input).await).await
    }

    /// Corrects what is known of a client.
    async fn correct_client_details(
        &self,
        context: &Context<'_>,
        input: CorrectClientDetailsInput,
    ) -> Result<ClientPayload, ApiError> {
        ClientPayload::answer(context, correct(context, input).await).await
    }

    /// Gives a client to somebody, or to nobody.
    async fn assign_client(
        &self,
        context: &Context<'_>,
        input: AssignClientInput,
    ) -> Result<ClientPayload, ApiError> {
        ClientPayload::answer(context, assign(context, input).await).await
    }

    /// Adds a person of contact to a client.
    async fn add_contact(
        &self,
        context: &Context<'_>,
        input: AddContactInput,
    ) -> Result<ClientPayload, ApiError> {
        ClientPayload::answer(context, add_contact(context, input).await).await
    }

    /// Corrects what is known of a person of contact.
    async fn correct_contact_details(
        &self,
        context: &Context<'_>,
        input: CorrectContactDetailsInput,
    ) -> Result<ClientPayload, ApiError> {
        ClientPayload::answer(context, correct_contact(context, input).await).await
    }

    /// Says that a person is a contact no more.
    async fn remove_contact(
        &self,
        context: &Context<'_>,
        input: RemoveContactInput,
    ) -> Result<ClientPayload, ApiError> {
        let command = ClientCommand::RemoveContact {
            contact: input.contact_id.0,
        };
        let sent = context
            .send::<ClientStream>(&input.said, input.client_id.0, command)
            .await;
        ClientPayload::answer(context, sent).await
    }

    /// Takes a client out of the lists.
    async fn archive_client(
        &self,
        context: &Context<'_>,
        input: ClientInput,
    ) -> Result<ClientPayload, ApiError> {
        let sent = context
            .send::<ClientStream>(&input.said, input.client_id.0, ClientCommand::ArchiveClient)
            .await;
        ClientPayload::answer(context, sent).await
    }

    /// Brings a client back into the lists.
    async fn restore_client(
        &self,
        context: &Context<'_>,
        input: ClientInput,
    ) -> Result<ClientPayload, ApiError> {
        let sent = context
            .send::<ClientStream>(&input.said, input.client_id.0, ClientCommand::RestoreClient)
            .await;
        ClientPayload::answer(context, sent).await
    }
}

async fn register(context: &Context<'_>, input: RegisterClientInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said.into())?;
    let bus = &context.services()?.bus;
    let mut fields = Fields::of_input();
    let subject = bus.new_subject();
    let details = fields.within("details", |fields| input.details.read(fields, subject));
    let details = fields.all(Some(details))?;
    let owner = input.owner_id.map(|id| id.0);
    Ok(clients::register_client(bus, &envelope, input.kind, details, owner).await?)
}

async fn correct(context: &Context<'_>, input: CorrectClientDetailsInput) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let client = input.client_id.0;
    let subject = clients::subject(&context.services()?.bus, client).await?;
    let mut fields = Fields::of_input();
    let changes = fields.within("changes", |fields| input.changes.read(fields, subject));
    let changes = fields.all(Some(changes))?;
    context
        .send::<ClientStream>(
            &input.said,
            client,
            ClientCommand::CorrectClientDetails { changes },
        )
        .await
}

async fn assign(context: &Context<'_>, input: AssignClientInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::AssignSales, &input.said)?;
    let owner = input.owner_id.map(|id| id.0);
    Ok(clients::assign_client(
        &context.services()?.bus,
        &envelope,
        input.client_id.0,
        owner,
    )
    .await?)
}

async fn add_contact(context: &Context<'_>, input: AddContactInput) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let bus = &context.services()?.bus;
    let (contact, subject) = (bus.ids().mint(), bus.new_subject());
    let mut fields = Fields::of_input();
    let details = fields.within("details", |fields| input.details.read(fields, subject));
    let details = fields.all(Some(details))?;
    let command = ClientCommand::AddContact { contact, details };
    context
        .send::<ClientStream>(&input.said, input.client_id.0, command)
        .await
}

async fn correct_contact(
    context: &Context<'_>,
    input: CorrectContactDetailsInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let (client, contact) = (input.client_id.0, input.contact_id.0);
    let subject = clients::contact_subject(&context.services()?.bus, client, contact).await?;
    let mut fields = Fields::of_input();
    let changes = fields.within("changes", |fields| input.changes.read(fields, subject));
    let changes = fields.all(Some(changes))?;
    let command = ClientCommand::CorrectContactDetails { contact, changes };
    context
        .send::<ClientStream>(&input.said, client, command)
        .await
}
