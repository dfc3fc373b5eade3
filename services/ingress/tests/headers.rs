//! What services are told, and what clients are told.

use axum::Router;
use axum::routing::get;

use crate::support::{Echo, Setup, Stub};

#[tokio::test]
async fn services_are_told_nothing_that_the_client_made_up() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let request = ingress
        .get("/api/orders")
        .header("x-forwarded-for", "192.0.2.1")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-user", "admin")
        .header("x-real-ip", "192.0.2.1")
        .header("forwarded", "for=192.0.2.1")
        .header("x-request-id", "0198c0de-0000-7000-8000-000000000001")
        .header("traceparent", "nonsense")
        .header("connection", "x-secret")
        .header("x-secret", "1")
        .header("keep-alive", "timeout=5")
        .header("te", "trailers")
        .header("proxy-authorization", "Basic x")
        .header("upgrade", "websocket");
    let echo = Echo::of(request.send().await.unwrap()).await;
    assert_eq!(echo.header("x-forwarded-for").as_deref(), Some("127.0.0.1"));
    assert_eq!(echo.header("x-forwarded-proto").as_deref(), Some("http"));
    assert_eq!(echo.header("x-forwarded-host").as_deref(), Some(ingress.public.to_string().as_str()));
    assert_eq!(echo.header("host").as_deref(), Some(ingress.public.to_string().as_str()));
    assert_ne!(echo.header("x-request-id").as_deref(), Some("0198c0de-0000-7000-8000-000000000001"));
    let gone = ["x-forwarded-user", "x-real-ip", "forwarded", "traceparent", "x-secret", "keep-alive", "te"];
    for name in gone.into_iter().chain(["proxy-authorization", "upgrade"]) {
        assert_eq!(echo.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_valid_traceparent_passes() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let echo = Echo::of(ingress.get("/").header("traceparent", trace).send().await.unwrap()).await;
    assert_eq!(echo.header("traceparent").as_deref(), Some(trace));
}

#[tokio::test]
async fn what_proves_a_device_reaches_auth_and_pages_only() {
    let ingress = Setup::all(&Stub::echo("any").await).with("DEV_MAIL", "true").start().await;
    let all = "__Host-access=a; __Host-refresh=r; __Host-challenge=c; __Host-browser=b";
    for (path, seen) in [
        ("/api/orders", "__Host-access=a"),
        ("/pkg/app.js", "__Host-access=a"),
        ("/dev/mail", "__Host-access=a"),
        ("/dev/mail.json", "__Host-access=a"),
        ("/api/auth/refresh", all),
        ("/orders", all),
        ("/fn/pay", all),
    ] {
        let echo = Echo::of(ingress.get(path).header("cookie", all).send().await.unwrap()).await;
        assert_eq!(echo.header("cookie").as_deref(), Some(seen), "{path}");
    }
}

#[tokio::test]
async fn the_answer_carries_the_id_that_the_service_saw() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let response = ingress.get("/api/shows").send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert!(!response.headers().contains_key("strict-transport-security"));
    assert_eq!(Echo::of(response).await.header("x-request-id"), Some(id.clone()));
    crate::support::eventually("the request is logged", || async { ingress.log().contains(&id) }).await;
}

#[tokio::test]
async fn logs_hold_neither_queries_nor_secrets() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let request = ingress.get("/api/shows?q=treasure").header("cookie", "a=treasure").bearer_auth("treasure");
    request.send().await.unwrap();
    crate::support::eventually("the request is logged", || async { ingress.log().contains("/api/shows") })
        .await;
    let log = ingress.log();
    assert!(!log.contains("treasure"), "{log}");
    let line = log.lines().find(|line| line.contains("answered")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((line["method"].as_str(), line["path"].as_str()), (Some("GET"), Some("/api/shows")));
    assert_eq!((line["status"].as_u64(), line["service"].as_str()), (Some(200), Some("tickets")));
    for field in ["duration_ms", "upstream", "request_id", "bytes", "timestamp", "level"] {
        assert!(!line[field].is_null(), "{field} is not in {line}");
    }
}

#[tokio::test]
async fn answers_are_cached_as_they_should_be() {
    let router = Router::new()
        .route(
            "/pkg/app.0123.js",
            get(|| async { [("server", "hyper"), ("content-type", "text/javascript")] }),
        )
        .route("/signed-in", get(|| async { [("set-cookie", "access=1"), ("cache-control", "max-age=60")] }));
    let stub = Stub::serving(router).await;
    let ingress = Setup::all(&stub).with("PUBLIC_ORIGIN", "https://tickets.example").start().await;
    let file = ingress.get("/pkg/app.0123.js").send().await.unwrap();
    assert_eq!(file.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert!(!file.headers().contains_key("server"));
    assert_eq!(file.headers()["strict-transport-security"], "max-age=63072000; includeSubDomains");
    let missing = ingress.get("/pkg/app.9999.js").send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert!(!missing.headers().contains_key("cache-control"));
    let signed_in = ingress.get("/signed-in").send().await.unwrap();
    assert_eq!(signed_in.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn too_many_headers_are_refused() {
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).start().await;
    let response = ingress.get("/api/shows").header("x-long", "x".repeat(40_000)).send().await.unwrap();
    assert_eq!(response.status(), 431);
    let many = (0..120).fold(ingress.get("/"), |request, n| request.header(format!("x-{n}"), "1"));
    assert_eq!(many.send().await.unwrap().status(), 431);
    assert_eq!(stub.hits(), 0);
}
