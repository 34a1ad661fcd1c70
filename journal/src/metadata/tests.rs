use cartera_domain::ids::TypedId;

use super::*;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

#[test]
fn every_actor_reads_back_from_its_text() {
    let user = UserId::from_uuid(id(7));
    for actor in [
        Actor::User(user),
        Actor::ApiKey(id(8), user),
        Actor::Process {
            name: "assignment".to_owned(),
            rule: None,
        },
        Actor::Process {
            name: "assignment".to_owned(),
            rule: Some((id(9), 3)),
        },
        Actor::System,
    ] {
        assert_eq!(actor.to_string().parse(), Ok(actor));
    }
}

#[test]
fn what_is_no_actor_is_refused() {
    for text in [
        "",
        "user",
        "user:7",
        "system:1",
        "key:a:b",
        "process:a:b",
        "process:n:00000000-0000-0000-0000-000000000001:2:3",
    ] {
        assert_eq!(
            text.parse::<Actor>(),
            Err(InvalidActor(text.to_owned())),
            "{text}"
        );
    }
}

fn context() -> Context {
    Context {
        actor: Actor::System,
        command_id: id(1),
        correlation_id: id(2),
        causation: Some(41),
        depth: 1,
        source: Source::Cli,
        trace_parent: None,
        zone: chrono_tz::Europe::Madrid,
    }
}

#[test]
fn metadata_is_stored_canonically() {
    let rendered = context()
        .render(Occurred::At("2017-03-01T23:30:00-05:00".parse().unwrap()))
        .unwrap();
    assert_eq!(
        rendered.text,
        concat!(
            r#"{"actor":"system","business_date":"2017-03-02","causation":"41","#,
            r#""command_id":"00000000-0000-0000-0000-000000000001","correlation_id":"00000000-0000-0000-0000-000000000002","#,
            r#""depth":"1","occurred_at":"2017-03-01T23:30:00-05:00","source":"cli"}"#
        )
    );
    assert_eq!(rendered.zone, None);
    let stored: serde_json::Value = serde_json::from_str(&rendered.text).unwrap();
    assert_eq!(
        serde_json_canonicalizer::to_string(&stored).unwrap(),
        rendered.text
    );
}

#[test]
fn the_day_of_recording_is_left_to_the_database() {
    let rendered = context().render(Occurred::Unknown).unwrap();
    assert_eq!(rendered.zone, Some("Europe/Madrid"));
    assert!(
        rendered.text.contains(r#""business_date":"","#),
        "{}",
        rendered.text
    );
    assert!(
        rendered.text.contains(r#""date_unknown":"true""#),
        "{}",
        rendered.text
    );
}

#[test]
fn metadata_that_lacks_a_key_names_it() {
    let stored = serde_json::json!({ "actor": "system" });
    let error = Metadata::read(&stored, DateTime::UNIX_EPOCH).unwrap_err();
    assert!(
        matches!(error, JournalError::Metadata { key: "command_id" }),
        "{error}"
    );
}
