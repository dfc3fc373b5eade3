//! A buyer's pages: looking, holding, paying.

use crate::support::{Pages, problem, signed_in, token};
use axum::{
    Json, Router,
    http::{HeaderMap, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse},
    routing::{get, post},
};
use contracts::{Problem, ProblemCode};
use http::{StatusCode, header};
use serde_json::{Value, json};

const SHOW: &str = "0198f3a0-0000-7000-8000-0000000000aa";
const LISTING: &str = "0198f3a0-0000-7000-8000-0000000000b1";
const ORDER: &str = "0198f3a0-0000-7000-8000-0000000000c1";
const SELLER: &str = "0198f3a0-0000-7000-8000-000000000099";

fn cookies() -> String {
    format!("__Host-access={}", token(900, "user"))
}

fn venue() -> Value {
    json!({
        "name": "Harbour Rooms", "address": "12 Quay Street", "city": "Bristol", "country": "GB",
        "timezone": "Europe/London"
    })
}

fn summary() -> Value {
    json!({
        "id": SHOW, "title": "Night Ferry", "starts_at": "2030-11-20T19:30:00Z", "doors_at": "2030-11-20T18:30:00Z",
        "venue": venue(), "status": "published"
    })
}

fn listing(seats: &[&str]) -> Value {
    json!({
        "id": LISTING, "show_id": SHOW, "seller": { "id": SELLER, "name": "Ana" }, "kind": "primary", "name": "Stalls",
        "price": { "amount": 2200, "currency": "GBP" }, "fee": { "amount": 200, "currency": "GBP" },
        "quantity": 20, "seats": seats, "max_per_order": 8, "sale_starts_at": null, "sale_ends_at": null,
        "status": "on_sale", "version": 3, "stock": { "total": 20, "held": 2, "sold": 5, "free": 13 }
    })
}

fn show(status: &str, seats: &[&str]) -> Value {
    json!({
        "id": SHOW, "organiser": { "id": SELLER, "name": "Ana" }, "title": "Night Ferry", "description": "Strings.",
        "category": "music", "starts_at": "2030-11-20T19:30:00Z", "doors_at": "2030-11-20T18:30:00Z",
        "refund_until": "2030-11-20T19:30:00Z", "venue": venue(), "status": status, "hold_seconds": 900, "version": 7,
        "listings": [listing(seats)]
    })
}

fn order(status: &str, reason: Option<&str>, expires_at: &str) -> Value {
    json!({
        "id": ORDER, "show": summary(), "status": status, "cancel_reason": reason, "expires_at": expires_at,
        "hold_seconds": 900, "now": "2026-11-20T19:30:00Z", "total": { "amount": 4400, "currency": "GBP" },
        "fee": { "amount": 400, "currency": "GBP" }, "refunded": { "amount": 0, "currency": "GBP" },
        "payment_id": null, "created_at": "2026-11-20T19:20:00Z",
        "version": 1, "items": [{
            "listing_id": LISTING, "name": "Stalls", "quantity": 2, "seats": [],
            "unit_price": { "amount": 2200, "currency": "GBP" }, "unit_fee": { "amount": 200, "currency": "GBP" }
        }]
    })
}

fn held() -> Value {
    order("awaiting_payment", None, "2026-11-20T19:42:00Z")
}

fn none() -> Value {
    json!({ "items": [], "next_cursor": null })
}

/// Everything a buyer's pages ask for, besides what a test plays itself.
fn services() -> Router {
    Router::new()
        .route("/api/shows/{id}", get(async || Json(show("published", &[]))))
        .route("/api/orders/{id}", get(async || Json(held())))
        .route("/api/auth/session", get(async || Json(json!({ "user": null, "expires_at": null }))))
}

