//! The decisions about a pipeline and its stages.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{PipelineId, StageId};
use crate::values::{Line, Percentage};

use super::PipelineCommand::{
    AddStage, ChangeStageProbability, CreatePipeline, RenamePipeline, RenameStage, ReorderStage,
    RetirePipeline, RetireStage,
};
use super::PipelineEvent::{
    PipelineCreated, PipelineRenamed, PipelineRetired, StageAdded, StageProbabilityChanged,
    StageRenamed, StageReordered, StageRetired,
};
use super::{PipelineCommand, PipelineError, PipelineEvent, StageCategory, StageDefinition};

/// A pipeline in its life.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Pipeline {
    /// Nobody has drawn it up.
    #[default]
    Blank,
    /// Opportunities run through it.
    InUse(Stages),
    /// Nothing is opened in it any more.
    Retired(Stages),
}

/// The stages of a pipeline, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stages {
    /// Name of the pipeline.
    pub name: Line,
    /// Stages in order, with whether each is retired.
    pub stages: Vec<(StageDefinition, bool)>,
}

event_sourced!(Pipeline, PipelineEvent, Pipeline);

impl Decider for Pipeline {
    const TYPE: &'static str = "pipeline";
    type Id = PipelineId;
    type Command = PipelineCommand;
    type Event = PipelineEvent;
    type Error = PipelineError;

    fn decide(&self, command: PipelineCommand) -> Result<Vec<PipelineEvent>, PipelineError> {
        match (self, command) {
            (Self::Blank, CreatePipeline { name, stages }) => create(name, stages),
            (Self::Blank, _) => Err(PipelineError::NotCreated),
            (Self::InUse(_) | Self::Retired(_), CreatePipeline { .. }) => {
                Err(PipelineError::AlreadyCreated)
            }
            (Self::InUse(pipeline), command) => pipeline.decide(command),
            (Self::Retired(_), RetirePipeline) => Ok(vec![]),
            (Self::Retired(_), _) => Err(PipelineError::Retired),
        }
    }

    fn evolve(&mut self, event: PipelineEvent) {
        match (&mut *self, event) {
            (_, PipelineCreated { name, stages }) => {
                *self = Self::InUse(Stages {
                    name,
                    stages: stages.into_iter().map(|stage| (stage, false)).collect(),
                });
            }
            (Self::InUse(pipeline), PipelineRetired {}) => *self = Self::Retired(pipeline.clone()),
            (Self::InUse(pipeline), event) => pipeline.evolve(event),
            (Self::Blank | Self::Retired(_), _) => {}
        }
    }
}

impl Pipeline {
    /// A stage of the pipeline, retired or not, whatever has become of the pipeline.
    pub fn stage(&self, stage: StageId) -> Option<&StageDefinition> {
        self.all_stages()
            .iter()
            .map(|(known, _)| known)
            .find(|known| known.stage == stage)
    }

    /// The first stage in use of a category, in the pipeline's order.
    pub fn first(&self, category: StageCategory) -> Option<&StageDefinition> {
        self.all_stages()
            .iter()
            .find(|(known, retired)| known.category == category && !retired)
            .map(|(known, _)| known)
    }

    /// Whether something may enter the stage.
    pub fn is_in_use(&self, stage: StageId) -> bool {
        matches!(self, Self::InUse(_))
            && self
                .all_stages()
                .iter()
                .any(|(known, retired)| known.stage == stage && !retired)
    }

    fn all_stages(&self) -> &[(StageDefinition, bool)] {
        match self {
            Self::Blank => &[],
            Self::InUse(pipeline) | Self::Retired(pipeline) => &pipeline.stages,
        }
    }
}

fn create(name: Line, stages: Vec<StageDefinition>) -> Result<Vec<PipelineEvent>, PipelineError> {
    let mut pipeline = Stages {
        name: name.clone(),
        stages: vec![],
    };
    for definition in &stages {
        pipeline.refuse_clash(definition)?;
        pipeline.stages.push((definition.clone(), false));
    }
    pipeline.refuse_missing_category()?;
    Ok(vec![PipelineCreated { name, stages }])
}

impl Stages {
    fn decide(&self, command: PipelineCommand) -> Result<Vec<PipelineEvent>, PipelineError> {
        match command {
            CreatePipeline { .. } => Err(PipelineError::AlreadyCreated),
            RenamePipeline { name } if name == self.name => Ok(vec![]),
            RenamePipeline { name } => Ok(vec![PipelineRenamed { name }]),
            AddStage { definition, after } => self.add(definition, after),
            RenameStage { stage, name } => self.rename(stage, name),
            ChangeStageProbability { stage, probability } => {
                self.change_probability(stage, probability)
            }
            ReorderStage { stage, after } => self.reorder(stage, after),
            RetireStage { stage } => self.retire(stage),
            RetirePipeline => Ok(vec![PipelineRetired {}]),
        }
    }

    fn in_use(&self, stage: StageId) -> Result<&StageDefinition, PipelineError> {
        let found = self
            .stages
            .iter()
            .find(|(known, retired)| known.stage == stage && !retired);
        found
            .map(|(known, _)| known)
            .ok_or(PipelineError::StageUnknown)
    }

