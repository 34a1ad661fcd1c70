use cartera_domain::Event;
use cartera_domain::ids::TypedId;
use cartera_domain::leads::{Lead, LeadDetails, LeadEvent};
use cartera_domain::values::{BusinessTime, Line, Occurred, Personal};
use cartera_journal::{Actor, Append, AppendError, NewEvent, Refusal};
use sqlx::Executor;

use crate::world::{
    World, append, conflict, contacted, context, new_lead, random, receipted, registered, stream,
    subject,
};

#[tokio::test]
async fn an_append_reads_back_as_it_was() {
    let world = World::new().await;
    let journal = world.node().await;
    let id = random();
    let asked = append(id, 0, vec![registered("Ferreteria Puig"), contacted()]);
    let appended = journal.append(asked.clone()).await.unwrap();
    assert_eq!(
        (
            appended.first_position,
            appended.position,
            appended.replayed
        ),
        (1, 2, false)
    );
    assert_eq!(appended.versions, [(id, 2)]);
    let read = journal.read_after(0, 10).await.unwrap();
    assert_eq!(read, journal.read_stream("lead", id).await.unwrap());
    assert_eq!(
        read.iter()
            .map(|event| (event.position, event.sequence))
            .collect::<Vec<_>>(),
        [(1, 1), (2, 2)]
    );
    assert_eq!(
        read.iter().map(|event| &event.event).collect::<Vec<_>>(),
        [&registered("Ferreteria Puig").event, &contacted().event]
    );
    assert_eq!(read[0].event_type, "lead_registered");
    assert_eq!(read[0].metadata.command_id, asked.context.command_id);
    assert_eq!(
        read[0].metadata.occurred,
        BusinessTime::Instant(read[0].recorded_at.fixed_offset())
    );
}

#[tokio::test]
async fn a_loaded_state_is_that_after_all_events() {
    let world = World::new().await;
    let journal = world.node().await;
    let id = random();
    journal
        .append(append(
            id,
            0,
            vec![registered("Ferreteria Puig"), contacted()],
        ))
        .await
        .unwrap();
    let lead = TypedId::from_uuid(id);
    let first = journal.load::<Lead>(lead).await.unwrap();
    let again = journal.load::<Lead>(lead).await.unwrap();
    assert_eq!((first.version, first.cached), (2, false));
    assert_eq!((again.version, again.cached), (2, true));
    assert_eq!(
        serde_json::to_value(&first.state).unwrap(),
        serde_json::to_value(&again.state).unwrap()
    );
    journal
        .append(append(
            id,
            2,
            vec![NewEvent {
                event: Event::Lead(LeadEvent::LeadQualified {}),
                occurred: Occurred::Now,
            }],
        ))
        .await
        .unwrap();
    let moved = journal.load::<Lead>(lead).await.unwrap();
    assert_eq!(
        (moved.version, moved.cached),
        (3, false),
        "an append forgets the state that it outdates"
    );
}

#[tokio::test]
async fn a_stale_cache_costs_a_conflict_and_no_wrong_event() {
    let world = World::new().await;
    let (here, there) = (world.node().await, world.node().await);
    let id = random();
    here.append(new_lead(id)).await.unwrap();
    let lead = TypedId::from_uuid(id);
    here.load::<Lead>(lead).await.unwrap();
    there
        .append(append(id, 1, vec![contacted()]))
        .await
        .unwrap();
    let stale = here.load::<Lead>(lead).await.unwrap();
    assert_eq!((stale.version, stale.cached), (1, true));
    assert_eq!(
        here.append(append(id, stale.version, vec![contacted()]))
            .await,
        conflict(id, 1, 2)
    );
    let fresh = here.load::<Lead>(lead).await.unwrap();
    assert_eq!((fresh.version, fresh.cached), (2, false));
}

#[tokio::test]
async fn several_streams_are_written_together_or_not_at_all() {
    let world = World::new().await;
    let journal = world.node().await;
    let (moved, new) = (random(), random());
    journal
        .append(append(moved, 0, vec![registered("A"), contacted()]))
        .await
        .unwrap();
    let both = |expected| Append {
        streams: vec![
            stream(new, 0, vec![registered("B")]),
            stream(moved, expected, vec![contacted()]),
        ],
        ..Append::new(context())
    };
    assert_eq!(journal.append(both(1)).await, conflict(moved, 1, 2));
    assert_eq!(world.events().await, 2);
    let appended = journal.append(both(2)).await.unwrap();
    assert_eq!((appended.first_position, appended.position), (3, 4));
    assert_eq!(appended.versions, [(new, 1), (moved, 3)]);
}

