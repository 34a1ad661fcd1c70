//! Records that are products.

use cartera_domain::ids::TypedId;
use cartera_domain::products::{Product, ProductCommand, ProductDetails, ProductDetailsPatch};
use cartera_domain::values::{Line, Occurred};
use uuid::Uuid;

use crate::draft::Draft;
use crate::importing::profile::Field;
use crate::importing::record::Record;
use crate::products::code_claim;

use super::{Planner, Refused, first, set};

impl Planner<'_> {
    pub(super) async fn product(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let layout = self.layout;
        let name = layout.line(row, Field::Name)?;
        let family = layout.line(row, Field::Family)?;
        let unit = layout.line(row, Field::Unit)?;
        let description = layout.note(row, Field::Description)?;
        let price = layout.amount(row, Field::ListPrice)?;
        let since = self.since(row)?;
        let mut stream = self.stream::<Product>(existing).await?;
        if existing.is_some() {
            let changes = ProductDetailsPatch {
                name: set(name),
                family: set(family),
                unit: set(unit),
                description: set(description),
                ..ProductDetailsPatch::default()
            };
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
        let code = match layout.line(row, Field::Code)? {
            Some(code) => code,
            None => Line::parse(&record.key).map_err(|error| {
                layout.refuse(
                    Field::Code,
                    &record.key,
                    "CELL_NOT_A_LINE",
                    &error.to_string(),
                )
            })?,
        };
        let external_reference = Line::parse(&record.key).ok();
        let details = ProductDetails {
            name: name.or(Some(code.clone())),
            family,
            unit,
            description,
            external_reference,
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

    /// Since when it is so; as it is recorded where the file does not say.
    pub(super) fn since(&self, row: &crate::files::Row) -> Result<Occurred, Refused> {
        if !self.layout.maps(Field::Since) {
            return Ok(Occurred::Now);
        }
        Ok(self.layout.occurred(row, Field::Since)?)
    }
}