    fn refuse_clash(&self, wanted: &StageDefinition) -> Result<(), PipelineError> {
        if self
            .stages
            .iter()
            .any(|(known, _)| known.stage == wanted.stage)
        {
            return Err(PipelineError::StageAlreadyAdded);
        }
        self.refuse_taken_name(wanted.stage, &wanted.name)?;
        if fixed_probability(wanted.category)
            .is_some_and(|fixed| fixed != wanted.probability.value())
        {
            return Err(PipelineError::ProbabilityFixed);
        }
        Ok(())
    }

    fn refuse_taken_name(&self, stage: StageId, name: &Line) -> Result<(), PipelineError> {
        let wanted = name.as_str().to_lowercase();
        let taken = self.stages.iter().any(|(known, retired)| {
            known.stage != stage && !retired && known.name.as_str().to_lowercase() == wanted
        });
        if taken {
            Err(PipelineError::StageNameTaken)
        } else {
            Ok(())
        }
    }

    fn refuse_missing_category(&self) -> Result<(), PipelineError> {
        let complete = [StageCategory::Open, StageCategory::Won, StageCategory::Lost]
            .into_iter()
            .all(|category| {
                self.stages
                    .iter()
                    .any(|(known, retired)| known.category == category && !retired)
            });
        if complete {
            Ok(())
        } else {
            Err(PipelineError::CategoryMissing)
        }
    }

    fn add(
        &self,
        definition: StageDefinition,
        after: Option<StageId>,
    ) -> Result<Vec<PipelineEvent>, PipelineError> {
        if self
            .in_use(definition.stage)
            .is_ok_and(|known| *known == definition)
        {
            return Ok(vec![]);
        }
        self.refuse_clash(&definition)?;
        if let Some(after) = after {
            self.in_use(after)?;
        }
        Ok(vec![StageAdded { definition, after }])
    }

    fn rename(&self, stage: StageId, name: Line) -> Result<Vec<PipelineEvent>, PipelineError> {
        if self.in_use(stage)?.name == name {
            return Ok(vec![]);
        }
        self.refuse_taken_name(stage, &name)?;
        Ok(vec![StageRenamed { stage, name }])
    }

    fn change_probability(
        &self,
        stage: StageId,
        probability: Percentage,
    ) -> Result<Vec<PipelineEvent>, PipelineError> {
        let known = self.in_use(stage)?;
        if known.probability == probability {
            return Ok(vec![]);
        }
        if fixed_probability(known.category).is_some() {
            return Err(PipelineError::ProbabilityFixed);
        }
        Ok(vec![StageProbabilityChanged { stage, probability }])
    }

    fn reorder(
        &self,
        stage: StageId,
        after: Option<StageId>,
    ) -> Result<Vec<PipelineEvent>, PipelineError> {
        self.in_use(stage)?;
        if let Some(after) = after {
            self.in_use(after)?;
        }
        if after == Some(stage) {
            return Ok(vec![]);
        }
        Ok(vec![StageReordered { stage, after }])
    }

    fn retire(&self, stage: StageId) -> Result<Vec<PipelineEvent>, PipelineError> {
        match self.stages.iter().find(|(known, _)| known.stage == stage) {
            None => return Err(PipelineError::StageUnknown),
            Some((_, true)) => return Ok(vec![]),
            Some((_, false)) => {}
        }
        let mut without = self.clone();
        without.stages.retain(|(known, _)| known.stage != stage);
        without.refuse_missing_category()?;
        Ok(vec![StageRetired { stage }])
    }

    fn evolve(&mut self, event: PipelineEvent) {
        match event {
            PipelineRenamed { name } => self.name = name,
            StageAdded { definition, after } => self.insert((definition, false), after),
            StageRenamed { stage, name } => self.change(stage, |(known, _)| known.name = name),
            StageProbabilityChanged { stage, probability } => {
                self.change(stage, |(known, _)| known.probability = probability)
            }
            StageReordered { stage, after } => {
                if let Some(index) = self
                    .stages
                    .iter()
                    .position(|(known, _)| known.stage == stage)
                {
                    let moved = self.stages.remove(index);
                    self.insert(moved, after);
                }
            }
            StageRetired { stage } => self.change(stage, |(_, retired)| *retired = true),
            PipelineCreated { .. } | PipelineRetired {} => {}
        }
    }

    fn insert(&mut self, stage: (StageDefinition, bool), after: Option<StageId>) {
        let index = after
            .and_then(|after| {
                self.stages
                    .iter()
                    .position(|(known, _)| known.stage == after)
            })
            .map_or(0, |index| index + 1);
        self.stages.insert(index, stage);
    }

    fn change(&mut self, stage: StageId, change: impl FnOnce(&mut (StageDefinition, bool))) {
        if let Some(found) = self
            .stages
            .iter_mut()
            .find(|(known, _)| known.stage == stage)
        {
            change(found);
        }
    }
}

/// What is won is sure, what is lost or cancelled is not; an open stage is judged by the company.
fn fixed_probability(category: StageCategory) -> Option<Decimal> {
    match category {
        StageCategory::Open => None,
        StageCategory::Won => Some(Decimal::ONE_HUNDRED),
        StageCategory::Lost | StageCategory::Cancelled => Some(Decimal::ZERO),
    }
}
