use cartera_domain::ids::{LeadId, SubjectId, TypedId as _, UserId};
use cartera_domain::leads::{Lead, LeadDetails, LeadDetailsPatch, LeadEvent, LeadStatus};
use cartera_domain::values::Patch;
use cartera_projections::filter::{Days, OwnedBy};
use cartera_projections::leads::lead_list::{LeadFilter, LeadListItem};
use cartera_projections::page;

use crate::world::{World, amount, day, decimal, director, line, new, personal};

pub(crate) fn registered(details: LeadDetails, owner: Option<UserId>) -> LeadEvent {
    LeadEvent::LeadRegistered {
        details,
        channel: None,
        owner,
        team: None,
    }
}

pub(crate) fn company(name: &str) -> LeadDetails {
    LeadDetails {
        company_name: line(name),
        ..LeadDetails::default()
    }
}

async fn find(world: &World, id: LeadId) -> Option<LeadListItem> {
    page::by_ids::<LeadFilter>(&world.reads, &director(), &[id.as_uuid()])
        .await
        .expect("rows")
        .pop()
}

#[tokio::test]
async fn a_lead_is_shown_as_it_stands() {
    let world = World::new().await;
    let (id, subject): (LeadId, SubjectId) = (new(), new());
    let details = LeadDetails {
        person_name: personal(subject, line("Núria Ferrer")),
        expected_value: Some(amount("1250.5")),
        ..company("Ferreteria Puig")
    };
    let correction = LeadDetailsPatch {
        city: Patch::Set(line("Girona").expect("a city")),
        expected_value: Patch::Clear,
        ..LeadDetailsPatch::default()
    };
    world
        .given::<Lead>(
            id,
            vec![
                ("2025-03-01", registered(details, None)),
                ("2025-03-04", LeadEvent::LeadContacted {}),
                (
                    "2025-03-05",
                    LeadEvent::LeadDetailsCorrected {
                        changes: correction,
                    },
                ),
                ("2025-03-09", LeadEvent::LeadQualified {}),
            ],
        )
        .await;
    world.project().await;

    let lead = find(&world, id).await.expect("the lead");

    assert_eq!(lead.status, LeadStatus::Qualified);
    assert_eq!(lead.version, 4);
    assert_eq!(lead.name(), Some("Ferreteria Puig"));
    assert_eq!(lead.person_name.as_deref(), Some("Núria Ferrer"));
    assert_eq!(lead.city.as_deref(), Some("Girona"));
    assert_eq!(lead.expected_value, None);
    assert_eq!(lead.registered_on, day("2025-03-01"));
    assert_eq!(lead.contacted_on, Some(day("2025-03-04")));
    assert_eq!(lead.qualified_on, Some(day("2025-03-09")));
    assert_eq!(lead.subjects, vec![subject]);
    world.is_faithful().await;
}

#[tokio::test]
async fn a_reopened_lead_forgets_why_it_was_given_up_and_a_converted_one_knows_its_client() {
    let world = World::new().await;
    let (given_up, converted): (LeadId, LeadId) = (new(), new());
    let discarded = LeadEvent::LeadDiscarded {
        reason: Some(new()),
        note: None,
    };
    let client = new();
    world
        .given::<Lead>(
            given_up,
            vec![
                ("2025-01-01", registered(company("A"), None)),
                ("2025-01-02", discarded),
                ("2025-01-03", LeadEvent::LeadReopened {}),
            ],
        )
        .await;
    world
        .given::<Lead>(converted, vec![("unknown", registered(company("B"), None))])
        .await;
    world.project().await;
    let became = LeadEvent::LeadConverted {
        client,
        opportunity: None,
    };
    world
        .given::<Lead>(converted, vec![("2025-02-01", became)])
        .await;
    world.project().await;

    let given_up = find(&world, given_up).await.expect("the lead");
    let converted = find(&world, converted).await.expect("the lead");

    assert_eq!(
        (
            given_up.status,
            given_up.discard_reason,
            given_up.discarded_on
        ),
        (LeadStatus::New, None, None)
    );
    assert_eq!(
        (converted.status, converted.client),
        (LeadStatus::Converted, Some(client))
    );
    assert!(converted.date_unknown);
    world.is_faithful().await;
}

#[tokio::test]
async fn leads_are_found_by_each_part_of_the_filter() {
    let world = World::new().await;
    let owner: UserId = new();
    let (puig, other): (LeadId, LeadId) = (new(), new());
    let details = LeadDetails {
        external_reference: personal(new(), line("X-1")),
        expected_value: Some(amount("10")),
        ..company("Càrniques Puig, S.L.")
    };
    world
        .given::<Lead>(puig, vec![("2025-03-01", registered(details, Some(owner)))])
        .await;
    world
        .given::<Lead>(
            other,
            vec![
                ("2025-06-01", registered(company("Vila"), None)),
                ("2025-06-02", LeadEvent::LeadContacted {}),
            ],
        )
        .await;
    world.project().await;
    let found = async |filter: LeadFilter| {
        let leads = page::all(&world.reads, &director(), &filter)
            .await
            .expect("rows");
        assert_eq!(
            page::count(&world.reads, &director(), &filter)
                .await
                .expect("a count"),
            i64::try_from(leads.len()).expect("few")
        );
        leads.into_iter().map(|lead| lead.id).collect::<Vec<_>>()
    };
    let any = LeadFilter::default;

    assert_eq!(found(any()).await.len(), 2);
    assert_eq!(
        found(LeadFilter {
            status: vec![LeadStatus::Contacted],
            ..any()
        })
        .await,
        [other]
    );
    assert_eq!(
        found(LeadFilter {
            owner: OwnedBy::Nobody,
            ..any()
        })
        .await,
        [other]
    );
    assert_eq!(
        found(LeadFilter {
            owner: OwnedBy::AnyOf(vec![owner]),
            ..any()
        })
        .await,
        [puig]
    );
    assert_eq!(
        found(LeadFilter {
            search: Some("puig CARNIQUES".to_owned()),
            ..any()
        })
        .await,
        [puig]
    );
    assert_eq!(
        found(LeadFilter {
            search: Some("%".to_owned()),
            ..any()
        })
        .await,
        []
    );
    assert_eq!(
        found(LeadFilter {
            external_reference: Some("X-1".to_owned()),
            ..any()
        })
        .await,
        [puig]
    );
    assert_eq!(
        found(LeadFilter {
            channel: vec![new()],
            ..any()
        })
        .await,
        []
    );
    let spring = Days {
        from: Some(day("2025-03-01")),
        to: Some(day("2025-05-31")),
    };
    assert_eq!(
        found(LeadFilter {
            registered: spring,
            ..any()
        })
        .await,
        [puig]
    );
    assert_eq!(
        found(LeadFilter {
            converted: spring,
            ..any()
        })
        .await,
        []
    );
    let lead = find(&world, puig).await.expect("the lead");
    assert_eq!(lead.expected_value, Some(decimal("10")));
}
