//! The rows of the facts and of the histories beside them; what each column means stands in `sales_facts.sql`.

use cartera_domain::ids::{
    ChannelId, ClientId, LeadId, LineId, OpportunityId, PipelineId, ProductId, StageId, TeamId,
    UserId,
};
use cartera_domain::opportunities::Outcome;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::moment::{Moment, Span};

crate::table! {
    /// An opportunity, as it is known now.
    OpportunityFact in "opportunity_facts", key (opportunity), group opportunity {
        /// The opportunity.
        opportunity: OpportunityId,
        /// The pipeline it runs through.
        pipeline: PipelineId,
        /// Who may buy.
        client: Option<ClientId>,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// The stage it is in.
        stage: StageId,
        /// How it ended, or that it has not.
        outcome: Outcome,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team.
        team: Option<TeamId>,
        /// What it is, or may be, worth.
        amount: Option<Decimal>,
        /// A judgement of its probability otherwise than its stage's, 0 to 100.
        probability: Option<Decimal>,
        /// The day on which it was opened; not known.
        opened_on: Option<NaiveDate>,
        /// The instant at which it was opened; not known, or only the day.
        opened_at: Option<DateTime<Utc>>,
        /// Last instant of its opening.
        opened_through: Option<DateTime<Utc>>,
        /// The stage in which it began.
        opened_stage: StageId,
        /// Who took care of it when it was opened.
        opened_owner: Option<UserId>,
        /// That owner's team.
        opened_team: Option<TeamId>,
        /// The day on which it was closed.
        closed_on: Option<NaiveDate>,
        /// Who took care of it when it was closed.
        closed_owner: Option<UserId>,
        /// That owner's team.
        closed_team: Option<TeamId>,
        /// What it was worth.
        amount_won: Option<Decimal>,
        /// Days from opening to closing.
        cycle_days: Option<Decimal>,
    }
}

crate::table! {
    /// A stage that an opportunity entered.
    StageFact in "opportunity_stage_facts", key (opportunity, position), group opportunity {
        /// The opportunity.
        opportunity: OpportunityId,
        /// Position of the event.
        position: i64,
        /// The stage.
        stage: StageId,
        /// The stage's category.
        outcome: Outcome,
        /// Whether it began here.
        is_opening: bool,
        /// The day on which it entered.
        entered_on: Option<NaiveDate>,
        /// Last instant of its entering.
        entered_through: Option<DateTime<Utc>>,
        /// The day on which it was closed, while this stage is in force.
        closed_on: Option<NaiveDate>,
        /// Last instant of its closing.
        closed_through: Option<DateTime<Utc>>,
        /// What it was worth.
        amount_won: Option<Decimal>,
        /// Days from opening to closing.
        cycle_days: Option<Decimal>,
        /// In force from this day on.
        from_day: Option<NaiveDate>,
        /// In force from this instant on.
        from_at: Option<DateTime<Utc>>,
        /// Position of the next row.
        next_position: Option<i64>,
        /// Position of the next row whose day is known.
        next_dated_position: Option<i64>,
        /// That row's first day.
        next_day: Option<NaiveDate>,
        /// That row's first instant.
        next_at: Option<DateTime<Utc>>,
    }
}

crate::table! {
    /// Who took care of an opportunity or lead, and what it was worth.
    Terms in "sales_terms", key (record, position), group record {
        /// The opportunity or lead.
        record: Uuid,
        /// Position of the event.
        position: i64,
        /// Who took care of it.
        owner: Option<UserId>,
        /// The owner's team.
        team: Option<TeamId>,
        /// Who might buy.
        client: Option<ClientId>,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// What it was worth.
        amount: Option<Decimal>,
        /// A judgement of its probability, 0 to 100.
        probability: Option<Decimal>,
        /// In force from this day on.
        from_day: Option<NaiveDate>,
        /// In force from this instant on.
        from_at: Option<DateTime<Utc>>,
        /// Position of the next row.
        next_position: Option<i64>,
        /// Position of the next row whose day is known.
        next_dated_position: Option<i64>,
        /// That row's first day.
        next_day: Option<NaiveDate>,
        /// That row's first instant.
        next_at: Option<DateTime<Utc>>,
    }
}

crate::table! {
    /// What is, or would be, sold with an opportunity.
    LineFact in "opportunity_line_facts", key (opportunity, position, line), group opportunity {
        /// The opportunity.
        opportunity: OpportunityId,
        /// Position of the event.
        position: i64,
        /// The line.
        line: LineId,
        /// The product.
        product: ProductId,
        /// How much of it, in the product's unit.
        units: Decimal,
        /// Exact amount of the line.
        amount: Decimal,
        /// In force from this day on.
        from_day: Option<NaiveDate>,
        /// In force from this instant on.
        from_at: Option<DateTime<Utc>>,
        /// Position of the next lines.
        next_position: Option<i64>,
        /// Position of the next lines whose day is known.
        next_dated_position: Option<i64>,
        /// Those lines' first day.
        next_day: Option<NaiveDate>,
        /// Those lines' first instant.
        next_at: Option<DateTime<Utc>>,
    }
}

