//! A company to look at: a Catalan wholesaler of tools and building supplies, with three fiscal years of sales, made through
//! the same decisions as everything else. The same day and seed make the same company.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cartera_domain::permission::Role;
use cartera_domain::settings::FiscalStart;
use cartera_domain::users::Locale;
use cartera_domain::values::{BusinessTime, Line, Occurred};
use cartera_journal::{Journal, Source};
use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Tz;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, RngExt, SeedableRng};
use uuid::Uuid;

use crate::bus::CommandBus;
use crate::draft::Draft;
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::ports::IdSource;
use crate::settings::{NewCompany, set_up_company};

mod catalogue;
mod customers;
mod people;
mod sales;
mod words;

/// What the demo is made from.
#[derive(Debug, Clone, Copy)]
pub struct Demo {
    /// The day on which the company is looked at; its history ends there.
    pub today: NaiveDate,
    /// What chance is drawn from.
    pub seed: u64,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct DemoCompany {
    /// Users who may sign in, of every role.
    pub users: Vec<DemoUser>,
    /// Events written.
    pub events: u64,
}

/// A user of the demo.
#[derive(Debug, Clone)]
pub struct DemoUser {
    /// The user.
    pub id: cartera_domain::ids::UserId,
    /// The address for signing in.
    pub email: String,
    /// What the user is in the company.
    pub role: Role,
}

/// Ids in a row from a seed: version 7, at the midnight of a day.
struct SeededIds {
    day: NaiveDate,
    random: u64,
    next: AtomicU64,
}

impl IdSource for SeededIds {
    fn next_id(&self) -> Uuid {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let milliseconds = self
            .day
            .and_time(chrono::NaiveTime::MIN)
            .and_utc()
            .timestamp_millis();
        let time = u128::from(milliseconds.unsigned_abs().wrapping_add(next)) << 80;
        let random = u128::from(self.random.wrapping_add(next)) & 0x3fff_ffff_ffff_ffff;
        Uuid::from_u128(time | 0x7000_0000_0000_0000_0000 | (2 << 62) | random)
    }
}

/// The making of a company: chance, ids, and what waits to be written.
pub(crate) struct Maker {
    bus: CommandBus,
    chance: Xoshiro256PlusPlus,
    today: NaiveDate,
    first_day: NaiveDate,
    envelope: Envelope,
    waiting: Vec<Draft>,
    events: u64,
}

impl Demo {
    /// Makes the company in an empty journal.
    ///
    /// # Errors
    /// `COMPANY_ALREADY_SET_UP` in a journal that has one, or when the journal does not answer.
    pub async fn load(self, journal: &Journal) -> Result<DemoCompany, CommandError> {
        self.load_at_least(journal, 0).await
    }

    /// The same, with the same customers buying again and again until there are so many events: for measuring.
    ///
    /// # Errors
    /// As [`Demo::load`].
    pub async fn load_at_least(
        self,
        journal: &Journal,
        events: u64,
    ) -> Result<DemoCompany, CommandError> {
        let mut chance = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let ids = SeededIds {
            day: self.today,
            random: chance.next_u64(),
            next: AtomicU64::new(0),
        };
        let bus = CommandBus::new(journal.clone(), Arc::new(ids));
        let first_year = self.today.year() - 2;
        let first_day = NaiveDate::from_ymd_opt(first_year, 1, 1).unwrap_or(self.today);
        let envelope = Envelope {
            occurred: Occurred::At(BusinessTime::Date(first_day)),
            ..Envelope::operator(bus.ids().next_id(), Source::Demo)
        };
        let company = NewCompany {
            name: line("Subministraments Canigó, SL")?,
            currency: "EUR".parse().map_err(defect)?,
            time_zone: Tz::Europe__Madrid,
            fiscal_start: FiscalStart::default(),
            locale: Locale::Es,
        };
        set_up_company(&bus, &envelope, company).await?;
        let mut maker = Maker {
            bus,
            chance,
            today: self.today,
            first_day,
            envelope,
            waiting: vec![],
            events: 0,
        };
        let staff = people::hire(&mut maker).await?;
        let products = catalogue::list(&mut maker).await?;
        let clients = customers::win(&mut maker, &staff).await?;
        sales::sell(&mut maker, &products, &clients).await?;
        while maker.events < events {
            sales::sell(&mut maker, &products, &clients).await?;
        }
        maker.write().await?;
        Ok(DemoCompany {
            users: staff.sign_in,
            events: maker.events,
        })
    }
}

impl Maker {
    /// A number of this range, both ends included.
    fn between(&mut self, least: u32, most: u32) -> u32 {
        self.chance.random_range(least..=most)
    }

    /// Whether something that happens so many times in a hundred happens.
    fn happens(&mut self, percent: u32) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of these.
    fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Result<&'a T, CommandError> {
        let last = choices.len().saturating_sub(1);
        choices
            .get(self.chance.random_range(0..=last))
            .ok_or_else(|| defect("nothing to choose from"))
    }

    /// Takes a decision in; it is written with the others.
    async fn take(&mut self, draft: Draft) -> Result<(), CommandError> {
        self.waiting.push(draft);
        if self.waiting.len() >= 500 {
            self.write().await
        } else {
            Ok(())
        }
    }

    /// Writes what waits.
    async fn write(&mut self) -> Result<(), CommandError> {
        let drafts = std::mem::take(&mut self.waiting);
        self.events += drafts.iter().map(Draft::events).sum::<u64>();
        let named = drafts
            .into_iter()
            .map(|draft| (self.bus.ids().next_id(), draft))
            .collect();
        for outcome in self.bus.write_many(&self.envelope, named).await? {
            outcome?;
        }
        Ok(())
    }

    fn days_after(&self, day: NaiveDate, days: u32) -> Option<NaiveDate> {
        day.checked_add_days(Days::new(u64::from(days)))
            .filter(|later| *later <= self.today)
    }
}

fn on(day: NaiveDate) -> Occurred {
    Occurred::At(BusinessTime::Date(day))
}

fn line(text: &str) -> Result<Line, CommandError> {
    Line::parse(text).map_err(defect)
}

fn defect(error: impl std::fmt::Display) -> CommandError {
    CommandError::Internal(error.to_string())
}
