use cartera_domain::Event;
use cartera_domain::products::{ProductDetails, ProductDetailsPatch, ProductEvent};
use cartera_domain::values::Patch;

use super::{line, parse};

pub(super) fn all() -> Vec<Event> {
    let events = [
        ProductEvent::ProductRegistered {
            code: line("CAF-001"),
            details: ProductDetails {
                name: Some(line("Cafè de Colòmbia")),
                family: Some(line("Cafès")),
                unit: Some(line("kg")),
                description: Some(parse("Torrat natural.\nBossa d'un quilo.")),
                external_reference: Some(line("1001")),
            },
            list_price: Some(parse("17.495")),
        },
        ProductEvent::ProductDetailsCorrected {
            changes: ProductDetailsPatch {
                name: Patch::Set(line("Cafè de Colòmbia, gra")),
                family: Patch::Keep,
                unit: Patch::Clear,
                description: Patch::Set(parse("Torrat natural.")),
                external_reference: Patch::Clear,
            },
        },
        ProductEvent::ProductPriceChanged {
            list_price: Some(parse("18.2")),
        },
        ProductEvent::ProductRetired {},
        ProductEvent::ProductReinstated {},
    ];
    events.into_iter().map(Event::from).collect()
}
