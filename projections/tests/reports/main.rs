//! Given events, then figures: every metric and grouping on a real PostgreSQL.
#![cfg_attr(
    test,
    expect(
        clippy::wildcard_enum_match_arm,
        reason = "a test looks for the few events that it is about"
    )
)]

#[cfg(test)]
mod comparisons;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod groupings;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod leads;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod scopes;
#[cfg(test)]
mod world;
