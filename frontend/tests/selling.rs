//! A seller's pages and the door.

use crate::support::{Pages, problem, token};
use axum::{
    Json, Router,
    http::HeaderMap,
    routing::{get, patch, post},
};
use contracts::{Problem, ProblemCode};
use http::StatusCode;
use serde_json::{Value, json};

const SELLER: &str = "0198f3a0-0000-7000-8000-000000000001";
const SHOW: &str = "0198f3a0-0000-7000-8000-0000000000aa";

fn cookies() -> String {
    format!("__Host-access={}", token(900, "user"))
}

fn listing() -> Value {
    json!({
        "id": "0198f3a0-0000-7000-8000-0000000000b1", "show_id": SHOW,
        "seller": { "id": SELLER, "name": "Ana" }, "kind": "primary", "name": "Stalls",
        "price": { "amount": 2200, "currency": "GBP" }, "fee": { "amount": 200, "currency": "GBP" },
        "quantity": 20, "seats": [], "max_per_order": 8, "sale_starts_at": null, "sale_ends_at": null,
        "status": "on_sale", "version": 3, "stock": { "total": 20, "held": 2, "sold": 5, "free": 13 }
    })
}

fn show(organiser: &str, status: &str) -> Value {
    json!({
        "id": SHOW, "organiser": { "id": organiser, "name": "Ana" }, "title": "Night Ferry", "description": "Strings.",
        "category": "music", "starts_at": "2030-11-20T19:30:12Z", "doors_at": "2030-11-20T18:30:00Z",
        "refund_until": "2030-11-20T19:30:00Z", "venue": venue(), "status": status, "hold_seconds": 900, "version": 7,
        "listings": [listing()]
    })
}

fn venue() -> Value {
    json!({
        "name": "Harbour Rooms", "address": "12 Quay Street", "city": "Bristol", "country": "GB",
        "timezone": "Europe/London"
    })
}

fn orders() -> Value {
    json!({
        "items": [{
            "id": "0198f3a0-0000-7000-8000-0000000000c1", "buyer_name": "Priya Raman", "status": "complete",
            "cancel_reason": null, "total": { "amount": 4400, "currency": "GBP" },
            "net": { "amount": 4000, "currency": "GBP" }, "refunded": { "amount": 400, "currency": "GBP" },
            "payment_id": "0198f3a0-0000-7000-8000-0000000000d1",
            "created_at": "2026-11-20T19:30:00Z", "items": [{
                "listing_id": "0198f3a0-0000-7000-8000-0000000000b1", "name": "Stalls", "quantity": 2, "seats": [],
                "unit_price": { "amount": 2200, "currency": "GBP" }, "unit_fee": { "amount": 200, "currency": "GBP" }
            }]
        }],
        "next_cursor": null, "takings": [{ "amount": 4000, "currency": "GBP" }]
    })
}

fn services(organiser: &'static str, status: &'static str) -> Router {
    let card = json!({
        "items": [{
            "id": SHOW, "title": "Night Ferry", "category": "music", "starts_at": "2030-11-20T19:30:00Z",
            "venue": venue(), "status": status, "from_price": null,
            "stock": { "total": 20, "held": 2, "sold": 5, "free": 13 }
        }],
        "next_cursor": null
    });
    Router::new()
        .route("/api/shows", get(async move || Json(card)))
        .route("/api/shows/{id}", get(async move || Json(show(organiser, status))))
        .route("/api/shows/{id}/orders", get(async || Json(orders())))
}

#[tokio::test]
async fn what_comes_next_is_listed_first_and_what_is_over_apart() {
    use axum::extract::RawQuery;
    let none = || Json(json!({ "items": [], "next_cursor": null }));
    let asked = |wanted: &'static str, unwanted: &'static str| {
        get(async move |RawQuery(query): RawQuery| {
            let query = query.unwrap();
            assert!(!query.contains(unwanted), "{query}");
            // Where nothing is listed, one of any day is asked for.
            assert!(query.contains(wanted) || query == "limit=1&organiser=mine", "{query}");
            none()
        })
    };
    for (path, wanted, unwanted) in [("/sell", "from=", "to="), ("/sell?when=past", "to=", "from=")] {
        let services = Router::new().route("/api/shows", asked(wanted, unwanted));
        let answer = Pages::with(services).await.get(path, &cookies()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.html.contains("You have not listed a show yet"), "{path}");
    }
    let answer = Pages::with(services(SELLER, "published")).await.get("/sell?when=past", &cookies()).await;
    assert!(answer.html.contains("Coming up") && answer.html.contains("Night Ferry"));
}

