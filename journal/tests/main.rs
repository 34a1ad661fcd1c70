//! The journal's promises, on a real PostgreSQL.

#[cfg(test)]
mod appending;
#[cfg(test)]
mod chain;
#[cfg(test)]
mod following;
#[cfg(test)]
mod group_commit;
#[cfg(test)]
mod keys_ahead;
#[cfg(test)]
mod personal_data;
#[cfg(test)]
mod side_rows;
#[cfg(test)]
mod unknown_outcomes;
#[cfg(test)]
mod visibility;
#[cfg(test)]
mod world;
