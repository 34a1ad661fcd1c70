//! A product or service of the catalogue, with a list price that changes over time.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Sold: RegisterProduct
//!     Sold --> Retired: RetireProduct
//!     Retired --> Sold: ReinstateProduct
//! ```
//!
//! Invariants:
//! - a product has a name and a code; the code never changes (`cartera-commands` claims it: unique in the catalogue);
//! - a list price is not negative, holds from its business date on, and changes no line that was sold before;
//! - a retired product may still be corrected and priced: it stands in past sales.

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
