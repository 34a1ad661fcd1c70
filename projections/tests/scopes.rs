//! The SQL of the scope and the domain's rule say the same, for every reach and every owner.

use cartera_domain::Viewer;
use cartera_domain::ids::{LeadId, TypedId as _, UserId};
use cartera_domain::leads::Lead;
use cartera_domain::permission::Role;
use cartera_domain::viewer::Ownership;
use cartera_projections::Scope;
use cartera_projections::leads::lead_list::{LeadFilter, LeadOrder};
use cartera_projections::page::{self, Direction, PageRequest};
use strum::VariantArray as _;

use crate::leads::{company, registered};
use crate::world::{World, new, viewer};

#[tokio::test]
async fn every_finder_sees_what_the_domain_lets_be_seen() {
    let world = World::new().await;
    let (me, mate, stranger): (UserId, UserId, UserId) = (new(), new(), new());
    let mut leads = vec![];
    for owner in [Some(me), Some(mate), Some(stranger), None] {
        let id: LeadId = new();
        world
            .given::<Lead>(id, vec![("now", registered(company("Puig"), owner))])
            .await;
        leads.push((id, owner));
    }
    world.project().await;
    let any = LeadFilter::default();
    let ids: Vec<_> = leads.iter().map(|(id, _)| id.as_uuid()).collect();
    let first = PageRequest::first(10, None).expect("a page");

    for role in Role::VARIANTS {
        let viewer: Viewer = viewer(*role, me, vec![mate]);
        let mut expected: Vec<LeadId> = leads
            .iter()
            .filter(|(_, owner)| viewer.sees(Ownership::Owner(*owner)))
            .map(|(id, _)| *id)
            .collect();
        expected.sort();

        let all = page::all(&world.reads, &viewer, &any).await.expect("rows");
        assert_eq!(
            all.iter().map(|lead| lead.id).collect::<Vec<_>>(),
            expected,
            "{role:?}"
        );
        let mut found = page::by_ids::<LeadFilter>(&world.reads, &viewer, &ids)
            .await
            .expect("rows");
        found.sort_by_key(|lead| lead.id);
        assert_eq!(found, all);
        let count = page::count(&world.reads, &viewer, &any)
            .await
            .expect("a count");
        assert_eq!(count, i64::try_from(expected.len()).expect("few"));
        for order in [LeadOrder::Name, LeadOrder::ExpectedValue] {
            let page = page::page(
                &world.reads,
                &viewer,
                &any,
                (order, Direction::Descending),
                &first,
            )
            .await
            .expect("a page");
            assert_eq!(page.edges.len(), expected.len());
        }
        let scope = Scope::from(&viewer);
        assert!(
            leads
                .iter()
                .all(|(_, owner)| scope.sees(*owner) == viewer.sees(Ownership::Owner(*owner)))
        );
    }
}
