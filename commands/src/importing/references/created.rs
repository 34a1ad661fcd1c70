//! Users, clients and products: looked up by their external keys, created in bulk where the profile allows it.

use std::collections::{BTreeSet, HashMap};

use cartera_domain::clients::{Client, ClientCommand, ClientDetails, ClientKind};
use cartera_domain::ids::{ClientId, ProductId, SubjectId, TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::products::{Product, ProductCommand, ProductDetails};
use cartera_domain::users::{Locale, User, UserCommand};
use cartera_domain::values::{Line, Occurred, Personal};
use cartera_journal::AppendError;
use uuid::Uuid;

use crate::bus::Freshness;
use crate::draft::{Draft, Stream};
use crate::error::CommandError;
use crate::importing::profile::Created;
use crate::importing::run::{Mode, command_id};

use super::References;

/// What an external key names.
struct Named {
    id: Uuid,
    /// It was created just now, with nothing but its name.
    new: bool,
}

impl References<'_> {
    pub(super) async fn users_of(
        &mut self,
        keys: BTreeSet<String>,
        role: Role,
    ) -> Result<(), CommandError> {
        let keys = keys.into_iter().filter(|key| !self.users.contains_key(key));
        let keys: Vec<String> = keys.collect();
        let draft = |this: &Self, key: &str, name| this.new_user(key, name, role);
        let named = self.find_or_create("user", Created::Users, keys, draft);
        for (key, Named { id, new }) in named.await? {
            let user = UserId::from_uuid(id);
            let team = if new {
                None
            } else {
                let stream = self.bus.load::<User>(user, Freshness::Fresh).await?;
                stream.state().active().and_then(|member| member.team)
            };
            self.users.insert(key, (user, team));
        }
        Ok(())
    }

    pub(super) async fn clients_of(&mut self, keys: BTreeSet<String>) -> Result<(), CommandError> {
        let keys = keys.into_iter();
        let keys: Vec<String> = keys.filter(|key| !self.clients.contains_key(key)).collect();
        let named = self.find_or_create("client", Created::Clients, keys, Self::new_client);
        for (key, named) in named.await? {
            self.clients.insert(key, ClientId::from_uuid(named.id));
        }
        Ok(())
    }

    pub(super) async fn products_of(&mut self, keys: BTreeSet<String>) -> Result<(), CommandError> {
        let keys = keys.into_iter();
        let keys: Vec<String> = keys
            .filter(|key| !self.products.contains_key(key))
            .collect();
        let named = self.find_or_create("product", Created::Products, keys, Self::new_product);
        for (key, Named { id, new }) in named.await? {
            let product = ProductId::from_uuid(id);
            let price = if new {
                None
            } else {
                let stream = self.bus.load::<Product>(product, Freshness::Fresh).await?;
                match stream.state() {
                    Product::Blank => None,
                    Product::Sold(known) | Product::Retired(known) => known.list_price,
                }
            };
            self.products.insert(key, (product, price));
        }
        Ok(())
    }

    /// What these keys name. What is not there is created, if the profile says so and the key can be a name; where somebody
    /// else is about to create the same, whoever is first holds the key.
    async fn find_or_create(
        &mut self,
        kind: &str,
        created: Created,
        keys: Vec<String>,
        draft: impl Fn(&Self, &str, Line) -> Result<(Uuid, Draft), CommandError>,
    ) -> Result<HashMap<String, Named>, CommandError> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let held = self.holders(kind, keys.iter().cloned()).await?;
        let (mut new, mut drafts) = (HashMap::new(), Vec::new());
        for key in keys.into_iter().filter(|key| !held.contains_key(key)) {
            if let (true, Ok(name)) = (self.may_create(created), Line::parse(&key)) {
                let (id, draft) = draft(self, &key, name)?;
                let what = command_id(&[&self.profile.source, "create", kind, &key]);
                drafts.push((what, draft));
                new.insert(key, id);
            }
        }
        let told = |(key, id)| (key, Named { id, new: false });
        let mut named: HashMap<String, Named> = held.into_iter().map(told).collect();
        if !drafts.is_empty() {
            self.create_all(drafts).await?;
            let holders = match self.mode {
                Mode::DryRun => new.clone(),
                Mode::Write => self.holders(kind, new.keys().cloned()).await?,
            };
            named.extend(holders.into_iter().map(|(key, id)| {
                let new = new.get(&key) == Some(&id);
                (key, Named { id, new })
            }));
        }
        Ok(named)
    }

    async fn create_all(&mut self, drafts: Vec<(Uuid, Draft)>) -> Result<(), CommandError> {
        let events: Vec<u64> = drafts.iter().map(|(_, draft)| draft.events()).collect();
        if self.mode == Mode::DryRun {
            self.events += events.iter().sum::<u64>();
            return Ok(());
        }
        let outcomes = self.bus.write_many(self.envelope, drafts).await?;
        for (outcome, events) in outcomes.into_iter().zip(events) {
            match outcome {
                Ok(_position) => self.events += events,
                Err(AppendError::ClaimTaken { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn new_user(&self, key: &str, name: Line, role: Role) -> Result<(Uuid, Draft), CommandError> {
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
        let claim = self.claim("user", key, id.as_uuid(), Some(subject));
        let draft = Draft::default().with(stream).claiming(claim);
        Ok((id.as_uuid(), draft))
    }

    fn new_client(&self, key: &str, name: Line) -> Result<(Uuid, Draft), CommandError> {
        let (id, subject): (ClientId, SubjectId) = (self.bus.ids().mint(), self.bus.ids().mint());
        let command = ClientCommand::RegisterClient {
            kind: ClientKind::Company,
            details: ClientDetails {
                company_name: Some(name.clone()),
                external_reference: Some(Personal::new(subject, name)),
                ..ClientDetails::default()
            },
            owner: None,
            team: None,
            lead: None,
        };
        let mut stream = Stream::<Client>::new(id);
        stream.decide(self.envelope, command, Occurred::Now)?;
        let claim = self.claim("client", key, id.as_uuid(), Some(subject));
        let draft = Draft::default().with(stream).claiming(claim);
        Ok((id.as_uuid(), draft))
    }

    fn new_product(&self, key: &str, code: Line) -> Result<(Uuid, Draft), CommandError> {
        let id: ProductId = self.bus.ids().mint();
        let claimed = crate::products::code_claim(self.bus, &code, id);
        let command = ProductCommand::RegisterProduct {
            details: ProductDetails {
                name: Some(code.clone()),
                ..ProductDetails::default()
            },
            code,
            list_price: None,
        };
        let mut stream = Stream::<Product>::new(id);
        stream.decide(self.envelope, command, Occurred::Now)?;
        let claim = self.claim("product", key, id.as_uuid(), None);
        let draft = Draft::default()
            .with(stream)
            .claiming(claim)
            .claiming(claimed);
        Ok((id.as_uuid(), draft))
    }
}
