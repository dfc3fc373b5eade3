//! Somebody is banned: their holds are released, and no statement holds for them any more (I6).

use crate::support::{Stage, a_listing, a_payment, any};
use contracts::{
    ProblemCode,
    orders::{CancelReason, OrderStatus},
};
use events::{
    auth::UserFact,
    orders::{BanEffects, BanFact, Order, OrderFact},
    payments::PaymentFact,
};
use testkit::{Person, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn their_holds_are_released_and_requests_refused() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(4).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 2).await;
    stage.world.ban(&ana).await;
    let cancelled =
        stage.world.bus.wait_for::<Order>(OrderFact::Cancelled, |state| state.id == order.id).await;
    assert_eq!(cancelled.state.cancel_reason, Some(CancelReason::Banned));
    assert_eq!(stage.units(listing.id, "free").await, 4);
    eventually("the token is refused", || async {
        let answer = caller.post("/api/orders", &any(listing.id, 1)).await;
        (answer.json["code"] == "account_suspended").then_some(())
    })
    .await;
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fence_holds_where_the_token_is_still_believed() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(4).await;
    let (ana, caller) = stage.buyer("Ana").await;
    // The fact alone, without the revocation: as if this instance were behind.
    stage.world.bus.publish(UserFact::Banned, &ana.banned("Fraud")).await;
    stage.world.bus.settled("orders-bans").await;
    caller.post("/api/orders", &any(listing.id, 1)).await.problem(ProblemCode::AccountSuspended);
    assert_eq!(stage.units(listing.id, "free").await, 4);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorisation_of_a_banned_buyer_is_refused() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(4).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    // Only the copy knows; the consumer that releases holds has not come to it.
    sqlx::query(
        "INSERT INTO users VALUES ($1, 'Ana', true, 99) ON CONFLICT (id) DO UPDATE SET banned = true",
    )
    .bind(ana.id())
    .execute(&stage.world.pool)
    .await
    .unwrap();
    let payment = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    let refused = |state: &Order| state.refused_payment == Some(payment.id);
    let refused = stage.world.bus.wait_for(OrderFact::AuthorizationRefused, refused).await;
    assert_eq!(refused.state.cancel_reason, Some(CancelReason::Banned));
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_confirmed_completes() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(4).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let payment = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    stage.status(order.id, OrderStatus::Confirming).await;
    stage.world.ban(&ana).await;
    stage.world.bus.settled("orders-bans").await;
    stage.payment(PaymentFact::Captured, &payment).await;
    stage.status(order.id, OrderStatus::Complete).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_ended_long_ago_releases_nothing_new() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(4).await;
    let (ana, _) = stage.buyer("Ana").await;
    let banned = ana.banned("Fraud");
    let id = stage.world.bus.publish(UserFact::Banned, &banned).await;
    let back = events::auth::User { ban: None, version: banned.version + 1, ..banned.clone() };
    stage.world.bus.publish(UserFact::Unbanned, &back).await;
    stage.world.bus.settled("orders-users").await;
    stage.world.bus.settled("orders-bans").await;
    let caller = stage.world.caller(&Person { user: back, ..ana });
    let order = stage.place(&caller, listing.id, 1).await;
    stage.world.bus.publish_as(id, UserFact::Banned, &banned).await;
    stage.world.bus.settled("orders-bans").await;
    assert_eq!(stage.status_now(order.id).await, "awaiting_payment");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banned_seller_sells_nothing() {
    let stage = Stage::new().await;
    let (sam, _) = stage.buyer("Sam").await;
    let listing = stage.list(a_listing(stage.show.id, sam.id(), 3)).await;
    stage.world.bus.publish(UserFact::Banned, &sam.banned("Fraud")).await;
    stage.world.bus.settled("orders-bans").await;
    let (_, ana) = stage.buyer("Ana").await;
    ana.post("/api/orders", &any(listing.id, 1)).await.problem(ProblemCode::NotOnSale);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_had_nothing_to_do_is_answered_too() {
    let stage = Stage::new().await;
    let (ana, _) = stage.buyer("Ana").await;
    let user = ana.banned("Fraud");
    let ban = user.ban.clone().unwrap().id.unwrap();
    stage.world.bus.publish(UserFact::Banned, &user).await;
    let told = stage.world.bus.wait_for::<BanEffects>(BanFact::Applied, |did| did.ban == ban).await.state;
    let nothing = BanEffects {
        ban,
        user: ana.id(),
        holds_released: 0,
        places_released: 0,
        streams_closed: 0,
        version: 1,
    };
    assert_eq!(told, nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_of_before_bans_had_ids_acts_without_an_answer() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(4).await;
    let (ana, caller) = stage.buyer("Ana").await;
    stage.place(&caller, listing.id, 2).await;
    let mut user = ana.banned("Fraud");
    user.ban.as_mut().unwrap().id = None;
    stage.world.bus.publish(UserFact::Banned, &user).await;
    stage.world.bus.settled("orders-bans").await;
    assert_eq!(stage.units(listing.id, "free").await, 4);
    let told: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox WHERE subject LIKE 'orders.ban.%'")
        .fetch_one(&stage.world.pool)
        .await
        .unwrap();
    assert_eq!(told, 0);
}
