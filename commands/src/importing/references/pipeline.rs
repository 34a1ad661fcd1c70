//! The pipeline of the opportunities, and its stages by name.

use cartera_domain::Decider;
use cartera_domain::ids::{PipelineId, TypedId};
use cartera_domain::opportunities::StageFact;
use cartera_domain::settings::{Pipeline, PipelineCommand, StageCategory, StageDefinition};
use cartera_domain::values::{Line, Occurred, Percentage};
use rust_decimal::Decimal;

use crate::bus::{CommandBus, Freshness};
use crate::draft::{Draft, Stream};
use crate::error::CommandError;
use crate::importing::profile::{PipelineSpec, StageSpec};
use crate::importing::run::Mode;

use super::References;

impl References<'_> {
    /// The first open stage of the pipeline.
    pub(in crate::importing) async fn first_open_stage(&self) -> Result<StageFact, CommandError> {
        let pipeline = self.pipeline.ok_or(CommandError::NotFound("pipeline"))?;
        let open = self
            .stages
            .values()
            .filter(|fact| fact.category == StageCategory::Open);
        if self.mode == Mode::DryRun
            && self
                .bus
                .load::<Pipeline>(pipeline, Freshness::Cached)
                .await?
                .version()
                == 0
        {
            return open.copied().next().ok_or(CommandError::NotFound("stage"));
        }
        crate::facts::stage(
            self.bus,
            pipeline,
            None,
            StageCategory::Open,
            Freshness::Cached,
        )
        .await
    }

    /// Looks for the profile's pipeline, or else any, and draws the profile's up where it is not there.
    pub(super) async fn load_pipeline(&mut self) -> Result<(), CommandError> {
        for id in self
            .bus
            .journal()
            .stream_ids(<Pipeline as Decider>::TYPE)
            .await?
        {
            let id = PipelineId::from_uuid(id);
            let stream = self.bus.load::<Pipeline>(id, Freshness::Cached).await?;
            let (Pipeline::InUse(known), named) = (stream.state(), &self.profile.pipeline) else {
                continue;
            };
            let fits = named
                .as_ref()
                .is_none_or(|spec| spec.name.to_lowercase() == known.name.as_str().to_lowercase());
            if fits && self.pipeline.is_none() {
                self.pipeline = Some(id);
                self.stages = known
                    .stages
                    .iter()
                    .filter(|stage| !stage.retired)
                    .map(|stage| fact(id, &stage.definition))
                    .collect();
            }
        }
        match (&self.profile.pipeline, self.pipeline) {
            (Some(spec), None) => self.create_pipeline(spec).await,
            (Some(_) | None, _) => Ok(()),
        }
    }

    async fn create_pipeline(&mut self, spec: &PipelineSpec) -> Result<(), CommandError> {
        let id: PipelineId = self.bus.ids().mint();
        let stages = spec
            .stages
            .iter()
            .map(|stage| definition(self.bus, stage))
            .collect::<Result<Vec<_>, _>>()?;
        self.stages = stages.iter().map(|stage| fact(id, stage)).collect();
        self.pipeline = Some(id);
        let mut stream = Stream::<Pipeline>::new(id);
        let name = line(&spec.name)?;
        stream.decide(
            self.envelope,
            PipelineCommand::CreatePipeline { name, stages },
            Occurred::Now,
        )?;
        self.commit(
            &format!("pipeline\u{1f}{}", spec.name),
            Draft::default().with(stream),
        )
        .await
    }
}

fn fact(pipeline: PipelineId, stage: &StageDefinition) -> (String, StageFact) {
    let fact = StageFact {
        pipeline,
        stage: stage.stage,
        category: stage.category,
    };
    (stage.name.as_str().to_lowercase(), fact)
}

fn definition(bus: &CommandBus, spec: &StageSpec) -> Result<StageDefinition, CommandError> {
    let usual = match spec.category {
        StageCategory::Open => 50,
        StageCategory::Won => 100,
        StageCategory::Lost | StageCategory::Cancelled => 0,
    };
    let probability = Percentage::try_new(Decimal::from(spec.probability.unwrap_or(usual)));
    let probability =
        probability.map_err(|error| refused("PROFILE_PROBABILITY", &error.to_string()))?;
    Ok(StageDefinition {
        stage: bus.ids().mint(),
        name: line(&spec.name)?,
        category: spec.category,
        probability,
    })
}

fn line(text: &str) -> Result<Line, CommandError> {
    Line::parse(text).map_err(|error| refused("PROFILE_NAME", &error.to_string()))
}

fn refused(code: &'static str, reason: &str) -> CommandError {
    CommandError::Rejected {
        code,
        message: reason.to_owned(),
        field: None,
    }
}
