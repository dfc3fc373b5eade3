//! Bans: a banned seller's listings are hidden, and restored when the ban ends; what they resell is withdrawn.

use crate::support::*;
use contracts::{
    ProblemCode,
    listings::ListingStatus,
    shows::ShowView,
    tickets::{CheckInView, TicketView},
};
use events::{
    auth::{User, UserFact},
    orders::{self, WithdrawnListing},
    tickets::{BanEffects, BanFact, Listing, ListingFact, Ticket, TicketFact},
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

#[tokio::test]
async fn what_a_banned_holder_resells_is_withdrawn_and_admits_them() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    world.register(&bob).await;
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let ticket = buy(&world, &bob, &stalls, &[Some("A1")]).await.remove(0);
    let bobs = world.caller(&bob);
    let path = format!("/api/tickets/{}/resale", ticket.id);
    let listed: TicketView = bobs.post(&path, &json!({"price": gbp(2000)})).await.expect(201).read();
    let offer = listed.resale_listing_id.unwrap();

    let banned = bob.banned("Touting");
    world.bus.publish(UserFact::Banned, &banned).await;
    let event = world.bus.wait_for::<Listing>(ListingFact::Withdrawn, |it| it.id == offer).await;
    assert_eq!((event.state.status, event.state.version), (ListingStatus::Withdrawn, 2));
    // Somebody may be paying for it: the ticket waits until orders says that nobody is.
    let door = format!("/api/shows/{}/check-ins", show.id);
    ana.post(&door, &json!({"code": ticket.code})).await.problem(ProblemCode::TicketNotValid);
    let grant = WithdrawnListing { listing: offer, version: 1 };
    world.bus.publish(orders::ListingFact::Withdrawn, &grant).await;
    world.bus.wait_for::<Ticket>(TicketFact::Unlisted, |it| it.id == ticket.id).await;
    ana.post(&door, &json!({"code": ticket.code})).await.expect(200).read::<CheckInView>();

    // The end of the ban does not bring the offer back.
    let free = User { ban: None, version: banned.version + 1, ..banned };
    world.bus.publish(UserFact::Unbanned, &free).await;
    world.bus.settled("tickets-bans").await;
    assert!(listing_of(&world.anybody(), &show, offer).await.is_none());
}

#[tokio::test]
async fn a_ban_reaches_however_many_listings() {
    const LISTINGS: usize = 450;
    let world = world().await;
    let ana = Person::new("Ana");
    world.register(&ana).await;
    let caller = world.caller(&ana);
    let show = published(&caller, "Jazz").await;
    listing(&caller, &show, &listing_body("Stalls")).await;
    sqlx::query(
        r"
        INSERT INTO listings (
            id, show_id, seller, kind, name, price_amount, fee_amount, currency, quantity, seats, max_per_order,
            announced, version
        )
        SELECT uuidv7(), show_id, seller, kind, name || n, price_amount, fee_amount, currency, quantity, seats,
            max_per_order, announced, version
        FROM listings CROSS JOIN generate_series(2, $1) AS n
        ",
    )
    .bind(i32::try_from(LISTINGS).unwrap())
    .execute(&world.pool)
    .await
    .unwrap();
    world.bus.publish(UserFact::Banned, &ana.banned("Touting")).await;
    eventually("all of them are hidden", || async {
        (world.bus.all::<Listing>(ListingFact::Hidden).len() == LISTINGS).then_some(())
    })
    .await;
    let names: std::collections::HashSet<_> =
        world.bus.all::<Listing>(ListingFact::Hidden).into_iter().map(|event| event.state.name).collect();
    assert_eq!(names.len(), LISTINGS);
    let (statuses,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM listings WHERE status = 'hidden' AND version = 2")
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!(usize::try_from(statuses).unwrap(), LISTINGS);
}

/// What a ban did, as often as it was told, the newest last.
fn told(world: &testkit::World, user: &User) -> Vec<(u32, u32, u32, i64)> {
    let ban = user.ban.as_ref().unwrap().id.unwrap();
    let all = world.bus.all::<BanEffects>(BanFact::Applied).into_iter().map(|event| event.state);
    all.filter(|did| did.ban == ban)
        .map(|did| (did.listings_hidden, did.offers_withdrawn, did.tickets_refused, did.version))
        .collect()
}

#[tokio::test]
async fn what_a_ban_did_is_told_once_and_again_with_new_terms() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    world.register(&bob).await;
    let bobs = world.caller(&bob);
    let (show, own) = (published(&ana, "Jazz").await, published(&bobs, "Blues").await);
    listing(&bobs, &own, &listing_body("Circle")).await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let tickets = buy(&world, &bob, &stalls, &[Some("A1"), Some("A2"), Some("A3")]).await;
    let path = format!("/api/tickets/{}/resale", tickets[0].id);
    bobs.post(&path, &json!({"price": gbp(2000)})).await.expect(201).read::<TicketView>();

    let keeping = bob.banned("Touting");
    world.faults.crash_everywhere("tickets-bans");
    let id = world.bus.publish(UserFact::Banned, &keeping).await;
    world.bus.publish_as(id, UserFact::Banned, &keeping).await;
    world.bus.publish(UserFact::Banned, &keeping).await;
    eventually("it is told", || async { (!told(&world, &keeping).is_empty()).then_some(()) }).await;
    world.bus.settled("tickets-bans").await;

    let mut refusing = keeping.clone();
    refusing.version += 1;
    refusing.ban.as_mut().unwrap().tickets = contracts::auth::BannedTickets::Refuse;
    world.bus.publish(UserFact::Banned, &refusing).await;
    eventually("the new terms are told", || async { (told(&world, &keeping).len() == 2).then_some(()) })
        .await;
    assert_eq!(told(&world, &keeping), [(1, 1, 0, 1), (1, 1, 3, 2)]);
}

