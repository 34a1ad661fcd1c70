//! What records name: owners, clients, products, channels, stages, teams. Looked up a batch at a time, created where the
//! profile allows it.

use std::collections::{BTreeSet, HashMap};

use cartera_domain::ids::{
    ChannelId, ClientId, CompanyId, PipelineId, ProductId, Singleton, SubjectId, TeamId, UserId,
};
use cartera_domain::opportunities::StageFact;
use cartera_domain::permission::Role;
use cartera_domain::settings::Company;
use cartera_domain::values::{Amount, Currency};
use cartera_journal::Claim;
use uuid::Uuid;

use crate::bus::{CommandBus, Freshness};
use crate::draft::Draft;
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::files::Row;

use super::layout::Layout;
use super::profile::{Created, Field, Profile};
use super::run::{Mode, command_id};

mod created;
mod lists;
mod pipeline;

/// Among what external keys are unique.
pub(super) const EXTERNAL_KEY: &str = "external_key";

/// What records name, as far as it was looked up.
pub(super) struct References<'a> {
    bus: &'a CommandBus,
    profile: &'a Profile,
    envelope: &'a Envelope,
    mode: Mode,
    /// Currency of the company.
    pub(super) currency: Currency,
    users: HashMap<String, (UserId, Option<TeamId>)>,
    clients: HashMap<String, ClientId>,
    products: HashMap<String, (ProductId, Option<Amount>)>,
    channels: HashMap<String, ChannelId>,
    teams: HashMap<String, TeamId>,
    pipeline: Option<PipelineId>,
    stages: HashMap<String, StageFact>,
    /// Events added for what was created.
    pub(super) events: u64,
}

impl<'a> References<'a> {
    /// Looks up what the company has, and draws up the profile's pipeline where it is not there.
    pub(super) async fn load(
        bus: &'a CommandBus,
        profile: &'a Profile,
        envelope: &'a Envelope,
        mode: Mode,
    ) -> Result<Self, CommandError> {
        let company = bus
            .load::<Company>(CompanyId::the(), Freshness::Fresh)
            .await?;
        let Some(settings) = company.state().settings() else {
            return Err(CommandError::NotFound("company"));
        };
        let mut references = Self {
            bus,
            profile,
            envelope,
            mode,
            currency: settings.currency.clone(),
            users: HashMap::new(),
            clients: HashMap::new(),
            products: HashMap::new(),
            channels: HashMap::new(),
            teams: HashMap::new(),
            pipeline: None,
            stages: HashMap::new(),
            events: 0,
        };
        references.load_catalogue().await?;
        references.load_teams().await?;
        references.load_pipeline().await?;
        Ok(references)
    }

    /// Looks up, or creates, everything that these rows name.
    pub(super) async fn prepare(
        &mut self,
        layout: &Layout,
        rows: &[&Row],
    ) -> Result<(), CommandError> {
        let named = |field| named(layout, rows, field);
        self.channels_of(named(Field::Channel)).await?;
        self.users_of(named(Field::TeamManager), Role::Manager)
            .await?;
        self.users_of(named(Field::Owner), Role::Salesperson)
            .await?;
        self.teams_of(layout, rows).await?;
        self.clients_of(named(Field::Client)).await?;
        self.products_of(named(Field::Product)).await
    }

    /// Holders of these external keys.
    pub(super) async fn holders(
        &self,
        kind: &str,
        keys: impl IntoIterator<Item = String>,
    ) -> Result<HashMap<String, Uuid>, CommandError> {
        let tokens: HashMap<[u8; 32], String> = keys
            .into_iter()
            .map(|key| (self.token(kind, &key), key))
            .collect();
        let wanted: Vec<[u8; 32]> = tokens.keys().copied().collect();
        let held = self.bus.journal().holders(EXTERNAL_KEY, &wanted).await?;
        Ok(held
            .into_iter()
            .filter_map(|(token, holder)| Some((tokens.get(&token)?.clone(), holder)))
            .collect())
    }

    /// The claim by which an external key names one record only.
    pub(super) fn claim(
        &self,
        kind: &str,
        key: &str,
        holder: Uuid,
        subject: Option<SubjectId>,
    ) -> Claim {
        Claim {
            scope: EXTERNAL_KEY,
            token: self.token(kind, key),
            holder,
            subject,
        }
    }

    fn token(&self, kind: &str, key: &str) -> [u8; 32] {
        let text = format!("{}\u{1f}{kind}\u{1f}{key}", self.profile.source);
        self.bus.journal().vault().token(EXTERNAL_KEY, &text)
    }

    pub(super) fn user(&self, key: &str) -> Option<(UserId, Option<TeamId>)> {
        self.users.get(key).copied()
    }

    pub(super) fn client(&self, key: &str) -> Option<ClientId> {
        self.clients.get(key).copied()
    }

    pub(super) fn product(&self, key: &str) -> Option<(ProductId, Option<Amount>)> {
        self.products.get(key).copied()
    }

    pub(super) fn channel(&self, name: &str) -> Option<ChannelId> {
        self.channels.get(&name.to_lowercase()).copied()
    }

    pub(super) fn team(&self, name: &str) -> Option<TeamId> {
        self.teams.get(&name.to_lowercase()).copied()
    }

    pub(super) fn stage(&self, name: &str) -> Option<StageFact> {
        self.stages.get(&name.to_lowercase()).copied()
    }

    fn may_create(&self, created: Created) -> bool {
        self.profile.create.contains(&created)
    }

    /// Writes what was decided, unless nothing is to be written.
    async fn commit(&mut self, what: &str, draft: Draft) -> Result<(), CommandError> {
        let events = draft.events();
        if self.mode == Mode::Write {
            let id = command_id(&[&self.profile.source, "create", what]);
            let envelope = Envelope {
                command_id: id,
                correlation_id: self.envelope.correlation_id,
                ..self.envelope.clone()
            };
            self.bus
                .carry_out(&envelope, &what, |_freshness| {
                    std::future::ready(Ok(draft.clone()))
                })
                .await?;
        }
        self.events += events;
        Ok(())
    }
}

/// The distinct values of a field.
fn named(layout: &Layout, rows: &[&Row], field: Field) -> BTreeSet<String> {
    if !layout.maps(field) {
        return BTreeSet::new();
    }
    rows.iter()
        .filter_map(|row| layout.text(row, field))
        .collect()
}
