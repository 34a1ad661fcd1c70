//! From the events of clients, products, pipelines, teams and the company to what facts are told apart by.

use cartera_domain::Event;
use cartera_domain::clients::ClientEvent;
use cartera_domain::ids::{ClientId, PipelineId, ProductId, TeamId, TypedId};
use cartera_domain::products::ProductEvent;
use cartera_domain::settings::{CompanyEvent, PipelineEvent, StageDefinition};
use cartera_domain::users::TeamTreeEvent;
use cartera_domain::values::{Amount, Line, Patch};
use cartera_journal::Recorded;
use chrono::NaiveDate;
use chrono_tz::Tz;
use sqlx::PgConnection;

use crate::fold::Rows;
use crate::projector::ProjectionError;

use super::moment::BEGINNING;
use super::tables::{
    Calendar, ClientSector, ProductFamily, ProductListPrice, StageProbability, TeamChange,
};

/// What facts are told apart by, as far as a batch touches it.
pub(super) struct Dimensions {
    sectors: Rows<ClientSector>,
    families: Rows<ProductFamily>,
    prices: Rows<ProductListPrice>,
    probabilities: Rows<StageProbability>,
    teams: Rows<TeamChange>,
    calendar: Rows<Calendar>,
}

/// A row that holds one value from a day on.
trait Dated: Sized {
    fn has_value(&self) -> bool;
    fn has_value_of(&self, other: &Self) -> bool;
    fn is_of_same(&self, other: &Self) -> bool;
    fn position(&self) -> i64;
    fn first_day(&self) -> NaiveDate;
    fn begin(&mut self, day: NaiveDate);
    fn end(&mut self, position: i64, day: NaiveDate);
}

macro_rules! dated {
    ($($row:ident of $key:ident: $value:ident is $known:expr),+ $(,)?) => {$(
        impl Dated for $row {
            fn has_value(&self) -> bool {
                $known(&self.$value)
            }

            fn has_value_of(&self, other: &Self) -> bool {
                self.$value == other.$value
            }

            fn is_of_same(&self, other: &Self) -> bool {
                self.$key == other.$key
            }

            fn position(&self) -> i64 {
                self.position
            }

            fn first_day(&self) -> NaiveDate {
                self.from_day
            }

            fn begin(&mut self, day: NaiveDate) {
                self.from_day = day;
            }

            fn end(&mut self, position: i64, day: NaiveDate) {
                self.next_position = Some(position);
                self.next_day = Some(day);
            }
        }
    )+};
}

dated! {
    ClientSector of client: sector is Option::is_some,
    ProductFamily of product: family is Option::is_some,
    ProductListPrice of product: list_price is Option::is_some,
    StageProbability of stage: probability is |_known| true,
}

/// Adds a value to a history, unless it is the one that it ends with. The first value known holds for the time before it.
fn follow<R: Dated>(rows: &mut Vec<R>, mut next: R) {
    let known = rows
        .iter()
        .any(|row| row.is_of_same(&next) && row.has_value());
    let last = rows
        .iter_mut()
        .filter(|row| row.is_of_same(&next))
        .max_by_key(|row| row.position());
    match last {
        Some(last) if last.has_value_of(&next) => return,
        Some(last) if known => {
            next.begin(next.first_day().max(last.first_day()));
            last.end(next.position(), next.first_day());
        }
        Some(last) => {
            next.begin(BEGINNING.day);
            last.end(next.position(), BEGINNING.day);
        }
        None => next.begin(BEGINNING.day),
    }
    rows.push(next);
}