#[tokio::test]
async fn a_ban_that_its_end_overtook_is_answered_with_nothing() {
    let world = world().await;
    let ana = Person::new("Ana");
    world.register(&ana).await;
    let caller = world.caller(&ana);
    let show = published(&caller, "Jazz").await;
    listing(&caller, &show, &listing_body("Stalls")).await;
    let banned = ana.banned("Touting");
    let free = User { ban: None, version: banned.version + 1, ..banned.clone() };
    world.bus.publish(UserFact::Unbanned, &free).await;
    world.bus.publish(UserFact::Banned, &banned).await;
    eventually("it is told", || async { (told(&world, &banned) == [(0, 0, 0, 1)]).then_some(()) }).await;
}

#[tokio::test]
async fn an_older_word_about_a_ban_changes_no_figures() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    world.register(&bob).await;
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    buy(&world, &bob, &stalls, &[Some("A1"), Some("A2"), Some("A3")]).await;

    // New terms before the first ones: the door refuses three.
    let keeping = bob.banned("Touting");
    let mut refusing = User { version: keeping.version + 1, ..keeping.clone() };
    refusing.ban.as_mut().unwrap().tickets = contracts::auth::BannedTickets::Refuse;
    world.bus.publish(UserFact::Banned, &refusing).await;
    world.bus.settled("tickets-bans").await;
    world.bus.publish(UserFact::Banned, &keeping).await;
    world.bus.settled("tickets-bans").await;

    // The end of the next ban before its beginning: the door refuses none.
    let free = User { ban: None, version: refusing.version + 2, ..refusing.clone() };
    let mut next = bob.banned("Touting again");
    next.version = refusing.version + 1;
    next.ban.as_mut().unwrap().tickets = contracts::auth::BannedTickets::Refuse;
    world.bus.publish(UserFact::Unbanned, &free).await;
    world.bus.settled("tickets-bans").await;
    world.bus.publish(UserFact::Banned, &next).await;
    eventually("it is told", || async { (!told(&world, &next).is_empty()).then_some(()) }).await;
    assert_eq!(told(&world, &next), [(0, 0, 0, 1)]);
    // What is told in the order of commits is told by now.
    assert_eq!(told(&world, &refusing), [(0, 0, 3, 1)]);
}

#[tokio::test]
async fn every_act_of_a_seller_and_a_holder_is_fenced() {
    let world = world().await;
    let (ana, bob) = (Person::new("Ana"), Person::new("Bob"));
    world.register(&ana).await;
    let (anas, bobs) = (world.caller(&ana), world.caller(&bob));
    let (show, unseen) = (published(&anas, "Jazz").await, draft(&anas, "Blues").await);
    let stalls = listing(&anas, &show, &listing_body("Stalls")).await;
    let organised = published(&bobs, "Swing").await;
    let circle = listing(&bobs, &organised, &listing_body("Circle")).await;
    let ticket = buy(&world, &ana, &circle, &[Some("A1")]).await.remove(0);
    // The fact alone, without the revocation: the token is still believed.
    world.bus.publish(UserFact::Banned, &ana.banned("Touting")).await;
    world.bus.settled("tickets-bans").await;
    world.bus.settled("tickets-users").await;
    for (path, body) in [
        (format!("/api/shows/{}/publish", unseen.id), json!(null)),
        (format!("/api/shows/{}/listings", unseen.id), listing_body("Balcony")),
        (format!("/api/tickets/{}/resale", ticket.id), json!({"price": gbp(2000)})),
        (format!("/api/shows/{}/check-ins", show.id), json!({"code": ticket.code})),
    ] {
        anas.post(&path, &body).await.problem(ProblemCode::AccountSuspended);
    }
    let hidden = 2; // Its listing was hidden by the ban.
    let shown = anas.patch(&format!("/api/listings/{}", stalls.id), hidden, &json!({"hidden": false})).await;
    shown.problem(ProblemCode::AccountSuspended);
    let moved = anas.patch(&format!("/api/shows/{}", show.id), show.version, &json!({"title": "Free"})).await;
    moved.problem(ProblemCode::AccountSuspended);
}
