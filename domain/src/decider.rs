//! The one file that knows `cqrs-es`: a pure decision maker, and the macro that makes it an aggregate of that crate.

use serde::{Serialize, de::DeserializeOwned};

use crate::event::StoredEvent;
use crate::ids::TypedId;
use crate::permission::NeedsPermission;
use crate::rejection::Rejection;
use crate::viewer::Ownership;

/// A pure decision maker: what a command causes, and what an event changes.
///
/// `Default` is the state of a stream without events.
pub trait Decider: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Name of the stream's type, as stored in the journal for ever.
    const TYPE: &'static str;
    /// Identity of one stream.
    type Id: TypedId;
    /// What may be asked.
    type Command: NeedsPermission + Clone + Serialize + Send + Sync + 'static;
    /// What can have happened.
    type Event: StoredEvent;
    /// Why a command is refused.
    type Error: Rejection;

    /// What the command causes in this state; no events when it was already so.
    ///
    /// # Errors
    /// The reason why the command is refused in this state.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;

    /// Takes in an event that has happened. Total: the log is the truth.
    fn evolve(&mut self, event: Self::Event);

    /// To whom the row belongs, for those who see only a part of the company.
    fn ownership(&self) -> Ownership {
        Ownership::Company
    }
}

/// Implements [`cqrs_es::Aggregate`] and [`cqrs_es::DomainEvent`] for a [`Decider`] and its event enum.
///
/// The variants' snake-case names are the stored event types; all are of the version that
/// [`StoredEvent::version`] tells.
macro_rules! event_sourced {
    ($decider:ty, $event:ident, $wrap:ident) => {
        impl cqrs_es::Aggregate for $decider {
            const TYPE: &'static str = <$decider as $crate::decider::Decider>::TYPE;
            type Command = <$decider as $crate::decider::Decider>::Command;
            type Event = $event;
            type Error = <$decider as $crate::decider::Decider>::Error;
            type Services = ();

            async fn handle(
                &mut self,
                command: Self::Command,
                _services: &(),
                sink: &cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), Self::Error> {
                for event in $crate::decider::Decider::decide(self, command)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                $crate::decider::Decider::evolve(self, event);
            }
        }

        impl cqrs_es::DomainEvent for $event {
            fn event_type(&self) -> String {
                $crate::event::StoredEvent::name(self).to_owned()
            }

            fn event_version(&self) -> String {
                $crate::event::StoredEvent::version(self).to_owned()
            }
        }

        impl $crate::event::StoredEvent for $event {
            fn name(&self) -> &'static str {
                self.into()
            }
        }

        impl From<$event> for $crate::event::Event {
            fn from(event: $event) -> Self {
                Self::$wrap(event)
            }
        }
    };
}
pub(crate) use event_sourced;

#[cfg(test)]
pub(crate) mod laws;
