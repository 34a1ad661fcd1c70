use cartera_domain::clients::{Client, ClientDetails, ClientEvent, ClientKind};
use cartera_domain::ids::{ClientId, LeadId, OpportunityId, TypedId as _, UserId};
use cartera_domain::leads::{Lead, LeadEvent};
use cartera_domain::opportunities::{Opportunity, OpportunityEvent};
use cartera_domain::permission::Role;
use cartera_domain::{Event, Viewer};
use cartera_projections::timeline::{self, SubjectKind, TimelineEntry, TimelineRequest};
use uuid::Uuid;

use crate::leads::{company, registered};
use crate::opportunities::Ids;
use crate::world::{World, director, line, new, viewer};

async fn types(world: &World, viewer: &Viewer, subjects: Vec<(SubjectKind, Uuid)>) -> Vec<String> {
    let request = TimelineRequest {
        subjects,
        before: None,
        size: 50,
    };
    let page = timeline::page(&world.reads, viewer, &request)
        .await
        .expect("a page");
    told(world, page.entries).await
}

async fn told(world: &World, entries: Vec<TimelineEntry>) -> Vec<String> {
    let happened = timeline::happened(&world.journal, entries).await;
    let happened = happened.expect("events").into_iter();
    happened.map(|entry| entry.recorded.event_type).collect()
}

struct Sale {
    lead: LeadId,
    client: ClientId,
    opportunity: OpportunityId,
    owner: UserId,
}

/// A lead that becomes a client; its opportunity belongs to somebody else.
async fn sale(world: &World) -> Sale {
    let sale = Sale {
        lead: new(),
        client: new(),
        opportunity: new(),
        owner: new(),
    };
    let ids = Ids::new();
    world
        .given::<Lead>(
            sale.lead,
            vec![("2025-01-01", registered(company("Puig"), Some(sale.owner)))],
        )
        .await;
    let converted = LeadEvent::LeadConverted {
        client: sale.client,
        opportunity: Some(sale.opportunity),
    };
    world
        .given::<Lead>(sale.lead, vec![("2025-01-02", converted)])
        .await;
    let client = ClientEvent::ClientRegistered {
        kind: ClientKind::Company,
        details: ClientDetails {
            company_name: line("Puig"),
            ..ClientDetails::default()
        },
        owner: Some(sale.owner),
        team: None,
        lead: Some(sale.lead),
    };
    world
        .given::<Client>(sale.client, vec![("2025-01-02", client)])
        .await;
    let linked = OpportunityEvent::OpportunityClientLinked {
        client: Some(sale.client),
    };
    world
        .given::<Opportunity>(
            sale.opportunity,
            vec![
                ("2025-01-02", ids.opened(Some("5"), Some(new()))),
                ("2025-01-03", linked),
                ("2025-01-04", ids.won("6")),
            ],
        )
        .await;
    world.project().await;
    sale
}

#[tokio::test]
async fn a_timeline_tells_the_subjects_together_newest_first_and_each_event_once() {
    let world = World::new().await;
    let sale = sale(&world).await;
    let client = (SubjectKind::Client, sale.client.as_uuid());
    let opportunity = (SubjectKind::Opportunity, sale.opportunity.as_uuid());

    assert_eq!(
        types(&world, &director(), vec![client]).await,
        [
            "opportunity_client_linked",
            "client_registered",
            "lead_converted"
        ]
    );
    let together = types(&world, &director(), vec![client, opportunity]).await;
    assert_eq!(
        together,
        [
            "opportunity_won",
            "opportunity_client_linked",
            "opportunity_opened",
            "client_registered",
            "lead_converted"
        ]
    );
    let request = TimelineRequest {
        subjects: vec![client, opportunity],
        before: None,
        size: 2,
    };
    let newest = timeline::page(&world.reads, &director(), &request)
        .await
        .expect("a page");
    assert!(newest.has_older);
    assert_eq!(newest.as_of_position, 6);
    let older = TimelineRequest {
        before: newest.entries.last().map(|entry| entry.position),
        size: 3,
        ..request
    };
    let older = timeline::page(&world.reads, &director(), &older)
        .await
        .expect("a page");
    assert!(!older.has_older);
    assert_eq!(told(&world, older.entries).await, together[2..]);
    world.is_faithful().await;
}

#[tokio::test]
async fn an_event_of_somebody_elses_opportunity_is_not_told_in_the_own_clients_timeline() {
    let world = World::new().await;
    let sale = sale(&world).await;
    let subjects = vec![
        (SubjectKind::Client, sale.client.as_uuid()),
        (SubjectKind::Lead, sale.lead.as_uuid()),
        (SubjectKind::Opportunity, sale.opportunity.as_uuid()),
    ];

    let own = viewer(Role::Salesperson, sale.owner, vec![]);
    assert_eq!(
        types(&world, &own, subjects.clone()).await,
        ["client_registered", "lead_converted", "lead_registered"]
    );
    let seen = timeline::seen(&world.reads, &own, &subjects)
        .await
        .expect("an answer");
    assert_eq!(seen, [sale.client.as_uuid(), sale.lead.as_uuid()].into());
    let stranger = viewer(Role::Salesperson, new(), vec![]);
    assert_eq!(types(&world, &stranger, subjects).await, [""; 0]);
}

#[tokio::test]
async fn what_happened_is_read_from_the_journal() {
    let world = World::new().await;
    let sale = sale(&world).await;
    let request = TimelineRequest {
        subjects: vec![(SubjectKind::Opportunity, sale.opportunity.as_uuid())],
        before: None,
        size: 1,
    };
    let page = timeline::page(&world.reads, &director(), &request)
        .await
        .expect("a page");
    let last = page.entries[0].position;
    let happened = timeline::happened(&world.journal, page.entries)
        .await
        .expect("events");

    let recorded = &happened[0].recorded;
    assert!(matches!(
        &recorded.event,
        Event::Opportunity(OpportunityEvent::OpportunityWon { .. })
    ));
    assert_eq!(recorded.position, last);
}
