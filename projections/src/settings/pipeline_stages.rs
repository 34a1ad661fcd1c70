//! The pipelines and their stages: as they stand today, and as they stood on every day.

use async_trait::async_trait;
use cartera_domain::ids::{PipelineId, StageId, TypedId};
use cartera_domain::settings::{
    Pipeline, PipelineEvent, Stage, StageCategory, StageDefinition, Stages,
};
use cartera_domain::values::{Line, Percentage};
use cartera_domain::{Decider as _, Event};
use cartera_journal::Recorded;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgConnection;

use crate::fold::Rows;
use crate::projector::{ProjectionError, Projector, aggregate_type, version_of};
use crate::search_text::searchable;

mod finders;

pub use finders::{
    PipelineFilter, PipelineOrder, StageFilter, StageOrder, history_of_pipeline, of_pipelines,
};

crate::table! {
    /// A pipeline.
    PipelineItem in "pipeline_list", key (id), group id {
        /// The pipeline.
        id: PipelineId,
        /// Version of its stream.
        version: i64,
        /// Its name.
        name: String,
        /// Nothing is opened in it any more.
        retired: bool,
        /// The day on which it was drawn up.
        created_on: NaiveDate,
        /// The name by which it is sorted.
        name_key: String,
    }
}

crate::table! {
    /// A stage of a pipeline, as it stands today.
    StageItem in "pipeline_stages", key (id), group pipeline {
        /// The stage.
        id: StageId,
        /// The pipeline.
        pipeline: PipelineId,
        /// Place in the pipeline's order, from 0, the retired ones in their old places.
        rank: i32,
        /// Its name.
        name: String,
        /// What it means for the outcome.
        category: StageCategory,
        /// How probable a sale is in it, 0 to 100.
        probability: Decimal,
        /// Nothing enters it any more.
        retired: bool,
    }
}

crate::table! {
    /// A stage over a span of days in which it was the same.
    StagePeriod in "pipeline_stage_history", key (stage, sequence), group pipeline {
        /// The stage.
        stage: StageId,
        /// The event in the pipeline's stream that began the span.
        sequence: i64,
        /// The pipeline.
        pipeline: PipelineId,
        /// Its name.
        name: String,
        /// How probable a sale was in it, 0 to 100.
        probability: Decimal,
        /// Nothing entered it any more.
        retired: bool,
        /// The first day.
        from_date: NaiveDate,
        /// The day after the last; `None` while it lasts.
        to_date: Option<NaiveDate>,
    }
}

/// Keeps `pipeline_list`, `pipeline_stages` and `pipeline_stage_history`.
#[derive(Debug, Clone, Copy)]
pub struct PipelineStages;

#[async_trait]
impl Projector for PipelineStages {
    const NAME: &'static str = "pipeline_stages";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("pipeline_stages.sql");
    const READS: &'static [&'static str] = &[aggregate_type::<Pipeline>()];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut pipelines = Rows::<PipelineItem>::load(tx, batch).await?;
        let mut stages = Rows::<StageItem>::load(tx, batch).await?;
        let mut periods = Rows::<StagePeriod>::load(tx, batch).await?;
        for recorded in batch {
            if let Event::Pipeline(event) = &recorded.event {
                let pipeline = take_in(&mut pipelines, &mut stages, recorded, event)?;
                *stages.of(recorded) = stage_items(recorded, &pipeline);
                extend_history(periods.of(recorded), stages.of(recorded), recorded);
            }
        }
        pipelines.write(tx).await?;
        stages.write(tx).await?;
        periods.write(tx).await
    }
}

/// The pipeline after the event, by the domain's own rule.
fn take_in(
    pipelines: &mut Rows<PipelineItem>,
    stages: &mut Rows<StageItem>,
    recorded: &Recorded,
    event: &PipelineEvent,
) -> Result<Stages, ProjectionError> {
    let mut pipeline = match pipelines.of(recorded).first() {
        Some(known) => before(known, stages.of(recorded))
            .ok_or_else(|| ProjectionError::inconsistent(recorded, "its rows do not read"))?,
        None => Pipeline::Blank,
    };
    pipeline.evolve(event.clone());
    let (after, retired) = match pipeline {
        Pipeline::InUse(stages) => (stages, false),
        Pipeline::Retired(stages) => (stages, true),
        Pipeline::Blank => {
            return Err(ProjectionError::inconsistent(
                recorded,
                "the pipeline was never drawn up",
            ));
        }
    };
    let created_on = pipelines
        .of(recorded)
        .first()
        .map_or(recorded.metadata.business_date, |known| known.created_on);
    *pipelines.of(recorded) = vec![PipelineItem {
        id: PipelineId::from_uuid(recorded.aggregate_id),
        version: version_of(recorded),
        name: after.name.to_string(),
        retired,
        created_on,
        name_key: searchable(after.name.as_str()),
    }];
    Ok(after)
}

/// The pipeline as its rows say.
fn before(pipeline: &PipelineItem, stages: &[StageItem]) -> Option<Pipeline> {
    let mut ordered: Vec<&StageItem> = stages.iter().collect();
    ordered.sort_by_key(|stage| stage.rank);
    let stages: Option<Vec<Stage>> = ordered
        .into_iter()
        .map(|stage| {
            Some(Stage {
                definition: StageDefinition {
                    stage: stage.id,
                    name: Line::parse(&stage.name).ok()?,
                    category: stage.category,
                    probability: Percentage::try_new(stage.probability).ok()?,
                },
                retired: stage.retired,
            })
        })
        .collect();
    let stages = Stages {
        name: Line::parse(&pipeline.name).ok()?,
        stages: stages?,
    };
    Some(if pipeline.retired {
        Pipeline::Retired(stages)
    } else {
        Pipeline::InUse(stages)
    })
}

fn stage_items(recorded: &Recorded, pipeline: &Stages) -> Vec<StageItem> {
    let item = |(rank, stage): (i32, &Stage)| {
        let Stage {
            definition:
                StageDefinition {
                    stage,
                    name,
                    category,
                    probability,
                },
            retired,
        } = stage;
        StageItem {
            id: *stage,
            pipeline: PipelineId::from_uuid(recorded.aggregate_id),
            rank,
            name: name.to_string(),
            category: *category,
            probability: probability.value(),
            retired: *retired,
        }
    };
    (0..).zip(&pipeline.stages).map(item).collect()
}

/// Ends the spans of stages that changed, and begins new ones; a span begins no earlier than the one before it.
fn extend_history(periods: &mut Vec<StagePeriod>, stages: &[StageItem], recorded: &Recorded) {
    for stage in stages {
        let last = periods
            .iter_mut()
            .filter(|period| period.stage == stage.id)
            .max_by_key(|period| period.sequence);
        let mut from_date = recorded.metadata.business_date;
        if let Some(last) = last {
            let same = last.name == stage.name
                && last.probability == stage.probability
                && last.retired == stage.retired;
            if same {
                continue;
            }
            from_date = from_date.max(last.from_date);
            last.to_date = Some(from_date);
        }
        periods.push(StagePeriod {
            stage: stage.id,
            sequence: version_of(recorded),
            pipeline: stage.pipeline,
            name: stage.name.clone(),
            probability: stage.probability,
            retired: stage.retired,
            from_date,
            to_date: None,
        });
    }
}
