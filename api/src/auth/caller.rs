//! Who asks: a viewer, by which credential, and what that credential may do.

use std::collections::BTreeSet;
use std::sync::Arc;

use cartera_domain::permission::Permission;
use cartera_domain::{Viewer, ids::UserId};
use cartera_journal::{Actor, Source};
use uuid::Uuid;

use super::store::Stamp;
use super::token::TokenHash;
use crate::error::ApiError;

/// A known caller. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Caller(Arc<Known>);

#[derive(Debug)]
struct Known {
    viewer: Arc<Viewer>,
    credential: Credential,
    granted: Option<BTreeSet<Permission>>,
    token: TokenHash,
    stamp: Stamp,
}

/// By what a caller is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// A browser's session.
    Session(Uuid),
    /// A program's API key.
    ApiKey(Uuid),
}

impl Caller {
    pub(super) fn new(
        viewer: Viewer,
        credential: Credential,
        granted: Option<BTreeSet<Permission>>,
        token: TokenHash,
        stamp: Stamp,
    ) -> Self {
        Self(Arc::new(Known {
            viewer: Arc::new(viewer),
            credential,
            granted,
            token,
            stamp,
        }))
    }

    /// The user in whose name is asked.
    pub fn user(&self) -> UserId {
        self.0.viewer.user
    }

    /// By what the caller is known.
    pub fn credential(&self) -> Credential {
        self.0.credential
    }

    /// The session, for what only a person at a browser may do.
    ///
    /// # Errors
    /// `FORBIDDEN` for an API key.
    pub fn session(&self) -> Result<Uuid, ApiError> {
        match self.0.credential {
            Credential::Session(session) => Ok(session),
            Credential::ApiKey(_) => Err(ApiError::forbidden("session")),
        }
    }

    /// Whether sessions and keys may be looked at and ended: by a person at a browser the own ones, by a program only with
    /// the permission to manage users.
    ///
    /// # Errors
    /// `FORBIDDEN` for an API key without that permission.
    pub fn keeps_ways_in(&self) -> Result<(), ApiError> {
        if self.may(Permission::ManageUsers) {
            Ok(())
        } else {
            self.session().map(|_session| ())
        }
    }

    /// Whether user and credential both have the permission.
    pub fn may(&self, permission: Permission) -> bool {
        let granted = self.0.granted.as_ref();
        self.0.viewer.may(permission) && granted.is_none_or(|granted| granted.contains(&permission))
    }

    /// The viewer, for whatever takes this permission.
    ///
    /// # Errors
    /// `FORBIDDEN` without the permission.
    pub fn viewer(&self, permission: Permission) -> Result<&Arc<Viewer>, ApiError> {
        if self.may(permission) {
            Ok(&self.0.viewer)
        } else {
            Err(ApiError::forbidden(permission.into()))
        }
    }

    /// The viewer, for what everybody may who is signed in.
    pub fn anybody(&self) -> &Arc<Viewer> {
        &self.0.viewer
    }

    /// Who is written down as having done it.
    pub fn actor(&self) -> Actor {
        match self.0.credential {
            Credential::Session(_) => Actor::User(self.user()),
            Credential::ApiKey(key) => Actor::ApiKey(key, self.user()),
        }
    }

    /// By which door it comes.
    pub fn source(&self) -> Source {
        match self.0.credential {
            Credential::Session(_) => Source::Web,
            Credential::ApiKey(_) => Source::Api,
        }
    }

    pub(super) fn token(&self) -> TokenHash {
        self.0.token
    }

    pub(super) fn stamp(&self) -> Stamp {
        self.0.stamp
    }
}
