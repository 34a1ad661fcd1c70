use cartera_domain::ids::TypedId;
use cartera_domain::leads::{Lead, LeadEvent};
use cartera_journal::AppendError;

use crate::world::{World, append, happened, random, registered};

#[tokio::test]
async fn an_append_reads_back_as_it_was() {
    let world = World::new().await;
    let journal = world.node().await;
    let id = random();
    let appended = journal
        .append(append(
            id,
            0,
            vec![
                registered("Ferreteria Puig"),
                happened(LeadEvent::LeadContacted {}),
            ],
        ))
        .await
        .unwrap();
    assert_eq!((appended.first_position, appended.position), (1, 2));
    assert_eq!(appended.versions, vec![(id, 2)]);
    let read = journal.read_after(0, 10).await.unwrap();
    assert_eq!(
        read.iter().map(|event| event.position).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(read[0].event, registered("Ferreteria Puig").event);
    let loaded = journal.load::<Lead>(TypedId::from_uuid(id)).await.unwrap();
    assert_eq!(loaded.version, 2);
    let stale = journal
        .append(append(id, 1, vec![happened(LeadEvent::LeadQualified {})]))
        .await;
    assert_eq!(
        stale,
        Err(AppendError::Conflict {
            aggregate_type: "lead",
            aggregate_id: id,
            expected: 1,
            actual: 2
        })
    );
}
