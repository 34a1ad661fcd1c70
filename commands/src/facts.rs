//! Facts that a decision needs from other streams: looked up here, handed to the domain with the command.

use cartera_domain::Decider;
use cartera_domain::Rejection;
use cartera_domain::clients::Client;
use cartera_domain::ids::{
    CatalogueId, ChannelId, ClientId, PipelineId, ProductId, ReasonId, Singleton, StageId, TeamId,
    TeamTreeId, TypedId, UserId,
};
use cartera_domain::opportunities::StageFact;
use cartera_domain::permission::Reach;
use cartera_domain::products::Product;
use cartera_domain::settings::{Catalogue, Pipeline, PipelineError, ReasonKind, StageCategory};
use cartera_domain::users::{TeamTree, TeamTreeCommand, TeamTreeError, User};
use cartera_domain::values::Amount;
use cartera_domain::viewer::Ownership;

use crate::bus::{CommandBus, Freshness};
use crate::envelope::{Caller, Envelope};
use crate::error::CommandError;

/// Who gets a row: the user and the user's team of today.
pub(crate) type Assignee = (Option<UserId>, Option<TeamId>);

/// Looks an owner up; a salesperson who names nobody takes what is new for the own.
///
/// # Errors
/// When the user is not there, left, or is out of the caller's reach.
pub(crate) async fn assignee(
    bus: &CommandBus,
    envelope: &Envelope,
    owner: Option<UserId>,
    freshness: Freshness,
) -> Result<Assignee, CommandError> {
    let owner = match &envelope.caller {
        Caller::Viewer(viewer) if owner.is_none() && viewer.reach() == Reach::Own => {
            Some(viewer.user)
        }
        Caller::Viewer(viewer) if !viewer.sees(Ownership::Owner(owner)) => {
            return Err(CommandError::NotFound("user"));
        }
        Caller::Viewer(_) | Caller::Operator => owner,
    };
    let Some(user) = owner else {
        return Ok((None, None));
    };
    let stream = bus.load::<User>(user, freshness).await?;
    match stream.state() {
        User::Blank => Err(CommandError::NotFound("user")),
        User::Inactive(_) => Err(refused("USER_INACTIVE", "the user is deactivated", "owner")),
        User::Active(member) => Ok((owner, member.team)),
    }
}

/// Refuses a team that is not there.
pub(crate) async fn team_formed(
    bus: &CommandBus,
    team: Option<TeamId>,
    freshness: Freshness,
) -> Result<(), CommandError> {
    let Some(team) = team else { return Ok(()) };
    let tree = bus.load::<TeamTree>(TeamTreeId::the(), freshness).await?;
    if tree.state().teams.contains_key(&team) {
        Ok(())
    } else {
        Err(CommandError::rejected(&TeamTreeError::TeamUnknown))
    }
}

/// Refuses whoever cannot lead a team: nobody that is known, or a user who left.
pub(crate) async fn manager_active(
    bus: &CommandBus,
    command: &TeamTreeCommand,
    freshness: Freshness,
) -> Result<(), CommandError> {
    let (TeamTreeCommand::FormTeam { manager, .. }
    | TeamTreeCommand::AppointTeamManager { manager, .. }) = command
    else {
        return Ok(());
    };
    let Some(manager) = *manager else {
        return Ok(());
    };
    let stream = bus.load::<User>(manager, freshness).await?;
    match stream.state() {
        User::Blank => Err(CommandError::NotFound("user")),
        User::Inactive(_) => Err(refused(
            "USER_INACTIVE",
            "the user is deactivated",
            "manager",
        )),
        User::Active(_) => Ok(()),
    }
}

/// Refuses a channel that is not in use.
pub(crate) async fn channel_in_use(
    bus: &CommandBus,
    channel: Option<ChannelId>,
    freshness: Freshness,
) -> Result<(), CommandError> {
    let Some(channel) = channel else {
        return Ok(());
    };
    let catalogue = bus.load::<Catalogue>(CatalogueId::the(), freshness).await?;
    match catalogue.state().channels.get(&channel) {
        None => Err(CommandError::NotFound("channel")),
        Some(entry) if entry.retired => Err(refused(
            "CHANNEL_RETIRED",
            "the channel is retired",
            "channel",
        )),
        Some(_) => Ok(()),
    }
}

