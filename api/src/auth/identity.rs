//! Who is asking, decided on live state.
//!
//! A caller is looked up once and remembered while nothing has changed that it rests on: a [`Stamp`] moves with every
//! revocation and with every event of a user or team, on whichever node. The stamp is read again when it is older than a
//! quarter of a second, one read for all callers of the node; so a revoked session, a revoked key and a deactivated user
//! are refused after 0.25 s at the latest, on the node that revokes at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cartera_commands::CommandBus;
use cartera_domain::Viewer;
use cartera_domain::ids::UserId;
use cartera_domain::permission::Permission;
use cartera_domain::users::User;
use cartera_projections::users::user_directory::{self, UserDirectory};
use cartera_projections::{Projector, ReadPool};
use moka::sync::Cache;
use sqlx::PgPool;
use strum::VariantArray;
use tokio::sync::Mutex;

use super::caller::{Caller, Credential};
use super::cookie::CookieStyle;
use super::password::{Hasher, HashingFailed};
use super::store::{self, Stamp};
use super::token::{SecretKind, TokenHash};
use crate::edge::{Credentials, Identify};
use crate::error::ApiError;
use crate::loaders::unreadable;

/// How old the stamp may be.
const STAMP_FOR: Duration = Duration::from_millis(250);
/// How long a caller is remembered at most, so that use and end of sessions are noticed.
const CALLER_FOR: Duration = Duration::from_secs(30);
/// How long a changed role or team is waited for in the read model.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many callers are remembered.
const CALLERS: u64 = 4_096;

/// How long things last.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// A session at most.
    pub session: Duration,
    /// A session without use.
    pub idle: Duration,
    /// A one-time link.
    pub link: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            session: DAY * 30,
            idle: DAY * 7,
            link: DAY * 3,
        }
    }
}

/// The identity module: sessions, API keys, passwords, links. Cheap to clone.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    pool: PgPool,
    bus: CommandBus,
    reads: ReadPool,
    hasher: Hasher,
    cookies: CookieStyle,
    lifetimes: Lifetimes,
    callers: Cache<TokenHash, Caller>,
    stamp: Mutex<Option<(Stamp, Instant)>>,
}

impl Identity {
    /// The identity module over the tables of the journal's database.
    ///
    /// # Errors
    /// When passwords cannot be hashed.
    pub fn new(
        pool: PgPool,
        bus: CommandBus,
        reads: ReadPool,
        cookies: CookieStyle,
        lifetimes: Lifetimes,
    ) -> Result<Self, HashingFailed> {
        Ok(Self(Arc::new(Inner {
            pool,
            bus,
            reads,
            hasher: Hasher::new()?,
            cookies,
            lifetimes,
            callers: Cache::builder()
                .max_capacity(CALLERS)
                .time_to_live(CALLER_FOR)
                .build(),
            stamp: Mutex::new(None),
        })))
    }

    /// The tables.
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// The commands.
    pub fn bus(&self) -> &CommandBus {
        &self.0.bus
    }

    /// The passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// The cookie.
    pub fn cookies(&self) -> CookieStyle {
        self.0.cookies
    }

    /// How long things last.
    pub fn lifetimes(&self) -> Lifetimes {
        self.0.lifetimes
    }

    /// Looks at live state from now on: something was revoked here.
    pub async fn forget(&self) {
        *self.0.stamp.lock().await = None;
    }

    async fn stamp(&self) -> Result<Stamp, ApiError> {
        let mut known = self.0.stamp.lock().await;
        match *known {
            Some((stamp, since)) if since.elapsed() < STAMP_FOR => Ok(stamp),
            Some(_) | None => {
                let asked = Instant::now();
                let stamp = store::stamp(&self.0.pool)
                    .await
                    .map_err(ApiError::unavailable)?;
                *known = Some((stamp, asked));
                Ok(stamp)
            }
        }
    }

    async fn caller_of(
        &self,
        kind: SecretKind,
        presented: &str,
    ) -> Result<Option<Caller>, ApiError> {
        let Some(token) = TokenHash::of_kind(kind, presented) else {
            return Ok(None);
        };
        let stamp = self.stamp().await?;
        if let Some(caller) = self
            .0
            .callers
            .get(&token)
            .filter(|caller| caller.stamp() == stamp)
        {
            return Ok(Some(caller));
        }
        let caller = self.look_up(kind, token, stamp).await?;
        match &caller {
            Some(caller) => self.0.callers.insert(token, caller.clone()),
            None => self.0.callers.invalidate(&token),
        }
        Ok(caller)
    }

