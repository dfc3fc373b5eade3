//! `POST /api/shows/{id}/listings`

use crate::support::*;
use contracts::{
    ProblemCode,
    listings::{LISTINGS_MAX, ListingKind, ListingStatus, ListingView},
    shows::{ShowView, Stock},
};
use events::tickets::{Listing, ListingFact};
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn the_fee_is_added_and_the_listing_is_on_sale() {
    let world = world().await;
    let ana = Person::new("Ana");
    world.register(&ana).await;
    world.bus.settled("tickets-users").await;
    let caller = world.caller(&ana);
    let show = published(&caller, "Jazz").await;
    let mut body = listing_body(" Stalls ");
    body["price"]["amount"] = json!(1845);
    let made = listing(&caller, &show, &body).await;
    assert_eq!((made.name.as_str(), made.seller.name.as_str()), ("Stalls", "Ana"));
    assert_eq!((made.price, made.fee), (gbp(2030), gbp(185)));
    assert_eq!((made.kind, made.status, made.version), (ListingKind::Primary, ListingStatus::OnSale, 1));
    assert_eq!(made.stock, Stock { total: 100, held: 0, sold: 0, free: 100 });
    let event = world.bus.wait_for::<Listing>(ListingFact::Published, |it| it.id == made.id).await;
    assert_eq!((event.state.price, event.state.quantity), (gbp(2030), 100));
    let seen: ShowView = world.anybody().get(&format!("/api/shows/{}", show.id)).await.expect(200).read();
    assert_eq!(seen.listings, [made]);
}

#[tokio::test]
async fn seats_make_a_seated_listing() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let seated = json!({
        "name": "Stalls", "price": {"amount": 0, "currency": "JPY"}, "seats": ["A1", " A2 "], "max_per_order": 2
    });
    let made = listing(&ana, &show, &seated).await;
    assert_eq!((made.quantity, made.seats.join(",")), (2, "A1,A2".to_owned()));
    assert_eq!(made.fee.amount, 0);
    for seats in [json!([]), json!(["A1", "A1 "]), json!([""]), json!(["A\u{0}"])] {
        let mut body = seated.clone();
        body["seats"] = seats;
        let problem = ana.post(&format!("/api/shows/{}/listings", show.id), &body).await;
        assert_eq!(problem.problem(ProblemCode::Invalid)["errors"][0]["field"], "seats");
    }
}

#[tokio::test]
async fn only_the_organiser_sells_in_one_currency_and_not_after_the_end() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), world.caller(&Person::new("Bob")));
    let (show, hidden) = (published(&ana, "Jazz").await, draft(&ana, "Blues").await);
    let path = format!("/api/shows/{}/listings", show.id);
    bob.post(&path, &listing_body("Stalls")).await.problem(ProblemCode::Forbidden);
    let draft_path = format!("/api/shows/{}/listings", hidden.id);
    bob.post(&draft_path, &listing_body("Stalls")).await.problem(ProblemCode::NotFound);
    world.anybody().post(&path, &listing_body("Stalls")).await.problem(ProblemCode::Unauthenticated);
    let bad = json!({"name": "", "price": {"amount": -1, "currency": "GBP"}, "max_per_order": 0});
    let problem = ana.post(&path, &bad).await.problem(ProblemCode::Invalid);
    assert_eq!(fields(&problem), ["name", "price", "quantity", "max_per_order"]);
    let mut ages = listing_body("Stalls");
    ages["sale_starts_at"] = json!("-005000-01-01T00:00:00Z");
    ages["sale_ends_at"] = json!("+009999-01-01T00:00:00Z");
    let problem = ana.post(&path, &ages).await.problem(ProblemCode::Invalid);
    assert_eq!(fields(&problem), ["sale_starts_at", "sale_ends_at"]);

    // Two first listings at the same time agree on one currency.
    let mut euros = listing_body("Circle");
    euros["price"]["currency"] = json!("EUR");
    let pounds = listing_body("Stalls");
    let (one, two) = futures::join!(ana.post(&path, &pounds), ana.post(&path, &euros));
    let refused = if one.status == 201 { two } else { one };
    let problem = refused.problem(ProblemCode::Invalid);
    assert_eq!(fields(&problem), ["price.currency"]);

    ana.post(&format!("/api/shows/{}/cancel", show.id), &json!(null)).await.expect(200).read::<ShowView>();
    ana.post(&path, &listing_body("Stalls")).await.problem(ProblemCode::StateConflict);
}

#[tokio::test]
async fn the_same_key_gives_the_same_listing() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let path = format!("/api/shows/{}/listings", show.id);
    let body = listing_body("Stalls");
    let attempts = (0..5).map(|_| ana.post_with_key(&path, &body, "key"));
    let made: Vec<ListingView> =
        futures::future::join_all(attempts).await.into_iter().map(|it| it.expect(201).read()).collect();
    assert!(made.windows(2).all(|pair| pair[0] == pair[1]));
    let other = published(&ana, "Blues").await;
    let path = format!("/api/shows/{}/listings", other.id);
    ana.post_with_key(&path, &body, "key").await.problem(ProblemCode::IdempotencyKeyReused);
}

#[tokio::test]
async fn a_show_has_fifty_listings_at_most() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let first = listing(&ana, &show, &listing_body("Stalls")).await;
    sqlx::query(
        r"
        INSERT INTO listings (
            id, show_id, seller, kind, name, price_amount, fee_amount, currency, quantity, seats, max_per_order,
            announced, version
        )
        SELECT uuidv7(), show_id, seller, kind, name, price_amount, fee_amount, currency, quantity, seats,
            max_per_order, announced, version
        FROM listings CROSS JOIN generate_series(2, $1)
        ",
    )
    .bind(i32::try_from(LISTINGS_MAX).unwrap())
    .execute(&world.pool)
    .await
    .unwrap();
    let path = format!("/api/shows/{}/listings", show.id);
    let full = ana.post(&path, &listing_body("Circle")).await.problem(ProblemCode::StateConflict);
    assert_eq!(full["detail"], format!("A show has at most {LISTINGS_MAX} listings: withdraw one first."));
    // What has ended makes room.
    ana.delete(&format!("/api/listings/{}", first.id)).await.expect(200).read::<ListingView>();
    ana.post(&path, &listing_body("Circle")).await.expect(201).read::<ListingView>();
}
