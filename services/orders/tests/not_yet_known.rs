//! Copies that are behind: what may soon be known is waited for, and never called unknown.

use crate::support::{Stage, a_listing, a_show, any};
use contracts::{ProblemCode, ids::ListingId, ids::ShowId};
use events::tickets::{ListingFact, ShowFact};
use testkit::eventually;

/// Waits until a request is looking for what is not there yet.
async fn is_waited_for(stage: &Stage, what: &str) {
    eventually("the request looks for it", || async {
        let asked: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE $1",
        )
        .bind(format!("%{what}%"))
        .fetch_one(&stage.world.pool)
        .await
        .unwrap();
        (asked > 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_arrives_within_the_wait_is_used() {
    let stage = Stage::new().await;
    let listing = a_listing(stage.show.id, stage.organiser.id(), 3);
    let show = a_show(stage.organiser.id());
    let (_, ana) = stage.buyer("Ana").await;
    let organiser = stage.world.caller(&stage.organiser);
    let (wish, path) = (any(listing.id, 1), format!("/api/shows/{}/orders", show.id));
    let publishing = async {
        is_waited_for(&stage, "FROM listings WHERE id = ANY").await;
        stage.world.bus.publish(ListingFact::Published, &listing).await;
        stage.world.bus.publish(ShowFact::Published, &show).await;
    };
    let (order, orders, ()) = tokio::join!(ana.post("/api/orders", &wish), organiser.get(&path), publishing);
    drop((order.expect(201), orders.expect(200)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_young_id_is_not_yet_known_and_an_old_one_is_unknown() {
    let stage = Stage::new().await;
    let (_, ana) = stage.buyer("Ana").await;
    let (listing, show): (ListingId, ShowId) = (service::new_id(), service::new_id());
    let (wish, path) = (any(listing, 1), format!("/api/shows/{show}/orders"));
    let (order, orders) = tokio::join!(ana.post("/api/orders", &wish), ana.get(&path));
    assert_eq!(orders.headers["retry-after"], "1");
    order.problem(ProblemCode::NotYetKnown);
    orders.problem(ProblemCode::NotYetKnown);
    let old = "0190a1b2-0000-7000-8000-000000000000";
    let (wish, path) = (any(old.parse().unwrap(), 1), format!("/api/shows/{old}/orders"));
    ana.post("/api/orders", &wish).await.problem(ProblemCode::NotFound);
    ana.get(&path).await.problem(ProblemCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bus_is_away_nothing_is_unknown() {
    let mut stage = Stage::new().await;
    let (_, ana) = stage.buyer("Ana").await;
    let old = "0190a1b2-0000-7000-8000-000000000000";
    let (wish, path) = (any(old.parse().unwrap(), 1), format!("/api/shows/{old}/orders"));
    ana.post("/api/orders", &wish).await.problem(ProblemCode::NotFound);
    stage.world.nats.kill();
    let (order, orders) = tokio::join!(ana.post("/api/orders", &wish), ana.get(&path));
    order.problem(ProblemCode::NotYetKnown);
    orders.problem(ProblemCode::NotYetKnown);
}
