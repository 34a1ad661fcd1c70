//! Documents that were parsed and checked before.
//!
//! A program sends the same few documents for ever, and parsing one costs more than the rest of the edge: about 50 µs
//! for a list of clients with their relations, where a copy of the parsed form costs 2 µs (release build, 2026-11). The
//! key is the document itself, byte by byte, and what is kept follows from it alone: nothing of one caller reaches
//! another.

use std::sync::Arc;

use moka::sync::Cache;

use super::precheck::{Checked, DocumentLimits, check};
use crate::error::ApiError;

/// Text of documents that is kept at most, in bytes. The parsed form takes about twenty times as much.
const KEPT: u64 = 128 * 1024;
/// Longest document that is kept, in bytes.
const LONGEST: usize = 8 * 1024;

/// Checked documents, by their text.
#[derive(Clone, Debug)]
pub(super) struct Documents {
    known: Cache<Arc<str>, Arc<Checked>>,
    limits: DocumentLimits,
}

impl Documents {
    pub(super) fn new(limits: DocumentLimits) -> Self {
        let known = Cache::builder()
            .max_capacity(KEPT)
            .weigher(|text: &Arc<str>, _: &Arc<Checked>| {
                u32::try_from(text.len()).unwrap_or(u32::MAX)
            })
            .build();
        Self { known, limits }
    }

    /// A document as [`check`] judges it. Refusals are not kept: they are cheap.
    ///
    /// # Errors
    /// As [`check`].
    pub(super) fn checked(&self, source: &Arc<str>) -> Result<Arc<Checked>, ApiError> {
        if let Some(checked) = self.known.get(source) {
            return Ok(checked);
        }
        let checked = Arc::new(check(source, &self.limits)?);
        if source.len() <= LONGEST {
            self.known.insert(Arc::clone(source), Arc::clone(&checked));
        }
        Ok(checked)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Documents, LONGEST};
    use crate::edge::precheck::DocumentLimits;

    fn same(documents: &Documents, first: &str, second: &str) -> bool {
        let checked = |text: &str| documents.checked(&text.into()).unwrap();
        Arc::ptr_eq(&checked(first), &checked(second))
    }

    #[test]
    fn a_document_is_checked_once_and_only_the_very_same_text_is_that_document() {
        let documents = Documents::new(DocumentLimits::default());
        assert!(same(&documents, "{ a }", "{ a }"));
        assert!(!same(&documents, "{ a }", "{ b }"));
        assert!(!same(&documents, "{ a }", "{ a } "));
    }

    #[test]
    fn a_refused_document_is_refused_again() {
        let documents = Documents::new(DocumentLimits::default());
        let refused = || {
            documents
                .checked(&"{ ...A }".into())
                .map(drop)
                .unwrap_err()
                .code()
        };
        assert_eq!(refused(), refused());
    }

    #[test]
    fn a_long_document_is_not_kept() {
        let documents = Documents::new(DocumentLimits::default());
        let long = format!("{{ a }}{}", " ".repeat(LONGEST));
        assert!(!same(&documents, &long, &long));
    }
}
