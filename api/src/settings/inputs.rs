//! What callers say of the company's settings.

use async_graphql::InputObject;
use cartera_domain::ids::{ChannelId, PipelineId, ReasonId, StageId};
use cartera_domain::settings::{ReasonKind, StageCategory, StageDefinition};
use cartera_domain::users::Locale;

use crate::asking::{Beginning, Said};
use crate::fields::Fields;
use crate::scalars::{Decimal, GlobalId};

/// A company that begins to use Cartera. It gets a pipeline, channels and reasons, in its language.
#[derive(Debug, InputObject)]
pub struct SetUpCompanyInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// Its name.
    pub name: String,
    /// Currency of all its amounts, by its three letters (ISO 4217); fixed from here on.
    pub currency: String,
    /// Time zone in which its days begin, such as `Europe/Madrid` (IANA).
    pub time_zone: String,
    /// The month in which its fiscal year begins, 1 to 12.
    #[graphql(default = 1)]
    pub fiscal_start_month: i32,
    /// Language of what it sends out.
    #[graphql(default)]
    pub locale: Locale,
}

/// Another name of the company.
#[derive(Debug, InputObject)]
pub struct RenameCompanyInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// Its name.
    pub name: String,
}

/// Another time zone of the company.
#[derive(Debug, InputObject)]
pub struct ChangeCompanyTimeZoneInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// Time zone in which its days begin, such as `Europe/Madrid` (IANA).
    pub time_zone: String,
}

/// Another beginning of the fiscal year.
#[derive(Debug, InputObject)]
pub struct ChangeCompanyFiscalStartInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The month in which its fiscal year begins, 1 to 12.
    pub fiscal_start_month: i32,
}

/// Another language of the company.
#[derive(Debug, InputObject)]
pub struct ChangeCompanyLocaleInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// Language of what it sends out.
    pub locale: Locale,
}

/// A channel to be added.
#[derive(Debug, InputObject)]
pub struct AddChannelInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// Its name, unique among the channels in use.
    pub name: String,
}

/// Another name of a channel.
#[derive(Debug, InputObject)]
pub struct RenameChannelInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The channel.
    pub channel_id: GlobalId<ChannelId>,
    /// Its name, unique among the channels in use.
    pub name: String,
}

/// A channel that is used no more.
#[derive(Debug, InputObject)]
pub struct RetireChannelInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The channel.
    pub channel_id: GlobalId<ChannelId>,
}

/// A reason to be added.
#[derive(Debug, InputObject)]
pub struct AddReasonInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// What it explains.
    pub kind: ReasonKind,
    /// Its name, unique among the reasons of the kind in use.
    pub name: String,
}

/// Another name of a reason.
#[derive(Debug, InputObject)]
pub struct RenameReasonInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The reason.
    pub reason_id: GlobalId<ReasonId>,
    /// Its name, unique among the reasons of the kind in use.
    pub name: String,
}

/// A reason that is used no more.
#[derive(Debug, InputObject)]
pub struct RetireReasonInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The reason.
    pub reason_id: GlobalId<ReasonId>,
}

/// A stage.
#[derive(Debug, InputObject)]
pub struct StageDefinitionInput {
    /// Its name, unique among the pipeline's stages in use.
    pub name: String,
    /// What it means for the outcome.
    pub category: StageCategory,
    /// How probable a sale is in it, 0 to 100; 100 for a won stage, 0 for a lost or cancelled one.
    pub probability: Decimal,
}

impl StageDefinitionInput {
    pub(super) fn read(self, fields: &mut Fields, stage: StageId) -> Option<StageDefinition> {
        let name = fields.required("name", self.name);
        let probability = fields.required("probability", self.probability);
        Some(StageDefinition {
            stage,
            name: name?,
            category: self.category,
            probability: probability?,
        })
    }
}

/// A pipeline to be drawn up.
#[derive(Debug, InputObject)]
pub struct CreatePipelineInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// Its name.
    pub name: String,
    /// Its stages in order: at least an open, a won and a lost one.
    #[graphql(validator(max_items = 50))]
    pub stages: Vec<StageDefinitionInput>,
}

/// A pipeline, and nothing else to say.
#[derive(Debug, InputObject)]
pub struct PipelineInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The pipeline.
    pub pipeline_id: GlobalId<PipelineId>,
}

/// Another name of a pipeline.
#[derive(Debug, InputObject)]
pub struct RenamePipelineInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The pipeline.
    pub pipeline_id: GlobalId<PipelineId>,
    /// Its name.
    pub name: String,
}

/// A stage to be added to a pipeline.
#[derive(Debug, InputObject)]
pub struct AddStageInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The pipeline.
    pub pipeline_id: GlobalId<PipelineId>,
    /// The stage.
    pub stage: StageDefinitionInput,
    /// The stage before it; first when absent.
    pub after_id: Option<GlobalId<StageId>>,
}

/// Another name of a stage.
#[derive(Debug, InputObject)]
pub struct RenameStageInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The pipeline.
    pub pipeline_id: GlobalId<PipelineId>,
    /// The stage.
    pub stage_id: GlobalId<StageId>,
    /// Its name, unique among the pipeline's stages in use.
    pub name: String,
}

/// Another probability of a stage, from that day on.
#[derive(Debug, InputObject)]
pub struct ChangeStageProbabilityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The pipeline.
    pub pipeline_id: GlobalId<PipelineId>,
    /// The stage.
    pub stage_id: GlobalId<StageId>,
    /// How probable a sale is in it, 0 to 100.
    pub probability: Decimal,
}

/// Another place of a stage in its pipeline.
#[derive(Debug, InputObject)]
pub struct ReorderStageInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The pipeline.
    pub pipeline_id: GlobalId<PipelineId>,
    /// The stage.
    pub stage_id: GlobalId<StageId>,
    /// The stage before it; first when absent.
    pub after_id: Option<GlobalId<StageId>>,
}

/// A stage that nothing may enter any more.
#[derive(Debug, InputObject)]
pub struct RetireStageInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The pipeline.
    pub pipeline_id: GlobalId<PipelineId>,
    /// The stage.
    pub stage_id: GlobalId<StageId>,
}
