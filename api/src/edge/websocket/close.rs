//! Why a socket is closed.

use axum::extract::ws::{CloseFrame, Utf8Bytes, close_code};

/// The reasons of graphql-transport-ws, with its codes and words, and three of WebSocket itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::edge) enum Close {
    /// A message that is none of the protocol's.
    BadRequest(&'static str),
    /// An operation before the connection was acknowledged; or the caller's session has ended.
    Unauthorized,
    /// The credentials of `connection_init` are not enough.
    Forbidden,
    /// The client speaks none of our sub-protocols.
    SubprotocolNotAcceptable,
    /// No `connection_init` in time.
    InitialisationTimeout,
    /// An operation with this id runs already.
    SubscriberExists(String),
    /// A second `connection_init`.
    TooManyInitialisations,
    /// A message longer than allowed.
    TooLong,
    /// The service stops, or the client has been silent for too long.
    GoingAway,
    /// Nobody can be identified now.
    TryAgainLater,
}

impl Close {
    fn code(&self) -> u16 {
        match self {
            Self::BadRequest(_) => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::SubprotocolNotAcceptable => 4406,
            Self::InitialisationTimeout => 4408,
            Self::SubscriberExists(_) => 4409,
            Self::TooManyInitialisations => 4429,
            Self::TooLong => close_code::SIZE,
            Self::GoingAway => close_code::AWAY,
            Self::TryAgainLater => close_code::AGAIN,
        }
    }

    fn reason(&self) -> Utf8Bytes {
        match self {
            Self::BadRequest(reason) => Utf8Bytes::from_static(reason),
            Self::Unauthorized => Utf8Bytes::from_static("Unauthorized"),
            Self::Forbidden => Utf8Bytes::from_static("Forbidden"),
            Self::SubprotocolNotAcceptable => Utf8Bytes::from_static("Subprotocol not acceptable"),
            Self::InitialisationTimeout => {
                Utf8Bytes::from_static("Connection initialisation timeout")
            }
            Self::SubscriberExists(id) => {
                // A close frame holds 123 bytes of reason; a character has up to four.
                let id: String = id.chars().take(20).collect();
                format!("Subscriber for {id} already exists").into()
            }
            Self::TooManyInitialisations => {
                Utf8Bytes::from_static("Too many initialisation requests")
            }
            Self::TooLong => Utf8Bytes::from_static("Message too long"),
            Self::GoingAway => Utf8Bytes::from_static("Going away"),
            Self::TryAgainLater => Utf8Bytes::from_static("Try again later"),
        }
    }
}

impl From<Close> for CloseFrame {
    fn from(close: Close) -> Self {
        Self {
            code: close.code(),
            reason: close.reason(),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::ws::CloseFrame;

    use super::Close;

    #[test]
    fn a_reason_fits_into_a_close_frame_whatever_the_id() {
        let frame = CloseFrame::from(Close::SubscriberExists("🦀".repeat(500)));
        assert!(frame.reason.as_str().len() <= 123);
        assert_eq!(frame.code, 4409);
    }
}
