//! The facts that are counted: as they are known now, or as they stood, made from the histories.

use super::moments::{At, CONVERTED, CREATED};
use super::{Composer, Sql};
use crate::reports::measures::{Family, Measure};
use crate::reports::plan::Source;

impl Composer<'_> {
    /// The facts, as they are known and as they stood at the moment asked for.
    pub(super) fn facts(&self, sql: &mut Sql<'static>) {
        let past = self
            .plan
            .as_of()
            .map_or(At::Now, |(day, at)| At::AsOf(day, at));
        let is_now = matches!(past, At::Now) && self.plan.request.known_at.is_none();
        match self.source {
            Source::OwnerDays => {
                sql.push("sales_by_owner_day AS f");
            }
            Source::Days => {
                sql.push("sales_by_day AS f");
            }
            Source::CycleDays => {
                sql.push("cycle_days_by_day AS f");
            }
            Source::Facts(Family::Openings) if is_now => {
                sql.push("(SELECT opportunity AS record, pipeline, client, channel, opened_on AS day, opened_owner AS owner, opened_team AS team, opened_stage AS stage FROM opportunity_facts) AS f");
            }
            Source::Facts(Family::Closings) if is_now => {
                sql.push("(SELECT opportunity AS record, pipeline, client, channel, closed_on AS day, closed_owner AS owner, closed_team AS team, stage, outcome, amount_won AS amount, cycle_days FROM opportunity_facts WHERE outcome <> 'open') AS f");
            }
            Source::Facts(Family::Sold) if is_now => {
                sql.push("(SELECT opportunity AS record, pipeline, client, channel, closed_on AS day, closed_owner AS owner, closed_team AS team, stage FROM opportunity_facts WHERE outcome = 'won') AS f");
            }
            Source::Facts(Family::Leads) if is_now => {
                sql.push("(SELECT lead AS record, channel, sector, created_on AS day, created_owner AS owner, created_team AS team, converted_position IS NOT NULL AS is_converted, days_to_convert FROM lead_facts) AS f");
            }
            Source::Facts(Family::Conversions) if is_now => {
                sql.push("(SELECT lead AS record, channel, sector, converted_on AS day, converted_owner AS owner, converted_team AS team, days_to_convert FROM lead_facts WHERE converted_position IS NOT NULL) AS f");
            }
            Source::Facts(family) => self.history(sql, family, past),
        }
    }

    /// The facts as they stood, from the histories.
    fn history(&self, sql: &mut Sql<'static>, family: Family, past: At) {
        match family {
            Family::Openings => {
                sql.push("(SELECT e.opportunity AS record, o.pipeline, k.client, k.channel, e.entered_on AS day, t.owner, t.team, e.stage FROM opportunity_stage_facts AS e");
                self.with_parties(sql, At::Instant("e.entered_through"));
                sql.push(" WHERE e.is_opening");
                self.had_happened(sql, past);
                sql.push(") AS f");
            }
            Family::Closings | Family::Sold => {
                sql.push("(SELECT e.opportunity AS record, o.pipeline, k.client, k.channel, e.closed_on AS day, t.owner, t.team, e.stage, e.outcome, e.amount_won AS amount, e.cycle_days FROM opportunity_stage_facts AS e");
                self.with_parties(sql, At::Instant("e.closed_through"));
                sql.push(if family == Family::Sold {
                    " WHERE e.outcome = 'won'"
                } else {
                    " WHERE e.outcome <> 'open'"
                });
                self.in_force(sql, "e", past);
                sql.push(") AS f");
            }
            Family::Entries => {
                sql.push("(SELECT e.opportunity AS record, o.pipeline, k.client, k.channel, e.entered_on AS day, t.owner, t.team, e.stage FROM opportunity_stage_facts AS e");
                self.with_parties(sql, At::Instant("e.entered_through"));
                sql.push(" WHERE true");
                self.had_happened(sql, past);
                sql.push(") AS f");
            }
            Family::Standing | Family::StandingLines => self.standing(sql),
            Family::Leads => {
                sql.push("(SELECT e.lead AS record, k.channel, e.sector, e.created_on AS day, t.owner, t.team, (true");
                self.by_then(sql, past, &CONVERTED);
                sql.push(") IS TRUE AND e.converted_position IS NOT NULL AS is_converted, e.days_to_convert FROM lead_facts AS e");
                self.with_terms(sql, "e.lead", At::Instant("e.created_through"));
                sql.push(" WHERE true");
                self.by_then(sql, past, &CREATED);
                sql.push(") AS f");
            }
            Family::Conversions => {
                sql.push("(SELECT e.lead AS record, k.channel, e.sector, e.converted_on AS day, t.owner, t.team, e.days_to_convert FROM lead_facts AS e");
                self.with_terms(sql, "e.lead", At::Instant("e.converted_through"));
                sql.push(" WHERE e.converted_position IS NOT NULL");
                self.by_then(sql, past, &CONVERTED);
                sql.push(") AS f");
            }
        }
    }

    /// Opportunities as they stood at each moment; those of now are read from the facts where nothing is to be unknown.
    fn standing(&self, sql: &mut Sql<'static>) {
        let only_open = self.family() == Some(Family::StandingLines)
            || !self
                .measures
                .iter()
                .any(|measure| matches!(measure, Measure::Present | Measure::PresentAmount));
        sql.push("(SELECT m.years, m.label, m.day, m.at, e.opportunity AS record, o.pipeline, k.client, k.channel, t.owner, t.team, e.stage, e.outcome, t.amount, t.probability FROM moments AS m JOIN opportunity_stage_facts AS e ON NOT m.is_now");
        self.in_force(sql, "e", At::Standpoint);
        self.with_parties(sql, At::Standpoint);
        sql.push(if only_open {
            " WHERE e.outcome = 'open'"
        } else {
            ""
        });
        sql.push(" UNION ALL ");
        if self.plan.request.known_at.is_none() {
            sql.push("SELECT m.years, m.label, m.day, m.at, o.opportunity, o.pipeline, o.client, o.channel, o.owner, o.team, o.stage, o.outcome, o.amount, o.probability FROM moments AS m JOIN opportunity_facts AS o ON m.is_now");
            sql.push(if only_open {
                " AND o.outcome = 'open'"
            } else {
                ""
            });
        } else {
            sql.push("SELECT m.years, m.label, m.day, m.at, e.opportunity, o.pipeline, k.client, k.channel, t.owner, t.team, e.stage, e.outcome, t.amount, t.probability FROM moments AS m JOIN opportunity_stage_facts AS e ON m.is_now");
            self.in_force(sql, "e", At::Now);
            self.with_parties(sql, At::Now);
            sql.push(if only_open {
                " WHERE e.outcome = 'open'"
            } else {
                ""
            });
        }
        sql.push(") AS f");
    }

    /// Joins the opportunity `o` of the row `e`, its terms `t` at a moment, and its client and channel `k` as corrected since.
    fn with_parties(&self, sql: &mut Sql<'static>, at: At) {
        sql.push(" JOIN opportunity_facts AS o ON o.opportunity = e.opportunity");
        self.with_terms(sql, "e.opportunity", at);
    }

    fn with_terms(&self, sql: &mut Sql<'static>, record: &'static str, at: At) {
        sql.push(" JOIN sales_terms AS t ON t.record = ")
            .push(record);
        self.in_force(sql, "t", at);
        sql.push(" JOIN sales_terms AS k ON k.record = ")
            .push(record);
        self.in_force(sql, "k", At::Now);
    }
}
