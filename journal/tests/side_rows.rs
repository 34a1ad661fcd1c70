use cartera_journal::{Append, AppendError, CheckpointMove, Claim, OutboxRow, Refusal};
use serde_json::json;
use uuid::Uuid;

use crate::world::{World, append, contacted, context, new_lead, random};

fn claim(token: u8, holder: Uuid) -> Claim {
    Claim {
        scope: "user_email",
        token: [token; 32],
        holder,
        subject: None,
    }
}

fn claiming(holder: Uuid, token: u8) -> Append {
    Append {
        claims: vec![claim(token, holder)],
        ..new_lead(holder)
    }
}

#[tokio::test]
async fn what_is_claimed_is_refused_to_others() {
    let world = World::new().await;
    let journal = world.node().await;
    let (first, second) = (random(), random());
    journal.append(claiming(first, 1)).await.unwrap();
    let refused = journal.append(claiming(second, 1)).await;
    assert_eq!(
        refused,
        Err(AppendError::ClaimTaken {
            scope: "user_email".to_owned(),
            holder: first
        })
    );
    assert_eq!(
        world.events().await,
        1,
        "nothing of the refused append is written"
    );
    journal.append(claiming(second, 2)).await.unwrap();
    let again = Append {
        claims: vec![claim(1, first)],
        ..append(first, 1, vec![contacted()])
    };
    assert!(
        journal.append(again).await.is_ok(),
        "the holder may claim again what it holds"
    );
}

#[tokio::test]
async fn what_is_released_is_free() {
    let world = World::new().await;
    let journal = world.node().await;
    let (first, second) = (random(), random());
    journal.append(claiming(first, 1)).await.unwrap();
    let somebody_else_s = Append {
        releases: vec![claim(1, second)],
        ..append(first, 1, vec![contacted()])
    };
    journal.append(somebody_else_s).await.unwrap();
    assert!(
        journal.append(claiming(second, 1)).await.is_err(),
        "only the holder can release"
    );
    let released = Append {
        releases: vec![claim(1, first)],
        ..append(first, 2, vec![contacted()])
    };
    journal.append(released).await.unwrap();
    journal.append(claiming(second, 1)).await.unwrap();
}

#[tokio::test]
async fn a_claim_passes_from_one_to_the_other_in_one_append() {
    let world = World::new().await;
    let journal = world.node().await;
    let (first, second) = (random(), random());
    journal.append(claiming(first, 1)).await.unwrap();
    let handed_over = Append {
        releases: vec![claim(1, first)],
        ..claiming(second, 1)
    };
    journal.append(handed_over).await.unwrap();
    let refused = journal.append(claiming(random(), 1)).await;
    assert_eq!(
        refused,
        Err(AppendError::ClaimTaken {
            scope: "user_email".to_owned(),
            holder: second
        })
    );
}

#[tokio::test]
async fn two_claims_at_once_have_one_holder() {
    let world = World::new().await;
    let nodes = [world.node().await, world.node().await];
    let racing = (0..20).map(|n| nodes[n % 2].append(claiming(random(), 7)));
    let outcomes = futures_util::future::join_all(racing).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(world.events().await, 1);
}

fn moving(from: i64, to: i64) -> Append {
    let checkpoint = CheckpointMove {
        name: "assignment".to_owned(),
        from,
        to,
        state: Some(json!({ "turn": to })),
    };
    Append {
        checkpoint: Some(checkpoint),
        ..new_lead(random())
    }
}

#[tokio::test]
async fn a_process_manager_acts_once_per_checkpoint() {
    let world = World::new().await;
    let (here, there) = (world.node().await, world.node().await);
    here.append(moving(0, 5)).await.unwrap();
    assert_eq!(
        there.append(moving(0, 5)).await,
        Err(AppendError::CheckpointMoved)
    );
    assert_eq!(
        there.append(moving(4, 6)).await,
        Err(AppendError::CheckpointMoved)
    );
    there.append(moving(5, 9)).await.unwrap();
    assert_eq!(world.events().await, 2);
    assert_eq!(
        here.checkpoint("assignment").await.unwrap(),
        (9, Some(json!({ "turn": 9 })))
    );
    assert_eq!(here.checkpoint("reminders").await.unwrap(), (0, None));
}

#[tokio::test]
async fn a_checkpoint_moves_without_events_too() {
    let world = World::new().await;
    let journal = world.node().await;
    let idle = Append {
        checkpoint: moving(0, 3).checkpoint,
        ..Append::new(context())
    };
    let appended = journal.append(idle).await.unwrap();
    assert_eq!((appended.first_position, appended.position), (1, 0));
    assert_eq!(world.number("SELECT position FROM checkpoints").await, 3);
}

#[tokio::test]
async fn effects_outside_are_written_with_their_events() {
    let world = World::new().await;
    let journal = world.node().await;
    let row = OutboxRow {
        id: random(),
        kind: "mail".to_owned(),
        payload: json!({ "template": "welcome" }),
    };
    let sending = |id| Append {
        outbox: vec![row.clone()],
        ..new_lead(id)
    };
    journal.append(sending(random())).await.unwrap();
    assert_eq!(
        world
            .number("SELECT position FROM outbox WHERE done_at IS NULL")
            .await,
        1
    );
    // The id is the delivery's for ever; whoever reuses it is refused, and nobody beside him.
    let (again, healthy) = tokio::join!(
        journal.append(sending(random())),
        journal.append(new_lead(random()))
    );
    assert!(
        matches!(again, Err(AppendError::Refused(Refusal::Database(_)))),
        "{again:?}"
    );
    assert_eq!(healthy.map(|appended| appended.position), Ok(2));
    assert_eq!(world.events().await, 2);
}
