//! Global ids, as Relay has them: opaque to callers, and for us a type and a UUID.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, ID, InputType, InputValueResult, OutputType, Positioned, ServerResult,
    Value,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cartera_domain::ids::{
    ChannelId, ClientId, CompanyId, ContactId, LeadId, LineId, OpportunityId, PipelineId,
    ProductId, ReasonId, StageId, TeamId, TypedId, UserId,
};
use uuid::Uuid;

use crate::error::invalid_input;

/// A typed id whose things can be named in the API.
pub trait Named: TypedId {
    /// The thing's GraphQL type.
    const NAME: &'static str;
}

macro_rules! named {
    ($($id:ty => $name:literal),+ $(,)?) => {$(
        impl Named for $id {
            const NAME: &'static str = $name;
        }
    )+};
}

named! {
    LeadId => "Lead",
    ClientId => "Client",
    ContactId => "Contact",
    OpportunityId => "Opportunity",
    LineId => "OpportunityLine",
    ProductId => "Product",
    UserId => "User",
    TeamId => "Team",
    CompanyId => "Company",
    PipelineId => "Pipeline",
    StageId => "Stage",
    ChannelId => "Channel",
    ReasonId => "Reason",
}

/// A global id of a known type: the GraphQL scalar `ID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GlobalId<T>(pub T);

/// A global id of any type, as `node` takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyGlobalId {
    /// GraphQL type of the thing.
    pub kind: String,
    /// Its identity there.
    pub id: Uuid,
}

/// A text that is no global id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this API")]
pub struct InvalidGlobalId;

impl AnyGlobalId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`InvalidGlobalId`].
    pub fn parse(text: &str) -> Result<Self, InvalidGlobalId> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_no_base64| InvalidGlobalId)?;
        let text = String::from_utf8(bytes).map_err(|_no_text| InvalidGlobalId)?;
        let (kind, id) = text.split_once(':').ok_or(InvalidGlobalId)?;
        let id = id.parse().map_err(|_no_uuid| InvalidGlobalId)?;
        Ok(Self {
            kind: kind.to_owned(),
            id,
        })
    }

    /// Writes an id.
    pub fn render(kind: &str, id: Uuid) -> String {
        URL_SAFE_NO_PAD.encode(format!("{kind}:{id}"))
    }
}

impl<T: Named> GlobalId<T> {
    /// Reads an id of this type.
    ///
    /// # Errors
    /// [`InvalidGlobalId`] for no id, and for one of another type.
    pub fn parse_text(text: &str) -> Result<Self, InvalidGlobalId> {
        let AnyGlobalId { kind, id } = AnyGlobalId::parse(text)?;
        if kind == T::NAME {
            Ok(Self(T::from_uuid(id)))
        } else {
            Err(InvalidGlobalId)
        }
    }
}

impl<T: Named> std::fmt::Display for GlobalId<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&AnyGlobalId::render(T::NAME, self.0.as_uuid()))
    }
}

impl<T: Named> InputType for GlobalId<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match value {
            Some(Value::String(text)) => Self::parse_text(&text)
                .map_err(|_invalid| invalid_input(format!("this is not the id of a {}", T::NAME))),
            _ => Err(invalid_input(format!(
                "this is not the id of a {}",
                T::NAME
            ))),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T: Named> OutputType for GlobalId<T> {
    fn type_name() -> Cow<'static, str> {
        <ID as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        _context: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::String(self.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::{AnyGlobalId, GlobalId};
    use cartera_domain::ids::{ClientId, LeadId, TypedId};
    use uuid::Uuid;

    #[test]
    fn an_id_is_read_back_as_its_own_type_only() {
        let lead = GlobalId(LeadId::from_uuid(Uuid::from_u128(7)));
        assert_eq!(GlobalId::parse_text(&lead.to_string()), Ok(lead));
        assert!(GlobalId::<ClientId>::parse_text(&lead.to_string()).is_err());
        for bad in ["", "Lead:7", "TGVhZDo3", "\u{e9}"] {
            assert!(AnyGlobalId::parse(bad).is_err(), "{bad}");
        }
    }
}
