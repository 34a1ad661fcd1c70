//! The decisions about the company itself.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::CompanyId;
use crate::users::Locale;
use crate::values::{Currency, Line};

use super::CompanyCommand::{
    ChangeCompanyFiscalStart, ChangeCompanyLocale, ChangeCompanyTimeZone, RenameCompany,
    SetUpCompany,
};
use super::CompanyEvent::{
    CompanyFiscalStartChanged, CompanyLocaleChanged, CompanyRenamed, CompanySetUp,
    CompanyTimeZoneChanged,
};
use super::{CompanyCommand, CompanyError, CompanyEvent, FiscalStart};

/// The company that uses Cartera.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Company {
    /// It does not use it yet.
    #[default]
    Blank,
    /// It uses it.
    SetUp(CompanySettings),
}

/// What the company said of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanySettings {
    /// Its name.
    pub name: Line,
    /// Currency of all its amounts.
    pub currency: Currency,
    /// Time zone in which its days begin.
    pub time_zone: Tz,
    /// The month in which its fiscal year begins.
    pub fiscal_start: FiscalStart,
    /// Language of what it sends out.
    pub locale: Locale,
}

event_sourced!(Company, CompanyEvent, Company);

impl Decider for Company {
    const TYPE: &'static str = "company";
    type Id = CompanyId;
    type Command = CompanyCommand;
    type Event = CompanyEvent;
    type Error = CompanyError;

    fn decide(&self, command: CompanyCommand) -> Result<Vec<CompanyEvent>, CompanyError> {
        match self {
            Self::Blank => decide_blank(command),
            Self::SetUp(company) => company.decide(command),
        }
    }

    fn evolve(&mut self, event: CompanyEvent) {
        *self = match (std::mem::take(self), event) {
            (
                _,
                CompanySetUp {
                    name,
                    currency,
                    time_zone,
                    fiscal_start,
                    locale,
                },
            ) => Self::SetUp(CompanySettings {
                name,
                currency,
                time_zone,
                fiscal_start,
                locale,
            }),
            (Self::SetUp(mut company), event) => {
                company.evolve(event);
                Self::SetUp(company)
            }
            (
                Self::Blank,
                CompanyRenamed { .. }
                | CompanyTimeZoneChanged { .. }
                | CompanyFiscalStartChanged { .. }
                | CompanyLocaleChanged { .. },
            ) => Self::Blank,
        };
    }
}

impl Company {
    /// What the company said of itself, once it is set up.
    pub fn settings(&self) -> Option<&CompanySettings> {
        match self {
            Self::Blank => None,
            Self::SetUp(settings) => Some(settings),
        }
    }
}

impl CompanySettings {
    fn decide(&self, command: CompanyCommand) -> Result<Vec<CompanyEvent>, CompanyError> {
        Ok(match command {
            SetUpCompany { .. } => return Err(CompanyError::AlreadySetUp),
            RenameCompany { name } if name != self.name => vec![CompanyRenamed { name }],
            ChangeCompanyTimeZone { time_zone } if time_zone != self.time_zone => {
                vec![CompanyTimeZoneChanged { time_zone }]
            }
            ChangeCompanyFiscalStart { fiscal_start } if fiscal_start != self.fiscal_start => {
                vec![CompanyFiscalStartChanged { fiscal_start }]
            }
            ChangeCompanyLocale { locale } if locale != self.locale => {
                vec![CompanyLocaleChanged { locale }]
            }
            RenameCompany { .. }
            | ChangeCompanyTimeZone { .. }
            | ChangeCompanyFiscalStart { .. }
            | ChangeCompanyLocale { .. } => vec![],
        })
    }

    fn evolve(&mut self, event: CompanyEvent) {
        match event {
            CompanyRenamed { name } => self.name = name,
            CompanyTimeZoneChanged { time_zone } => self.time_zone = time_zone,
            CompanyFiscalStartChanged { fiscal_start } => self.fiscal_start = fiscal_start,
            CompanyLocaleChanged { locale } => self.locale = locale,
            CompanySetUp { .. } => {}
        }
    }
}

fn decide_blank(command: CompanyCommand) -> Result<Vec<CompanyEvent>, CompanyError> {
    match command {
        SetUpCompany {
            name,
            currency,
            time_zone,
            fiscal_start,
            locale,
        } => Ok(vec![CompanySetUp {
            name,
            currency,
            time_zone,
            fiscal_start,
            locale,
        }]),
        RenameCompany { .. }
        | ChangeCompanyTimeZone { .. }
        | ChangeCompanyFiscalStart { .. }
        | ChangeCompanyLocale { .. } => Err(CompanyError::NotSetUp),
    }
}

#[cfg(test)]
mod tests;
