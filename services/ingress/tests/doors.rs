//! The public and the private listener.

use crate::support::{Echo, Setup, Stub};

#[tokio::test]
async fn own_state_is_told_behind_the_private_door_only() {
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).start().await;
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(ingress.get(path).send().await.unwrap().status(), 404, "{path}");
        assert_eq!(ingress.private_get(path).send().await.unwrap().status(), 200, "{path}");
    }
    assert_eq!(stub.hits(), 0);
    let ready: serde_json::Value = ingress.private_get("/readyz").send().await.unwrap().json().await.unwrap();
    assert_eq!(ready["services"]["orders"]["healthy"], 1);
    ingress.echo("/api/shows").await;
    let metrics = ingress.private_get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("ingress_requests_total"), "{metrics}");
    assert!(metrics.contains("ingress_request_duration_seconds_bucket"), "{metrics}");
}

#[tokio::test]
async fn the_private_door_believes_the_address_it_is_told() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let id = "0198c0de-0000-7000-8000-000000000001";
    let request =
        ingress.private_get("/api/orders").header("x-forwarded-for", "192.0.2.9").header("x-request-id", id);
    let echo = Echo::of(request.send().await.unwrap()).await;
    assert_eq!(echo.header("x-forwarded-for").as_deref(), Some("192.0.2.9"));
    assert_eq!(echo.header("x-request-id").as_deref(), Some(id));
    assert_eq!(echo.header("host").as_deref(), Some("localhost:3000"));
}

#[tokio::test]
async fn the_private_door_leads_to_the_api_only() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    assert_eq!(ingress.private_get("/").send().await.unwrap().status(), 404);
}