crate::table! {
    /// A lead, as it is known now.
    LeadFact in "lead_facts", key (lead), group lead {
        /// The lead.
        lead: LeadId,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// Its sector, as written.
        sector: Option<String>,
        /// Position of its registration.
        created_position: i64,
        /// The day on which it was registered; not known.
        created_on: Option<NaiveDate>,
        /// The instant at which it was registered; not known, or only the day.
        created_at: Option<DateTime<Utc>>,
        /// Last instant of its registration.
        created_through: Option<DateTime<Utc>>,
        /// Registered from this day on.
        created_from_day: Option<NaiveDate>,
        /// Registered from this instant on.
        created_from_at: Option<DateTime<Utc>>,
        /// Who took care of it then.
        created_owner: Option<UserId>,
        /// That owner's team.
        created_team: Option<TeamId>,
        /// Position of its conversion.
        converted_position: Option<i64>,
        /// The day on which it became a client.
        converted_on: Option<NaiveDate>,
        /// Last instant of its conversion.
        converted_through: Option<DateTime<Utc>>,
        /// Converted from this day on.
        converted_from_day: Option<NaiveDate>,
        /// Converted from this instant on.
        converted_from_at: Option<DateTime<Utc>>,
        /// Who took care of it then.
        converted_owner: Option<UserId>,
        /// That owner's team.
        converted_team: Option<TeamId>,
        /// Days from registration to conversion.
        days_to_convert: Option<Decimal>,
    }
}

crate::table! {
    /// A client's sector, from a day on.
    ClientSector in "client_sectors", key (client, position), group client {
        /// The client.
        client: ClientId,
        /// Position of the event.
        position: i64,
        /// The sector, as written.
        sector: Option<String>,
        /// First day.
        from_day: NaiveDate,
        /// Position of the next row.
        next_position: Option<i64>,
        /// The next row's first day.
        next_day: Option<NaiveDate>,
    }
}

crate::table! {
    /// A product's family, from a day on.
    ProductFamily in "product_families", key (product, position), group product {
        /// The product.
        product: ProductId,
        /// Position of the event.
        position: i64,
        /// The family.
        family: Option<String>,
        /// First day.
        from_day: NaiveDate,
        /// Position of the next row.
        next_position: Option<i64>,
        /// The next row's first day.
        next_day: Option<NaiveDate>,
    }
}

crate::table! {
    /// A product's list price, from a day on.
    ProductListPrice in "product_list_prices", key (product, position), group product {
        /// The product.
        product: ProductId,
        /// Position of the event.
        position: i64,
        /// Price of one unit before discount and taxes.
        list_price: Option<Decimal>,
        /// First day.
        from_day: NaiveDate,
        /// Position of the next row.
        next_position: Option<i64>,
        /// The next row's first day.
        next_day: Option<NaiveDate>,
    }
}

crate::table! {
    /// How probable a sale is in a stage, from a day on.
    StageProbability in "stage_probabilities", key (pipeline, stage, position), group pipeline {
        /// The stage's pipeline.
        pipeline: PipelineId,
        /// The stage.
        stage: StageId,
        /// Position of the event.
        position: i64,
        /// 0 to 100.
        probability: Decimal,
        /// First day.
        from_day: NaiveDate,
        /// Position of the next row.
        next_position: Option<i64>,
        /// The next row's first day.
        next_day: Option<NaiveDate>,
    }
}

crate::table! {
    /// A change of a team: how it was after it.
    TeamChange in "team_changes", key (tree, team, position), group tree {
        /// The tree of teams.
        tree: Uuid,
        /// The team.
        team: TeamId,
        /// Position of the event.
        position: i64,
        /// The team above it.
        parent: Option<TeamId>,
        /// Who leads it.
        manager: Option<UserId>,
        /// The office or region it works from.
        office: Option<String>,
        /// First day.
        from_day: NaiveDate,
    }
}

crate::table! {
    /// The company's calendar and currency.
    Calendar in "report_calendar", key (company), group company {
        /// The company.
        company: Uuid,
        /// The month in which the fiscal year begins, 1 to 12.
        fiscal_start: i32,
        /// The zone in which days begin, IANA.
        time_zone: String,
        /// ISO 4217.
        currency: String,
    }
}

macro_rules! in_force_in_time {
    ($($row:ty),+) => {$(
        impl Span for $row {
            fn from(&self) -> Option<Moment> {
                Some(Moment { day: self.from_day?, at: self.from_at? })
            }

            fn end(&mut self, position: i64, next: Option<Moment>) {
                self.next_position.get_or_insert(position);
                if let Some(next) = next {
                    self.next_dated_position.get_or_insert(position);
                    self.next_day.get_or_insert(next.day);
                    self.next_at.get_or_insert(next.at);
                }
            }
        }
    )+};
}

in_force_in_time!(StageFact, Terms, LineFact);
