//! One command, from the permission to the log.
//!
//! A command is decided on what is cached and validated by the append. Whatever does not succeed is looked at twice: first
//! the receipt (the command may have been carried out before, its answer lost), then the streams as they really are.

use std::collections::HashMap;
use std::sync::Arc;

use cartera_domain::Decider;
use cartera_domain::ids::{CompanyId, Singleton, SubjectId, TypedId};
use cartera_domain::settings::Company;
use cartera_journal::{Append, AppendError, Appended, Context, Journal, Receipt};
use chrono_tz::Tz;
use serde::Serialize;
use uuid::Uuid;

use crate::draft::{Draft, Stream};
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::ports::IdSource;

/// How often a command is decided anew when others move the stream under it.
const ATTEMPTS: u32 = 8;

/// How often drafts in bulk are sent again when the journal does not answer.
const RESENDS: u32 = 5;

/// Until the company says otherwise, its days begin where the product was born.
pub(crate) const DEFAULT_ZONE: Tz = Tz::Europe__Madrid;

/// Carries commands out.
#[derive(Clone)]
pub struct CommandBus {
    journal: Journal,
    ids: Arc<dyn IdSource>,
    keys_ahead: bool,
}

/// A command that was carried out, now or the first time it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The stream that the command was about.
    pub id: Uuid,
    /// Its version afterwards.
    pub version: u64,
    /// Position of the last event, or of the log's end when nothing had to happen.
    pub position: i64,
    /// It had been carried out before; nothing was written now.
    pub replayed: bool,
}

/// Whether a decision may rest on what is cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// What is cached will do: the append validates it.
    Cached,
    /// Read from the log: something did not fit.
    Fresh,
}

impl CommandBus {
    /// A bus over a journal.
    pub fn new(journal: Journal, ids: Arc<dyn IdSource>) -> Self {
        Self {
            journal,
            ids,
            keys_ahead: false,
        }
    }

    /// The same, with keys stored ahead for people who come: a new person then costs no commit of its own. Not where a run
    /// must be repeatable, because how many ids that takes depends on time.
    #[must_use]
    pub fn storing_keys_ahead(self) -> Self {
        Self {
            keys_ahead: true,
            ..self
        }
    }

    /// The journal that it appends to.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Where new ids come from.
    pub fn ids(&self) -> &dyn IdSource {
        &*self.ids
    }

    /// A subject for somebody of whom nothing personal is known yet (DEFINITIONS 9).
    pub fn new_subject(&self) -> SubjectId {
        let ahead = || self.journal.vault().subject_ahead(|| self.ids.mint());
        let taken = self.keys_ahead.then(ahead).flatten();
        taken.unwrap_or_else(|| self.ids.mint())
    }

