use cartera_domain::ids::{LeadId, SubjectId, TypedId as _, UserId};
use cartera_domain::leads::{Lead, LeadDetails, LeadDetailsPatch, LeadEvent};
use cartera_domain::permission::Role;
use cartera_domain::users::User;
use cartera_domain::values::Patch;
use cartera_projections::leads::lead_list::{LeadFilter, LeadListItem};
use cartera_projections::{erasure, page, registry};

use crate::leads::{company, registered};
use crate::users::joined;
use crate::world::{World, day, director, line, new, personal};

async fn lead_of(world: &World, subject: SubjectId) -> LeadId {
    let id: LeadId = new();
    let details = LeadDetails {
        person_name: personal(subject, line("Núria Ferrer")),
        ..company("Puig")
    };
    let changes = LeadDetailsPatch {
        tax_id: Patch::Set(cartera_domain::values::Personal::new(
            subject,
            line("12345678Z").expect("a tax id"),
        )),
        ..LeadDetailsPatch::default()
    };
    world
        .given::<Lead>(
            id,
            vec![
                ("2025-01-01", registered(details, None)),
                ("2025-01-02", LeadEvent::LeadDetailsCorrected { changes }),
                ("2025-01-03", LeadEvent::LeadContacted {}),
            ],
        )
        .await;
    id
}

async fn find(world: &World, id: LeadId) -> LeadListItem {
    let found = page::by_ids::<LeadFilter>(&world.reads, &director(), &[id.as_uuid()])
        .await
        .expect("rows");
    found.into_iter().next().expect("the lead")
}

async fn forget(world: &World) -> usize {
    erasure::catch_up(&world.journal, &registry::all())
        .await
        .expect("it is done")
}

#[tokio::test]
async fn an_erased_person_is_gone_from_the_rows_and_the_figures_stay() {
    let world = World::new().await;
    let (erased, stays): (SubjectId, SubjectId) = (new(), new());
    let (lead, other) = (lead_of(&world, erased).await, lead_of(&world, stays).await);
    let user: UserId = new();
    world
        .given::<User>(user, vec![("now", joined("Anna", Role::Director, None))])
        .await;
    world.project().await;
    assert_eq!(
        find(&world, lead).await.tax_id.as_deref(),
        Some("12345678Z")
    );

    world
        .journal
        .vault()
        .destroy(erased)
        .await
        .expect("destroyed");
    assert_eq!(forget(&world).await, 1);
    let row = find(&world, lead).await;

    assert_eq!((row.person_name, row.tax_id), (None, None));
    assert_eq!(row.search_text, "puig");
    assert_eq!(
        (row.company_name.as_deref(), row.version, row.contacted_on),
        (Some("Puig"), 3, Some(day("2025-01-03")))
    );
    assert_eq!(
        find(&world, other).await.tax_id.as_deref(),
        Some("12345678Z")
    );
    assert_eq!(forget(&world).await, 0);
    world.is_faithful().await;
}

#[tokio::test]
async fn a_blocked_person_is_not_shown_and_comes_back_when_unblocked() {
    let world = World::new().await;
    let subject: SubjectId = new();
    let lead = lead_of(&world, subject).await;
    world.project().await;

    world
        .journal
        .vault()
        .block(subject, day("2999-01-01"))
        .await
        .expect("blocked");
    assert_eq!(forget(&world).await, 1);
    assert_eq!(find(&world, lead).await.person_name, None);
    world.is_faithful().await;

    world
        .journal
        .vault()
        .unblock(subject)
        .await
        .expect("unblocked");
    assert_eq!(forget(&world).await, 1);
    assert_eq!(
        find(&world, lead).await.person_name.as_deref(),
        Some("Núria Ferrer")
    );
    world.is_faithful().await;
}
