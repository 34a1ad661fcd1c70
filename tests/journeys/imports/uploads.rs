//! What an upload may cost, what is taken, and that nothing is left of the others.

use std::time::{Duration, Instant};

use cartera::files::FileSettings;
use cartera_tests::program::{MASTER_KEY_VARIABLE, resident};
use cartera_tests::world::MASTER_KEY;
use cartera_tests::{Program, TestWorld};
use futures_util::stream;
use reqwest::{Body, Method, StatusCode};
use serde_json::json;
use sqlx::Executor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// A body whose length nobody announces.
fn unannounced(pieces: usize, bytes: usize) -> Body {
    let piece = vec![b'a'; bytes];
    Body::wrap_stream(stream::iter(
        (0..pieces).map(move |_| Ok::<_, std::io::Error>(piece.clone())),
    ))
}

/// Waits until no begun or refused upload has left anything.
async fn nothing_left(world: &TestWorld) {
    let begun = Instant::now();
    while counted(world, "SELECT count(*) FROM files").await > 0 {
        assert!(
            begun.elapsed() < PATIENCE,
            "an upload that was refused is still there"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(counted(world, "SELECT count(*) FROM file_pieces").await, 0);
}

#[tokio::test]
async fn a_file_is_its_content_and_lies_sealed() {
    let world = TestWorld::start().await;
    let text = clients(30_000);
    let (status, first) = upload(&world.anna, "Llista%20de%20clients.csv", text.clone()).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(first["name"], "Llista de clients.csv");
    assert_eq!(first["bytes"], text.len());
    assert_eq!(first["kind"], "TEXT");
    assert_eq!(first["sha256"].as_str().unwrap().len(), 64);
    let (_, again) = upload(&world.anna, "other.csv", text.clone()).await;
    assert_eq!(
        (&first["id"], &first["sha256"]),
        (&again["id"], &again["sha256"])
    );
    let (_, other) = upload(&world.anna, "other.csv", clients(29_999)).await;
    assert_ne!(first["id"], other["id"]);
    let clear = "SELECT count(*) FROM file_pieces WHERE position('Client 1'::bytea in sealed) > 0";
    assert_eq!(counted(&world, clear).await, 0);
    let clear = "SELECT count(*) FROM files WHERE position('Llista'::bytea in about) > 0 OR octet_length(address) <> 32";
    assert_eq!(counted(&world, clear).await, 0);
    let kept = "SELECT sum(octet_length(sealed) - 28)::bigint FROM file_pieces";
    let expected = text.len() + clients(29_999).len();
    assert_eq!(
        counted(&world, kept).await,
        i64::try_from(expected).unwrap()
    );
}

#[tokio::test]
async fn what_is_too_much_is_refused_while_it_is_read_and_leaves_nothing() {
    let world = TestWorld::with_files(FileSettings {
        largest: 3 << 20,
        quota: 4 << 20,
        ..FileSettings::default()
    })
    .await;
    let (status, answer) = upload(&world.anna, "a.csv", vec![b'a'; 3 * MIB + 1]).await;
    assert_eq!(
        (status, code(&answer)),
        (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE")
    );
    // 64 MiB would follow: the answer comes long before.
    let (status, answer) = upload(&world.anna, "a.csv", unannounced(1_000, 64 * KIB)).await;
    assert_eq!(
        (status, code(&answer)),
        (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE")
    );
    assert_eq!(answer["errors"][0]["extensions"]["retryable"], false);
    nothing_left(&world).await;

    uploaded(&world.anna, "a.csv", unannounced(3, MIB)).await;
    let (status, answer) = upload(&world.anna, "b.csv", unannounced(24, 64 * KIB)).await;
    assert_eq!(
        (status, code(&answer)),
        (StatusCode::INSUFFICIENT_STORAGE, "QUOTA_EXCEEDED")
    );
    assert_eq!(answer["errors"][0]["extensions"]["quota"], 4 * MIB);
    let (status, _) = upload(&world.didac, "b.csv", unannounced(24, 64 * KIB)).await;
    assert_eq!(status, StatusCode::CREATED, "the room is each user's own");
}

#[tokio::test]
async fn what_is_no_table_is_refused_by_its_content() {
    let world = TestWorld::start().await;
    let taken = [
        ("", StatusCode::BAD_REQUEST, "FILE_EMPTY"),
        (
            "%PDF-1.7\n",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "FILE_NOT_A_TABLE",
        ),
        (
            "<!doctype html><p>",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "FILE_NOT_A_TABLE",
        ),
    ];
    for (body, status, expected) in taken {
        let (found, answer) = upload(&world.anna, "clients.csv", body).await;
        assert_eq!((found, code(&answer)), (status, expected));
    }
    let request = world.anna.request(Method::POST, "/files");
    let form = request
        .header("content-type", "multipart/form-data; boundary=x")
        .body("--x--");
    let answer = form.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let (status, answer) = upload(&world.anna, "..%2F..%00", clients(1)).await;
    assert_eq!(
        (status, code(&answer)),
        (StatusCode::BAD_REQUEST, "BAD_USER_INPUT")
    );
    nothing_left(&world).await;
    let (_, answer) = upload(&world.anna, "..%2F..%2Fetc%2Fpasswd", clients(1)).await;
    assert_eq!(
        answer["name"], "../../etc/passwd",
        "a name is data and nothing else"
    );
}

#[tokio::test]
async fn a_body_that_stops_or_breaks_off_leaves_nothing() {
    let world = TestWorld::with_files(FileSettings {
        pause: Duration::from_millis(300),
        ..FileSettings::default()
    })
    .await;
    let (name, cookie) = world.anna.credential_header().unwrap();
    let address = world.url.trim_start_matches("http://");
    let head = format!(
        "POST /files HTTP/1.1\r\nhost: {address}\r\n{name}: {cookie}\r\ncontent-length: 3000000\r\n\r\n"
    );
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&vec![b'a'; 2 * MIB]).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("REQUEST_TIMEOUT"), "{answer}");
    nothing_left(&world).await;
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&vec![b'a'; 2 * MIB]).await.unwrap();
    drop(socket);
    nothing_left(&world).await;
}

#[tokio::test]
async fn files_and_what_was_refused_are_kept_for_a_while_only() {
    let world = TestWorld::start().await;
    world.carry_imports_out();
    let file = uploaded(&world.anna, "a.csv", "code,name,city,employees\nC1,A,B,x\n").await;
    let job = import(&world.anna, &file).await;
    uploaded(&world.anna, "b.csv", clients(2)).await;
    let store = world.service.web.imports().store();
    let month = FileSettings::default().kept_for;
    let sweep =
        async || store.files().sweep(month).await.unwrap() + store.sweep(month).await.unwrap();
    assert_eq!(sweep().await, 0, "nothing is old yet");
    for aged in [
        "UPDATE files SET touched_at = now() - interval '31 days' WHERE id = (SELECT file FROM import_jobs)",
        "UPDATE import_jobs SET finished_at = now() - interval '31 days'",
    ] {
        world.database.pool.execute(aged).await.unwrap();
    }
    // Broken off on a node that was killed: nobody there to discard it.
    let begun = "INSERT INTO files (id, owner, touched_at) VALUES (gen_random_uuid(), gen_random_uuid(), now() - interval '3 minutes')";
    world.database.pool.execute(begun).await.unwrap();
    sweep().await;
    assert_eq!(counted(&world, "SELECT count(*) FROM files").await, 1);
    assert_eq!(
        counted(&world, "SELECT count(*) FROM import_refused").await,
        0
    );
    let job = super::job(&world.anna, &job["id"]).await;
    assert_eq!(
        (&job["file"], &job["refusedUrl"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(
        (&job["state"], &job["refused"]),
        (&json!("FINISHED"), &json!(1))
    );
}

#[tokio::test]
async fn memory_stays_flat_while_a_large_file_comes_in() {
    let world = TestWorld::start().await;
    let program = Program::serve(|command| {
        command
            .env("DATABASE_URL", world.database.url())
            .env(MASTER_KEY_VARIABLE, MASTER_KEY)
            .env("CARTERA_PUBLIC_URL", "http://localhost")
    })
    .await;
    let anna = world.anna.at(&program.url);
    uploaded(&anna, "small.csv", unannounced(3, MIB)).await;
    let (before, _) = resident(program.pid());
    uploaded(&anna, "large.csv", unannounced(48, MIB)).await;
    let (_, peak) = resident(program.pid());
    assert!(
        peak < before + (32 << 20),
        "{before} bytes before, {peak} at most"
    );
}
