//! What may be asked of opportunities.

use async_graphql::{Context, Object};
use cartera_commands::Sent;
use cartera_commands::opportunities::{self, Step};
use cartera_domain::ids::OpportunityId;
use cartera_domain::opportunities::{Opportunity as OpportunityStream, OpportunityCommand};
use cartera_domain::permission::Permission;

use super::inputs::{
    AssignOpportunityInput, CancelOpportunityInput, ChangeOpportunityExpectedCloseInput,
    CorrectOpportunityChannelInput, CorrectOpportunityDetailsInput,
    JudgeOpportunityProbabilityInput, LinkOpportunityClientInput, LoseOpportunityInput,
    MoveOpportunityInput, OpenOpportunityInput, ReopenOpportunityInput,
    ReviseOpportunityAmountInput, ReviseOpportunityLinesInput, WinOpportunityInput, lines,
};
use super::types::OpportunityPayload;
use crate::asking::{Asking, Said};
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::Refused;

/// The mutations of opportunities.
#[derive(Debug, Default)]
pub struct OpportunitiesMutation;

#[Object]
impl OpportunitiesMutation {
    /// Puts a sale in sight.
    async fn open_opportunity(
        &self,
        context: &Context<'_>,
        input: OpenOpportunityInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, open(context, input).await).await
    }

    /// Corrects what is known of an opportunity.
    async fn correct_opportunity_details(
        &self,
        context: &Context<'_>,
        input: CorrectOpportunityDetailsInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, correct(context, input).await).await
    }

    /// Says who may buy.
    async fn link_opportunity_client(
        &self,
        context: &Context<'_>,
        input: LinkOpportunityClientInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, link(context, input).await).await
    }

    /// Corrects the channel by which an opportunity came.
    async fn correct_opportunity_channel(
        &self,
        context: &Context<'_>,
        input: CorrectOpportunityChannelInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, correct_channel(context, input).await).await
    }

    /// Gives an opportunity to somebody, or to nobody.
    async fn assign_opportunity(
        &self,
        context: &Context<'_>,
        input: AssignOpportunityInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, assign(context, input).await).await
    }

    /// Revises what would be sold. The amount follows from the lines.
    async fn revise_opportunity_lines(
        &self,
        context: &Context<'_>,
        input: ReviseOpportunityLinesInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, revise_lines(context, input).await).await
    }

    /// Estimates anew what an opportunity without lines may be worth.
    async fn revise_opportunity_amount(
        &self,
        context: &Context<'_>,
        input: ReviseOpportunityAmountInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, revise_amount(context, input).await).await
    }

    /// Moves the day on which an opportunity should close.
    async fn change_opportunity_expected_close(
        &self,
        context: &Context<'_>,
        input: ChangeOpportunityExpectedCloseInput,
    ) -> Result<OpportunityPayload, ApiError> {
        let expected_close = input.expected_close.map(|date| date.0);
        let command = OpportunityCommand::ChangeOpportunityExpectedClose { expected_close };
        let sent = context
            .send::<OpportunityStream>(&input.said, input.opportunity_id.0, command)
            .await;
        OpportunityPayload::answer(context, sent).await
    }

    /// Judges the probability of an open opportunity otherwise than its stage does.
    async fn judge_opportunity_probability(
        &self,
        context: &Context<'_>,
        input: JudgeOpportunityProbabilityInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, judge(context, input).await).await
    }

    /// Moves an opportunity to another stage of the category it is in.
    async fn move_opportunity(
        &self,
        context: &Context<'_>,
        input: MoveOpportunityInput,
    ) -> Result<OpportunityPayload, ApiError> {
        let step = Step::Move {
            stage: input.stage_id.0,
        };
        let sent = take(context, &input.said, input.opportunity_id.0, step).await;
        OpportunityPayload::answer(context, sent).await
    }

    /// Says that the client bought.
    async fn win_opportunity(
        &self,
        context: &Context<'_>,
        input: WinOpportunityInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, win(context, input).await).await
    }

    /// Says that the client did not buy.
    async fn lose_opportunity(
        &self,
        context: &Context<'_>,
        input: LoseOpportunityInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, lose(context, input).await).await
    }

    /// Calls an opportunity off.
    async fn cancel_opportunity(
        &self,
        context: &Context<'_>,
        input: CancelOpportunityInput,
    ) -> Result<OpportunityPayload, ApiError> {
        OpportunityPayload::answer(context, cancel(context, input).await).await
    }

    /// Takes a closed opportunity up again.
    async fn reopen_opportunity(
        &self,
        context: &Context<'_>,
        input: ReopenOpportunityInput,
    ) -> Result<OpportunityPayload, ApiError> {
        let step = Step::Reopen {
            stage: input.stage_id.map(|id| id.0),
        };
        let sent = take(context, &input.said, input.opportunity_id.0, step).await;
        OpportunityPayload::answer(context, sent).await
    }
}

