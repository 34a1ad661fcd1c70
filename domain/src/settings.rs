//! The company's own settings: who it is, its channels and reasons, its pipelines. All dated: what changes today leaves
//! every past figure as it was.
//!
//! ```mermaid
//! stateDiagram-v2
//!     state "Pipeline" as P {
//!         [*] --> InUse: CreatePipeline
//!         InUse --> InUse: RenamePipeline, AddStage, RenameStage, ChangeStageProbability, ReorderStage, RetireStage
//!         InUse --> Retired: RetirePipeline
//!     }
//! ```
//!
//! Invariants:
//! - the company and the catalogue are one stream each, with ids that never change;
//! - the currency is fixed when the company is set up; a change of time zone moves no business date that is recorded;
//! - names of channels, and of reasons of a kind, are unique among those in use, case ignored; what is retired keeps its
//!   name in past sales;
//! - a pipeline in use has an open, a won and a lost stage in use; a stage's category never changes; a won stage is 100 %
//!   probable, a lost or cancelled one 0 %.

mod catalogue;
mod commands;
mod company;
mod error;
mod events;
mod pipeline;

pub use crate::values::{FiscalStart, InvalidFiscalStart};
pub use catalogue::{Catalogue, Entry};
pub use commands::{CatalogueCommand, CompanyCommand, PipelineCommand};
pub use company::{Company, CompanySettings};
pub use error::{CatalogueError, CompanyError, PipelineError};
pub use events::{
    CatalogueEvent, CompanyEvent, PipelineEvent, ReasonKind, StageCategory, StageDefinition,
};
pub use pipeline::{Pipeline, Stage, Stages};
