//! `cartera user` and `cartera token`: ways in, made by the operator.

use std::process::ExitCode;

use cartera_domain::values::{EmailAddress, Line};
use clap::Args;

use super::write_side::WriteSide;
use super::{CliError, tell};
use crate::config::Config;

/// Prints a link by which a user chooses a password: works once, for three days; older links of the user work no more.
#[derive(Debug, Args)]
pub(super) struct User {
    /// The user's address for signing in
    #[arg(value_name = "EMAIL")]
    email: EmailAddress,
}

/// Makes an API key with which a program acts in a user's name. It is printed once and stored as a hash only.
#[derive(Debug, Args)]
pub(super) struct Token {
    /// The user's address for signing in
    #[arg(value_name = "EMAIL")]
    email: EmailAddress,
    /// What the key is for
    #[arg(value_name = "NAME")]
    name: Line,
}

impl User {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let writes = WriteSide::open(config).await?;
        let made = async {
            let identity = writes.identity(config)?;
            let user = identity.active_user(&self.email).await?;
            Ok::<_, CliError>(identity.sign_in_link(user).await?)
        };
        let made = made.await;
        writes.close().await;
        tell(&format!("{}/welcome#{}", config.public_url, made?.reveal()))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Token {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let writes = WriteSide::open(config).await?;
        let made = async {
            let identity = writes.identity(config)?;
            let user = identity.active_user(&self.email).await?;
            Ok::<_, CliError>(identity.make_key_for(user, &self.name).await?)
        };
        let made = made.await;
        writes.close().await;
        tell(made?.reveal())?;
        Ok(ExitCode::SUCCESS)
    }
}
