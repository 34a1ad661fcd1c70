use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use cartera_domain::Event;
use cartera_domain::ids::{SubjectId, TypedId};
use cartera_domain::leads::{Lead, LeadEvent};
use cartera_journal::vault::MasterKeyError;
use cartera_journal::{
    Append, AppendError, Claim, Journal, JournalError, MasterKey, Recorded, Refusal, VaultError,
};
use sqlx::{Executor, Row};
use uuid::Uuid;

use crate::world::{
    World, append, contacted, new_lead, random, receipted, registered_person, subject,
};

const NAME: &str = "Montserrat Puig";
const EMAIL: &str = "montse@puig.example";

/// Appends a lead with this person's values.
async fn meet(journal: &Journal, person: SubjectId) -> Uuid {
    let id = random();
    journal
        .append(receipted(
            append(id, 0, vec![registered_person(person, NAME, EMAIL)]),
            1,
        ))
        .await
        .unwrap();
    id
}

/// Whether a recorded lead's name can be read.
fn is_known(recorded: &Recorded) -> bool {
    let Event::Lead(LeadEvent::LeadRegistered { details, .. }) = &recorded.event else {
        panic!("not a new lead: {recorded:?}");
    };
    details
        .person_name
        .as_ref()
        .is_some_and(|name| name.reveal().is_some_and(|name| name.as_str() == NAME))
}

async fn known(journal: &Journal) -> Vec<bool> {
    journal
        .read_after(0, 100)
        .await
        .unwrap()
        .iter()
        .map(is_known)
        .collect()
}

#[tokio::test]
async fn no_plain_text_lies_in_the_database() {
    let world = World::new().await;
    let journal = world.node().await;
    let person = subject();
    let id = meet(&journal, person).await;
    let token = journal.vault().token("user_email", EMAIL);
    let claim = Claim {
        scope: "user_email",
        token,
        holder: id,
        subject: Some(person),
    };
    journal
        .append(Append {
            claims: vec![claim],
            ..receipted(append(id, 1, vec![contacted()]), 2)
        })
        .await
        .unwrap();
    let mut reader = world.connection().await;
    for table in [
        "events",
        "receipts",
        "claims",
        "subject_keys",
        "journal_head",
        "outbox",
        "checkpoints",
    ] {
        for row in reader
            .fetch_all(&*format!("SELECT {table}::text FROM {table}"))
            .await
            .unwrap()
        {
            let text: String = row.get(0);
            let secrets = [NAME, EMAIL, "Montserrat", "montse"];
            assert!(
                !secrets.iter().any(|secret| text.contains(secret)),
                "{table}: {text}"
            );
        }
    }
    let sealed: i64 = world.number("SELECT count(*) FROM events WHERE payload #> '{details,person_name,$sealed}' ?& '{subject,nonce,text}'").await;
    assert_eq!(sealed, 1);
    assert_eq!(world.number("SELECT count(*) FROM subject_keys").await, 1);
}

#[tokio::test]
async fn a_destroyed_subject_reads_back_erased_and_the_chain_still_verifies() {
    let world = World::new().await;
    let journal = world.node().await;
    let (erased, kept) = (subject(), subject());
    let id = meet(&journal, erased).await;
    meet(&journal, kept).await;
    let before = journal.verify(&[]).await.unwrap();
    journal.load::<Lead>(TypedId::from_uuid(id)).await.unwrap();
    journal.vault().destroy(erased).await.unwrap();
    journal.vault().destroy(erased).await.unwrap();
    assert_eq!(known(&journal).await, [false, true]);
    assert_eq!(known(&world.node().await).await, [false, true]);
    assert!(
        !journal
            .load::<Lead>(TypedId::from_uuid(id))
            .await
            .unwrap()
            .cached,
        "no state keeps the values"
    );
    assert_eq!(journal.verify(&[]).await.unwrap(), before);
    assert_eq!(
        world
            .number("SELECT count(*) FROM subject_keys WHERE wrapped IS NOT NULL")
            .await,
        1
    );
}

