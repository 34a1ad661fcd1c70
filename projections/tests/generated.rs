//! Random histories: whatever happened, rows kept live, rows rebuilt, and rows taken in one event at a time are the same.

use cartera_domain::Event;
use cartera_domain::clients::{Client, ClientDetails, ClientEvent, ClientKind, ContactDetails};
use cartera_domain::ids::{
    CatalogueId, ClientId, ContactId, LeadId, OpportunityId, PipelineId, ProductId, Singleton as _,
    StageId, TeamId, TeamTreeId, UserId,
};
use cartera_domain::leads::{Lead, LeadEvent};
use cartera_domain::opportunities::{Opportunity, OpportunityEvent, OpportunityLine};
use cartera_domain::permission::Role;
use cartera_domain::products::{Product, ProductDetails, ProductEvent};
use cartera_domain::settings::{Catalogue, CatalogueEvent, Pipeline};
use cartera_domain::users::{TeamTree, TeamTreeEvent, User, UserEvent};
use cartera_journal::Recorded;
use cartera_projections::projector::{SharedProjector, Tables};
use cartera_projections::{registry, runner};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _, Row as _};
use uuid::Uuid;

use crate::history::created;
use crate::leads::{company, registered};
use crate::opportunities::Ids;
use crate::users::joined;
use crate::world::{World, amount, line, new, personal};

/// A company's life, made up from a seed.
struct Life<'a> {
    world: &'a World,
    dice: StdRng,
    ids: Ids,
    leads: Vec<LeadId>,
    clients: Vec<(ClientId, Vec<ContactId>)>,
    opportunities: Vec<(OpportunityId, bool)>,
    products: Vec<ProductId>,
    users: Vec<UserId>,
    teams: Vec<TeamId>,
}

impl<'a> Life<'a> {
    fn new(world: &'a World, seed: u64) -> Self {
        Self {
            world,
            dice: StdRng::seed_from_u64(seed),
            ids: Ids::new(),
            leads: vec![],
            clients: vec![],
            opportunities: vec![],
            products: vec![],
            users: vec![],
            teams: vec![],
        }
    }

