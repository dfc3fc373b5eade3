//! Bans: a banned seller's listings are hidden, and restored when the ban ends.

use crate::support::*;
use contracts::{ProblemCode, listings::ListingStatus, shows::ShowView};
use events::{
    auth::UserFact,
    tickets::{Listing, ListingFact},
};
use serde_json::json;
use testkit::{Person, eventually};

#[tokio::test]
async fn listings_follow_the_newest_word_about_their_seller() {
    let world = world().await;
    let ana = Person::new("Ana");
    world.register(&ana).await;
    let caller = world.caller(&ana);
    let show = published(&caller, "Jazz").await;
    let stalls = listing(&caller, &show, &listing_body("Stalls")).await;
    let circle = listing(&caller, &show, &listing_body("Circle")).await;
    let path = format!("/api/listings/{}", circle.id);
    caller.patch(&path, 1, &json!({"hidden": true})).await.expect(200).read::<serde_json::Value>();

    let banned = ana.banned("Touting");
    world.faults.crash_everywhere("tickets-bans");
    let id = world.bus.publish(UserFact::Banned, &banned).await;
    world.bus.publish_as(id, UserFact::Banned, &banned).await;
    let event = world.bus.wait_for::<Listing>(ListingFact::Hidden, |it| it.id == stalls.id).await;
    assert_eq!((event.state.status, event.state.version), (ListingStatus::Hidden, 2));
    assert!(listing_of(&world.anybody(), &show, stalls.id).await.is_none());

    // The end of the ban overtakes the message of its beginning, and the beginning changes nothing any more.
    let mut free = ana.user.clone();
    free.version = banned.version + 1;
    world.bus.publish(UserFact::Unbanned, &free).await;
    world.bus.publish(UserFact::Banned, &banned).await;
    world.bus.wait_for::<Listing>(ListingFact::Changed, |it| it.id == stalls.id).await;
    world.bus.settled("tickets-bans").await;
    let restored = listing_of(&world.anybody(), &show, stalls.id).await.unwrap();
    assert_eq!((restored.status, restored.version), (ListingStatus::OnSale, 3));
    // What its seller had hidden stays hidden.
    assert_eq!(listing_of(&caller, &show, circle.id).await.unwrap().status, ListingStatus::Hidden);
}

#[tokio::test]
async fn names_are_copied_and_never_go_back() {
    let world = world().await;
    let ana = Person::new("Ana");
    let caller = world.caller(&ana);
    let show = draft(&caller, "Jazz").await;
    assert_eq!(show.organiser.name, "");
    let mut later = ana.user.clone();
    (later.version, later.name) = (3, "Ana Lee".to_owned());
    world.faults.crash_everywhere("tickets-users");
    for _ in 0..3 {
        world.bus.publish(UserFact::Changed, &later).await;
    }
    world.bus.settled("tickets-users").await;
    assert!(world.faults.exhausted());
    world.register(&ana).await;
    world.bus.settled("tickets-users").await;
    let show: ShowView = caller.get(&format!("/api/shows/{}", show.id)).await.expect(200).read();
    assert_eq!(show.organiser.name, "Ana Lee");
}

#[tokio::test]
async fn a_banned_seller_is_refused_by_token_and_by_fence() {
    let world = world().await;
    let (ana, bob) = (Person::new("Ana"), Person::new("Bob"));
    let (anas, bobs) = (world.caller(&ana), world.caller(&bob));
    let show = published(&anas, "Jazz").await;
    let path = format!("/api/shows/{}/listings", show.id);
    world.ban(&ana).await;
    eventually("the revocation is applied", || async {
        (anas.get("/api/tickets").await.status == 403).then_some(())
    })
    .await;
    anas.post(&path, &listing_body("Stalls")).await.problem(ProblemCode::AccountSuspended);
    world.anybody().get(&format!("/api/shows/{}", show.id)).await.expect(200).read::<serde_json::Value>();

    // The copy alone refuses too, as it does for a request that passed the token check long ago.
    let show = published(&bobs, "Blues").await;
    world.bus.publish(UserFact::Banned, &bob.banned("Touting")).await;
    world.bus.settled("tickets-users").await;
    let path = format!("/api/shows/{}/listings", show.id);
    bobs.post(&path, &listing_body("Stalls")).await.problem(ProblemCode::AccountSuspended);
    bobs.post("/api/shows", &show_body("Swing")).await.problem(ProblemCode::AccountSuspended);
    let check_in = format!("/api/shows/{}/check-ins", show.id);
    bobs.post(&check_in, &json!({"code": "T1"})).await.problem(ProblemCode::AccountSuspended);
}

#[tokio::test]
async fn a_listing_waits_for_a_ban_under_way() {
    let world = world().await;
    let ana = Person::new("Ana");
    world.register(&ana).await;
    world.bus.settled("tickets-users").await;
    let caller = world.caller(&ana);
    let show = published(&caller, "Jazz").await;
    let mut ban = world.pool.begin().await.unwrap();
    sqlx::query("UPDATE users SET banned = true").execute(&mut *ban).await.unwrap();
    let path = format!("/api/shows/{}/listings", show.id);
    let body = listing_body("Stalls");
    let banning = async {
        blocked(&world).await;
        ban.commit().await.unwrap();
    };
    let (answer, ()) = futures::join!(caller.post(&path, &body), banning);
    answer.problem(ProblemCode::AccountSuspended);
}
