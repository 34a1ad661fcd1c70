use cartera_domain::clients::{
    Client, ClientDetails, ClientDetailsPatch, ClientEvent, ClientKind, ContactDetails,
    ContactDetailsPatch,
};
use cartera_domain::ids::{ClientId, ContactId, SubjectId, TypedId as _, UserId};
use cartera_domain::permission::Role;
use cartera_domain::values::Patch;
use cartera_projections::clients::client_list::ClientFilter;
use cartera_projections::clients::contact_list::{ContactFilter, ContactListItem};
use cartera_projections::page;

use crate::world::{World, amount, decimal, director, line, new, personal, viewer};

fn registered(name: &str, owner: Option<UserId>) -> ClientEvent {
    ClientEvent::ClientRegistered {
        kind: ClientKind::Company,
        details: ClientDetails {
            company_name: line(name),
            employees: Some(40),
            revenue: Some(amount("1000000.5")),
            founded: Some(1987),
            ..ClientDetails::default()
        },
        owner,
        team: None,
        lead: None,
    }
}

fn added(contact: ContactId, name: &str) -> ClientEvent {
    ClientEvent::ContactAdded {
        contact,
        details: ContactDetails {
            name: personal(new::<SubjectId>(), line(name)),
            role: line("Compres"),
            ..ContactDetails::default()
        },
    }
}

async fn contacts(
    world: &World,
    viewer: &cartera_domain::Viewer,
    client: ClientId,
) -> Vec<ContactListItem> {
    let filter = ContactFilter {
        client: vec![client],
        ..ContactFilter::default()
    };
    page::all(&world.reads, viewer, &filter)
        .await
        .expect("rows")
}

#[tokio::test]
async fn a_client_is_shown_as_it_stands() {
    let world = World::new().await;
    let id: ClientId = new();
    let changes = ClientDetailsPatch {
        sector: Patch::Set(line("Restauració").expect("a sector")),
        founded: Patch::Clear,
        ..ClientDetailsPatch::default()
    };
    world
        .given::<Client>(
            id,
            vec![
                ("2025-01-01", registered("Bar Núria", None)),
                (
                    "2025-01-02",
                    ClientEvent::ClientDetailsCorrected { changes },
                ),
                ("2025-01-03", ClientEvent::ClientArchived {}),
            ],
        )
        .await;
    world.project().await;

    let clients = page::by_ids::<ClientFilter>(&world.reads, &director(), &[id.as_uuid()])
        .await
        .expect("rows");
    let client = &clients[0];

    assert_eq!(client.name(), Some("Bar Núria"));
    assert_eq!(
        (client.employees, client.founded, client.revenue),
        (Some(40), None, Some(decimal("1000000.5")))
    );
    assert_eq!((client.archived, client.version), (true, 3));
    let in_use = ClientFilter {
        archived: Some(false),
        ..ClientFilter::default()
    };
    assert_eq!(
        page::count(&world.reads, &director(), &in_use)
            .await
            .expect("a count"),
        0
    );
    let of_sector = ClientFilter {
        sector: vec!["Restauració".to_owned()],
        ..ClientFilter::default()
    };
    assert_eq!(
        page::count(&world.reads, &director(), &of_sector)
            .await
            .expect("a count"),
        1
    );
    world.is_faithful().await;
}

#[tokio::test]
async fn whoever_sees_the_client_sees_its_persons_of_contact() {
    let world = World::new().await;
    let id: ClientId = new();
    let (before, after): (UserId, UserId) = (new(), new());
    let (stays, goes): (ContactId, ContactId) = (new(), new());
    world
        .given::<Client>(
            id,
            vec![
                ("2025-01-01", registered("Bar Núria", Some(before))),
                ("2025-01-02", added(stays, "Joan Pi")),
                ("2025-01-02", added(goes, "Pere Roig")),
            ],
        )
        .await;
    world.project().await;
    assert_eq!(
        contacts(&world, &viewer(Role::Salesperson, before, vec![]), id)
            .await
            .len(),
        2
    );
    let changes = ContactDetailsPatch {
        role: Patch::Clear,
        ..ContactDetailsPatch::default()
    };
    world
        .given::<Client>(
            id,
            vec![
                (
                    "2025-02-01",
                    ClientEvent::ClientAssigned {
                        owner: Some(after),
                        team: None,
                    },
                ),
                ("2025-02-01", ClientEvent::ContactRemoved { contact: goes }),
                (
                    "2025-02-02",
                    ClientEvent::ContactDetailsCorrected {
                        contact: stays,
                        changes,
                    },
                ),
            ],
        )
        .await;
    world.project().await;

    assert_eq!(
        contacts(&world, &viewer(Role::Salesperson, before, vec![]), id).await,
        []
    );
    let seen = contacts(&world, &viewer(Role::Salesperson, after, vec![]), id).await;
    assert_eq!(
        seen.iter().map(|contact| contact.id).collect::<Vec<_>>(),
        [stays]
    );
    assert_eq!(
        (seen[0].name.as_deref(), seen[0].role.as_deref()),
        (Some("Joan Pi"), None)
    );
    world.is_faithful().await;
}