/// Refuses a reason that is not in use or explains something else.
pub(crate) async fn reason_in_use(
    bus: &CommandBus,
    reason: Option<ReasonId>,
    kind: ReasonKind,
    freshness: Freshness,
) -> Result<(), CommandError> {
    let Some(reason) = reason else { return Ok(()) };
    let catalogue = bus.load::<Catalogue>(CatalogueId::the(), freshness).await?;
    match catalogue.state().reasons.get(&reason) {
        Some((known, entry)) if *known == kind && !entry.retired => Ok(()),
        Some((known, _)) if *known == kind => {
            Err(refused("REASON_RETIRED", "the reason is retired", "reason"))
        }
        Some(_) => Err(refused(
            "REASON_OF_OTHER_KIND",
            "the reason explains something else",
            "reason",
        )),
        None => Err(CommandError::NotFound("reason")),
    }
}

/// Refuses a client that is not there or not for the caller to see.
pub(crate) async fn client_known(
    bus: &CommandBus,
    envelope: &Envelope,
    client: Option<ClientId>,
    freshness: Freshness,
) -> Result<(), CommandError> {
    let Some(client) = client else { return Ok(()) };
    let stream = bus.load::<Client>(client, freshness).await?;
    let seen = match &envelope.caller {
        Caller::Operator => true,
        Caller::Viewer(viewer) => viewer.sees(stream.state().ownership()),
    };
    match stream.state() {
        Client::Active(_) if seen => Ok(()),
        Client::Archived(_) if seen => Err(refused(
            "CLIENT_ARCHIVED",
            "the client is archived",
            "client",
        )),
        Client::Blank | Client::Active(_) | Client::Archived(_) => {
            Err(CommandError::NotFound("client"))
        }
    }
}

/// The list price of a product that is sold.
pub(crate) async fn list_price(
    bus: &CommandBus,
    product: ProductId,
    freshness: Freshness,
) -> Result<Option<Amount>, CommandError> {
    let stream = bus.load::<Product>(product, freshness).await?;
    match stream.state() {
        Product::Blank => Err(CommandError::NotFound("product")),
        Product::Retired(_) => Err(refused(
            "PRODUCT_RETIRED",
            "the product is retired",
            "product",
        )),
        Product::Sold(product) => Ok(product.list_price),
    }
}

/// A stage that something may enter: the one named, or the pipeline's first of the category.
pub(crate) async fn stage(
    bus: &CommandBus,
    pipeline: PipelineId,
    stage: Option<StageId>,
    category: StageCategory,
    freshness: Freshness,
) -> Result<StageFact, CommandError> {
    let stream = bus.load::<Pipeline>(pipeline, freshness).await?;
    let known = stream.state();
    if matches!(known, Pipeline::Blank) {
        return Err(CommandError::NotFound("pipeline"));
    }
    let definition = match stage {
        Some(stage) => known
            .stage(stage)
            .filter(|found| known.is_in_use(found.stage)),
        None => known.first(category),
    };
    let definition = definition.ok_or(CommandError::NotFound("stage"))?;
    Ok(StageFact {
        pipeline,
        stage: definition.stage,
        category: definition.category,
    })
}

/// The pipeline in which something may be opened: the one named, or the company's first in use.
pub(crate) async fn pipeline(
    bus: &CommandBus,
    pipeline: Option<PipelineId>,
    freshness: Freshness,
) -> Result<PipelineId, CommandError> {
    if let Some(pipeline) = pipeline {
        let stream = bus.load::<Pipeline>(pipeline, freshness).await?;
        return match stream.state() {
            Pipeline::InUse(_) => Ok(pipeline),
            Pipeline::Retired(_) => {
                let refusal = PipelineError::Retired;
                Err(refused(refusal.code(), &refusal.to_string(), "pipeline"))
            }
            Pipeline::Blank => Err(CommandError::NotFound("pipeline")),
        };
    }
    let (journal, kind) = (bus.journal(), <Pipeline as Decider>::TYPE);
    let known = match freshness {
        Freshness::Cached => journal.known_stream_ids(kind).await?,
        Freshness::Fresh => journal.stream_ids(kind).await?.into(),
    };
    for id in known.iter() {
        let id = PipelineId::from_uuid(*id);
        let stream = bus.load::<Pipeline>(id, freshness).await?;
        if matches!(stream.state(), Pipeline::InUse(_)) {
            return Ok(id);
        }
    }
    Err(CommandError::NotFound("pipeline"))
}

fn refused(code: &'static str, message: &str, field: &'static str) -> CommandError {
    CommandError::Rejected {
        code,
        message: message.to_owned(),
        field: Some(field),
    }
}
