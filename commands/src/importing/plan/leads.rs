//! Records that are leads, and conversions of leads that are there.

use cartera_domain::clients::Client;
use cartera_domain::ids::{ClientId, SubjectId, TypedId};
use cartera_domain::leads::{Lead, LeadCommand, LeadDetails, LeadStatus};
use cartera_domain::values::{Line, Note, Occurred, Personal};
use uuid::Uuid;

use crate::draft::{Draft, Stream};
use crate::files::Row;
use crate::importing::profile::Field;
use crate::importing::record::Record;

use super::clients::personal;
use super::{Planner, Refused, first};

impl Planner<'_> {
    pub(super) async fn lead(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let mut stream = self.stream::<Lead>(existing).await?;
        let subject = match existing {
            Some(_) => crate::leads::subject(self.bus, stream.id()).await?,
            None => self.bus.ids().mint(),
        };
        let details = self.lead_details(row, subject)?;
        let mut draft = Draft::default();
        if existing.is_some() {
            if !matches!(stream.state(), Lead::Converted(_)) {
                let changes = details.into();
                stream.decide(
                    self.envelope,
                    LeadCommand::CorrectLeadDetails { changes },
                    Occurred::Now,
                )?;
            }
        } else {
            let details = LeadDetails {
                external_reference: personal(subject, Line::parse(&record.key).ok()),
                ..details
            };
            let (owner, team) = self.owner(row)?;
            let channel = self.channel(row)?;
            let registered = self.layout.occurred(row, Field::RegisteredOn)?;
            stream.decide(
                self.envelope,
                LeadCommand::RegisterLead {
                    details,
                    channel,
                    owner,
                    team,
                },
                registered,
            )?;
            draft = draft.claiming(self.references.claim(
                "lead",
                &record.key,
                stream.id().as_uuid(),
                Some(subject),
            ));
        }
        let client = self.bring_to_status(row, &mut stream, subject)?;
        draft.add(stream);
        if let Some(client) = client {
            draft.add(client);
        }
        Ok(draft)
    }

    /// Takes a lead to where the record says it stands; the client that it became, where it did.
    fn bring_to_status(
        &self,
        row: &Row,
        stream: &mut Stream<Lead>,
        subject: SubjectId,
    ) -> Result<Option<Stream<Client>>, Refused> {
        let status: Option<LeadStatus> =
            self.layout
                .parsed(row, Field::Status, "CELL_NOT_A_LEAD_STATUS")?;
        let status = if let Some(status) = status {
            status
        } else if self.layout.maps(Field::ConvertedOn)
            && self.layout.text(row, Field::ConvertedOn).is_some()
        {
            LeadStatus::Converted
        } else {
            return Ok(None);
        };
        let registered = self.layout.occurred(row, Field::RegisteredOn)?;
        match status {
            LeadStatus::New => Ok(None),
            LeadStatus::Contacted => Ok(stream
                .decide(self.envelope, LeadCommand::MarkLeadContacted, registered)
                .map(|()| None)?),
            LeadStatus::Qualified => Ok(stream
                .decide(self.envelope, LeadCommand::QualifyLead, registered)
                .map(|()| None)?),
            LeadStatus::Discarded => {
                let note = Note::parse("import")
                    .ok()
                    .map(|note| Personal::new(subject, note));
                let command = LeadCommand::DiscardLead { reason: None, note };
                Ok(stream
                    .decide(self.envelope, command, registered)
                    .map(|()| None)?)
            }
            LeadStatus::Converted => {
                let converted = self.layout.occurred(row, Field::ConvertedOn)?;
                self.convert(stream, converted)
            }
        }
    }

    /// Converts a lead into a client of its own, unless it is one already.
    fn convert(
        &self,
        stream: &mut Stream<Lead>,
        converted: Occurred,
    ) -> Result<Option<Stream<Client>>, Refused> {
        let Lead::Open(open) = stream.state().clone() else {
            if matches!(stream.state(), Lead::Converted(_)) {
                return Ok(None);
            }
            return Err(stream
                .decide(self.envelope, LeadCommand::QualifyLead, converted)
                .err()
                .map_or(Refused::Record(Vec::new()), Refused::from));
        };
        let client: ClientId = self.bus.ids().mint();
        let command = LeadCommand::ConvertLead {
            client,
            opportunity: None,
        };
        stream.decide(self.envelope, command, converted)?;
        let mut registered = Stream::<Client>::new(client);
        for command in crate::leads::client_of(self.bus, stream.id(), &open) {
            registered.decide(self.envelope, command, converted)?;
        }
        Ok(Some(registered))
    }

    pub(super) async fn conversion(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let key = self
            .layout
            .text(row, Field::Lead)
            .unwrap_or_else(|| record.key.clone());
        let Some(lead) = existing else {
            return Err(self.unknown(Field::Lead, &key, "lead").into());
        };
        let mut stream = self.stream::<Lead>(Some(lead)).await?;
        let converted = self.layout.occurred(row, Field::ConvertedOn)?;
        let client = self.convert(&mut stream, converted)?;
        let mut draft = Draft::default().with(stream);
        if let Some(client) = client {
            draft.add(client);
        }
        Ok(draft)
    }

    fn lead_details(&self, row: &Row, subject: SubjectId) -> Result<LeadDetails, Refused> {
        let layout = self.layout;
        Ok(LeadDetails {
            person_name: personal(subject, layout.line(row, Field::PersonName)?),
            company_name: layout.line(row, Field::CompanyName)?,
            job_title: layout.line(row, Field::JobTitle)?,
            email: personal(
                subject,
                layout.parsed(row, Field::Email, "CELL_NOT_AN_EMAIL_ADDRESS")?,
            ),
            phone: personal(
                subject,
                layout.parsed(row, Field::Phone, "CELL_NOT_A_PHONE_NUMBER")?,
            ),
            tax_id: personal(subject, layout.line(row, Field::TaxId)?),
            city: layout.line(row, Field::City)?,
            country: layout.line(row, Field::Country)?,
            sector: layout.line(row, Field::Sector)?,
            campaign: layout.line(row, Field::Campaign)?,
            interest: layout.line(row, Field::Interest)?,
            expected_value: layout.amount(row, Field::ExpectedValue)?,
            notes: personal(subject, layout.note(row, Field::Notes)?),
            external_reference: None,
        })
    }
}
