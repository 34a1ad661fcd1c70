//! Why something asked of a client is refused.

use crate::rejection::Rejection;

/// Why something asked of a client is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Nobody registered it.
    #[error("the client does not exist")]
    NotRegistered,
    /// Another client has this id.
    #[error("the client is already registered")]
    AlreadyRegistered,
    /// Neither a name nor an external reference.
    #[error("a client needs a name or an external reference")]
    Unidentifiable,
    /// It is out of the lists; restore it first.
    #[error("the client is archived")]
    Archived,
    /// No such person of contact.
    #[error("the client has no such person of contact")]
    ContactUnknown,
    /// Another person of contact has this id.
    #[error("the person of contact is already there")]
    ContactAlreadyAdded,
    /// A person of contact needs a name.
    #[error("a person of contact needs a name")]
    ContactNameless,
}

impl Rejection for ClientError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => "CLIENT_NOT_FOUND",
            Self::AlreadyRegistered => "CLIENT_ALREADY_REGISTERED",
            Self::Unidentifiable => "CLIENT_UNIDENTIFIABLE",
            Self::Archived => "CLIENT_ARCHIVED",
            Self::ContactUnknown => "CONTACT_NOT_FOUND",
            Self::ContactAlreadyAdded => "CONTACT_ALREADY_ADDED",
            Self::ContactNameless => "CONTACT_NAME_REQUIRED",
        }
    }
}
