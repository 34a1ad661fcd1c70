//! The read side: from the journal to rows, from rows to answers.
//!
//! Everything a person sees is a row of a *read model*: typed SQL tables that one projector keeps and that can be thrown away and
//! rebuilt from the journal. One read model, one file: its rows, its projector, its finders; its tables in the `.sql` beside it.
//! Nothing here appends an event. Every finder takes the [`Viewer`](cartera_domain::Viewer) first.
//!
//! In reading order:
//! - [`projector`]: what a projector is; [`registry`]: all there are;
//! - [`generations`]: a read model's tables live in a schema per generation, swapped whole; [`runner`]: who keeps them going;
//!   [`erasure`]: how the erased go;
//! - [`mod@table`], [`fold`]: how rows are read and written in sets; [`search_text`]: how names are found;
//! - [`scope`]: what the asking user may see; [`page`]: lists in pages;
//! - [`reports`]: figures over facts;
//! - the contexts, with the names they have in every crate.

pub mod clients;
pub mod erasure;
pub mod filter;
pub mod fold;
pub mod generations;
pub mod leads;
pub mod opportunities;
pub mod page;
pub mod plain;
pub mod products;
pub mod projector;
pub mod read_pool;
pub mod registry;
pub mod reports;
pub mod runner;
pub mod scope;
pub mod search_text;
pub mod settings;
pub mod table;
pub mod timeline;
pub mod users;

pub use projector::{AnyProjector, ProjectionError, Projector};
pub use read_pool::ReadPool;
pub use scope::Scope;