async fn open(context: &Context<'_>, input: OpenOpportunityInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said.clone().into())?;
    let bus = &context.services()?.bus;
    let mut fields = Fields::of_input();
    let wanted = input.read(&mut fields, bus.new_subject());
    let wanted = fields.all(Some(wanted))?;
    Ok(opportunities::open_opportunity(bus, &envelope, &wanted).await?)
}

async fn correct(
    context: &Context<'_>,
    input: CorrectOpportunityDetailsInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let opportunity = input.opportunity_id.0;
    let subject = opportunities::subject(&context.services()?.bus, opportunity).await?;
    let mut fields = Fields::of_input();
    let changes = fields.within("changes", |fields| input.changes.read(fields, subject));
    let changes = fields.all(Some(changes))?;
    let command = OpportunityCommand::CorrectOpportunityDetails { changes };
    context
        .send::<OpportunityStream>(&input.said, opportunity, command)
        .await
}

async fn link(context: &Context<'_>, input: LinkOpportunityClientInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said)?;
    let (opportunity, client) = (input.opportunity_id.0, input.client_id.map(|id| id.0));
    Ok(
        opportunities::link_client(&context.services()?.bus, &envelope, opportunity, client)
            .await?,
    )
}

async fn correct_channel(
    context: &Context<'_>,
    input: CorrectOpportunityChannelInput,
) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said)?;
    let (opportunity, channel) = (input.opportunity_id.0, input.channel_id.map(|id| id.0));
    Ok(
        opportunities::correct_channel(&context.services()?.bus, &envelope, opportunity, channel)
            .await?,
    )
}

async fn assign(context: &Context<'_>, input: AssignOpportunityInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::AssignSales, &input.said)?;
    let (opportunity, owner) = (input.opportunity_id.0, input.owner_id.map(|id| id.0));
    Ok(
        opportunities::assign_opportunity(&context.services()?.bus, &envelope, opportunity, owner)
            .await?,
    )
}

async fn revise_lines(
    context: &Context<'_>,
    input: ReviseOpportunityLinesInput,
) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, &input.said)?;
    let mut fields = Fields::of_input();
    let lines = lines(&mut fields, input.lines);
    let lines = fields.all(Some(lines))?;
    let bus = &context.services()?.bus;
    Ok(opportunities::revise_lines(bus, &envelope, input.opportunity_id.0, &lines).await?)
}

async fn revise_amount(
    context: &Context<'_>,
    input: ReviseOpportunityAmountInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let mut fields = Fields::of_input();
    let amount = fields.optional("amount", input.amount);
    let amount = fields.all(Some(amount))?;
    let command = OpportunityCommand::ReviseOpportunityAmount { amount };
    context
        .send::<OpportunityStream>(&input.said, input.opportunity_id.0, command)
        .await
}

async fn judge(
    context: &Context<'_>,
    input: JudgeOpportunityProbabilityInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let mut fields = Fields::of_input();
    let probability = fields.optional("probability", input.probability);
    let probability = fields.all(Some(probability))?;
    let command = OpportunityCommand::JudgeOpportunityProbability { probability };
    context
        .send::<OpportunityStream>(&input.said, input.opportunity_id.0, command)
        .await
}

async fn win(context: &Context<'_>, input: WinOpportunityInput) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let opportunity = input.opportunity_id.0;
    let subject = opportunities::subject(&context.services()?.bus, opportunity).await?;
    let mut fields = Fields::of_input();
    let step = Step::Win {
        stage: input.stage_id.map(|id| id.0),
        amount: fields.optional("amount", input.amount),
        reason: input.reason_id.map(|id| id.0),
        note: fields.personal("note", input.note, subject),
    };
    take(context, &input.said, opportunity, fields.all(Some(step))?).await
}

async fn lose(context: &Context<'_>, input: LoseOpportunityInput) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let opportunity = input.opportunity_id.0;
    let subject = opportunities::subject(&context.services()?.bus, opportunity).await?;
    let mut fields = Fields::of_input();
    let step = Step::Lose {
        stage: input.stage_id.map(|id| id.0),
        reason: input.reason_id.map(|id| id.0),
        competitor: fields.optional("competitor", input.competitor),
        note: fields.personal("note", input.note, subject),
    };
    take(context, &input.said, opportunity, fields.all(Some(step))?).await
}

async fn cancel(context: &Context<'_>, input: CancelOpportunityInput) -> Result<Sent, Refused> {
    context.viewer(Permission::WriteSales)?;
    let opportunity = input.opportunity_id.0;
    let subject = opportunities::subject(&context.services()?.bus, opportunity).await?;
    let mut fields = Fields::of_input();
    let step = Step::Cancel {
        stage: input.stage_id.map(|id| id.0),
        reason: input.reason_id.map(|id| id.0),
        note: fields.personal("note", input.note, subject),
    };
    take(context, &input.said, opportunity, fields.all(Some(step))?).await
}

async fn take(
    context: &Context<'_>,
    said: &Said,
    opportunity: OpportunityId,
    step: Step,
) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::WriteSales, said)?;
    Ok(opportunities::take_step(&context.services()?.bus, &envelope, opportunity, &step).await?)
}
