//! Records that are products.

use cartera_domain::ids::TypedId;
use cartera_domain::products::{Product, ProductCommand, ProductDetails};
use cartera_domain::values::{Line, Occurred};
use uuid::Uuid;

use crate::draft::Draft;
use crate::files::{RefusedCell, Row};
use crate::importing::profile::Field;
use crate::importing::record::Record;
use crate::products::code_claim;

use super::{Planner, Refused, first};

impl Planner<'_> {
    pub(super) async fn product(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let mut stream = self.stream::<Product>(existing).await?;
        let details = self.product_details(row)?;
        let price = self.layout.amount(row, Field::ListPrice)?;
        let since = self.since(row)?;
        if existing.is_some() {
            let changes = details.into();
            stream.decide(
                self.envelope,
                ProductCommand::CorrectProductDetails { changes },
                Occurred::Now,
            )?;
            if price.is_some() {
                stream.decide(
                    self.envelope,
                    ProductCommand::ChangeProductPrice { list_price: price },
                    since,
                )?;
            }
            return Ok(Draft::default().with(stream));
        }
        let code = self
            .layout
            .line(row, Field::Code)?
            .map_or_else(|| self.key_as_line(record, Field::Code), Ok)?;
        let name = details.name.or_else(|| Some(code.clone()));
        let details = ProductDetails {
            name,
            external_reference: Line::parse(&record.key).ok(),
            ..details
        };
        let command = ProductCommand::RegisterProduct {
            code: code.clone(),
            details,
            list_price: price,
        };
        stream.decide(self.envelope, command, since)?;
        let id = stream.id();
        let claim = self
            .references
            .claim("product", &record.key, id.as_uuid(), None);
        Ok(Draft::default()
            .with(stream)
            .claiming(claim)
            .claiming(code_claim(self.bus, &code, id)))
    }

    fn product_details(&self, row: &Row) -> Result<ProductDetails, RefusedCell> {
        Ok(ProductDetails {
            name: self.layout.line(row, Field::Name)?,
            family: self.layout.line(row, Field::Family)?,
            unit: self.layout.line(row, Field::Unit)?,
            description: self.layout.note(row, Field::Description)?,
            external_reference: None,
        })
    }

    /// The record's key where a name is needed and the file has no column for it.
    pub(super) fn key_as_line(&self, record: &Record, field: Field) -> Result<Line, RefusedCell> {
        Line::parse(&record.key).map_err(|error| self.layout.refuse_text(field, &record.key, error))
    }

    /// Since when it is so; as it is recorded where the file does not say.
    pub(super) fn since(&self, row: &Row) -> Result<Occurred, RefusedCell> {
        if self.layout.maps(Field::Since) {
            self.layout.occurred(row, Field::Since)
        } else {
            Ok(Occurred::Now)
        }
    }
}
