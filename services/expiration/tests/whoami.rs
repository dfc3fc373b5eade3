//! Who the token says the caller is.

use contracts::ProblemCode;
use testkit::{Person, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_is_named_and_nobody_is_refused() {
    let world = World::start("expiration", expiration_service::start, &[]).await;
    world.knows_identities("expiration").await;
    let ana = Person::new("Ana");
    let answer = world.caller(&ana).get("/api/expiration/whoami").await.expect(200);
    assert_eq!(answer.json["user"], serde_json::json!(ana.id()));
    assert_eq!(answer.json["service"], "expiration");
    world.anybody().get("/api/expiration/whoami").await.problem(ProblemCode::Unauthenticated);
    let document = world.anybody().get("/api/expiration/openapi.json").await.expect(200);
    assert!(document.json["paths"]["/api/expiration/whoami"]["get"].is_object());
}
