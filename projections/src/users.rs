//! Users, teams, and who asks.

pub mod team_directory;
pub mod user_directory;