#[tokio::test]
async fn nothing_is_sealed_for_an_erased_subject_any_more() {
    let world = World::new().await;
    let (here, there) = (world.node().await, world.node().await);
    let person = subject();
    meet(&here, person).await;
    there.vault().destroy(person).await.unwrap();
    // The key may still be unwrapped here; the append function looks.
    for _ in 0..2 {
        let again = append(random(), 0, vec![registered_person(person, NAME, EMAIL)]);
        assert_eq!(
            here.append(again).await,
            Err(AppendError::Refused(Refusal::SubjectErased(person)))
        );
    }
    let fresh = append(random(), 0, vec![registered_person(person, NAME, EMAIL)]);
    assert_eq!(
        world.node().await.append(fresh).await,
        Err(AppendError::Refused(Refusal::SubjectErased(person)))
    );
    assert_eq!(world.events().await, 1);
}

#[tokio::test]
async fn other_nodes_hear_of_an_erasure() {
    let world = World::new().await;
    let (here, there) = (world.node().await, world.node().await);
    let person = subject();
    meet(&here, person).await;
    assert_eq!(known(&here).await, [true]);
    let listens = "SELECT count(*) = 2 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    world.until(listens).await;
    there.vault().destroy(person).await.unwrap();
    while known(&here).await == [true] {
        tokio::task::yield_now().await;
    }
    assert_eq!(known(&here).await, [false]);
}

#[tokio::test]
async fn a_node_that_missed_the_news_of_an_erasure_knows_when_it_hears_again() {
    let world = World::new().await;
    let pause = Duration::from_secs(2);
    let here = world.node_with(|config| config.poll_interval = pause).await;
    let there = world.node().await;
    let person = subject();
    meet(&here, person).await;
    assert_eq!(known(&here).await, [true]);
    let listening =
        "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    world
        .until(&format!("SELECT count(*) = 2 {listening}"))
        .await;
    let deafen = format!("SELECT pg_terminate_backend(pid) {listening}");
    world.connection().await.execute(&*deafen).await.unwrap();
    world
        .until(&format!("SELECT count(*) = 0 {listening}"))
        .await;
    there.vault().destroy(person).await.unwrap();
    // Half of the time after which an unwrapped key would be dropped anyway.
    let heard = tokio::time::timeout(Duration::from_secs(30), async {
        while known(&here).await == [true] {
            tokio::task::yield_now().await;
        }
    });
    heard.await.expect("it asks anew when it listens again");
}

#[tokio::test]
async fn a_blocked_subject_is_unreadable_until_it_is_unblocked() {
    let world = World::new().await;
    let journal = world.node().await;
    let person = subject();
    meet(&journal, person).await;
    journal
        .vault()
        .block(person, "2031-01-01".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(known(&journal).await, [false]);
    journal.vault().unblock(person).await.unwrap();
    assert_eq!(known(&journal).await, [true]);
    journal.vault().destroy(person).await.unwrap();
    assert!(
        matches!(journal.vault().unblock(person).await, Err(VaultError::NoActiveKey(of)) if of == person)
    );
    assert!(matches!(
        journal
            .vault()
            .block(subject(), "2031-01-01".parse().unwrap())
            .await,
        Err(VaultError::NoActiveKey(_))
    ));
}

#[tokio::test]
async fn merged_subjects_are_erased_together_and_their_tokens_with_them() {
    let world = World::new().await;
    let journal = world.node().await;
    let (one, same, third, other) = (subject(), subject(), subject(), subject());
    for person in [one, same, third, other] {
        let id = meet(&journal, person).await;
        let token = journal.vault().token("email", &format!("{person}@example"));
        let claim = Claim {
            scope: "email",
            token,
            holder: id,
            subject: Some(person),
        };
        journal
            .append(Append {
                claims: vec![claim],
                ..append(id, 1, vec![contacted()])
            })
            .await
            .unwrap();
    }
    journal.vault().subjects_merged(same, one).await.unwrap();
    journal.vault().subjects_merged(third, same).await.unwrap();
    journal.vault().destroy(one).await.unwrap();
    let readable: Vec<bool> = journal
        .read_after(0, 100)
        .await
        .unwrap()
        .iter()
        .step_by(2)
        .map(is_known)
        .collect();
    assert_eq!(readable, [false, false, false, true]);
    let mut reader = world.connection().await;
    let left: Uuid = reader
        .fetch_one("SELECT subject FROM claims")
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, other.as_uuid());
}

