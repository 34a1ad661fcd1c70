//! Files that people upload: streamed into the database in sealed pieces, kept for a while, read by imports.
//!
//! A file is its content: the same content of the same user is the same file. Its name says nothing and decides nothing.
//!
//! In reading order: [`settings`] (how much, how long), [`store`] (the tables), [`upload`] (one body, piece by piece),
//! [`routes`] (`POST /files`, `DELETE /files/{id}`).

pub mod routes;
pub mod settings;
pub mod store;
pub mod upload;

pub use settings::FileSettings;
pub use store::{FileStore, StoredFile};