#[tokio::test]
async fn a_stream_without_events_asserts_its_version() {
    let world = World::new().await;
    let journal = world.node().await;
    let (seen, new) = (random(), random());
    journal.append(new_lead(seen)).await.unwrap();
    let leaning = |expected| Append {
        streams: vec![
            stream(new, 0, vec![registered("B")]),
            stream(seen, expected, vec![]),
        ],
        ..Append::new(context())
    };
    assert_eq!(journal.append(leaning(2)).await, conflict(seen, 2, 1));
    let appended = journal.append(leaning(1)).await.unwrap();
    assert_eq!((appended.position, appended.version_of(seen)), (2, Some(1)));
}

#[tokio::test]
async fn the_same_command_twice_counts_once() {
    let world = World::new().await;
    let journal = world.node().await;
    let id = random();
    let command = receipted(append(id, 0, vec![registered("A"), contacted()]), 1);
    let first = journal.append(command.clone()).await.unwrap();
    let again = world.node().await.append(command).await.unwrap();
    assert!(again.replayed);
    assert_eq!(
        (again.first_position, again.position, &again.versions),
        (first.first_position, first.position, &first.versions)
    );
    assert_eq!(world.events().await, 2);
}

#[tokio::test]
async fn a_command_id_with_other_content_is_refused() {
    let world = World::new().await;
    let journal = world.node().await;
    let first = receipted(new_lead(random()), 1);
    journal.append(first.clone()).await.unwrap();
    let other = Append {
        streams: new_lead(random()).streams,
        ..receipted(first.clone(), 2)
    };
    assert_eq!(
        journal.append(other.clone()).await,
        Err(AppendError::CommandIdReused)
    );
    let mut somebody_else = other;
    somebody_else.context.actor = Actor::User(TypedId::from_uuid(random()));
    assert_eq!(
        journal
            .append(somebody_else)
            .await
            .map(|appended| appended.replayed),
        Ok(false),
        "receipts are scoped to the actor"
    );
    assert_eq!(world.events().await, 2);
}

#[tokio::test]
async fn a_command_that_causes_nothing_keeps_its_receipt() {
    let world = World::new().await;
    let journal = world.node().await;
    let id = random();
    journal.append(new_lead(id)).await.unwrap();
    let nothing = receipted(append(id, 1, vec![]), 1);
    let first = journal.append(nothing.clone()).await.unwrap();
    assert_eq!(
        (first.first_position, first.position, first.replayed),
        (2, 1, false)
    );
    journal
        .append(append(id, 1, vec![contacted()]))
        .await
        .unwrap();
    let again = journal.append(nothing).await.unwrap();
    assert_eq!(
        (
            again.first_position,
            again.position,
            again.versions,
            again.replayed
        ),
        (2, 1, vec![(id, 1)], true)
    );
}

#[tokio::test]
async fn what_has_no_stored_form_is_refused_before_it_is_sent() {
    let world = World::new().await;
    let journal = world.node().await;
    let mut deep = new_lead(random());
    deep.context.depth = 11;
    assert_eq!(journal.append(deep).await, Err(AppendError::TooDeep));
    let id = random();
    let twice = Append {
        streams: vec![
            stream(id, 0, vec![registered("A")]),
            stream(id, 0, vec![registered("A")]),
        ],
        ..Append::new(context())
    };
    assert_eq!(
        journal.append(twice).await,
        Err(AppendError::Refused(Refusal::Twice(format!("lead/{id}"))))
    );
    assert_eq!(world.events().await, 0);
}

#[tokio::test]
async fn business_time_is_kept_as_it_was_given() {
    let world = World::new().await;
    let journal = world.node().await;
    let times = [
        (
            Occurred::At("2017-03-01".parse().unwrap()),
            "2017-03-01",
            false,
        ),
        (
            Occurred::At("2017-12-31T23:30:00Z".parse().unwrap()),
            "2018-01-01",
            false,
        ),
        (
            Occurred::At("2017-03-01T10:00:00.25+05:30".parse().unwrap()),
            "2017-03-01",
            false,
        ),
    ];
    for (occurred, date, unknown) in times {
        let event = NewEvent {
            occurred,
            ..contacted()
        };
        let position = journal
            .append(append(random(), 0, vec![event]))
            .await
            .unwrap()
            .position;
        let metadata = journal
            .read_after(position - 1, 1)
            .await
            .unwrap()
            .remove(0)
            .metadata;
        assert_eq!(Occurred::At(metadata.occurred), occurred);
        assert_eq!(
            (
                metadata.business_date.to_string().as_str(),
                metadata.date_unknown
            ),
            (date, unknown)
        );
    }
}