    /// Carries out one command to one aggregate.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub async fn send<A: Decider>(
        &self,
        envelope: &Envelope,
        id: A::Id,
        command: A::Command,
    ) -> Result<Sent, CommandError> {
        let command = &command;
        let content = (<A as Decider>::TYPE, id.as_uuid(), command);
        self.carry_out(envelope, &content, move |freshness| async move {
            let mut stream = self.load::<A>(id, freshness).await?;
            expect_version(envelope, stream.version())?;
            stream.decide(envelope, command.clone(), envelope.occurred)?;
            Ok(Draft::default().with(stream))
        })
        .await
    }

    /// Carries out what is decided by `decide`, which is asked anew when others move a stream under it.
    ///
    /// # Errors
    /// See [`CommandError`].
    #[tracing::instrument(name = "command", skip_all, fields(command_id = %envelope.command_id, source = %envelope.source))]
    pub async fn carry_out<F>(
        &self,
        envelope: &Envelope,
        content: &impl Serialize,
        decide: impl Fn(Freshness) -> F,
    ) -> Result<Sent, CommandError>
    where
        F: Future<Output = Result<Draft, CommandError>>,
    {
        let receipt = self.receipt(envelope, content)?;
        let mut freshness = Freshness::Cached;
        for _attempt in 0..ATTEMPTS {
            let error = match self
                .attempt(envelope, receipt, decide(freshness).await)
                .await
            {
                Ok(sent) => return Ok(sent),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Undecided(error)) => error,
            };
            if let Some(sent) = self.said_before(envelope, receipt).await? {
                return Ok(sent);
            }
            let stated = envelope.expected_version.is_some();
            let moved = matches!(error, CommandError::Conflict { .. });
            if freshness == Freshness::Fresh && (!moved || stated) {
                return Err(error);
            }
            freshness = Freshness::Fresh;
        }
        Err(CommandError::Busy)
    }

    /// A stream as it is cached or as it is in the log.
    ///
    /// # Errors
    /// When the journal does not answer or the stream does not read.
    pub async fn load<A: Decider>(
        &self,
        id: A::Id,
        freshness: Freshness,
    ) -> Result<Stream<A>, CommandError> {
        let loaded = match freshness {
            Freshness::Cached => self.journal.load::<A>(id).await?,
            Freshness::Fresh => self.journal.reload::<A>(id).await?,
        };
        Ok(Stream::loaded(id, loaded))
    }

    /// The company's time zone, which fixes business dates.
    ///
    /// # Errors
    /// When the journal does not answer.
    pub async fn zone(&self) -> Result<Tz, CommandError> {
        let company = self.journal.load::<Company>(CompanyId::the()).await?;
        Ok(company
            .state
            .settings()
            .map_or(DEFAULT_ZONE, |settings| settings.time_zone))
    }

    /// Writes many drafts, each under a command id of its own: all or nothing each, in bulk together. Nothing is decided
    /// anew; what the journal did not answer is sent again under the same ids.
    ///
    /// # Errors
    /// When the company cannot be read. Each draft has its own outcome: the position of its last event.
    #[tracing::instrument(name = "commands", skip_all, fields(commands = drafts.len(), source = %envelope.source))]
    pub async fn write_many(
        &self,
        envelope: &Envelope,
        drafts: Vec<(Uuid, Draft)>,
    ) -> Result<Vec<Result<i64, AppendError>>, CommandError> {
        let context = self.context(envelope).await?;
        let appends: Vec<Append> = drafts
            .into_iter()
            .map(|(command_id, draft)| {
                let mut append = Append::new(Context {
                    command_id,
                    ..context.clone()
                });
                // The id is made from the content, so that it alone tells one command from another.
                append.receipt = Some(Receipt {
                    fingerprint: self.journal.vault().fingerprint(command_id.as_bytes()),
                });
                append.streams = draft.streams;
                append.claims = draft.claims;
                append.releases = draft.releases;
                append
            })
            .collect();
        let mut outcomes = self.journal.append_many(appends.clone()).await;
        for _resend in 0..RESENDS {
            let unanswered =
                |outcome: &Result<_, _>| matches!(outcome, Err(AppendError::Unavailable(_)));
            let open: Vec<usize> = outcomes
                .iter()
                .enumerate()
                .filter(|(_, outcome)| unanswered(outcome))
                .map(|(index, _)| index)
                .collect();
            if open.is_empty() {
                break;
            }
            let again = open
                .iter()
                .filter_map(|index| appends.get(*index))
                .cloned()
                .collect();
            let again = self.journal.append_many(again).await;
            let mut answered: HashMap<usize, _> = open.into_iter().zip(again).collect();
            let place = |(index, before)| answered.remove(&index).unwrap_or(before);
            outcomes = outcomes.into_iter().enumerate().map(place).collect();
        }
        Ok(outcomes
            .into_iter()
            .map(|outcome| outcome.map(|appended| appended.position))
            .collect())
    }

    async fn attempt(
        &self,
        envelope: &Envelope,
        receipt: Receipt,
        draft: Result<Draft, CommandError>,
    ) -> Result<Sent, Failure> {
        let draft = draft.map_err(Failure::Undecided)?;
        let subject = draft.subject();
        let mut append = Append::new(self.context(envelope).await.map_err(Failure::Final)?);
        append.streams = draft.streams;
        append.claims = draft.claims;
        append.releases = draft.releases;
        append.receipt = Some(receipt);
        match self.journal.append(append).await {
            Ok(appended) => sent(&appended, subject).ok_or(Failure::Final(unanswered())),
            Err(error @ (AppendError::Conflict { .. } | AppendError::ClaimTaken { .. })) => {
                Err(Failure::Undecided(error.into()))
            }
            Err(error) => Err(Failure::Final(error.into())),
        }
    }

    async fn said_before(
        &self,
        envelope: &Envelope,
        receipt: Receipt,
    ) -> Result<Option<Sent>, CommandError> {
        let appended = self
            .journal
            .receipt(&envelope.actor, envelope.command_id, receipt)
            .await?;
        Ok(appended.and_then(|appended| sent(&appended, None)))
    }

    fn receipt(
        &self,
        envelope: &Envelope,
        content: &impl Serialize,
    ) -> Result<Receipt, CommandError> {
        let content = match &envelope.content {
            Some(content) => content.clone(),
            None => {
                serde_json::to_vec(&(content, envelope.expected_version, occurred_text(envelope)))
                    .map_err(|error| CommandError::Internal(error.to_string()))?
            }
        };
        Ok(Receipt {
            fingerprint: self.journal.vault().fingerprint(&content),
        })
    }

    /// What the events of this envelope's append have in common.
    ///
    /// # Errors
    /// When the journal does not answer.
    pub(crate) async fn context(&self, envelope: &Envelope) -> Result<Context, CommandError> {
        Ok(Context {
            actor: envelope.actor.clone(),
            command_id: envelope.command_id,
            correlation_id: envelope.correlation_id,
            causation: None,
            depth: 0,
            source: envelope.source,
            trace_parent: envelope.trace_parent.clone(),
            zone: self.zone().await?,
        })
    }
}

/// Refuses a stream that moved since the caller saw it.
pub(crate) fn expect_version(envelope: &Envelope, actual: u64) -> Result<(), CommandError> {
    match envelope.expected_version {
        Some(expected) if expected != actual => Err(CommandError::Conflict { expected, actual }),
        Some(_) | None => Ok(()),
    }
}

/// A failure, and whether a second look could change it.
enum Failure {
    Final(CommandError),
    Undecided(CommandError),
}

fn sent(appended: &Appended, subject: Option<Uuid>) -> Option<Sent> {
    let (first, _) = appended.versions.first()?;
    let id = if appended.replayed {
        *first
    } else {
        subject.unwrap_or(*first)
    };
    let version = appended.version_of(id)?;
    Some(Sent {
        id,
        version,
        position: appended.position,
        replayed: appended.replayed,
    })
}

fn unanswered() -> CommandError {
    CommandError::Internal("the append names no stream".to_owned())
}

fn occurred_text(envelope: &Envelope) -> String {
    format!("{:?}", envelope.occurred)
}
