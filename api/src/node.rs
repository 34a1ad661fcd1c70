//! Relay's `node`: any object by its global id.

use async_graphql::{Context, ID, Interface, Object};
use uuid::Uuid;

use crate::clients::types::{Client, Contact};
use crate::error::ApiError;
use crate::imports::types::ImportJob;
use crate::leads::types::Lead;
use crate::opportunities::types::Opportunity;
use crate::payload::Shown;
use crate::products::types::Product;
use crate::scalars::AnyGlobalId;
use crate::settings::types::{Channel, Company, Pipeline, Reason, Stage};
use crate::users::types::{Team, User};

/// An object that can be found by its global id.
#[derive(Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id."))]
pub enum Node {
    /// A lead.
    Lead(Lead),
    /// A client.
    Client(Client),
    /// A person of contact.
    Contact(Contact),
    /// An opportunity.
    Opportunity(Opportunity),
    /// A product.
    Product(Product),
    /// A user.
    User(User),
    /// A team.
    Team(Team),
    /// The company.
    Company(Company),
    /// A pipeline.
    Pipeline(Pipeline),
    /// A stage.
    Stage(Stage),
    /// A channel.
    Channel(Channel),
    /// A reason.
    Reason(Reason),
    /// An import.
    ImportJob(ImportJob),
}

/// The query `node`.
#[derive(Debug, Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object of this global id. Another's, for whom it is not to be seen, is as good as none: `NOT_FOUND`.
    async fn node(&self, context: &Context<'_>, id: ID) -> Result<Option<Node>, ApiError> {
        let missing = || ApiError::not_found("object");
        let AnyGlobalId { kind, id } = AnyGlobalId::parse(&id).map_err(|_no_id| missing())?;
        let found = Node::find(context, &kind, id).await?;
        found.map(Some).ok_or_else(missing)
    }
}

impl Node {
    /// The object of this type and id, if the caller sees it.
    ///
    /// # Errors
    /// `FORBIDDEN`; `UNAVAILABLE` when the read model does not answer.
    pub(crate) async fn find(
        context: &Context<'_>,
        kind: &str,
        id: Uuid,
    ) -> Result<Option<Self>, ApiError> {
        Ok(match kind {
            "Lead" => Lead::find(context, id).await?.map(Self::Lead),
            "Client" => Client::find(context, id).await?.map(Self::Client),
            "Contact" => Contact::find(context, id).await?.map(Self::Contact),
            "Opportunity" => Opportunity::find(context, id).await?.map(Self::Opportunity),
            "Product" => Product::find(context, id).await?.map(Self::Product),
            "User" => User::find(context, id).await?.map(Self::User),
            "Team" => Team::find(context, id).await?.map(Self::Team),
            "Company" => Company::find(context, id).await?.map(Self::Company),
            "Pipeline" => Pipeline::find(context, id).await?.map(Self::Pipeline),
            "Stage" => Stage::find(context, id).await?.map(Self::Stage),
            "Channel" => Channel::find(context, id).await?.map(Self::Channel),
            "Reason" => Reason::find(context, id).await?.map(Self::Reason),
            "ImportJob" => ImportJob::find(context, id).await?.map(Self::ImportJob),
            _ => None,
        })
    }
}
