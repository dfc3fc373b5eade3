//! Who the token says the caller is, and what the service says of itself.

use contracts::ProblemCode;
use testkit::{Person, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_is_named_and_the_endpoints_are_described() {
    let world = World::start("orders", orders_service::start, &[]).await;
    world.knows_identities("orders").await;
    let ana = Person::new("Ana");
    let answer = world.caller(&ana).get("/api/orders/whoami").await.expect(200);
    assert_eq!(answer.json["user"], serde_json::json!(ana.id()));
    world.anybody().get("/api/orders/whoami").await.problem(ProblemCode::Unauthenticated);
    let ready = world.anybody().get("/readyz").await.expect(200);
    assert!(ready.json["details"]["lease_ms"].as_u64().is_some_and(|left| left <= 2_000));

    let document = world.anybody().get("/api/orders/openapi.json").await.expect(200).json;
    let described = |path: &str, method: &str| document["paths"][path][method]["operationId"].clone();
    assert_eq!(described("/api/orders", "post"), "place_order");
    assert_eq!(described("/api/orders", "get"), "list_orders");
    assert_eq!(described("/api/orders/{id}", "get"), "get_order");
    assert_eq!(described("/api/orders/{id}", "delete"), "cancel_order");
    assert_eq!(described("/api/shows/{id}/orders", "get"), "list_show_orders");
    let problems = &document["components"]["responses"]["Conflict"]["content"];
    assert!(problems["application/problem+json"].is_object(), "{problems}");
}
