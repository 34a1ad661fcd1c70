//! Parts of filters and orders that several lists share.

use async_graphql::{Enum, InputObject, OneofObject};
use cartera_domain::ids::UserId;
use cartera_projections::filter::{Days, OwnedBy};
use cartera_projections::page::Direction;

use crate::scalars::{Date, GlobalId};

/// Whose rows are asked for, among those that the caller sees anyway.
#[derive(Debug, Clone, OneofObject)]
pub enum OwnerFilter {
    /// One of these users'.
    AnyOf(Vec<GlobalId<UserId>>),
    /// Nobody's, when true; anybody's, when false.
    Nobody(bool),
}

impl OwnerFilter {
    /// The filter of the list; anybody's where nothing is said.
    pub fn owned_by(given: Option<Self>) -> OwnedBy {
        match given {
            None | Some(Self::Nobody(false)) => OwnedBy::Anybody,
            Some(Self::Nobody(true)) => OwnedBy::Nobody,
            Some(Self::AnyOf(owners)) => {
                OwnedBy::AnyOf(owners.into_iter().map(|id| id.0).collect())
            }
        }
    }
}

/// A span of days, both included; open where nothing is said.
#[derive(Debug, Clone, Copy, Default, InputObject)]
pub struct DaysInput {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

/// The days of a span; all where nothing is said.
pub fn days(given: Option<DaysInput>) -> Days {
    let DaysInput { from, to } = given.unwrap_or_default();
    Days {
        from: from.map(|date| date.0),
        to: to.map(|date| date.0),
    }
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum OrderDirection {
    /// Smallest or first first; what has no value comes last.
    #[default]
    Ascending,
    /// Greatest or last first; what has no value comes last.
    Descending,
}

impl From<OrderDirection> for Direction {
    fn from(direction: OrderDirection) -> Self {
        match direction {
            OrderDirection::Ascending => Self::Ascending,
            OrderDirection::Descending => Self::Descending,
        }
    }
}

/// Declares by what a list can be ordered: its GraphQL enum and input, and the list's own order that they mean.
macro_rules! order_input {
    (
        $(#[$by_what:meta])*
        $field:ident of $order:ty, $unsaid:ident unless said { $($(#[$meaning:meta])* $variant:ident,)+ }

        $(#[$about:meta])*
        $input:ident
    ) => {
        $(#[$by_what])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
        pub enum $field {
            $($(#[$meaning])* $variant,)+
        }

        $(#[$about])*
        #[derive(Debug, Clone, Copy, async_graphql::InputObject)]
        pub struct $input {
            /// By what.
            pub field: $field,
            /// Which way.
            #[graphql(default)]
            pub direction: $crate::filters::OrderDirection,
        }

        impl $input {
            fn order(given: Option<Self>) -> ($order, cartera_projections::page::Direction) {
                let Some(Self { field, direction }) = given else {
                    return (<$order>::default(), cartera_projections::page::Direction::$unsaid);
                };
                let order = match field {
                    $($field::$variant => <$order>::$variant,)+
                };
                (order, direction.into())
            }
        }
    };
}

pub(crate) use order_input;

/// The ids without their GraphQL form.
pub fn ids<I>(given: Option<Vec<GlobalId<I>>>) -> Vec<I> {
    given
        .unwrap_or_default()
        .into_iter()
        .map(|id| id.0)
        .collect()
}