#[tokio::test]
async fn a_search_keeps_what_was_entered_and_says_what_makes_no_sense() {
    let services = Router::new().route("/api/shows", get(async || Json(none()))).route(
        "/api/shows/facets",
        get(async || Json(json!({ "cities": ["Bristol"], "categories": ["music"] }))),
    );
    let pages = Pages::with(services).await;
    let answer = pages.get("/?q=ferry&city=Bristol&category=music&from=2026-11-20", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    for part in [
        r#"value="ferry""#,
        r#"value="2026-11-20""#,
        "No show matches “ferry” in music in Bristol",
        "Everything that is on",
    ] {
        assert!(answer.html.contains(part), "{part}");
    }
    let answer = pages.get("/?from=soon", "").await;
    assert!(answer.html.contains("Enter a day") && answer.html.contains(r#"value="soon""#));
}

#[tokio::test]
async fn a_show_says_what_tickets_cost_and_how_many_are_free() {
    let answer = Pages::with(services()).await.get(&format!("/shows/{SHOW}"), "").await;
    assert_eq!(answer.status, StatusCode::OK);
    for part in ["£22.00", "incl. £2.00 fee", "Wed 20 Nov, 19:30", "Harbour Rooms", "13 of 20 free"] {
        assert!(answer.html.contains(part), "{part}");
    }
}

#[tokio::test]
async fn seats_are_checkboxes_in_rows() {
    let services =
        Router::new().route("/api/shows/{id}", get(async || Json(show("published", &["A1", "A2", "B1"]))));
    let answer = Pages::with(services).await.get(&format!("/shows/{SHOW}"), "").await;
    assert_eq!(answer.html.matches(r#"type="checkbox""#).count(), 3);
    assert!(answer.html.contains("Row A, seat 2, £22.00"));
}

#[tokio::test]
async fn a_cancelled_show_sells_nothing() {
    let services = Router::new().route("/api/shows/{id}", get(async || Json(show("cancelled", &[]))));
    let answer = Pages::with(services).await.get(&format!("/shows/{SHOW}"), "").await;
    assert!(answer.html.contains("This show was cancelled") && !answer.html.contains(r#"name="listing""#));
}

#[tokio::test]
async fn whoever_is_not_signed_in_takes_the_choice_along_and_has_it_held_by_signing_in() {
    let place = async |headers: HeaderMap, Json(request): Json<Value>| {
        // The new session's, not the visitor's.
        assert_eq!(headers[header::AUTHORIZATION], "Bearer fresh");
        assert_eq!(request["items"][0], json!({ "listing_id": LISTING, "quantity": 2, "seats": null }));
        (StatusCode::CREATED, Json(held()))
    };
    let sign_in = async || {
        (AppendHeaders([(SET_COOKIE, "__Host-access=fresh; Path=/; Secure")]), Json(signed_in()))
            .into_response()
    };
    let services = services().route("/api/orders", post(place)).route("/api/auth/signin", post(sign_in));
    let pages = Pages::with(services).await;

    let form = format!("form=hold&listing={LISTING}&quantity.{LISTING}=2");
    let answer = pages.post(&format!("/shows/{SHOW}"), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let to_sign_in = answer.location().to_owned();
    let page = pages.get(&to_sign_in, "").await;
    assert!(page.html.contains("your 2 tickets are held for you"));

    let next = to_sign_in.split_once("next=").unwrap().1;
    let form = format!("form=sign-in&email=ana%40example.com&password=correct+horse+battery&next={next}");
    let answer = pages.post("/signin", &form).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, format!("/orders/{ORDER}").as_str())
    );
    assert_eq!(answer.cookies(), ["__Host-access=fresh; Path=/; Secure"]);
}

#[tokio::test]
async fn whoever_may_be_signed_in_is_not_sent_to_sign_in_while_auth_is_away() {
    let pages = Pages::with(services()).await;
    let form = format!("form=hold&listing={LISTING}&quantity.{LISTING}=3");
    let answer = pages.post_as(&format!("/shows/{SHOW}"), "__Host-refresh=old", &form).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.html.contains("did not answer") && answer.html.contains(r#"value="3""#));
    assert!(answer.cookies().is_empty());
}

#[tokio::test]
async fn what_could_not_be_held_after_signing_in_is_said_with_the_choice_kept() {
    let sign_in = async || {
        (AppendHeaders([(SET_COOKIE, "__Host-access=fresh; Path=/; Secure")]), Json(signed_in()))
            .into_response()
    };
    let services = services()
        .route("/api/orders", post(async || problem(ProblemCode::SoldOut)))
        .route("/api/auth/signin", post(sign_in));
    let pages = Pages::with(services).await;
    let next = format!("%2Fshows%2F{SHOW}%3Flisting%3D{LISTING}%26quantity%3D5");
    let form = format!("form=sign-in&email=ana%40example.com&password=correct+horse+battery&next={next}");
    let answer = pages.post("/signin", &form).await;
    let page = pages.get(answer.location(), "").await;
    assert!(page.html.contains("Somebody was faster") && page.html.contains(r#"value="5""#));
}

#[tokio::test]
async fn what_is_left_is_said_at_the_number_which_stays() {
    let sold_out = async || {
        let left = json!([{ "listing_id": LISTING, "left": 1 }]);
        (StatusCode::CONFLICT, Json(Problem::new(ProblemCode::SoldOut).fact("left", left)))
    };
    let pages = Pages::with(services().route("/api/orders", post(sold_out).get(async || Json(none())))).await;
    let form = format!("form=hold&listing={LISTING}&quantity.{LISTING}=3");
    let answer = pages.post_as(&format!("/shows/{SHOW}"), &cookies(), &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("Only 1 ticket is left: choose fewer"));
    assert!(answer.html.contains(&format!(r#"id="hold-quantity-{LISTING}-error""#)));
    assert!(answer.html.contains(r#"value="3""#));
}

#[tokio::test]
async fn seats_that_are_taken_cannot_be_chosen_and_those_just_lost_are_named() {
    let seats = || {
        let mut show = show("published", &["A1", "A2", "B1"]);
        show["listings"][0]["taken_seats"] = json!(["B1"]);
        show
    };
    let stock = json!({
        "show_id": SHOW, "listings": [{
            "listing_id": LISTING, "stock": { "total": 3, "held": 2, "sold": 0, "free": 1 }, "taken_seats": ["A2", "B1"]
        }]
    });
    let services = Router::new()
        .route("/api/shows/{id}", get(async move || Json(seats())))
        .route("/api/shows/{id}/availability", get(async move || Json(stock)))
        .route("/api/orders", post(async || problem(ProblemCode::SoldOut)).get(async || Json(none())));
    let pages = Pages::with(services).await;
    let page = pages.get(&format!("/shows/{SHOW}"), "").await;
    let taken: Vec<_> = page.html.split('<').filter(|tag| tag.contains(" disabled")).collect();
    assert!(matches!(taken[..], [seat] if seat.contains("Row B, seat 1, taken")), "{taken:?}");
    let form = format!("form=hold&seated=on&listing={LISTING}&seats.{LISTING}=A1&seats.{LISTING}=A2");
    let answer = pages.post_as(&format!("/shows/{SHOW}"), &cookies(), &form).await;
    assert!(answer.html.contains("Seat A2 has just gone. Choose another"), "{}", answer.html);
}

#[tokio::test]
async fn a_hold_that_exists_is_a_choice() {
    let exists = async || problem(ProblemCode::HoldExists);
    let holds = async || Json(json!({ "items": [held()], "next_cursor": null }));
    let pages = Pages::with(services().route("/api/orders", post(exists).get(holds))).await;
    let form = format!("form=hold&listing={LISTING}&quantity.{LISTING}=1");
    let answer = pages.post_as(&format!("/shows/{SHOW}"), &cookies(), &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "You hold 2 tickets until 19:42 London time",
        "Go to checkout",
        r#"value="extend""#,
        r#"value="replace""#,
    ] {
        assert!(answer.html.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_declined_card_keeps_the_hold_and_the_next_try_has_a_key_of_its_own() {
    let payments = post(async || problem(ProblemCode::CardDeclined)).get(async || Json(none()));
    let pages = Pages::with(services().route("/api/payments", payments)).await;
    let form = "form=pay&idempotency_key=0123456789&method=pm_card_chargeDeclined";
    let answer = pages.post_as(&format!("/orders/{ORDER}"), &cookies(), form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.html.contains("Nothing was charged. Your 2 tickets are still held until 19:42 London time.")
    );
    assert!(answer.html.contains("Pay £44.00") && !answer.html.contains("0123456789"));
}

#[tokio::test]
async fn a_declined_card_promises_no_hold_that_has_ended() {
    let late = async || Json(order("awaiting_payment", None, "2026-11-20T19:29:00Z"));
    let payments = post(async || problem(ProblemCode::CardDeclined)).get(async || Json(none()));
    let services = Router::new().route("/api/orders/{id}", get(late)).route("/api/payments", payments);
    let answer = Pages::with(services)
        .await
        .post_as(&format!("/orders/{ORDER}"), &cookies(), "form=pay&method=x")
        .await;
    assert!(!answer.html.contains("still held") && answer.html.contains("Time ran out"), "{}", answer.html);
}

#[tokio::test]
async fn a_challenge_is_put_to_the_buyer() {
    let payment = json!({
        "id": "0198f3a0-0000-7000-8000-0000000000d1", "order_id": ORDER, "status": "requires_action",
        "amount": { "amount": 4400, "currency": "GBP" }, "refunded": { "amount": 0, "currency": "GBP" },
        "next_action": { "type": "challenge", "url": null }, "created_at": "2026-11-20T19:30:00Z"
    });
    let payments = get(async move || Json(json!({ "items": [payment], "next_cursor": null })));
    let pages = Pages::with(services().route("/api/payments", payments)).await;
    let answer = pages.get(&format!("/orders/{ORDER}"), &cookies()).await;
    for part in ["Your bank asks whether it is you", "Approve", "Refuse"] {
        assert!(answer.html.contains(part), "{part}");
    }
}

#[tokio::test]
async fn every_end_of_an_order_has_its_words() {
    let over = "2026-11-20T19:00:00Z";
    for (status, reason, words) in [
        ("awaiting_payment", None, "Time ran out, and the tickets went back on sale"),
        ("cancelled", Some("expired"), "Hold 2 tickets again"),
        ("cancelled", Some("buyer"), "You let these tickets go"),
        ("cancelled", Some("banned"), "This order was ended"),
        ("cancelled", Some("show_cancelled"), "The show was cancelled"),
        ("cancelled", Some("payment_failed"), "Your bank did not pay"),
        ("refunded", None, "Your money is on its way back"),
        ("confirming", None, "Confirming your payment"),
        ("complete", None, "Your tickets are being issued"),
    ] {
        let services = Router::new()
            .route("/api/orders/{id}", get(async move || Json(order(status, reason, over))))
            .route("/api/payments", get(async || Json(none())))
            .route("/api/tickets", get(async || Json(none())));
        let answer = Pages::with(services).await.get(&format!("/orders/{ORDER}"), &cookies()).await;
        assert_eq!(answer.status, StatusCode::OK, "{status} {reason:?}");
        assert!(answer.html.contains(words), "{status} {reason:?}: {words}");
    }
}