#[tokio::test]
async fn a_seal_opens_only_where_it_was_made() {
    let world = World::new().await;
    let journal = world.node().await;
    let person = subject();
    meet(&journal, person).await;
    meet(&journal, person).await;
    let mut vandal = world.connection().await;
    vandal
        .execute("ALTER TABLE events DISABLE TRIGGER events_are_history")
        .await
        .unwrap();
    let moves = [
        // To another event of the same person, to another field, and with another text.
        "UPDATE events SET payload = (SELECT payload FROM events WHERE position = 1) WHERE position = 2",
        "UPDATE events SET payload = jsonb_set(payload, '{details,email}', payload #> '{details,person_name}') WHERE position = 2",
        "UPDATE events SET payload = jsonb_set(payload, '{details,email,$sealed,text}', '\"AAAA\"') WHERE position = 2",
        "UPDATE events SET sequence = 2 WHERE position = 2",
    ];
    for change in moves {
        vandal.execute("BEGIN").await.unwrap();
        vandal
            .execute("CREATE TABLE kept AS SELECT * FROM events WHERE position = 2")
            .await
            .unwrap();
        vandal.execute(change).await.unwrap();
        vandal.execute("COMMIT").await.unwrap();
        let broken = journal.read_after(0, 10).await;
        assert!(
            matches!(broken, Err(JournalError::Vault(VaultError::Broken(_)))),
            "{change}: {broken:?}"
        );
        vandal.execute("DELETE FROM events WHERE position = 2; INSERT INTO events SELECT * FROM kept; DROP TABLE kept").await.unwrap();
        assert_eq!(known(&journal).await, [true, true]);
    }
}

#[tokio::test]
async fn another_master_key_does_not_open_the_journal() {
    let world = World::new().await;
    world.node().await;
    let mut config = world.config(|_config| ());
    config.master_key =
        MasterKey::from_base64("/////////////////////////////////////////v8=").unwrap();
    let refused = Journal::connect(config).await.map(|_journal| ());
    assert!(
        matches!(
            refused,
            Err(JournalError::Vault(VaultError::WrongMasterKey))
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn tokens_and_fingerprints_depend_on_the_key_and_the_scope() {
    let world = World::new().await;
    let journal = world.node().await;
    let vault = journal.vault();
    assert_eq!(
        vault.token("email", EMAIL),
        world.node().await.vault().token("email", EMAIL)
    );
    assert_ne!(vault.token("email", EMAIL), vault.token("tax_id", EMAIL));
    assert_ne!(vault.token("a", "bc"), vault.token("ab", "c"));
    assert_ne!(vault.token("", EMAIL), vault.fingerprint(EMAIL.as_bytes()));
}

#[tokio::test]
async fn a_journal_without_tables_says_what_to_do() {
    let world = World::new().await;
    world
        .connection()
        .await
        .execute("DROP TABLE journal_head CASCADE")
        .await
        .unwrap();
    let refused = Journal::connect(world.config(|_config| ()))
        .await
        .map(|_journal| ())
        .unwrap_err();
    assert!(refused.to_string().contains("cartera migrate"), "{refused}");
}

#[test]
fn a_key_file_is_made_once_and_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    MasterKey::load_or_create_file(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    MasterKey::load_or_create_file(&path).unwrap();
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        text,
        "an existing key is never replaced"
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(
        MasterKey::load_or_create_file(&path),
        Err(MasterKeyError::Permissions { mode: 0o640, .. })
    ));
}

#[test]
fn what_is_no_key_is_refused_and_never_shown() {
    for text in [
        "",
        "AAEC",
        "not base64 at all!",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==",
    ] {
        assert!(
            matches!(MasterKey::from_base64(text), Err(MasterKeyError::Form)),
            "{text}"
        );
    }
    let key = MasterKey::from_base64(crate::world::MASTER_KEY).unwrap();
    assert_eq!(format!("{key:?}"), "MasterKey(…)");
}

#[tokio::test]
async fn a_lead_without_personal_values_needs_no_key() {
    let world = World::new().await;
    world.node().await.append(new_lead(random())).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM subject_keys").await, 0);
}
