//! Opportunities: what needs facts from other streams — stages, owners, products, clients.

use cartera_domain::ids::{
    ChannelId, ClientId, CompanyId, LeadId, OpportunityId, PipelineId, ProductId, ReasonId,
    Singleton, StageId, SubjectId, UserId,
};
use cartera_domain::opportunities::{
    Opportunity, OpportunityCommand, OpportunityDetails, OpportunityError, OpportunityLine,
};
use cartera_domain::settings::{Company, ReasonKind, StageCategory};
use cartera_domain::values::{Amount, Line, Note, Percentage, Personal, Quantity};
use chrono::NaiveDate;
use serde::Serialize;

use crate::bus::{CommandBus, Freshness, Sent, expect_version};
use crate::draft::{Draft, Stream};
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::facts;

/// An opportunity to be opened.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct NewOpportunity {
    /// The pipeline it runs through; the company's first where not said.
    pub pipeline: Option<PipelineId>,
    /// The open stage it begins in; the pipeline's first where not said.
    pub stage: Option<StageId>,
    /// What is known of it.
    pub details: OpportunityDetails,
    /// Who may buy.
    pub client: Option<ClientId>,
    /// The client is registered in the same append.
    pub new_client: bool,
    /// The lead it came from.
    pub lead: Option<LeadId>,
    /// By which channel it came.
    pub channel: Option<ChannelId>,
    /// Who takes care of it.
    pub owner: Option<UserId>,
    /// What it may be worth; the lines' sum where there are lines.
    pub amount: Option<Amount>,
    /// The day on which it should close.
    pub expected_close: Option<NaiveDate>,
    /// What would be sold.
    pub lines: Vec<NewLine>,
}

/// A line to be written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewLine {
    /// What is sold.
    pub product: ProductId,
    /// What is sold, in other words than the catalogue's.
    pub description: Option<Line>,
    /// How much of it.
    pub quantity: Quantity,
    /// Price of one unit; the catalogue's where not said.
    pub unit_price: Option<Amount>,
    /// Discount on the unit price.
    pub discount: Option<Percentage>,
}

