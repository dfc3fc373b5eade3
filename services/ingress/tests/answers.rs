//! What the ingress answers itself.

use contracts::{Problem, ProblemCode};

use crate::support::{Setup, Stub, dead_address};

#[tokio::test]
async fn unknown_api_paths_are_problems() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let response = ingress.get("/api/nope").send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem: Problem = response.json().await.unwrap();
    assert_eq!((problem.code, problem.request_id), (ProblemCode::NotFound, Some(id)));
}

#[tokio::test]
async fn a_service_that_is_down_is_a_problem_for_programs_and_a_page_for_people() {
    let gone = dead_address().await;
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).service("ORDERS", &[gone]).service("FRONTEND", &[gone]).start().await;
    let response = ingress.get("/api/orders").send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.json::<Problem>().await.unwrap().code, ProblemCode::Unavailable);

    let response = ingress.get("/orders").send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert!(response.text().await.unwrap().contains("We will be right back"));

    assert_eq!(ingress.echo("/api/shows").await.service(), "any", "the rest keeps answering");
}

#[tokio::test]
async fn the_api_page_is_served_with_a_strict_policy() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    for (path, content_type) in [
        ("/api/docs", "text/html; charset=utf-8"),
        ("/api/docs/docs.js", "text/javascript; charset=utf-8"),
        ("/api/docs/docs.css", "text/css; charset=utf-8"),
    ] {
        let response = ingress.get(path).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &content_type.parse().unwrap())
        );
    }
    let response = ingress.get("/api/docs").send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(ingress.post("/api/docs").send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn ambiguous_paths_are_refused() {
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).start().await;
    for path in ["//metrics", "/a/%2e%2e/metrics", "/api%2fauth", "/shows//1"] {
        assert_eq!(ingress.get(path).send().await.unwrap().status(), 400, "{path}");
    }
    assert_eq!(stub.hits(), 0);
}
