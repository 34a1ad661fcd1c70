//! Stories through GraphQL, as a user with a role.

#[cfg(test)]
mod authorization;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod edge;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod leads;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod node;
#[cfg(test)]
mod opportunities;
#[cfg(test)]
mod products;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod repetition;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod tour;
#[cfg(test)]
mod users;
