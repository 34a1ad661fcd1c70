//! What records name: owners, clients, products, channels, stages, teams. Looked up a batch at a time, created where the
//! profile allows it.

use std::collections::{BTreeSet, HashMap};

use cartera_domain::Decider;
use cartera_domain::clients::{Client, ClientCommand, ClientDetails, ClientKind};
use cartera_domain::ids::{
    CatalogueId, ChannelId, ClientId, CompanyId, PipelineId, ProductId, Singleton, SubjectId,
    TeamId, TeamTreeId, TypedId, UserId,
};
use cartera_domain::opportunities::StageFact;
use cartera_domain::permission::Role;
use cartera_domain::products::{Product, ProductCommand, ProductDetails};
use cartera_domain::settings::{
    Catalogue, CatalogueCommand, Company, Pipeline, PipelineCommand, StageCategory, StageDefinition,
};
use cartera_domain::users::{Locale, TeamTree, TeamTreeCommand, User, UserCommand};
use cartera_domain::values::{Amount, Currency, Line, Occurred, Percentage, Personal};
use cartera_journal::Claim;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::bus::{CommandBus, Freshness};
use crate::draft::{Draft, Stream};
use crate::envelope::Envelope;
use crate::error::CommandError;

use super::layout::Layout;
use super::profile::{Created, Field, PipelineSpec, Profile, StageSpec};
use super::record::Record;
use super::run::{Mode, command_id};

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

    /// Looks up, or creates, everything that these records name.
    pub(super) async fn prepare(
        &mut self,
        layout: &Layout,
        records: &[Record],
    ) -> Result<(), CommandError> {
        self.channels_of(named(layout, records, Field::Channel))
            .await?;
        self.users_of(named(layout, records, Field::TeamManager), Role::Manager)
            .await?;
        self.users_of(named(layout, records, Field::Owner), Role::Salesperson)
            .await?;
        self.teams_of(layout, records).await?;
        self.clients_of(named(layout, records, Field::Client))
            .await?;
        self.products_of(named(layout, records, Field::Product))
            .await
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

    /// The first open stage of the pipeline.
    pub(super) async fn first_open_stage(&self) -> Result<StageFact, CommandError> {
        let pipeline = self.pipeline.ok_or(CommandError::NotFound("pipeline"))?;
        let open = self
            .stages
            .values()
            .filter(|fact| fact.category == StageCategory::Open);
        if self.mode == Mode::DryRun
            && self
                .bus
                .load::<Pipeline>(pipeline, Freshness::Cached)
                .await?
                .version()
                == 0
        {
            return open.copied().next().ok_or(CommandError::NotFound("stage"));
        }
        crate::facts::stage(
            self.bus,
            pipeline,
            None,
            StageCategory::Open,
            Freshness::Cached,
        )
        .await
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

    async fn load_catalogue(&mut self) -> Result<(), CommandError> {
        let catalogue = self
            .bus
            .load::<Catalogue>(CatalogueId::the(), Freshness::Fresh)
            .await?;
        let used = catalogue
            .state()
            .channels
            .iter()
            .filter(|(_, entry)| !entry.retired);
        self.channels = used
            .map(|(id, entry)| (entry.name.as_str().to_lowercase(), *id))
            .collect();
        Ok(())
    }

    async fn load_teams(&mut self) -> Result<(), CommandError> {
        let tree = self
            .bus
            .load::<TeamTree>(TeamTreeId::the(), Freshness::Fresh)
            .await?;
        self.teams = tree
            .state()
            .teams
            .iter()
            .map(|(id, team)| (team.name.as_str().to_lowercase(), *id))
            .collect();
        Ok(())
    }

    async fn load_pipeline(&mut self) -> Result<(), CommandError> {
        for id in self
            .bus
            .journal()
            .stream_ids(<Pipeline as Decider>::TYPE)
            .await?
        {
            let id = PipelineId::from_uuid(id);
            let stream = self.bus.load::<Pipeline>(id, Freshness::Cached).await?;
            let (Pipeline::InUse(known), named) = (stream.state(), &self.profile.pipeline) else {
                continue;
            };
            let fits = named
                .as_ref()
                .is_none_or(|spec| spec.name.to_lowercase() == known.name.as_str().to_lowercase());
            if fits && self.pipeline.is_none() {
                self.pipeline = Some(id);
                self.stages = known
                    .stages
                    .iter()
                    .filter(|stage| !stage.retired)
                    .map(|stage| fact(id, &stage.definition))
                    .collect();
            }
        }
        match (&self.profile.pipeline, self.pipeline) {
            (Some(spec), None) => self.create_pipeline(spec).await,
            (Some(_) | None, _) => Ok(()),
        }
    }

    async fn create_pipeline(&mut self, spec: &PipelineSpec) -> Result<(), CommandError> {
        let id: PipelineId = self.bus.ids().mint();
        let stages = spec
            .stages
            .iter()
            .map(|stage| definition(self.bus, stage))
            .collect::<Result<Vec<_>, _>>()?;
        self.stages = stages.iter().map(|stage| fact(id, stage)).collect();
        self.pipeline = Some(id);
        let mut stream = Stream::<Pipeline>::new(id);
        let name = line(&spec.name)?;
        stream.decide(
            self.envelope,
            PipelineCommand::CreatePipeline { name, stages },
            Occurred::Now,
        )?;
        self.commit(
            &format!("pipeline\u{1f}{}", spec.name),
            Draft::default().with(stream),
        )
        .await
    }

    async fn channels_of(&mut self, names: BTreeSet<String>) -> Result<(), CommandError> {
        let missing: Vec<String> = names
            .into_iter()
            .filter(|name| self.channel(name).is_none())
            .collect();
        if missing.is_empty() || !self.may_create(Created::Channels) {
            return Ok(());
        }
        let mut stream = self
            .bus
            .load::<Catalogue>(CatalogueId::the(), Freshness::Fresh)
            .await?;
        for name in &missing {
            if self.channel(name).is_some() {
                continue;
            }
            let channel: ChannelId = self.bus.ids().mint();
            let Ok(line) = Line::parse(name) else {
                continue;
            };
            stream.decide(
                self.envelope,
                CatalogueCommand::AddChannel {
                    channel,
                    name: line,
                },
                Occurred::Now,
            )?;
            self.channels.insert(name.to_lowercase(), channel);
        }
        self.commit(
            &format!("channels\u{1f}{}", missing.join("\u{1f}")),
            Draft::default().with(stream),
        )
        .await
    }

    async fn users_of(&mut self, keys: BTreeSet<String>, role: Role) -> Result<(), CommandError> {
        let missing: Vec<String> = keys
            .into_iter()
            .filter(|key| !self.users.contains_key(key))
            .collect();
        let held = self.holders("user", missing.iter().cloned()).await?;
        for key in missing {
            if let Some(holder) = held.get(&key) {
                let user = UserId::from_uuid(*holder);
                let stream = self.bus.load::<User>(user, Freshness::Fresh).await?;
                self.users.insert(
                    key,
                    (user, stream.state().active().and_then(|member| member.team)),
                );
            } else if let (true, Ok(name)) = (self.may_create(Created::Users), Line::parse(&key)) {
                self.create_user(key, name, role).await?;
            }
        }
        Ok(())
    }

    async fn create_user(
        &mut self,
        key: String,
        name: Line,
        role: Role,
    ) -> Result<(), CommandError> {
        let (id, subject): (UserId, SubjectId) = (self.bus.ids().mint(), self.bus.ids().mint());
        let command = UserCommand::RegisterUser {
            name: Personal::new(subject, name.clone()),
            email: None,
            role,
            team: None,
            locale: Locale::default(),
            external_reference: Some(Personal::new(subject, name)),
        };
        let mut stream = Stream::<User>::new(id);
        stream.decide(self.envelope, command, Occurred::Now)?;
        let claim = self.claim("user", &key, id.as_uuid(), Some(subject));
        self.commit(
            &format!("user\u{1f}{key}"),
            Draft::default().with(stream).claiming(claim),
        )
        .await?;
        self.users.insert(key, (id, None));
        Ok(())
    }

    async fn teams_of(&mut self, layout: &Layout, records: &[Record]) -> Result<(), CommandError> {
        if !self.may_create(Created::Teams) {
            return Ok(());
        }
        let mut stream = self
            .bus
            .load::<TeamTree>(TeamTreeId::the(), Freshness::Fresh)
            .await?;
        let mut formed = Vec::new();
        for row in records.iter().flat_map(|record| &record.rows) {
            let Some(name) = layout.text(row, Field::Team) else {
                continue;
            };
            if self.team(&name).is_some() {
                continue;
            }
            let (team, Ok(named)): (TeamId, _) = (self.bus.ids().mint(), Line::parse(&name)) else {
                continue;
            };
            let manager = layout
                .text(row, Field::TeamManager)
                .and_then(|key| self.user(&key))
                .map(|(user, _)| user);
            let office = layout
                .text(row, Field::Office)
                .and_then(|office| Line::parse(&office).ok());
            let command = TeamTreeCommand::FormTeam {
                team,
                name: named,
                parent: None,
                manager,
                office,
            };
            stream.decide(self.envelope, command, Occurred::Now)?;
            self.teams.insert(name.to_lowercase(), team);
            formed.push(name);
        }
        if formed.is_empty() {
            return Ok(());
        }
        self.commit(
            &format!("teams\u{1f}{}", formed.join("\u{1f}")),
            Draft::default().with(stream),
        )
        .await
    }

    async fn clients_of(&mut self, keys: BTreeSet<String>) -> Result<(), CommandError> {
        let missing: Vec<String> = keys
            .into_iter()
            .filter(|key| !self.clients.contains_key(key))
            .collect();
        let held = self.holders("client", missing.iter().cloned()).await?;
        for key in missing {
            if let Some(holder) = held.get(&key) {
                self.clients.insert(key, ClientId::from_uuid(*holder));
            } else if let (true, Ok(name)) = (self.may_create(Created::Clients), Line::parse(&key))
            {
                let id: ClientId = self.bus.ids().mint();
                let subject: SubjectId = self.bus.ids().mint();
                let details = ClientDetails {
                    company_name: Some(name.clone()),
                    external_reference: Some(Personal::new(subject, name)),
                    ..ClientDetails::default()
                };
                let command = ClientCommand::RegisterClient {
                    kind: ClientKind::Company,
                    details,
                    owner: None,
                    team: None,
                    lead: None,
                };
                let mut stream = Stream::<Client>::new(id);
                stream.decide(self.envelope, command, Occurred::Now)?;
                let claim = self.claim("client", &key, id.as_uuid(), Some(subject));
                self.commit(
                    &format!("client\u{1f}{key}"),
                    Draft::default().with(stream).claiming(claim),
                )
                .await?;
                self.clients.insert(key, id);
            }
        }
        Ok(())
    }

    async fn products_of(&mut self, keys: BTreeSet<String>) -> Result<(), CommandError> {
        let missing: Vec<String> = keys
            .into_iter()
            .filter(|key| !self.products.contains_key(key))
            .collect();
        let held = self.holders("product", missing.iter().cloned()).await?;
        for key in missing {
            if let Some(holder) = held.get(&key) {
                let product = ProductId::from_uuid(*holder);
                let price = match self
                    .bus
                    .load::<Product>(product, Freshness::Fresh)
                    .await?
                    .state()
                {
                    Product::Blank => None,
                    Product::Sold(known) | Product::Retired(known) => known.list_price,
                };
                self.products.insert(key, (product, price));
            } else if let (true, Ok(code)) = (self.may_create(Created::Products), Line::parse(&key))
            {
                let id: ProductId = self.bus.ids().mint();
                let details = ProductDetails {
                    name: Some(code.clone()),
                    ..ProductDetails::default()
                };
                let mut stream = Stream::<Product>::new(id);
                let command = ProductCommand::RegisterProduct {
                    code: code.clone(),
                    details,
                    list_price: None,
                };
                stream.decide(self.envelope, command, Occurred::Now)?;
                let claim = self.claim("product", &key, id.as_uuid(), None);
                let code = crate::products::code_claim(self.bus, &code, id);
                let draft = Draft::default().with(stream).claiming(claim).claiming(code);
                self.commit(&format!("product\u{1f}{key}"), draft).await?;
                self.products.insert(key, (id, None));
            }
        }
        Ok(())
    }
}

/// Among what external keys are unique.
const EXTERNAL_KEY: &str = "external_key";

/// The distinct values of a field.
fn named(layout: &Layout, records: &[Record], field: Field) -> BTreeSet<String> {
    if !layout.maps(field) {
        return BTreeSet::new();
    }
    records
        .iter()
        .flat_map(|record| &record.rows)
        .filter_map(|row| layout.text(row, field))
        .collect()
}

fn fact(pipeline: PipelineId, stage: &StageDefinition) -> (String, StageFact) {
    let fact = StageFact {
        pipeline,
        stage: stage.stage,
        category: stage.category,
    };
    (stage.name.as_str().to_lowercase(), fact)
}

fn definition(bus: &CommandBus, spec: &StageSpec) -> Result<StageDefinition, CommandError> {
    let usual = match spec.category {
        StageCategory::Open => 50,
        StageCategory::Won => 100,
        StageCategory::Lost | StageCategory::Cancelled => 0,
    };
    let probability = Percentage::try_new(Decimal::from(spec.probability.unwrap_or(usual)));
    let probability =
        probability.map_err(|error| refused("PROFILE_PROBABILITY", &error.to_string()))?;
    Ok(StageDefinition {
        stage: bus.ids().mint(),
        name: line(&spec.name)?,
        category: spec.category,
        probability,
    })
}

fn line(text: &str) -> Result<Line, CommandError> {
    Line::parse(text).map_err(|error| refused("PROFILE_NAME", &error.to_string()))
}

fn refused(code: &'static str, reason: &str) -> CommandError {
    CommandError::Rejected {
        code,
        message: reason.to_owned(),
        field: None,
    }
}
