//! `cartera demo`

use std::process::ExitCode;
use std::time::Instant;

use cartera_commands::demo::{Demo as Making, DemoCompany};
use cartera_commands::error::CommandError;
use chrono::NaiveDate;
use clap::Args;

use super::write_side::WriteSide;
use super::{CliError, tell};
use crate::adapters::{Clock, SystemClock};
use crate::config::Config;
use crate::demo_access::PASSWORD;

/// Code of the refusal in a journal that has a company.
const ALREADY: &str = "COMPANY_ALREADY_SET_UP";

/// Makes a demo company in an empty database: a wholesaler with three fiscal years of sales. Not for real work.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The day on which its history ends [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
    /// What chance is drawn from; the same day and seed make the same company
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Sell on until there are so many events
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 0,
        hide_default_value = true
    )]
    events: u64,
    /// Leave a database that has a company as it is, and say nothing
    #[arg(long)]
    if_empty: bool,
}

impl Demo {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let writes = WriteSide::open(config).await?;
        let begun = Instant::now();
        let made = self.make(&writes).await;
        let let_in = match &made {
            Ok(company) => let_in(config, &writes, company).await,
            Err(_) => Ok(()),
        };
        writes.close().await;
        match made {
            Ok(company) => {
                let_in?;
                tell(&format!(
                    "The demo company is there: {} events in {} ms.",
                    company.events,
                    begun.elapsed().as_millis()
                ))?;
                tell(&format!("Sign in with the password \"{PASSWORD}\" as:"))?;
                for user in &company.users {
                    tell(&format!("  {:<40} {:?}", user.email, user.role))?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Err(CommandError::Rejected { code: ALREADY, .. }) if self.if_empty => {
                Ok(ExitCode::SUCCESS)
            }
            Err(CommandError::Rejected { code: ALREADY, .. }) => Err(CliError::DemoRefused),
            Err(error) => Err(error.into()),
        }
    }

    async fn make(&self, writes: &WriteSide) -> Result<DemoCompany, CommandError> {
        let making = Making {
            today: self.today.unwrap_or_else(|| SystemClock.now().date_naive()),
            seed: self.seed,
        };
        making.load_at_least(&writes.journal, self.events).await
    }
}

/// Lets the demo's users sign in, all with the same password: it is no place for real work.
async fn let_in(
    config: &Config,
    writes: &WriteSide,
    company: &DemoCompany,
) -> Result<(), CliError> {
    let identity = writes.identity(config)?;
    for user in &company.users {
        identity.set_demo_password(user.id, PASSWORD).await?;
    }
    Ok(())
}