    async fn look_up(
        &self,
        kind: SecretKind,
        token: TokenHash,
        stamp: Stamp,
    ) -> Result<Option<Caller>, ApiError> {
        let pool = &self.0.pool;
        let found = match kind {
            SecretKind::Session => store::sessions::find(pool, token, self.0.lifetimes.idle)
                .await
                .map_err(ApiError::unavailable)?
                .map(|row| (row.user, Credential::Session(row.id), None)),
            SecretKind::ApiKey => store::api_keys::find(pool, token)
                .await
                .map_err(ApiError::unavailable)?
                .map(|row| (row.user, Credential::ApiKey(row.id), row.permissions)),
            SecretKind::Link => None,
        };
        let Some((user, credential, permissions)) = found else {
            return Ok(None);
        };
        let viewer = self.viewer_of(user, stamp.users).await?;
        let granted = permissions.map(|names| granted(&names));
        Ok(viewer.map(|viewer| Caller::new(viewer, credential, granted, token, stamp)))
    }

    /// The viewer that a user is today; `None` for one that is not active. Role and activity come from the log itself,
    /// whatever state the read model is in.
    ///
    /// # Errors
    /// `UNAVAILABLE` when journal or read model do not answer.
    pub async fn viewer_of(&self, user: UserId, position: i64) -> Result<Option<Viewer>, ApiError> {
        let journal = self.0.bus.journal();
        let state = journal
            .reload::<User>(user)
            .await
            .map_err(ApiError::unavailable)?
            .state;
        let Some(member) = state.active() else {
            return Ok(None);
        };
        let waited = journal
            .wait_for(&[UserDirectory::NAME], position, PATIENCE)
            .await;
        waited.map_err(ApiError::unavailable)?;
        let read = user_directory::viewer(&self.0.reads, user)
            .await
            .map_err(unreadable)?;
        let (teams, members) = read
            .map(|read| (read.teams, read.members))
            .unwrap_or_default();
        Ok(Some(Viewer {
            user,
            role: member.role,
            teams,
            members,
        }))
    }
}

pub(super) fn granted(names: &[String]) -> BTreeSet<Permission> {
    Permission::VARIANTS
        .iter()
        .copied()
        .filter(|permission| {
            let name: &'static str = permission.into();
            names.iter().any(|known| known == name)
        })
        .collect()
}

impl Identify for Identity {
    type Caller = Caller;

    async fn identify(&self, credentials: &Credentials<'_>) -> Result<Option<Caller>, ApiError> {
        if let Some(key) = credentials.bearer() {
            return self.caller_of(SecretKind::ApiKey, key).await;
        }
        match credentials.cookie(self.0.cookies.name()) {
            Some(session) => self.caller_of(SecretKind::Session, session).await,
            None => Ok(None),
        }
    }

    fn may_introspect(&self, caller: &Caller) -> bool {
        caller.may(Permission::Introspect)
    }

    async fn still_valid(&self, caller: &Caller) -> bool {
        match self.stamp().await {
            Ok(stamp) if stamp == caller.stamp() => true,
            // Something changed somewhere: the caller stays valid only if looking it up again gives the same.
            Ok(stamp) => self.unchanged(caller, stamp).await,
            Err(_) => false,
        }
    }

    async fn revoked(&self, caller: &Caller) {
        while self.still_valid(caller).await {
            tokio::time::sleep(STAMP_FOR).await;
        }
    }
}

impl Identity {
    async fn unchanged(&self, caller: &Caller, stamp: Stamp) -> bool {
        let kind = match caller.credential() {
            Credential::Session(_) => SecretKind::Session,
            Credential::ApiKey(_) => SecretKind::ApiKey,
        };
        let again = match self
            .0
            .callers
            .get(&caller.token())
            .filter(|known| known.stamp() == stamp)
        {
            Some(known) => Some(known),
            None => self
                .look_up(kind, caller.token(), stamp)
                .await
                .unwrap_or(None),
        };
        again.is_some_and(|again| {
            self.0.callers.insert(caller.token(), again.clone());
            again.anybody() == caller.anybody()
        })
    }
}
