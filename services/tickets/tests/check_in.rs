//! `POST /api/shows/{id}/check-ins`

use crate::support::*;
use contracts::{
    ProblemCode,
    auth::BannedTickets,
    shows::ShowView,
    tickets::{CheckInView, TicketState, TicketView},
};
use events::{
    auth::UserFact,
    tickets::{Ticket, TicketFact},
};
use serde_json::json;
use testkit::{Person, TestCaller, World};

struct Evening {
    world: World,
    ana: TestCaller,
    bob: Person,
    show: ShowView,
    tickets: Vec<TicketView>,
}

/// A show with three tickets sold to Bob.
async fn evening() -> Evening {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    world.register(&bob).await;
    world.bus.settled("tickets-users").await; // the door greets by name
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let tickets = buy(&world, &bob, &stalls, &[Some("A1"), Some("A2"), None]).await;
    Evening { world, ana, bob, show, tickets }
}

#[tokio::test]
async fn of_many_scans_exactly_one_wins() {
    let Evening { world, ana, bob, show, tickets } = evening().await;
    let path = format!("/api/shows/{}/check-ins", show.id);
    let (ticket, body) = (&tickets[0], json!({"code": tickets[0].code.to_lowercase()}));
    let answers = futures::future::join_all((0..12).map(|_| ana.post(&path, &body))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1);
    let admitted: CheckInView = won[0].read();
    assert_eq!((admitted.ticket_id, admitted.holder_name.as_str()), (ticket.id, "Bob"));
    assert_eq!(admitted.seat, ticket.seat);
    for answer in lost {
        let problem = answer.problem(ProblemCode::AlreadyUsed);
        assert_eq!(problem["used_at"], json!(admitted.checked_in_at));
    }
    let seen = crate::support::ticket(&world.caller(&bob), ticket.id).await;
    assert_eq!((seen.state, seen.checked_in_at), (TicketState::CheckedIn, Some(admitted.checked_in_at)));
    world.bus.wait_for::<Ticket>(TicketFact::CheckedIn, |it| it.id == ticket.id).await;
    let scans: Vec<(String, i64)> =
        sqlx::query_as("SELECT outcome, count(*) FROM check_ins GROUP BY outcome ORDER BY outcome")
            .fetch_all(&world.pool)
            .await
            .unwrap();
    assert_eq!(scans, [("admitted".to_owned(), 1), ("already_used".to_owned(), 11)]);
}

#[tokio::test]
async fn a_scan_whose_answer_was_lost_is_repeated_under_its_key() {
    let Evening { world, ana, show, tickets, .. } = evening().await;
    let path = format!("/api/shows/{}/check-ins", show.id);
    let body = json!({"code": tickets[0].code});
    let attempts = (0..4).map(|_| ana.post_with_key(&path, &body, "scan-1"));
    let answers = futures::future::join_all(attempts).await;
    let views: Vec<CheckInView> = answers.into_iter().map(|answer| answer.expect(200).read()).collect();
    assert!(views.windows(2).all(|pair| pair[0] == pair[1]));
    ana.post_with_key(&path, &body, "scan-2").await.problem(ProblemCode::AlreadyUsed);
    world.bus.wait_for::<Ticket>(TicketFact::CheckedIn, |it| it.id == tickets[0].id).await;
    assert_eq!(world.bus.all::<Ticket>(TicketFact::CheckedIn).len(), 1);
}

#[tokio::test]
async fn who_has_no_valid_ticket_for_this_show_stays_out() {
    let Evening { world, ana, bob, show, tickets } = evening().await;
    let path = format!("/api/shows/{}/check-ins", show.id);
    let body = json!({"code": tickets[0].code});
    world.caller(&bob).post(&path, &body).await.problem(ProblemCode::Forbidden);
    world.anybody().post(&path, &body).await.problem(ProblemCode::Unauthenticated);
    let mut forged = tickets[0].code.clone();
    let last = if forged.pop() == Some('0') { '1' } else { '0' };
    forged.push(last);
    for code in [forged.as_str(), "T1.0.0", "hello"] {
        ana.post(&path, &json!({"code": code})).await.problem(ProblemCode::NotFound);
    }
    let problem = ana.post(&path, &json!({"code": ""})).await.problem(ProblemCode::Invalid);
    assert_eq!(fields(&problem), ["code"]);
    let other = published(&ana, "Blues").await;
    let door = format!("/api/shows/{}/check-ins", other.id);
    ana.post(&door, &body).await.problem(ProblemCode::WrongShow);

    let resale = format!("/api/tickets/{}/resale", tickets[1].id);
    world.caller(&bob).post(&resale, &json!({"price": gbp(2000)})).await.expect(201).read::<TicketView>();
    ana.post(&path, &json!({"code": tickets[1].code})).await.problem(ProblemCode::TicketNotValid);

    let mut user = bob.banned("Touting");
    world.bus.publish(UserFact::Banned, &user).await;
    world.bus.settled("tickets-users").await;
    ana.post(&path, &json!({"code": tickets[2].code})).await.expect(200).read::<CheckInView>();
    user.version += 1;
    user.ban.as_mut().unwrap().tickets = BannedTickets::Refuse;
    world.bus.publish(UserFact::Changed, &user).await;
    world.bus.settled("tickets-users").await;
    ana.post(&path, &body).await.problem(ProblemCode::TicketNotValid);

    ana.post(&format!("/api/shows/{}/cancel", show.id), &json!(null)).await.expect(200).read::<ShowView>();
    ana.post(&path, &body).await.problem(ProblemCode::TicketNotValid);
}

#[tokio::test]
async fn an_admin_stands_in_at_the_door_of_a_show_that_is_known() {
    let Evening { world, ana, show, tickets, .. } = evening().await;
    let admin = world.caller(&Person::admin("Ada"));
    let body = json!({"code": tickets[0].code});
    let path = format!("/api/shows/{}/check-ins", show.id);
    let admitted: CheckInView = admin.post(&path, &body).await.expect(200).read();
    assert_eq!(admitted.ticket_id, tickets[0].id);
    ana.post(&path, &body).await.problem(ProblemCode::AlreadyUsed);
    let hidden = draft(&ana, "Blues").await;
    let path = format!("/api/shows/{}/check-ins", hidden.id);
    admin.post(&path, &body).await.problem(ProblemCode::NotFound);
}
