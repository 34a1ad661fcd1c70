//! Records that are clients.

use cartera_domain::clients::{Client, ClientCommand, ClientDetails, ClientKind};
use cartera_domain::ids::{SubjectId, TypedId};
use cartera_domain::values::{Line, Occurred, Personal};
use uuid::Uuid;

use crate::draft::Draft;
use crate::files::Row;
use crate::importing::profile::Field;
use crate::importing::record::Record;

use super::{Planner, Refused, first};

impl Planner<'_> {
    pub(super) async fn client(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let kind: Option<ClientKind> =
            self.layout
                .parsed(row, Field::ClientKind, "CELL_NOT_A_CLIENT_KIND")?;
        let mut stream = self.stream::<Client>(existing).await?;
        let subject = match existing {
            Some(_) => crate::clients::subject(self.bus, stream.id()).await?,
            None => self.bus.ids().mint(),
        };
        let details = self.client_details(row, subject)?;
        if existing.is_some() {
            let changes = details.into();
            stream.decide(
                self.envelope,
                ClientCommand::CorrectClientDetails { changes },
                Occurred::Now,
            )?;
            return Ok(Draft::default().with(stream));
        }
        let details = ClientDetails {
            external_reference: personal(subject, Line::parse(&record.key).ok()),
            ..details
        };
        let person = details.company_name.is_none() && details.person_name.is_some();
        let kind = kind.unwrap_or(if person {
            ClientKind::Person
        } else {
            ClientKind::Company
        });
        let (owner, team) = self.owner(row)?;
        let command = ClientCommand::RegisterClient {
            kind,
            details,
            owner,
            team,
            lead: None,
        };
        stream.decide(self.envelope, command, self.since(row)?)?;
        let claim =
            self.references
                .claim("client", &record.key, stream.id().as_uuid(), Some(subject));
        Ok(Draft::default().with(stream).claiming(claim))
    }

    fn client_details(&self, row: &Row, subject: SubjectId) -> Result<ClientDetails, Refused> {
        let layout = self.layout;
        Ok(ClientDetails {
            company_name: layout.line(row, Field::Name)?,
            legal_name: None,
            person_name: personal(subject, layout.line(row, Field::PersonName)?),
            tax_id: personal(subject, layout.line(row, Field::TaxId)?),
            email: personal(
                subject,
                layout.parsed(row, Field::Email, "CELL_NOT_AN_EMAIL_ADDRESS")?,
            ),
            phone: personal(
                subject,
                layout.parsed(row, Field::Phone, "CELL_NOT_A_PHONE_NUMBER")?,
            ),
            website: layout.line(row, Field::Website)?,
            sector: layout.line(row, Field::Sector)?,
            street: personal(subject, layout.line(row, Field::Street)?),
            postal_code: layout.line(row, Field::PostalCode)?,
            city: layout.line(row, Field::City)?,
            province: layout.line(row, Field::Province)?,
            country: layout.line(row, Field::Country)?,
            employees: layout.parsed(row, Field::Employees, "CELL_NOT_A_COUNT")?,
            revenue: layout.amount(row, Field::Revenue)?,
            founded: layout.parsed(row, Field::Founded, "CELL_NOT_A_YEAR")?,
            parent_company: layout.line(row, Field::ParentCompany)?,
            notes: personal(subject, layout.note(row, Field::Notes)?),
            external_reference: None,
        })
    }
}

/// A value of this subject.
pub(super) fn personal<T>(subject: SubjectId, value: Option<T>) -> Option<Personal<T>> {
    value.map(|value| Personal::new(subject, value))
}
