//! Who the token says the caller is, and what the service says of itself.

use crate::support::start;
use contracts::ProblemCode;
use testkit::Person;

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_is_named_and_nobody_is_refused() {
    let world = start(&[]).await;
    world.knows_identities("notifications").await;
    let ana = Person::new("Ana");
    let answer = world.caller(&ana).get("/api/notifications/whoami").await.expect(200);
    assert_eq!(answer.json["user"], serde_json::json!(ana.id()));
    assert_eq!(answer.json["service"], "notifications");
    world.anybody().get("/api/notifications/whoami").await.problem(ProblemCode::Unauthenticated);
    let document = world.anybody().get("/api/notifications/openapi.json").await.expect(200);
    assert!(document.json["paths"]["/api/notifications/whoami"]["get"].is_object());
    assert_eq!(world.anybody().get("/readyz").await.status, 200);
}