/// Puts a sale in sight.
///
/// # Errors
/// A pipeline, stage, client, channel, product or owner that is not there, or the domain's refusal.
pub async fn open_opportunity(
    bus: &CommandBus,
    envelope: &Envelope,
    wanted: &NewOpportunity,
) -> Result<Sent, CommandError> {
    let id: OpportunityId = bus.ids().mint();
    let content = ("open_opportunity", wanted);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = Stream::<Opportunity>::new(id);
        let command = opening(bus, envelope, wanted, freshness).await?;
        stream.decide(envelope, command, envelope.occurred)?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// The command that opens it, with all facts looked up.
pub(crate) async fn opening(
    bus: &CommandBus,
    envelope: &Envelope,
    wanted: &NewOpportunity,
    freshness: Freshness,
) -> Result<OpportunityCommand, CommandError> {
    let pipeline = facts::pipeline(bus, wanted.pipeline, freshness).await?;
    let stage = facts::stage(bus, pipeline, wanted.stage, StageCategory::Open, freshness).await?;
    // A lead hands its channel down: what came by one that is retired by now came by it all the same.
    if wanted.lead.is_none() {
        facts::channel_in_use(bus, wanted.channel, freshness).await?;
    }
    if !wanted.new_client {
        facts::client_known(bus, envelope, wanted.client, freshness).await?;
    }
    let (owner, team) = facts::assignee(bus, envelope, wanted.owner, freshness).await?;
    let company = bus.load::<Company>(CompanyId::the(), freshness).await?;
    let Some(settings) = company.state().settings() else {
        return Err(CommandError::NotFound("company"));
    };
    Ok(OpportunityCommand::OpenOpportunity {
        stage,
        details: wanted.details.clone(),
        client: wanted.client,
        lead: wanted.lead,
        channel: wanted.channel,
        owner,
        team,
        amount: wanted.amount,
        currency: settings.currency.clone(),
        expected_close: wanted.expected_close,
        lines: lines(bus, &wanted.lines, freshness).await?,
    })
}

async fn lines(
    bus: &CommandBus,
    wanted: &[NewLine],
    freshness: Freshness,
) -> Result<Vec<OpportunityLine>, CommandError> {
    let mut lines = Vec::with_capacity(wanted.len());
    for line in wanted {
        let list_price = facts::list_price(bus, line.product, freshness).await?;
        let mut line = OpportunityLine {
            line: bus.ids().mint(),
            product: line.product,
            description: line.description.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price.or(list_price),
            discount: line.discount,
            amount: Amount::ZERO,
        };
        let inconsistent = |_| CommandError::rejected(&OpportunityError::LineInconsistent);
        line.amount = line
            .computed_amount()
            .map_err(inconsistent)?
            .unwrap_or(Amount::ZERO);
        lines.push(line);
    }
    Ok(lines)
}

/// Revises what would be sold.
///
/// # Errors
/// A product that is not sold, or the domain's refusal.
pub async fn revise_lines(
    bus: &CommandBus,
    envelope: &Envelope,
    opportunity: OpportunityId,
    wanted: &[NewLine],
) -> Result<Sent, CommandError> {
    let content = ("revise_lines", opportunity, wanted);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Opportunity>(opportunity, freshness).await?;
        expect_version(envelope, stream.version())?;
        let lines = lines(bus, wanted, freshness).await?;
        stream.decide(
            envelope,
            OpportunityCommand::ReviseOpportunityLines { lines },
            envelope.occurred,
        )?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Gives an opportunity to somebody, or to nobody.
///
/// # Errors
/// An owner out of reach, or the domain's refusal.
pub async fn assign_opportunity(
    bus: &CommandBus,
    envelope: &Envelope,
    opportunity: OpportunityId,
    owner: Option<UserId>,
) -> Result<Sent, CommandError> {
    let content = ("assign_opportunity", opportunity, owner);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Opportunity>(opportunity, freshness).await?;
        expect_version(envelope, stream.version())?;
        let (owner, team) = facts::assignee(bus, envelope, owner, freshness).await?;
        stream.decide(
            envelope,
            OpportunityCommand::AssignOpportunity { owner, team },
            envelope.occurred,
        )?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Says who may buy.
///
/// # Errors
/// A client that is not there, or the domain's refusal.
pub async fn link_client(
    bus: &CommandBus,
    envelope: &Envelope,
    opportunity: OpportunityId,
    client: Option<ClientId>,
) -> Result<Sent, CommandError> {
    let content = ("link_client", opportunity, client);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Opportunity>(opportunity, freshness).await?;
        expect_version(envelope, stream.version())?;
        facts::client_known(bus, envelope, client, freshness).await?;
        stream.decide(
            envelope,
            OpportunityCommand::LinkOpportunityClient { client },
            envelope.occurred,
        )?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Corrects the channel by which an opportunity came.
///
/// # Errors
/// A channel that is not in use, or the domain's refusal.
pub async fn correct_channel(
    bus: &CommandBus,
    envelope: &Envelope,
    opportunity: OpportunityId,
    channel: Option<ChannelId>,
) -> Result<Sent, CommandError> {
    let content = ("correct_opportunity_channel", opportunity, channel);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Opportunity>(opportunity, freshness).await?;
        expect_version(envelope, stream.version())?;
        facts::channel_in_use(bus, channel, freshness).await?;
        stream.decide(
            envelope,
            OpportunityCommand::CorrectOpportunityChannel { channel },
            envelope.occurred,
        )?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Where an opportunity goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Step {
    /// To another stage of the category it is in.
    Move {
        /// The stage to go to.
        stage: StageId,
    },
    /// The client bought.
    Win {
        /// A won stage; the first where not said.
        stage: Option<StageId>,
        /// What it was worth; as estimated where not said.
        amount: Option<Amount>,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// The client did not buy.
    Lose {
        /// A lost stage; the first where not said.
        stage: Option<StageId>,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Who got the sale.
        competitor: Option<Line>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// It is called off.
    Cancel {
        /// A cancelled stage; the first where not said.
        stage: Option<StageId>,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// It is taken up again.
    Reopen {
        /// An open stage; the first where not said.
        stage: Option<StageId>,
    },
}

/// Takes an opportunity where it goes.
///
/// # Errors
/// A stage that nothing may enter, a reason that explains something else, or the domain's refusal.
pub async fn take_step(
    bus: &CommandBus,
    envelope: &Envelope,
    opportunity: OpportunityId,
    step: &Step,
) -> Result<Sent, CommandError> {
    let content = ("take_step", opportunity, step);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<Opportunity>(opportunity, freshness).await?;
        expect_version(envelope, stream.version())?;
        let Some(pipeline) = stream.state().sale().map(|sale| sale.pipeline) else {
            return Err(CommandError::NotFound("opportunity"));
        };
        let command = command_of(bus, pipeline, step, freshness).await?;
        stream.decide(envelope, command, envelope.occurred)?;
        Ok(Draft::default().with(stream))
    })
    .await
}

async fn command_of(
    bus: &CommandBus,
    pipeline: PipelineId,
    step: &Step,
    freshness: Freshness,
) -> Result<OpportunityCommand, CommandError> {
    let stage =
        async |stage, category| facts::stage(bus, pipeline, stage, category, freshness).await;
    Ok(match step.clone() {
        Step::Move { stage: to } => OpportunityCommand::MoveOpportunity {
            stage: stage(Some(to), StageCategory::Open).await?,
        },
        Step::Win {
            stage: to,
            amount,
            reason,
            note,
        } => {
            facts::reason_in_use(bus, reason, ReasonKind::Won, freshness).await?;
            let stage = stage(to, StageCategory::Won).await?;
            OpportunityCommand::WinOpportunity {
                stage,
                amount,
                reason,
                note,
            }
        }
        Step::Lose {
            stage: to,
            reason,
            competitor,
            note,
        } => {
            facts::reason_in_use(bus, reason, ReasonKind::Lost, freshness).await?;
            let stage = stage(to, StageCategory::Lost).await?;
            OpportunityCommand::LoseOpportunity {
                stage,
                reason,
                competitor,
                note,
            }
        }
        Step::Cancel {
            stage: to,
            reason,
            note,
        } => {
            facts::reason_in_use(bus, reason, ReasonKind::Cancelled, freshness).await?;
            let stage = stage(to, StageCategory::Cancelled).await?;
            OpportunityCommand::CancelOpportunity {
                stage,
                reason,
                note,
            }
        }
        Step::Reopen { stage: to } => OpportunityCommand::ReopenOpportunity {
            stage: stage(to, StageCategory::Open).await?,
        },
    })
}

/// The data subject of an opportunity's personal values; a new one where it has none yet.
///
/// # Errors
/// When the journal does not answer.
pub async fn subject(
    bus: &CommandBus,
    opportunity: OpportunityId,
) -> Result<SubjectId, CommandError> {
    let stream = bus
        .load::<Opportunity>(opportunity, Freshness::Cached)
        .await?;
    let known = stream
        .state()
        .sale()
        .and_then(|sale| sale.details.subject());
    Ok(known.unwrap_or_else(|| bus.new_subject()))
}
