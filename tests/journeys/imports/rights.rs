//! Who may do what with whose files and imports.

use cartera_tests::TestWorld;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn nobody_uploads_without_the_right_nor_for_a_page_of_another_origin() {
    let world = TestWorld::start().await;
    let (status, answer) = upload(&world.anonymous(), "a.csv", clients(1)).await;
    assert_eq!(
        (status, code(&answer)),
        (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
    );
    for who in [&world.mar, &world.nil, &world.aura] {
        let (status, answer) = upload(who, "a.csv", clients(1)).await;
        assert_eq!(
            (status, code(&answer)),
            (StatusCode::FORBIDDEN, "FORBIDDEN")
        );
    }
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let request = world
            .anna
            .request(Method::POST, "/files")
            .header(name, value);
        let answer = request.body(clients(1)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let answer = answer.json().await.unwrap();
        assert_eq!(code(&answer), "ORIGIN_NOT_ALLOWED", "{name}");
    }
    assert_eq!(counted(&world, "SELECT count(*) FROM files").await, 0);
    let keys = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }";
    let key = async |permissions: &[&str]| {
        let input = json!({ "input": { "name": "a program", "permissions": permissions } });
        let made = world.anna.get(keys, input).await;
        let secret = made["createApiKey"]["secret"].as_str().unwrap().to_owned();
        world.anonymous().with_key(secret)
    };
    let (status, _) = upload(&key(&["READ_SALES"]).await, "a.csv", clients(1)).await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "the key may less than its user"
    );
    uploaded(&key(&["IMPORT"]).await, "a.csv", clients(1)).await;
}

#[tokio::test]
async fn anothers_file_is_as_good_as_not_there() {
    let world = TestWorld::start().await;
    let file = uploaded(
        &world.anna,
        "clients.csv",
        "code,name,city,employees\nC1,A,B,x\n",
    )
    .await;
    // Not even an administrator imports another's file; the same content is the other's own.
    let own = uploaded(
        &world.didac,
        "clients.csv",
        "code,name,city,employees\nC1,A,B,x\n",
    )
    .await;
    assert_ne!(file, own);
    for (who, not_theirs) in [(&world.didac, &file), (&world.anna, &own)] {
        let answer = start_anyhow(who, &wanted(not_theirs)).await;
        assert_eq!(answer.code().as_deref(), Some("NOT_FOUND"));
        let deleted = who.request(Method::DELETE, &format!("/files/{not_theirs}"));
        assert_eq!(
            deleted.send().await.unwrap().status(),
            StatusCode::NOT_FOUND
        );
    }
    let waiting = start(&world.anna, &wanted(&file)).await;
    let in_use = world
        .anna
        .request(Method::DELETE, &format!("/files/{file}"));
    assert_eq!(in_use.send().await.unwrap().status(), StatusCode::CONFLICT);
    world.carry_imports_out();
    finished(&world.anna, &waiting["id"]).await;
    let deleted = world
        .anna
        .request(Method::DELETE, &format!("/files/{file}"));
    assert_eq!(
        deleted.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(counted(&world, "SELECT count(*) FROM files").await, 1);
}

#[tokio::test]
async fn anothers_import_is_as_good_as_not_there() {
    let world = TestWorld::start().await;
    world.carry_imports_out();
    let content = "code,name,city,employees\nC1,A,B,x\n";
    let file = uploaded(&world.anna, "clients.csv", content).await;
    let own = uploaded(&world.didac, "clients.csv", content).await;
    let annas = import(&world.anna, &file).await;
    let didacs = import(&world.didac, &own).await;
    let path = |job: &Value| job["refusedUrl"].as_str().unwrap().to_owned();
    let id = json!({ "id": annas["id"], "input": { "importJobId": annas["id"] } });
    for document in [
        "query($id: ID!) { importJob(id: $id) { id } }",
        "query($id: ID!) { node(id: $id) { id } }",
        "mutation($input: CancelImportInput!) { cancelImport(input: $input) { importJob { id } } }",
    ] {
        let answer = world.didac.ask(document, id.clone()).await;
        assert_eq!(answer.code().as_deref(), Some("NOT_FOUND"), "{document}");
    }
    for (who, job, status) in [
        (&world.didac, &annas, StatusCode::NOT_FOUND),
        (&world.didac, &didacs, StatusCode::OK),
        (&world.anna, &didacs, StatusCode::OK),
        (&world.nil, &didacs, StatusCode::FORBIDDEN),
    ] {
        let answer = who.request(Method::GET, &path(job)).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    let list = "{ importJobs { totalCount edges { node { id } } } }";
    let seen = world.didac.get(list, json!({})).await;
    assert_eq!(
        seen["importJobs"]["edges"],
        json!([{ "node": { "id": didacs["id"] } }])
    );
    assert_eq!(seen["importJobs"]["totalCount"], 1);
    let seen = world.anna.get(list, json!({})).await;
    assert_eq!(
        seen["importJobs"]["totalCount"], 2,
        "administrators see all"
    );
}

#[tokio::test]
async fn an_import_of_somebody_who_may_no_longer_import_fails() {
    let world = TestWorld::start().await;
    let file = uploaded(&world.didac, "clients.csv", clients(2)).await;
    let job = start(&world.didac, &wanted(&file)).await;
    let demotion = json!({ "userId": world.didac.id, "role": "SALESPERSON" });
    world.anna.say("changeUserRole", demotion, "version").await;
    world.carry_imports_out();
    let failed = |job: &Value| job["state"] == "FAILED";
    let job = reached(&world.anna, &job["id"], "failed", failed).await;
    assert_eq!(job["error"]["code"], "FORBIDDEN");
    assert_eq!(registered(&world).await, (0, 0));
}
