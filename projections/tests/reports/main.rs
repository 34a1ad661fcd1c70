//! Given events, then figures: every metric and grouping on a real PostgreSQL.

mod comparisons;
mod groupings;
mod histories;
mod leads;
mod metrics;
mod naive;
mod properties;
mod refusals;
mod scopes;
mod world;