impl Dimensions {
    /// Reads what is known of the clients, products and so on in the batch.
    pub(super) async fn load(
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<Self, ProjectionError> {
        Ok(Self {
            sectors: Rows::load(tx, &of_clients(batch)).await?,
            families: Rows::load(tx, &of_products(batch)).await?,
            prices: Rows::load(tx, &of_products(batch)).await?,
            probabilities: Rows::load(tx, &of_pipelines(batch)).await?,
            teams: Rows::load(tx, &of_teams(batch)).await?,
            calendar: Rows::load(tx, &of_company(batch)).await?,
        })
    }

    /// Takes an event in; tells the company's zone where it is another now.
    pub(super) fn take_in(&mut self, recorded: &Recorded) -> Result<Option<Tz>, ProjectionError> {
        match &recorded.event {
            Event::Company(event) => return self.take_in_company(recorded, event),
            Event::Pipeline(event) => self.take_in_pipeline(recorded, event),
            Event::TeamTree(event) => self.take_in_team(recorded, event),
            Event::Product(event) => self.take_in_product(recorded, event),
            Event::Client(event) => self.take_in_client(recorded, event),
            Event::Catalogue(_) | Event::User(_) | Event::Lead(_) | Event::Opportunity(_) => {}
        }
        Ok(None)
    }

    /// Writes what changed.
    pub(super) async fn write(self, tx: &mut PgConnection) -> Result<(), ProjectionError> {
        self.sectors.write(tx).await?;
        self.families.write(tx).await?;
        self.prices.write(tx).await?;
        self.probabilities.write(tx).await?;
        self.teams.write(tx).await?;
        self.calendar.write(tx).await
    }

    fn take_in_company(
        &mut self,
        recorded: &Recorded,
        event: &CompanyEvent,
    ) -> Result<Option<Tz>, ProjectionError> {
        match event {
            CompanyEvent::CompanySetUp {
                name: _,
                currency,
                time_zone,
                fiscal_start,
                locale: _,
            } => {
                *self.calendar.of(recorded) = vec![Calendar {
                    company: recorded.aggregate_id,
                    fiscal_start: i32::from(fiscal_start.month()),
                    time_zone: time_zone.name().to_owned(),
                    currency: currency.to_string(),
                }];
                Ok(Some(*time_zone))
            }
            CompanyEvent::CompanyTimeZoneChanged { time_zone } => {
                time_zone
                    .name()
                    .clone_into(&mut self.calendar.one(recorded)?.time_zone);
                Ok(Some(*time_zone))
            }
            CompanyEvent::CompanyFiscalStartChanged { fiscal_start } => {
                self.calendar.one(recorded)?.fiscal_start = i32::from(fiscal_start.month());
                Ok(None)
            }
            CompanyEvent::CompanyRenamed { .. } | CompanyEvent::CompanyLocaleChanged { .. } => {
                Ok(None)
            }
        }
    }

    fn take_in_pipeline(&mut self, recorded: &Recorded, event: &PipelineEvent) {
        let rows = self.probabilities.of(recorded);
        let probable = |stage, probability: &cartera_domain::values::Percentage| StageProbability {
            pipeline: PipelineId::from_uuid(recorded.aggregate_id),
            stage,
            position: recorded.position,
            probability: probability.value(),
            from_day: recorded.metadata.business_date,
            next_position: None,
            next_day: None,
        };
        let defined =
            |definition: &StageDefinition| probable(definition.stage, &definition.probability);
        match event {
            PipelineEvent::PipelineCreated { name: _, stages } => {
                for definition in stages {
                    follow(rows, defined(definition));
                }
            }
            PipelineEvent::StageAdded {
                definition,
                after: _,
            } => follow(rows, defined(definition)),
            PipelineEvent::StageProbabilityChanged { stage, probability } => {
                follow(rows, probable(*stage, probability));
            }
            PipelineEvent::PipelineRenamed { .. }
            | PipelineEvent::StageRenamed { .. }
            | PipelineEvent::StageReordered { .. }
            | PipelineEvent::StageRetired { .. }
            | PipelineEvent::PipelineRetired {} => {}
        }
    }

    fn take_in_team(&mut self, recorded: &Recorded, event: &TeamTreeEvent) {
        let rows = self.teams.of(recorded);
        match event {
            TeamTreeEvent::TeamFormed {
                team,
                name: _,
                parent,
                manager,
                office,
            } => rows.push(TeamChange {
                tree: recorded.aggregate_id,
                team: *team,
                position: recorded.position,
                parent: *parent,
                manager: *manager,
                office: office.as_ref().map(Line::to_string),
                from_day: recorded.metadata.business_date,
            }),
            TeamTreeEvent::TeamMoved { team, parent } => {
                change_team(rows, recorded, *team, |row| row.parent = *parent);
            }
            TeamTreeEvent::TeamManagerAppointed { team, manager } => {
                change_team(rows, recorded, *team, |row| row.manager = *manager);
            }
            TeamTreeEvent::TeamOfficeChanged { team, office } => {
                change_team(rows, recorded, *team, |row| {
                    row.office = office.as_ref().map(Line::to_string);
                });
            }
            // What a disbanded team did stays its own.
            TeamTreeEvent::TeamDisbanded { .. } | TeamTreeEvent::TeamRenamed { .. } => {}
        }
    }

    fn take_in_product(&mut self, recorded: &Recorded, event: &ProductEvent) {
        match event {
            ProductEvent::ProductRegistered {
                code: _,
                details,
                list_price,
            } => {
                self.set_family(recorded, details.family.as_ref());
                self.set_price(recorded, *list_price);
            }
            ProductEvent::ProductDetailsCorrected { changes } => match &changes.family {
                Patch::Keep => {}
                Patch::Clear => self.set_family(recorded, None),
                Patch::Set(family) => self.set_family(recorded, Some(family)),
            },
            ProductEvent::ProductPriceChanged { list_price } => {
                self.set_price(recorded, *list_price);
            }
            ProductEvent::ProductRetired {} | ProductEvent::ProductReinstated {} => {}
        }
    }

    fn set_family(&mut self, recorded: &Recorded, family: Option<&Line>) {
        let next = ProductFamily {
            product: ProductId::from_uuid(recorded.aggregate_id),
            position: recorded.position,
            family: family.map(Line::to_string),
            from_day: recorded.metadata.business_date,
            next_position: None,
            next_day: None,
        };
        follow(self.families.of(recorded), next);
    }

    fn set_price(&mut self, recorded: &Recorded, list_price: Option<Amount>) {
        let next = ProductListPrice {
            product: ProductId::from_uuid(recorded.aggregate_id),
            position: recorded.position,
            list_price: list_price.map(Amount::value),
            from_day: recorded.metadata.business_date,
            next_position: None,
            next_day: None,
        };
        follow(self.prices.of(recorded), next);
    }

    fn take_in_client(&mut self, recorded: &Recorded, event: &ClientEvent) {
        match event {
            ClientEvent::ClientRegistered { details, .. } => {
                self.set_sector(recorded, details.sector.as_ref());
            }
            ClientEvent::ClientDetailsCorrected { changes } => match &changes.sector {
                Patch::Keep => {}
                Patch::Clear => self.set_sector(recorded, None),
                Patch::Set(sector) => self.set_sector(recorded, Some(sector)),
            },
            ClientEvent::ClientAssigned { .. }
            | ClientEvent::ContactAdded { .. }
            | ClientEvent::ContactDetailsCorrected { .. }
            | ClientEvent::ContactRemoved { .. }
            | ClientEvent::ClientArchived {}
            | ClientEvent::ClientRestored {} => {}
        }
    }

    fn set_sector(&mut self, recorded: &Recorded, sector: Option<&Line>) {
        let next = ClientSector {
            client: ClientId::from_uuid(recorded.aggregate_id),
            position: recorded.position,
            sector: sector.map(Line::to_string),
            from_day: recorded.metadata.business_date,
            next_position: None,
            next_day: None,
        };
        follow(self.sectors.of(recorded), next);
    }
}

fn change_team(
    rows: &mut Vec<TeamChange>,
    recorded: &Recorded,
    team: TeamId,
    change: impl FnOnce(&mut TeamChange),
) {
    let last = rows
        .iter()
        .filter(|row| row.team == team)
        .max_by_key(|row| row.position);
    let Some(mut next) = last.cloned() else {
        return;
    };
    next.from_day = recorded.metadata.business_date.max(next.from_day);
    next.position = recorded.position;
    change(&mut next);
    rows.push(next);
}

macro_rules! batch_of {
    ($($function:ident: $variant:ident),+ $(,)?) => {$(
        fn $function<'a>(batch: &[&'a Recorded]) -> Vec<&'a Recorded> {
            batch
                .iter()
                .copied()
                .filter(|recorded| matches!(recorded.event, Event::$variant(_)))
                .collect()
        }
    )+};
}

batch_of! {
    of_clients: Client,
    of_products: Product,
    of_pipelines: Pipeline,
    of_teams: TeamTree,
    of_company: Company,
}
