//! Typed identities. The domain parses and compares them; `cartera-commands` mints them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What every typed id can do.
pub trait TypedId:
    Copy
    + Eq
    + Ord
    + std::hash::Hash
    + FromStr<Err = uuid::Error>
    + fmt::Display
    + fmt::Debug
    + Send
    + Sync
    + 'static
{
    /// The id as it is stored.
    fn as_uuid(self) -> Uuid;
    /// Gives the stored id its type back.
    fn from_uuid(id: Uuid) -> Self;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Gives the stored id its type.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl TypedId for $name {
            fn as_uuid(self) -> Uuid {
                self.0
            }

            fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A lead.
    LeadId,
    /// A client.
    ClientId,
    /// A person of contact inside a client.
    ContactId,
    /// An opportunity.
    OpportunityId,
    /// A line of an opportunity.
    LineId,
    /// A product or service of the catalogue.
    ProductId,
    /// A user, with or without sign-in.
    UserId,
    /// A team in the company's tree of teams.
    TeamId,
    /// The tree of teams itself: one stream per company.
    TeamTreeId,
    /// The company: one stream per journal.
    CompanyId,
    /// The catalogue of channels and reasons: one stream per company.
    CatalogueId,
    /// A sales pipeline.
    PipelineId,
    /// A stage of a pipeline.
    StageId,
    /// A channel by which leads and opportunities come.
    ChannelId,
    /// A reason of winning, losing, cancelling or discarding.
    ReasonId,
    /// A natural person whose personal values share one key.
    SubjectId,
    /// One command, said once.
    CommandId,
}

/// Namespace of the ids that are derived from a name instead of minted (UUID version 5).
const NAMESPACE: Uuid = Uuid::from_u128(0x8c0f_6a52_90a1_4d2c_9f3e_6b1d_44c5_7e10);

/// The id of a stream of which a journal has just one.
pub trait Singleton: TypedId {
    /// Name from which the id is derived.
    const NAME: &'static str;

    /// The one id.
    fn the() -> Self {
        Self::from_uuid(Uuid::new_v5(&NAMESPACE, Self::NAME.as_bytes()))
    }
}

impl Singleton for CompanyId {
    const NAME: &'static str = "company";
}
impl Singleton for CatalogueId {
    const NAME: &'static str = "catalogue";
}
impl Singleton for TeamTreeId {
    const NAME: &'static str = "team_tree";
}

#[cfg(test)]
mod tests;
