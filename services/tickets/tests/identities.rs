//! Who is who: public pages go on when nobody can tell.

use crate::support::*;
use contracts::{Page, ProblemCode, shows::ShowCard};
use serde_json::Value;
use testkit::{Person, World};

#[tokio::test]
async fn without_a_lease_public_pages_go_on() {
    let extra = [("TICKET_CODE_KEY", "0101010101010101010101010101010101010101010101010101010101010101")];
    let world = World::start_without_auth("tickets", tickets_service::start, &extra).await;
    let ana = world.caller(&Person::new("Ana"));
    let shows: Page<ShowCard> = ana.get("/api/shows").await.expect(200).read();
    assert!(shows.items.is_empty());
    let answer = ana.get("/api/tickets").await.expect(503);
    assert_eq!(answer.headers["retry-after"], "1");
    // It may be the caller's own draft: that it is not there is more than anybody can know now.
    let show: contracts::ids::ShowId = service::new_id();
    for path in [format!("/api/shows/{show}"), format!("/api/shows/{show}/availability")] {
        assert!(matches!(
            ana.get(&path).await.expect(503).json["code"].as_str(),
            Some("revocations_stale" | "unavailable")
        ));
        world.anybody().get(&path).await.problem(ProblemCode::NotFound);
    }
}

#[tokio::test]
async fn the_service_describes_itself() {
    let world = world().await;
    let ana = Person::new("Ana");
    let who = world.caller(&ana).get("/api/tickets/whoami").await.expect(200).json;
    assert_eq!(
        (who["user"].clone(), who["service"].clone()),
        (ana.id().to_string().into(), "tickets".into())
    );
    world.anybody().get("/api/tickets/whoami").await.problem(ProblemCode::Unauthenticated);
    let document = world.anybody().get("/api/tickets/openapi.json").await.expect(200).json;
    let operations: Vec<&Value> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .filter(|operation| operation.is_object())
        .collect();
    assert_eq!(operations.len(), 20);
    for operation in operations {
        let responses = operation["responses"].as_object().unwrap();
        let problem = &responses["503"]["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(problem, "#/components/schemas/Problem", "{operation}");
        assert!(operation["operationId"].is_string());
    }
    assert!(document["components"]["schemas"]["ShowView"].is_object());
    assert!(document["components"]["securitySchemes"]["bearer"].is_object());
}
