//! What an import may draw up when records name it.

use cartera_domain::settings::StageCategory;
use serde::{Deserialize, Serialize};

/// What may be created when a record names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Created {
    /// Owners, as users without sign-in.
    Users,
    /// Clients by name.
    Clients,
    /// Products by code.
    Products,
    /// Channels by name.
    Channels,
    /// Teams by name.
    Teams,
}

/// A pipeline to be drawn up when no pipeline has its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineSpec {
    /// Its name.
    pub name: String,
    /// Its stages, in order.
    pub stages: Vec<StageSpec>,
}

/// A stage to be drawn up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageSpec {
    /// Its name.
    pub name: String,
    /// What it means for the outcome.
    pub category: StageCategory,
    /// How probable a sale is in it, in per cent; 100 for won, 0 for lost and cancelled.
    #[serde(default)]
    pub probability: Option<u8>,
}
