//! Which page is asked for.

use super::Cursor;

/// Most rows of a page.
pub const MAX_PAGE: u16 = 200;

/// Which page is asked for: the first or last so many rows, from a cursor or from the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    size: u16,
    cursor: Option<Cursor>,
    backward: bool,
}

/// Why a page cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPage {
    /// Neither or both of first and last.
    #[error("ask for either the first or the last rows")]
    FirstOrLast,
    /// `before` with `first`, or `after` with `last`.
    #[error("first goes with after, last with before")]
    CursorOfTheOtherWay,
    /// More than [`MAX_PAGE`] rows, or less than none.
    #[error("a page has 0 to {MAX_PAGE} rows")]
    Size,
}

impl PageRequest {
    /// The first so many rows, from the beginning or after a cursor.
    ///
    /// # Errors
    /// [`InvalidPage::Size`].
    pub fn first(size: u16, after: Option<Cursor>) -> Result<Self, InvalidPage> {
        Self::of(size, after)
    }

    /// The last so many rows, from the end or before a cursor.
    ///
    /// # Errors
    /// [`InvalidPage::Size`].
    pub fn last(size: u16, before: Option<Cursor>) -> Result<Self, InvalidPage> {
        Ok(Self {
            backward: true,
            ..Self::of(size, before)?
        })
    }

    /// The page that Relay's four arguments ask for; without any, the first `default_size` rows.
    ///
    /// # Errors
    /// [`InvalidPage`] for combinations that mean nothing.
    pub fn from_relay(
        first: Option<i32>,
        after: Option<Cursor>,
        last: Option<i32>,
        before: Option<Cursor>,
        default_size: u16,
    ) -> Result<Self, InvalidPage> {
        let sized = |size: i32| u16::try_from(size).map_err(|_out_of_range| InvalidPage::Size);
        match (first, last) {
            (Some(_), Some(_)) => Err(InvalidPage::FirstOrLast),
            (Some(_), None) if before.is_some() => Err(InvalidPage::CursorOfTheOtherWay),
            (None, Some(_)) if after.is_some() => Err(InvalidPage::CursorOfTheOtherWay),
            (Some(first), None) => Self::first(sized(first)?, after),
            (None, Some(last)) => Self::last(sized(last)?, before),
            (None, None) if after.is_some() && before.is_some() => {
                Err(InvalidPage::CursorOfTheOtherWay)
            }
            (None, None) if before.is_some() => Self::last(default_size, before),
            (None, None) => Self::first(default_size, after),
        }
    }

    fn of(size: u16, cursor: Option<Cursor>) -> Result<Self, InvalidPage> {
        if size > MAX_PAGE {
            return Err(InvalidPage::Size);
        }
        Ok(Self {
            size,
            cursor,
            backward: false,
        })
    }

    pub(crate) fn size(&self) -> usize {
        usize::from(self.size)
    }

    /// One row more than asked for tells whether there are more.
    pub(crate) fn limit(&self) -> i64 {
        i64::from(self.size) + 1
    }

    pub(crate) fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    pub(crate) fn is_backward(&self) -> bool {
        self.backward
    }
}