    fn of(&mut self, n: usize) -> usize {
        self.dice.random_range(0..n)
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> Option<T> {
        (!among.is_empty()).then(|| among[self.dice.random_range(0..among.len())])
    }

    /// A day, an instant, now, or unknown: in no order.
    fn time(&mut self) -> String {
        let day = format!(
            "2024-{:02}-{:02}",
            self.dice.random_range(1..=12),
            self.dice.random_range(1..=28)
        );
        match self.of(10) {
            0 => "now".to_owned(),
            1 => "unknown".to_owned(),
            2..=4 => format!("{day}T{:02}:30:00+02:00", self.dice.random_range(0..24)),
            _ => day,
        }
    }

    async fn happen<D: cartera_domain::Decider>(&mut self, id: D::Id, event: D::Event)
    where
        D::Event: Into<Event>,
    {
        let time = self.time();
        self.world
            .given::<D>(id, vec![(time.as_str(), event)])
            .await;
    }

    async fn begin(&mut self) {
        let pipeline: PipelineId = self.ids.pipeline;
        let stages = created(&self.ids);
        self.happen::<Pipeline>(pipeline, stages).await;
    }

    async fn step(&mut self) {
        let owner = self.pick(&self.users.clone());
        match self.of(12) {
            0 => {
                let id: LeadId = new();
                self.leads.push(id);
                self.happen::<Lead>(id, registered(company("Puig"), owner))
                    .await;
            }
            1 | 2 => self.lead(owner).await,
            3 => {
                let id: ClientId = new();
                self.clients.push((id, vec![]));
                let details = ClientDetails {
                    company_name: line("Vila"),
                    ..ClientDetails::default()
                };
                let event = ClientEvent::ClientRegistered {
                    kind: ClientKind::Company,
                    details,
                    owner,
                    team: None,
                    lead: None,
                };
                self.happen::<Client>(id, event).await;
            }
            4 => self.client(owner).await,
            5 | 6 => {
                let id: OpportunityId = new();
                self.opportunities.push((id, true));
                let event = self.ids.opened(Some("10.5"), owner);
                self.happen::<Opportunity>(id, event).await;
            }
            7..=9 => self.opportunity(owner).await,
            10 => self.company().await,
            _ => self.product().await,
        }
    }

    async fn lead(&mut self, owner: Option<UserId>) {
        let Some(id) = self.pick(&self.leads.clone()) else {
            return;
        };
        let event = match self.of(5) {
            0 => LeadEvent::LeadContacted {},
            1 => LeadEvent::LeadQualified {},
            2 => LeadEvent::LeadDiscarded {
                reason: None,
                note: None,
            },
            3 => LeadEvent::LeadReopened {},
            _ => LeadEvent::LeadAssigned { owner, team: None },
        };
        self.happen::<Lead>(id, event).await;
    }

    async fn client(&mut self, owner: Option<UserId>) {
        if self.clients.is_empty() {
            return;
        }
        let at = self.of(self.clients.len());
        let (id, contacts) = self.clients[at].clone();
        let event = match (self.of(4), contacts.first()) {
            (0, Some(contact)) => {
                self.clients[at].1.remove(0);
                ClientEvent::ContactRemoved { contact: *contact }
            }
            (1, _) => ClientEvent::ClientAssigned { owner, team: None },
            (2, _) => ClientEvent::ClientArchived {},
            (_, _) => {
                let contact: ContactId = new();
                self.clients[at].1.push(contact);
                let name = personal(new(), line("Joan"));
                ClientEvent::ContactAdded {
                    contact,
                    details: ContactDetails {
                        name,
                        ..ContactDetails::default()
                    },
                }
            }
        };
        self.happen::<Client>(id, event).await;
    }

    async fn opportunity(&mut self, owner: Option<UserId>) {
        if self.opportunities.is_empty() {
            return;
        }
        let at = self.of(self.opportunities.len());
        let (id, open) = self.opportunities[at];
        let (ids, product) = (&self.ids, new::<ProductId>());
        let (analysis, elsewhere) = (ids.analysis, new::<StageId>());
        let event = match (self.dice.random_range(0..7), open) {
            (0, true) => ids.won("12"),
            (1, true) => ids.lost(),
            (0 | 1, false) => OpportunityEvent::OpportunityReopened { stage: analysis },
            (2, _) => OpportunityEvent::OpportunityMoved { stage: elsewhere },
            (3, _) => OpportunityEvent::OpportunityAssigned { owner, team: None },
            (4, _) => OpportunityEvent::OpportunityAmountRevised {
                amount: Some(amount("99.999999")),
            },
            (5, _) => OpportunityEvent::OpportunityClientLinked {
                client: self.clients.first().map(|(id, _)| *id),
            },
            (_, _) => {
                let line = OpportunityLine {
                    line: new(),
                    product,
                    description: None,
                    quantity: amount("1"),
                    unit_price: None,
                    discount: None,
                    amount: amount("7"),
                };
                OpportunityEvent::OpportunityLinesRevised {
                    lines: vec![line],
                    amount: amount("7"),
                }
            }
        };
        if matches!(
            event,
            OpportunityEvent::OpportunityWon { .. } | OpportunityEvent::OpportunityLost { .. }
        ) {
            self.opportunities[at].1 = false;
        } else if matches!(event, OpportunityEvent::OpportunityReopened { .. }) {
            self.opportunities[at].1 = true;
        }
        self.happen::<Opportunity>(id, event).await;
    }

    async fn company(&mut self) {
        match self.of(4) {
            0 => {
                let id: UserId = new();
                self.users.push(id);
                let team = self.pick(&self.teams.clone());
                self.happen::<User>(id, joined("Anna", Role::Salesperson, team))
                    .await;
            }
            1 => {
                let (team, parent) = (new(), self.pick(&self.teams.clone()));
                self.teams.push(team);
                let name = line(&team.to_string()).expect("a name");
                let event = TeamTreeEvent::TeamFormed {
                    team,
                    name,
                    parent,
                    manager: None,
                    office: None,
                };
                self.happen::<TeamTree>(TeamTreeId::the(), event).await;
            }
            2 => {
                if let Some(user) = self.pick(&self.users.clone()) {
                    let team = self.pick(&self.teams.clone());
                    self.happen::<User>(user, UserEvent::UserMovedToTeam { team })
                        .await;
                }
            }
            _ => {
                let event = CatalogueEvent::ChannelAdded {
                    channel: new(),
                    name: line("Fira").expect("a name"),
                };
                self.happen::<Catalogue>(CatalogueId::the(), event).await;
            }
        }
    }

    async fn product(&mut self) {
        match self.pick(&self.products.clone()) {
            Some(product) if self.of(3) > 0 => {
                let price = ProductEvent::ProductPriceChanged {
                    list_price: Some(amount("3")),
                };
                self.happen::<Product>(product, price).await;
            }
            _ => {
                let id: ProductId = new();
                self.products.push(id);
                let details = ProductDetails {
                    name: line("Cafè"),
                    ..ProductDetails::default()
                };
                let code = line("C").expect("a code");
                self.happen::<Product>(
                    id,
                    ProductEvent::ProductRegistered {
                        code,
                        details,
                        list_price: None,
                    },
                )
                .await;
            }
        }
    }
}

/// The rows that a projector makes of the whole journal, a few events at a time, in a schema of its own.
async fn rows_in_batches(
    world: &World,
    projector: &SharedProjector,
    size: usize,
) -> Vec<Vec<String>> {
    let events = world.journal.read_after(0, 100_000).await.expect("events");
    let mut connection = PgConnection::connect(&world.url)
        .await
        .expect("a connection");
    let schema = format!("batches_{}", Uuid::from_u128(rand::random()).simple());
    let begin = format!(
        "CREATE SCHEMA {schema}; SET search_path TO {schema}, public; {}",
        projector.ddl()
    );
    connection.execute(&*begin).await.expect("tables");
    for batch in events.chunks(size) {
        let batch: &[Recorded] = batch;
        projector
            .take_in(&mut connection, batch, Tables::Filled)
            .await
            .expect("it is taken in");
    }
    let tables = connection
        .fetch_all("SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY 1")
        .await
        .expect("tables");
    let mut all = vec![];
    for table in tables {
        let table: String = table.get(0);
        let rows = connection
            .fetch_all(&*format!("SELECT r::text FROM {table} r ORDER BY 1"))
            .await
            .expect("rows");
        all.push(rows.iter().map(|row| row.get(0)).collect());
    }
    all
}

async fn live(seed: u64) {
    let world = World::new().await;
    let mut life = Life::new(&world, seed);
    life.begin().await;
    for step in 0..150 {
        life.step().await;
        // Live rows are taken in as it happens, in uneven batches.
        if step % 17 == 0 {
            world.project().await;
        }
    }
    world.project().await;
    world.is_faithful().await;
    for projector in registry::all() {
        let one = rows_in_batches(&world, &projector, 1).await;
        let many = rows_in_batches(&world, &projector, 500).await;
        assert!(
            one.iter().any(|rows| !rows.is_empty()) || projector.name() == "company_profile",
            "{}",
            projector.name()
        );
        assert_eq!(one, many, "{} with seed {seed}", projector.name());
    }
    runner::rebuild_all(&world.journal, &registry::all())
        .await
        .expect("they are rebuilt");
    world.is_faithful_in(&registry::all()).await;
}

#[tokio::test]
async fn rows_are_the_same_however_they_came_about() {
    live(7).await;
}

#[tokio::test]
async fn rows_are_the_same_however_they_came_about_once_more() {
    live(rand::random()).await;
}
