//! The descriptive fields of a product or service that carry no rule.

use serde::{Deserialize, Serialize};

use crate::values::{Line, Note, Patch};

/// What is known of a product or service. Old events read with new fields empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductDetails {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
    /// The family it belongs to, as reports group it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Line>,
    /// The unit in which it is sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Line>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Note>,
    /// Its key in the system it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<Line>,
}

/// A correction of some of [`ProductDetails`]: only the changed fields, with their new values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductDetailsPatch {
    /// See [`ProductDetails::name`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<Line>,
    /// See [`ProductDetails::family`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub family: Patch<Line>,
    /// See [`ProductDetails::unit`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub unit: Patch<Line>,
    /// See [`ProductDetails::description`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<Note>,
    /// See [`ProductDetails::external_reference`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub external_reference: Patch<Line>,
}

impl ProductDetails {
    /// Takes a correction in.
    pub fn correct(&mut self, patch: ProductDetailsPatch) {
        let ProductDetailsPatch {
            name,
            family,
            unit,
            description,
            external_reference,
        } = patch;
        name.apply(&mut self.name);
        family.apply(&mut self.family);
        unit.apply(&mut self.unit);
        description.apply(&mut self.description);
        external_reference.apply(&mut self.external_reference);
    }

    /// The part of a correction that changes something.
    #[must_use]
    pub fn changes(&self, patch: ProductDetailsPatch) -> ProductDetailsPatch {
        ProductDetailsPatch {
            name: patch.name.against(self.name.as_ref()),
            family: patch.family.against(self.family.as_ref()),
            unit: patch.unit.against(self.unit.as_ref()),
            description: patch.description.against(self.description.as_ref()),
            external_reference: patch
                .external_reference
                .against(self.external_reference.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests;
