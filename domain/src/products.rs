//! A product or service of the catalogue, with a list price that changes over time.

mod commands;
mod details;
mod error;
mod events;
mod product;

pub use commands::ProductCommand;
pub use details::{ProductDetails, ProductDetailsPatch};
pub use error::ProductError;
pub use events::ProductEvent;
pub use product::{CatalogueProduct, Product};
