//! The company's own settings: who it is, its channels and reasons, its pipelines. All dated: what changes today leaves
//! every past figure as it was.

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
