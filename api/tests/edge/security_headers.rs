//! Security headers on everything.

use crate::world::{World, answer, code};

const ALWAYS: [(&str, &str); 8] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "strict-transport-security",
        "max-age=63072000; includeSubDomains",
    ),
    ("reporting-endpoints", "csp=\"/csp-reports\""),
    ("content-security-policy", "frame-ancestors 'none'"),
];

#[tokio::test]
async fn every_answer_has_them_whatever_became_of_the_request() {
    let world = World::start().await;
    for (path, status) in [
        ("/page", 200),
        ("/nowhere", 404),
        ("/graphql", 401),
        ("/csp-reports", 405),
        ("/panic", 500),
    ] {
        let response = world.http.get(world.url(path)).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let headers = response.headers();
        for (name, value) in ALWAYS {
            let found = headers[name].to_str().unwrap();
            assert!(found.contains(value), "{path} {name}: {found}");
        }
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            !policy.contains("unsafe") && policy.starts_with("default-src 'none'"),
            "{policy}"
        );
        assert!(
            policy.contains("report-uri /csp-reports") && policy.contains("report-to csp"),
            "{policy}"
        );
        assert!(
            headers["permissions-policy"]
                .to_str()
                .unwrap()
                .contains("camera=()")
        );
        assert!(headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn a_page_can_have_a_nonce_and_only_that_page_has_it() {
    let world = World::start().await;
    let policy_and_body = async || {
        let response = world
            .http
            .get(world.url("/with-nonce"))
            .send()
            .await
            .unwrap();
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        (policy, response.text().await.unwrap())
    };
    let (policy, nonce) = policy_and_body().await;
    assert!(
        policy.contains(&format!("script-src 'self' 'nonce-{nonce}'")),
        "{policy}"
    );
    assert!(
        policy.contains(&format!("style-src 'self' 'nonce-{nonce}'")),
        "{policy}"
    );
    assert_ne!(policy_and_body().await.1, nonce);
    let page = world.http.get(world.url("/page")).send().await.unwrap();
    assert!(
        !page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("nonce")
    );
}

#[tokio::test]
async fn a_stricter_policy_of_a_handler_stays() {
    let world = World::start().await;
    let response = world
        .http
        .get(world.url("/own-policy"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-security-policy"], "sandbox");
}

#[tokio::test]
async fn a_panic_outside_of_graphql_is_answered_too() {
    let world = World::start().await;
    let (status, body) = answer(world.http.get(world.url("/panic"))).await;
    assert_eq!((status, code(&body)), (500, "INTERNAL"));
    assert!(!body.to_string().contains("secret"));
}

#[tokio::test]
async fn reports_of_violations_are_taken() {
    let world = World::start().await;
    let report = |body: String| {
        world
            .http
            .post(world.url("/csp-reports"))
            .header("content-type", "application/csp-report")
            .body(body)
            .send()
    };
    let good = r#"{"csp-report":{"violated-directive":"script-src"}}"#.to_owned();
    assert_eq!(report(good).await.unwrap().status(), 204);
    assert_eq!(report("nonsense".to_owned()).await.unwrap().status(), 400);
    assert_eq!(report("x".repeat(20_000)).await.unwrap().status(), 413);
}
