//! What may be asked of pipelines and their stages.

use async_graphql::{Context, Object};
use cartera_commands::Sent;
use cartera_domain::ids::PipelineId;
use cartera_domain::permission::Permission;
use cartera_domain::settings::{Pipeline as PipelineStream, PipelineCommand};

use crate::asking::Asking;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::Refused;
use crate::settings::inputs::{
    AddStageInput, ChangeStageProbabilityInput, CreatePipelineInput, PipelineInput,
    RenamePipelineInput, RenameStageInput, ReorderStageInput, RetireStageInput,
};
use crate::settings::types::PipelinePayload;

#[derive(Debug, Default)]
pub(super) struct PipelinesMutation;

#[Object]
impl PipelinesMutation {
    /// Draws up a pipeline.
    async fn create_pipeline(
        &self,
        context: &Context<'_>,
        input: CreatePipelineInput,
    ) -> Result<PipelinePayload, ApiError> {
        PipelinePayload::answer(context, create(context, input).await).await
    }

    /// Gives a pipeline another name.
    async fn rename_pipeline(
        &self,
        context: &Context<'_>,
        input: RenamePipelineInput,
    ) -> Result<PipelinePayload, ApiError> {
        PipelinePayload::answer(context, rename(context, input).await).await
    }

    /// Adds a stage to a pipeline.
    async fn add_stage(
        &self,
        context: &Context<'_>,
        input: AddStageInput,
    ) -> Result<PipelinePayload, ApiError> {
        PipelinePayload::answer(context, add_stage(context, input).await).await
    }

    /// Gives a stage another name.
    async fn rename_stage(
        &self,
        context: &Context<'_>,
        input: RenameStageInput,
    ) -> Result<PipelinePayload, ApiError> {
        PipelinePayload::answer(context, rename_stage(context, input).await).await
    }

    /// Says that a sale is otherwise probable in an open stage, from that day on.
    async fn change_stage_probability(
        &self,
        context: &Context<'_>,
        input: ChangeStageProbabilityInput,
    ) -> Result<PipelinePayload, ApiError> {
        PipelinePayload::answer(context, change_probability(context, input).await).await
    }

    /// Puts a stage elsewhere in the order.
    async fn reorder_stage(
        &self,
        context: &Context<'_>,
        input: ReorderStageInput,
    ) -> Result<PipelinePayload, ApiError> {
        let (stage, after) = (input.stage_id.0, input.after_id.map(|id| id.0));
        let command = PipelineCommand::ReorderStage { stage, after };
        let sent = context
            .send::<PipelineStream>(&input.said, input.pipeline_id.0, command)
            .await;
        PipelinePayload::answer(context, sent).await
    }

    /// Lets nothing enter a stage any more; what is in it stays.
    async fn retire_stage(
        &self,
        context: &Context<'_>,
        input: RetireStageInput,
    ) -> Result<PipelinePayload, ApiError> {
        let command = PipelineCommand::RetireStage {
            stage: input.stage_id.0,
        };
        let sent = context
            .send::<PipelineStream>(&input.said, input.pipeline_id.0, command)
            .await;
        PipelinePayload::answer(context, sent).await
    }

    /// Lets nothing be opened in a pipeline any more; what runs through it goes on.
    async fn retire_pipeline(
        &self,
        context: &Context<'_>,
        input: PipelineInput,
    ) -> Result<PipelinePayload, ApiError> {
        let command = PipelineCommand::RetirePipeline;
        let sent = context
            .send::<PipelineStream>(&input.said, input.pipeline_id.0, command)
            .await;
        PipelinePayload::answer(context, sent).await
    }
}

async fn create(context: &Context<'_>, input: CreatePipelineInput) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let ids = context.services()?.bus.ids();
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let numbered = input.stages.into_iter().enumerate();
    let stages = fields.within("stages", |fields| {
        numbered
            .filter_map(|(number, stage)| {
                fields.within(number.to_string(), |fields| stage.read(fields, ids.mint()))
            })
            .collect()
    });
    let name = fields.all(name)?;
    let pipeline: PipelineId = ids.mint();
    let command = PipelineCommand::CreatePipeline { name, stages };
    context
        .send::<PipelineStream>(&input.said.into(), pipeline, command)
        .await
}

async fn rename(context: &Context<'_>, input: RenamePipelineInput) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let command = PipelineCommand::RenamePipeline {
        name: fields.all(name)?,
    };
    context
        .send::<PipelineStream>(&input.said, input.pipeline_id.0, command)
        .await
}

async fn add_stage(context: &Context<'_>, input: AddStageInput) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let stage = context.services()?.bus.ids().mint();
    let mut fields = Fields::of_input();
    let definition = fields.within("stage", |fields| input.stage.read(fields, stage));
    let definition = fields.all(definition)?;
    let command = PipelineCommand::AddStage {
        definition,
        after: input.after_id.map(|id| id.0),
    };
    context
        .send::<PipelineStream>(&input.said, input.pipeline_id.0, command)
        .await
}

async fn rename_stage(context: &Context<'_>, input: RenameStageInput) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let command = PipelineCommand::RenameStage {
        stage: input.stage_id.0,
        name: fields.all(name)?,
    };
    context
        .send::<PipelineStream>(&input.said, input.pipeline_id.0, command)
        .await
}

async fn change_probability(
    context: &Context<'_>,
    input: ChangeStageProbabilityInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let mut fields = Fields::of_input();
    let probability = fields.required("probability", input.probability);
    let probability = fields.all(probability)?;
    let command = PipelineCommand::ChangeStageProbability {
        stage: input.stage_id.0,
        probability,
    };
    context
        .send::<PipelineStream>(&input.said, input.pipeline_id.0, command)
        .await
}