#[tokio::test]
async fn the_dashboard_shows_what_is_sold_and_taken() {
    let answer = Pages::with(services(SELLER, "published")).await.get("/sell", &cookies()).await;
    assert_eq!(answer.status, StatusCode::OK);
    for part in ["Night Ferry", "£40.00", "5 sold", "List a show", &format!("/sell/shows/{SHOW}/door")] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn a_show_of_ones_own_is_shown_and_anothers_is_not_there() {
    let path = format!("/sell/shows/{SHOW}");
    let answer = Pages::with(services(SELLER, "published")).await.get(&path, &cookies()).await;
    assert_eq!(answer.status, StatusCode::OK);
    for part in
        ["Priya Raman", "2 × Stalls", "?refund=", "£20.00", "£22.00", r#"value="Harbour Rooms""#, "19:30"]
    {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
    for path in [path.clone(), format!("{path}/door")] {
        let other = services("0198f3a0-0000-7000-8000-000000000009", "published");
        let answer = Pages::with(other).await.get(&path, &cookies()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn each_question_has_a_page_without_javascript() {
    let pages = Pages::with(services(SELLER, "published")).await;
    for (query, words) in [
        ("cancel=ask", "The moment you press the button"),
        ("refund=0198f3a0-0000-7000-8000-0000000000c1", "Refund £40.00 to Priya Raman?"),
        ("listing=0198f3a0-0000-7000-8000-0000000000b1", "Change “Stalls”"),
        ("delete=0198f3a0-0000-7000-8000-0000000000b1", "Delete “Stalls”?"),
    ] {
        let answer = pages.get(&format!("/sell/shows/{SHOW}?{query}"), &cookies()).await;
        assert!(answer.html.contains(words), "{words} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn everything_wrong_with_a_new_show_is_said_at_once() {
    let form = "form=new-show&title=&venue.name=Hall&date=soon&time=&hold_minutes=900&category=music";
    let answer = Pages::with(Router::new()).await.post_as("/sell/shows/new", &cookies(), form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "Enter a title",
        "Choose the day of the show",
        "Enter a time, such as 19:30",
        "Enter a number of minutes from 5 to 60",
        "Choose the venue’s time zone",
        r#"value="Hall""#,
    ] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

const DETAILS: &str = "form=save&version=6&title=Night+Ferry+Trio&category=music&date=2030-11-20&time=19%3A30\
    &hold_minutes=15&hold_was=15&venue.name=Harbour+Rooms&venue.address=12+Quay+Street&venue.city=Bristol&venue.country=GB\
    &venue.timezone=Europe%2FLondon&start_was=2030-11-20+19%3A30+Europe%2FLondon&description=Strings.";

const TIMES_LEFT_ALONE: &str = "&doors=2030-11-20T18%3A30&doors_was=2030-11-20T18%3A30+Europe%2FLondon\
    &refunds=2030-11-20T19%3A30&refunds_was=2030-11-20T19%3A30+Europe%2FLondon";

#[tokio::test]
async fn somebody_elses_change_is_shown_and_not_overwritten_unseen() {
    let conflict = patch(async || problem(ProblemCode::VersionConflict));
    let services = services(SELLER, "draft").route("/api/shows/{id}", conflict);
    let pages = Pages::with(services).await;
    let answer = pages.post_as(&format!("/sell/shows/{SHOW}"), &cookies(), DETAILS).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        r#"value="Night Ferry Trio""#,
        "Saved now",
        "<td data-l=\"Saved now\">Night Ferry</td>",
        r#"name="version" value="7""#,
    ] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn a_start_that_was_left_alone_is_not_sent() {
    let saved = patch(async |headers: HeaderMap, Json(body): Json<Value>| {
        assert_eq!(headers["if-match"], "\"6\"");
        assert!(body["starts_at"].is_null() && body["title"] == "Night Ferry Trio", "{body}");
        // A hold of 930 seconds is shown as 15 minutes.
        assert!(body["hold_seconds"].is_null(), "{body}");
        assert!(body["doors_at"].is_null() && body["refund_until"].is_null(), "{body}");
        Json(show(SELLER, "draft"))
    });
    let services = services(SELLER, "draft").route("/api/shows/{id}", saved);
    let form = format!("{DETAILS}{TIMES_LEFT_ALONE}");
    let answer = Pages::with(services).await.post_as(&format!("/sell/shows/{SHOW}"), &cookies(), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
}

#[tokio::test]
async fn a_show_that_moves_to_an_earlier_hour_takes_its_doors_along() {
    let saved = patch(async |Json(body): Json<Value>| {
        assert_eq!(body["starts_at"], "2030-11-20T18:00:00Z", "{body}");
        assert!(body["doors_at"].is_null() && body["refund_until"].is_null(), "{body}");
        Json(show(SELLER, "draft"))
    });
    let services = services(SELLER, "draft").route("/api/shows/{id}", saved);
    let form = format!("{DETAILS}{TIMES_LEFT_ALONE}").replace("&time=19%3A30", "&time=18%3A00");
    let answer = Pages::with(services).await.post_as(&format!("/sell/shows/{SHOW}"), &cookies(), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
}

#[tokio::test]
async fn doors_and_refunds_are_set_or_go_back_to_what_is_usual() {
    let saved = patch(async |Json(body): Json<Value>| {
        assert_eq!(body["doors_at"], "2030-11-20T18:00:00Z", "{body}");
        assert_eq!(body["refund_until"], "2030-11-20T19:30:00Z", "{body}");
        Json(show(SELLER, "draft"))
    });
    let pages = Pages::with(services(SELLER, "draft").route("/api/shows/{id}", saved)).await;
    let path = format!("/sell/shows/{SHOW}");
    let form = format!(
        "{DETAILS}&doors=2030-11-20T18%3A00&doors_was=2030-11-20T18%3A30+Europe%2FLondon\
         &refunds=&refunds_was=2030-11-18T12%3A00+Europe%2FLondon"
    );
    let answer = pages.post_as(&path, &cookies(), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let answer = pages.post_as(&path, &cookies(), &format!("{DETAILS}&doors=late")).await;
    assert!(
        answer.html.contains("Enter a day and a time") && answer.html.contains(r#"id="save-doors-error""#)
    );
}

#[tokio::test]
async fn a_sale_begins_and_ends_at_the_venues_time() {
    let changed = patch(async |Json(body): Json<Value>| {
        assert_eq!(body["sale_starts_at"], "2030-07-01T09:00:00Z", "{body}");
        assert!(body.get("sale_ends_at").is_some_and(Value::is_null), "emptied, not left alone: {body}");
        Json(listing())
    });
    let added = post(async |Json(body): Json<Value>| {
        assert_eq!(body["sale_ends_at"], "2030-11-20T12:00:00Z", "{body}");
        (StatusCode::CREATED, Json(listing()))
    });
    let services = services(SELLER, "draft")
        .route("/api/listings/{id}", changed)
        .route("/api/shows/{id}/listings", added);
    let pages = Pages::with(services).await;
    let path = format!("/sell/shows/{SHOW}");
    let form = "form=edit-tickets&listing=0198f3a0-0000-7000-8000-0000000000b1&version=3&currency=GBP&name=Stalls\
        &price=20.00&quantity=20&max_per_order=8&zone=Europe%2FLondon&sale_starts_at=2030-07-01T10%3A00\
        &from_was=+Europe%2FLondon&sale_ends_at=&until_was=2030-11-20T12%3A00+Europe%2FLondon";
    assert_eq!(pages.post_as(&path, &cookies(), form).await.status, StatusCode::SEE_OTHER);
    let form = "form=add-tickets&name=Stalls&price=18.5&currency=GBP&quantity=20&max_per_order=4&seats=\
        &zone=Europe%2FLondon&sale_starts_at=&sale_ends_at=2030-11-20T12%3A00";
    assert_eq!(pages.post_as(&path, &cookies(), form).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn all_that_is_left_or_a_part_of_it_goes_back() {
    let asked = post(async |Json(body): Json<Value>| {
        let part = json!({ "amount": 1000, "currency": "GBP" });
        let expected = if body["reason"] == "a part" { part } else { Value::Null };
        assert_eq!(body["amount"], expected, "{body}");
        let refund = json!({
            "id": SHOW, "payment_id": SHOW, "amount": { "amount": 1000, "currency": "GBP" }, "status": "pending",
            "reason": body["reason"], "created_at": "2026-11-20T19:30:00Z"
        });
        (StatusCode::CREATED, Json(refund))
    });
    let pages = Pages::with(services(SELLER, "published").route("/api/payments/{id}/refunds", asked)).await;
    let path = format!("/sell/shows/{SHOW}");
    for (amount, reason) in [("40.00", "all"), ("10", "a+part")] {
        let form = format!(
            "form=refund-order&payment={SHOW}&currency=GBP&left=40.00&amount={amount}&reason={reason}"
        );
        let answer = pages.post_as(&path, &cookies(), &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    }
    let answer = pages.get(&path, &cookies()).await;
    assert!(answer.html.contains("£4.00 went back"));
}

#[tokio::test]
async fn tickets_are_added_by_number_or_by_seat() {
    let added = post(async |Json(body): Json<Value>| {
        assert_eq!(body["seats"], json!(["A1", "A2", "A3"]), "{body}");
        assert_eq!(body["price"], json!({ "amount": 1850, "currency": "GBP" }));
        (StatusCode::CREATED, Json(listing()))
    });
    let pages = Pages::with(services(SELLER, "draft").route("/api/shows/{id}/listings", added)).await;
    let path = format!("/sell/shows/{SHOW}");
    let form = "form=add-tickets&name=Stalls&price=18.5&currency=GBP&quantity=&max_per_order=4&seats=A1-A3";
    assert_eq!(pages.post_as(&path, &cookies(), form).await.status, StatusCode::SEE_OTHER);
    let form = "form=add-tickets&name=&price=tbc&currency=GBP&quantity=&max_per_order=4&seats=";
    let answer = pages.post_as(&path, &cookies(), form).await;
    for part in ["Enter a name, such as Stalls", "such as 18.00", "or name the seats", r#"value="tbc""#] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

type Played = fn() -> (StatusCode, Json<Value>);

fn door(answer: Played) -> Router {
    services(SELLER, "published").route("/api/shows/{id}/check-ins", post(async move || answer()))
}

fn refused(problem: Problem) -> (StatusCode, Json<Value>) {
    (StatusCode::CONFLICT, Json(serde_json::to_value(problem).unwrap()))
}

#[tokio::test]
async fn the_door_says_in_large_words_who_may_come_in() {
    let path = format!("/sell/shows/{SHOW}/door");
    let admitted = || {
        let view = json!({
            "ticket_id": "0198f3a0-0000-7000-8000-0000000000e1", "holder_name": "Priya Raman",
            "listing_name": "Stalls", "seat": "A4", "checked_in_at": "2030-11-20T18:58:00Z"
        });
        (StatusCode::OK, Json(view))
    };
    let used = || refused(Problem::new(ProblemCode::AlreadyUsed).fact("used_at", "2030-11-20T18:58:00Z"));
    let other = || refused(Problem::new(ProblemCode::WrongShow));
    let unknown =
        || (StatusCode::NOT_FOUND, Json(serde_json::to_value(Problem::new(ProblemCode::NotFound)).unwrap()));
    let answers: [(Played, &str, &str); 4] = [
        (admitted, "Let in", "Priya Raman: Stalls, A4"),
        (used, "Already in", "Used at 18:58:00"),
        (other, "Wrong show", "for another show"),
        (unknown, "No ticket", "Not a code of ours"),
    ];
    for (answer, word, words) in answers {
        let form = "form=check-in&code=T1.ABC&scan=2030-11-20T18%3A00%3A00Z%7Cadmitted%7C%7CTolu+Abiodun";
        let answer = Pages::with(door(answer)).await.post_as(&path, &cookies(), form).await;
        assert_eq!(answer.status, StatusCode::OK, "{word}");
        for part in [word, words, "Tolu Abiodun", "autofocus", r#"data-theme="dark""#] {
            assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
        }
        assert!(!answer.html.contains("T1.ABC"), "the code is shown again");
    }
}

#[tokio::test]
async fn an_empty_or_unchecked_code_is_no_verdict() {
    let path = format!("/sell/shows/{SHOW}/door");
    let pages = Pages::with(services(SELLER, "published")).await;
    let empty = pages.post_as(&path, &cookies(), "form=check-in&code=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.html.contains("Scan a ticket, or type its code"));
    let away = services(SELLER, "published")
        .route("/api/shows/{id}/check-ins", post(async || problem(ProblemCode::Unavailable)));
    let answer = Pages::with(away).await.post_as(&path, &cookies(), "form=check-in&code=T1.ABC").await;
    assert!(answer.html.contains("Not checked"), "{}", answer.html);
}
