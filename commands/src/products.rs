//! Products: what needs a look at the whole catalogue.

use cartera_domain::ids::{ProductId, TypedId};
use cartera_domain::products::{Product, ProductCommand, ProductDetails};
use cartera_domain::values::{Amount, Line};
use cartera_journal::Claim;

use crate::bus::{CommandBus, Sent};
use crate::draft::{Draft, Stream};
use crate::envelope::Envelope;
use crate::error::CommandError;

/// Takes a product into the catalogue; its code is unique there, case ignored.
///
/// # Errors
/// [`CommandError::Taken`] with scope `product_code`, or the domain's refusal.
pub async fn register_product(
    bus: &CommandBus,
    envelope: &Envelope,
    code: Line,
    details: ProductDetails,
    list_price: Option<Amount>,
) -> Result<Sent, CommandError> {
    let product: ProductId = bus.ids().mint();
    let command = ProductCommand::RegisterProduct {
        code: code.clone(),
        details,
        list_price,
    };
    let (code, command) = (&code, &command);
    let content = ("register_product", command);
    bus.carry_out(envelope, &content, move |_freshness| async move {
        let mut stream = Stream::<Product>::new(product);
        stream.decide(envelope, command.clone(), envelope.occurred)?;
        Ok(Draft::default()
            .with(stream)
            .claiming(code_claim(bus, code, product)))
    })
    .await
}

/// The claim by which a product's code is unique.
pub(crate) fn code_claim(bus: &CommandBus, code: &Line, product: ProductId) -> Claim {
    let token = bus
        .journal()
        .vault()
        .token("product_code", &code.as_str().to_lowercase());
    Claim {
        scope: "product_code",
        token,
        holder: product.as_uuid(),
        subject: None,
    }
}
