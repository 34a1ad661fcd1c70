//! Who may come in.
//!
//! People sign in with a password and get a session in a cookie; programs send an API key; the first password of anybody
//! is chosen through a one-time link, so there is no default one. Secrets lie in the database only as hashes. What a
//! caller may do and see is decided by `cartera_domain::Viewer`, made here from live state.
//!
//! In reading order:
//! - [`identity`]: from credentials to a [`Caller`], checked on live state; [`caller`]: who asks;
//! - [`sign_in`]: passwords, throttling, sessions; [`links`]: one-time links and the first administrator; [`keys`]: API keys;
//! - [`password`], [`token`], [`cookie`]: the secrets and how they are kept; [`store`]: their tables;
//! - `types`, `queries`, `mutations`: the same in GraphQL.

pub mod caller;
pub mod cookie;
pub mod identity;
pub mod keys;
pub mod links;
pub mod mutations;
mod operator;
pub mod password;
pub mod queries;
pub mod sign_in;
pub mod store;
pub mod token;
pub mod types;

pub use caller::{Caller, Credential};
pub use cookie::CookieStyle;
pub use identity::{Identity, Lifetimes};

/// The documents that anybody may send: to sign in, and to use a one-time link. By their exact text (RELIABILITY 12).
pub const PUBLIC_DOCUMENTS: [&str; 3] = [
    include_str!("auth/documents/sign_in.graphql"),
    include_str!("auth/documents/use_sign_in_link.graphql"),
    include_str!("auth/documents/become_first_administrator.graphql"),
];
