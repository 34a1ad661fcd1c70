//! The decisions about a pipeline and its stages.

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{PipelineId, StageId};

use super::PipelineCommand::{
    AddStage, ChangeStageProbability, CreatePipeline, RenamePipeline, RenameStage, ReorderStage,
    RetirePipeline, RetireStage,
};
use super::PipelineEvent::{
    PipelineCreated, PipelineRenamed, PipelineRetired, StageAdded, StageProbabilityChanged,
    StageRenamed, StageReordered, StageRetired,
};
use super::{PipelineCommand, PipelineError, PipelineEvent, StageCategory, StageDefinition};

mod stages;

pub use stages::{Stage, Stages};

/// A pipeline in its life.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pipeline {
    /// Nobody has drawn it up.
    #[default]
    Blank,
    /// Opportunities run through it.
    InUse(Stages),
    /// Nothing is opened in it any more.
    Retired(Stages),
}

event_sourced!(Pipeline, PipelineEvent, Pipeline);

impl Decider for Pipeline {
    const TYPE: &'static str = "pipeline";
    type Id = PipelineId;
    type Command = PipelineCommand;
    type Event = PipelineEvent;
    type Error = PipelineError;

    fn decide(&self, command: PipelineCommand) -> Result<Vec<PipelineEvent>, PipelineError> {
        match self {
            Self::Blank => decide_blank(command),
            Self::InUse(pipeline) => pipeline.decide(command),
            Self::Retired(_) => decide_retired(&command),
        }
    }

    fn evolve(&mut self, event: PipelineEvent) {
        *self = match (std::mem::take(self), event) {
            (_, PipelineCreated { name, stages }) => Self::InUse(Stages::new(name, stages)),
            (Self::InUse(pipeline), PipelineRetired {}) => Self::Retired(pipeline),
            (Self::InUse(mut pipeline), event) => {
                pipeline.evolve(event);
                Self::InUse(pipeline)
            }
            (
                state @ (Self::Blank | Self::Retired(_)),
                PipelineRenamed { .. }
                | StageAdded { .. }
                | StageRenamed { .. }
                | StageProbabilityChanged { .. }
                | StageReordered { .. }
                | StageRetired { .. }
                | PipelineRetired {},
            ) => state,
        };
    }
}

impl Pipeline {
    /// A stage of the pipeline, retired or not, whatever has become of the pipeline.
    pub fn stage(&self, stage: StageId) -> Option<&StageDefinition> {
        self.all_stages()
            .iter()
            .map(|known| &known.definition)
            .find(|known| known.stage == stage)
    }

    /// The first stage in use of a category, in the pipeline's order.
    pub fn first(&self, category: StageCategory) -> Option<&StageDefinition> {
        self.all_stages()
            .iter()
            .find(|known| known.definition.category == category && !known.retired)
            .map(|known| &known.definition)
    }

    /// Whether something may enter the stage. What runs through a retired pipeline goes on in it.
    pub fn is_in_use(&self, stage: StageId) -> bool {
        self.all_stages()
            .iter()
            .any(|known| known.definition.stage == stage && !known.retired)
    }

    fn all_stages(&self) -> &[Stage] {
        match self {
            Self::Blank => &[],
            Self::InUse(pipeline) | Self::Retired(pipeline) => &pipeline.stages,
        }
    }
}

fn decide_blank(command: PipelineCommand) -> Result<Vec<PipelineEvent>, PipelineError> {
    match command {
        CreatePipeline { name, stages } => {
            Stages::refuse_incomplete(&name, &stages)?;
            Ok(vec![PipelineCreated { name, stages }])
        }
        RenamePipeline { .. }
        | AddStage { .. }
        | RenameStage { .. }
        | ChangeStageProbability { .. }
        | ReorderStage { .. }
        | RetireStage { .. }
        | RetirePipeline => Err(PipelineError::NotCreated),
    }
}

fn decide_retired(command: &PipelineCommand) -> Result<Vec<PipelineEvent>, PipelineError> {
    match command {
        CreatePipeline { .. } => Err(PipelineError::AlreadyCreated),
        RetirePipeline => Ok(vec![]),
        RenamePipeline { .. }
        | AddStage { .. }
        | RenameStage { .. }
        | ChangeStageProbability { .. }
        | ReorderStage { .. }
        | RetireStage { .. } => Err(PipelineError::Retired),
    }
}

#[cfg(test)]
mod tests;
