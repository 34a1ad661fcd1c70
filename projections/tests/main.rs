//! Given events, then rows: every read model, on a real PostgreSQL.
#![cfg_attr(
    test,
    expect(
        clippy::too_many_lines,
        reason = "a test tells its story from beginning to end"
    )
)]

#[cfg(test)]
mod clients;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod generations;
#[cfg(test)]
mod history;
#[cfg(test)]
mod leads;
#[cfg(test)]
mod opportunities;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod products;
#[cfg(test)]
mod scopes;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod timelines;
#[cfg(test)]
mod users;
#[cfg(test)]
mod world;
