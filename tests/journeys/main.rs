//! Stories through GraphQL, as a user with a role.

#[cfg(test)]
mod authorization;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod leads;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod tour;