#[tokio::test]
async fn an_unknown_date_is_the_day_of_recording_in_the_company_s_zone_and_flagged() {
    let world = World::new().await;
    let journal = world.node().await;
    for (zone, occurred, unknown) in [
        (chrono_tz::Pacific::Kiritimati, Occurred::Unknown, true),
        (chrono_tz::Pacific::Pago_Pago, Occurred::Now, false),
    ] {
        let mut asked = append(
            random(),
            0,
            vec![NewEvent {
                occurred,
                ..contacted()
            }],
        );
        asked.context.zone = zone;
        let position = journal.append(asked).await.unwrap().position;
        let recorded = journal.read_after(position - 1, 1).await.unwrap().remove(0);
        // The two zones are 25 hours apart: one of them never has the server's date.
        assert_eq!(
            recorded.metadata.business_date,
            recorded.recorded_at.with_timezone(&zone).date_naive()
        );
        assert_eq!(recorded.metadata.date_unknown, unknown);
    }
}

#[tokio::test]
async fn history_cannot_be_changed() {
    let world = World::new().await;
    let journal = world.node().await;
    journal.append(new_lead(random())).await.unwrap();
    let mut vandal = world.connection().await;
    for change in [
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "TRUNCATE events",
    ] {
        let refused = vandal.execute(change).await.unwrap_err();
        assert!(
            refused.to_string().contains("events are history"),
            "{change}: {refused}"
        );
    }
    // Not even by a session that says it only replays what happened elsewhere.
    vandal
        .execute("SET session_replication_role = replica")
        .await
        .unwrap();
    assert!(vandal.execute("DELETE FROM events").await.is_err());
    assert_eq!(world.events().await, 1);
}

#[tokio::test]
async fn the_log_reads_as_sql() {
    let world = World::new().await;
    let journal = world.node().await;
    let id = random();
    let event = NewEvent {
        occurred: Occurred::At("2017-03-01".parse().unwrap()),
        ..registered("Ferreteria Puig")
    };
    journal.append(append(id, 0, vec![event])).await.unwrap();
    let row = world
        .connection()
        .await
        .fetch_one("SELECT concat_ws(' ', position, stream, version, type, type_version, actor, occurred_at, business_date, data) FROM event_log")
        .await
        .unwrap();
    let expected = format!(
        "1 lead/{id} 1 lead_registered 1.0 system 2017-03-01 2017-03-01 {}",
        r#"{"team": null, "owner": null, "channel": null, "details": {"company_name": "Ferreteria Puig"}}"#
    );
    assert_eq!(sqlx::Row::get::<String, _>(&row, 0), expected);
}

#[tokio::test]
async fn personal_values_survive_the_way_through_the_log() {
    let world = World::new().await;
    let journal = world.node().await;
    let (id, person) = (random(), subject());
    let name = Personal::new(person, Line::parse("Montserrat Puig").unwrap());
    let details = LeadDetails {
        person_name: Some(name.clone()),
        ..LeadDetails::default()
    };
    let event = LeadEvent::LeadRegistered {
        details,
        channel: None,
        owner: None,
        team: None,
    };
    journal
        .append(append(id, 0, vec![crate::world::happened(event.clone())]))
        .await
        .unwrap();
    assert_eq!(
        journal.read_after(0, 1).await.unwrap()[0].event,
        Event::Lead(event)
    );
}

#[tokio::test]
async fn a_stream_that_begins_here_is_known_at_once() {
    let world = World::new().await;
    let (here, there) = (world.node().await, world.node().await);
    let (first, second) = (random(), random());
    here.append(new_lead(first)).await.unwrap();
    for node in [&here, &there] {
        assert_eq!(*node.known_stream_ids("lead").await.unwrap(), [first]);
    }
    here.append(new_lead(second)).await.unwrap();
    assert_eq!(
        *here.known_stream_ids("lead").await.unwrap(),
        [first, second]
    );
    // Elsewhere it may be missed for a while; whoever must not miss it asks.
    assert_eq!(*there.known_stream_ids("lead").await.unwrap(), [first]);
    assert_eq!(there.stream_ids("lead").await.unwrap(), [first, second]);
}
