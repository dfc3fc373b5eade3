//! `GET /api/tickets/{id}`, `…/qr.svg`, `…/calendar.ics`

use crate::support::*;
use contracts::{ProblemCode, tickets::TicketView};
use testkit::Person;

#[tokio::test]
async fn the_holder_sees_code_drawing_and_calendar_and_nobody_else() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    let show = published(&ana, "Jazz, late; loud").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let bought = buy(&world, &bob, &stalls, &[Some("A1")]).await;
    let path = format!("/api/tickets/{}", bought[0].id);
    let caller = world.caller(&bob);
    let seen: TicketView = caller.get(&path).await.expect(200).read();
    assert_eq!(seen, bought[0]);
    assert!(seen.code.starts_with("T1."));

    let qr = caller.get(&format!("{path}/qr.svg")).await.expect(200);
    assert_eq!(qr.headers["content-type"], "image/svg+xml");
    assert_eq!(qr.headers["cache-control"], "private, no-store");
    assert!(qr.text.contains("<svg") && qr.text.contains("#ffffff") && qr.text.contains("#000000"));

    let calendar = caller.get(&format!("{path}/calendar.ics")).await.expect(200);
    assert_eq!(calendar.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(calendar.text.contains("SUMMARY:Jazz\\, late\\; loud\r\n"), "{}", calendar.text);
    assert!(calendar.text.contains(&format!("DTSTART:{}\r\n", show.starts_at.format("%Y%m%dT%H%M%SZ"))));

    for path in [path.clone(), format!("{path}/qr.svg"), format!("{path}/calendar.ics")] {
        ana.get(&path).await.problem(ProblemCode::NotFound);
        world.anybody().get(&path).await.problem(ProblemCode::Unauthenticated);
    }
    sqlx::query("UPDATE tickets SET state = 'void'").execute(&world.pool).await.unwrap();
    caller.get(&format!("{path}/qr.svg")).await.problem(ProblemCode::TicketNotValid);
    let calendar = caller.get(&format!("{path}/calendar.ics")).await.expect(200);
    assert!(calendar.text.contains("STATUS:CANCELLED\r\n"));
}
