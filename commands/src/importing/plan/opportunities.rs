//! Records that are opportunities, and histories of opportunities that are there.

use cartera_domain::ids::{SubjectId, TypedId};
use cartera_domain::opportunities::{
    Opportunity, OpportunityCommand, OpportunityDetails, OpportunityLine, StageFact,
};
use cartera_domain::settings::StageCategory;
use cartera_domain::values::{Amount, Line, Occurred};
use uuid::Uuid;

use crate::draft::{Draft, Stream};
use crate::files::Row;
use crate::importing::profile::Field;
use crate::importing::record::Record;

use super::clients::personal;
use super::{Planner, Refused, first};

impl Planner<'_> {
    pub(super) async fn opportunity(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let mut stream = self.stream::<Opportunity>(existing).await?;
        let stage = self.stage(row, Field::Stage)?;
        let mut draft = Draft::default();
        if existing.is_none() {
            let opened = self.layout.occurred(row, Field::OpenedOn)?;
            let subject = self.bus.ids().mint();
            let command = self.opening(record, row, stage, subject).await?;
            stream.decide(self.envelope, command, opened)?;
            draft = draft.claiming(self.references.claim(
                "opportunity",
                &record.key,
                stream.id().as_uuid(),
                Some(subject),
            ));
        }
        if let Some(stage) = stage {
            let closed = self.layout.occurred(row, Field::ClosedOn)?;
            let won = if stage.category == StageCategory::Won {
                self.layout.amount(row, Field::WonAmount)?
            } else {
                None
            };
            self.go(&mut stream, stage, closed, won)?;
        }
        draft.add(stream);
        Ok(draft)
    }

    async fn opening(
        &self,
        record: &Record,
        row: &Row,
        stage: Option<StageFact>,
        subject: SubjectId,
    ) -> Result<OpportunityCommand, Refused> {
        let first_stage = match (self.stage(row, Field::OpenedStage)?, stage) {
            (_, Some(stage)) if stage.category == StageCategory::Open => stage,
            (Some(opened), _) => opened,
            (None, _) => self.references.first_open_stage().await?,
        };
        let client = match self.layout.text(row, Field::Client) {
            None => None,
            Some(key) => Some(
                self.references
                    .client(&key)
                    .ok_or_else(|| self.unknown(Field::Client, &key, "client"))?,
            ),
        };
        let (owner, team) = self.owner(row)?;
        let details = OpportunityDetails {
            title: personal(subject, self.layout.line(row, Field::Title)?),
            campaign: self.layout.line(row, Field::Campaign)?,
            notes: personal(subject, self.layout.note(row, Field::Notes)?),
            external_reference: personal(subject, Line::parse(&record.key).ok()),
        };
        Ok(OpportunityCommand::OpenOpportunity {
            stage: first_stage,
            details,
            client,
            lead: None,
            channel: self.channel(row)?,
            owner,
            team,
            amount: self.layout.amount(row, Field::Amount)?,
            currency: self.references.currency.clone(),
            expected_close: self.layout.day(row, Field::ExpectedClose)?,
            lines: record
                .rows
                .iter()
                .map(|row| self.line(row))
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The product line of a row: at the amount it states, else at its price, else at the list price.
    fn line(&self, row: &Row) -> Result<Option<OpportunityLine>, Refused> {
        let Some(key) = self.layout.text(row, Field::Product) else {
            return Ok(None);
        };
        let (product, list_price) = self
            .references
            .product(&key)
            .ok_or_else(|| self.unknown(Field::Product, &key, "product"))?;
        let stated = self.layout.amount(row, Field::LineAmount)?;
        let unit_price = self.layout.amount(row, Field::UnitPrice)?;
        let mut line = OpportunityLine {
            line: self.bus.ids().mint(),
            product,
            description: None,
            quantity: self
                .layout
                .amount(row, Field::Quantity)?
                .unwrap_or(Amount::ONE),
            unit_price: if stated.is_some() {
                None
            } else {
                unit_price.or(list_price)
            },
            discount: None,
            amount: stated.unwrap_or(Amount::ZERO),
        };
        let computed = line.computed_amount();
        let computed = computed.map_err(|error| {
            self.layout.refuse(
                Field::Product,
                &key,
                "LINE_OUT_OF_RANGE",
                &error.to_string(),
            )
        })?;
        if let Some(computed) = computed {
            line.amount = computed;
        }
        Ok(Some(line))
    }

    fn stage(&self, row: &Row, field: Field) -> Result<Option<StageFact>, Refused> {
        let Some(name) = self.layout.text(row, field) else {
            return Ok(None);
        };
        Ok(Some(
            self.references
                .stage(&name)
                .ok_or_else(|| self.unknown(field, &name, "stage"))?,
        ))
    }

    /// Takes an opportunity to a stage, whatever its category; a sum that was won replaces what one line was estimated at.
    fn go(
        &self,
        stream: &mut Stream<Opportunity>,
        stage: StageFact,
        at: Occurred,
        won: Option<Amount>,
    ) -> Result<(), Refused> {
        let category = match stream.state() {
            Opportunity::Blank | Opportunity::Open(_) => StageCategory::Open,
            Opportunity::Won(_) => StageCategory::Won,
            Opportunity::Lost(_) => StageCategory::Lost,
            Opportunity::Cancelled(_) => StageCategory::Cancelled,
        };
        if category == stage.category {
            return Ok(stream.decide(
                self.envelope,
                OpportunityCommand::MoveOpportunity { stage },
                at,
            )?);
        }
        if let (Some(won), StageCategory::Won) = (won, stage.category) {
            self.revise_to(stream, won, at)?;
        }
        let command = match stage.category {
            StageCategory::Open => OpportunityCommand::ReopenOpportunity { stage },
            StageCategory::Won => OpportunityCommand::WinOpportunity {
                stage,
                amount: won,
                reason: None,
                note: None,
            },
            StageCategory::Lost => OpportunityCommand::LoseOpportunity {
                stage,
                reason: None,
                competitor: None,
                note: None,
            },
            StageCategory::Cancelled => OpportunityCommand::CancelOpportunity {
                stage,
                reason: None,
                note: None,
            },
        };
        Ok(stream.decide(self.envelope, command, at)?)
    }

    fn revise_to(
        &self,
        stream: &mut Stream<Opportunity>,
        won: Amount,
        at: Occurred,
    ) -> Result<(), Refused> {
        let Some(sale) = stream.state().sale() else {
            return Ok(());
        };
        let [line] = sale.lines.as_slice() else {
            return Ok(());
        };
        if line.amount == won {
            return Ok(());
        }
        let line = OpportunityLine {
            unit_price: None,
            discount: None,
            amount: won,
            ..line.clone()
        };
        Ok(stream.decide(
            self.envelope,
            OpportunityCommand::ReviseOpportunityLines { lines: vec![line] },
            at,
        )?)
    }

    pub(super) async fn stage_history(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let Some(opportunity) = existing else {
            let key = self
                .layout
                .text(row, Field::Opportunity)
                .unwrap_or_else(|| record.key.clone());
            return Err(self.unknown(Field::Opportunity, &key, "opportunity").into());
        };
        let mut stream = self.stream::<Opportunity>(Some(opportunity)).await?;
        for row in &record.rows {
            let Some(stage) = self.stage(row, Field::Stage)? else {
                continue;
            };
            let entered = self.layout.occurred(row, Field::EnteredOn)?;
            self.go(&mut stream, stage, entered, None)?;
        }
        Ok(Draft::default().with(stream))
    }
}
