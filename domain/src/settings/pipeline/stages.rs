//! The decisions about the stages of a pipeline in use.

use serde::{Deserialize, Serialize};

use crate::ids::StageId;
use crate::settings::PipelineCommand::{
    AddStage, ChangeStageProbability, CreatePipeline, RenamePipeline, RenameStage, ReorderStage,
    RetirePipeline, RetireStage,
};
use crate::settings::PipelineEvent::{
    PipelineCreated, PipelineRenamed, PipelineRetired, StageAdded, StageProbabilityChanged,
    StageRenamed, StageReordered, StageRetired,
};
use crate::settings::{
    PipelineCommand, PipelineError, PipelineEvent, StageCategory, StageDefinition,
};
use crate::values::{Line, Percentage};

/// The stages of a pipeline, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stages {
    /// Name of the pipeline.
    pub name: Line,
    /// Stages in order, the retired ones in their old places.
    pub stages: Vec<Stage>,
}

/// A stage as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// What it is.
    pub definition: StageDefinition,
    /// Nothing enters it any more.
    pub retired: bool,
}

impl Stage {
    fn in_use(definition: StageDefinition) -> Self {
        Self {
            definition,
            retired: false,
        }
    }

    fn is(&self, stage: StageId) -> bool {
        self.definition.stage == stage
    }

    fn is_named(&self, name: &Line) -> bool {
        self.definition.name.as_str().to_lowercase() == name.as_str().to_lowercase()
    }
}

impl Stages {
    pub(super) fn new(name: Line, stages: Vec<StageDefinition>) -> Self {
        Self {
            name,
            stages: stages.into_iter().map(Stage::in_use).collect(),
        }
    }

    /// Refuses a list of stages that a pipeline cannot begin with.
    pub(super) fn refuse_incomplete(
        name: &Line,
        stages: &[StageDefinition],
    ) -> Result<(), PipelineError> {
        let mut pipeline = Self::new(name.clone(), vec![]);
        for definition in stages {
            pipeline.refuse_clash(definition)?;
            pipeline.stages.push(Stage::in_use(definition.clone()));
        }
        pipeline.refuse_missing_category()
    }

    pub(super) fn decide(
        &self,
        command: PipelineCommand,
    ) -> Result<Vec<PipelineEvent>, PipelineError> {
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

    pub(super) fn evolve(&mut self, event: PipelineEvent) {
        match event {
            PipelineRenamed { name } => self.name = name,
            StageAdded { definition, after } => self.insert(Stage::in_use(definition), after),
            StageRenamed { stage, name } => self.change(stage, |known| {
                known.definition.name = name;
            }),
            StageProbabilityChanged { stage, probability } => self.change(stage, |known| {
                known.definition.probability = probability;
            }),
            StageReordered { stage, after } => {
                if let Some(place) = self.place(stage) {
                    let moved = self.stages.remove(place);
                    self.insert(moved, after);
                }
            }
            StageRetired { stage } => self.change(stage, |known| known.retired = true),
            PipelineCreated { .. } | PipelineRetired {} => {}
        }
    }

    fn in_use(&self, stage: StageId) -> Result<&StageDefinition, PipelineError> {
        self.stages
            .iter()
            .find(|known| known.is(stage) && !known.retired)
            .map(|known| &known.definition)
            .ok_or(PipelineError::StageUnknown)
    }

    fn refuse_clash(&self, wanted: &StageDefinition) -> Result<(), PipelineError> {
        if self.stages.iter().any(|known| known.is(wanted.stage)) {
            return Err(PipelineError::StageAlreadyAdded);
        }
        self.refuse_taken_name(wanted.stage, &wanted.name)?;
        let fixed = wanted.category.fixed_probability();
        if fixed.is_some_and(|fixed| fixed != wanted.probability) {
            return Err(PipelineError::ProbabilityFixed);
        }
        Ok(())
    }

    fn refuse_taken_name(&self, stage: StageId, name: &Line) -> Result<(), PipelineError> {
        let taken = self
            .stages
            .iter()
            .any(|known| !known.is(stage) && !known.retired && known.is_named(name));
        if taken {
            Err(PipelineError::StageNameTaken)
        } else {
            Ok(())
        }
    }

    fn refuse_missing_category(&self) -> Result<(), PipelineError> {
        let has = |category| {
            self.stages
                .iter()
                .any(|known| known.definition.category == category && !known.retired)
        };
        if has(StageCategory::Open) && has(StageCategory::Won) && has(StageCategory::Lost) {
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
        if self.in_use(definition.stage) == Ok(&definition) {
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
        if known.category.fixed_probability().is_some() {
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
        if after == Some(stage) || self.before(stage) == after {
            return Ok(vec![]);
        }
        Ok(vec![StageReordered { stage, after }])
    }

    fn retire(&self, stage: StageId) -> Result<Vec<PipelineEvent>, PipelineError> {
        match self.stages.iter().find(|known| known.is(stage)) {
            None => return Err(PipelineError::StageUnknown),
            Some(Stage { retired: true, .. }) => return Ok(vec![]),
            Some(Stage { retired: false, .. }) => {}
        }
        let mut without = self.clone();
        without.stages.retain(|known| !known.is(stage));
        without.refuse_missing_category()?;
        Ok(vec![StageRetired { stage }])
    }

    fn place(&self, stage: StageId) -> Option<usize> {
        self.stages.iter().position(|known| known.is(stage))
    }

    /// The stage that stands directly before this one.
    fn before(&self, stage: StageId) -> Option<StageId> {
        let place = self.place(stage)?.checked_sub(1)?;
        self.stages.get(place).map(|before| before.definition.stage)
    }

    fn insert(&mut self, stage: Stage, after: Option<StageId>) {
        let place = after.and_then(|after| self.place(after));
        self.stages
            .insert(place.map_or(0, |place| place + 1), stage);
    }

    fn change(&mut self, stage: StageId, change: impl FnOnce(&mut Stage)) {
        if let Some(found) = self.stages.iter_mut().find(|known| known.is(stage)) {
            change(found);
        }
    }
}
