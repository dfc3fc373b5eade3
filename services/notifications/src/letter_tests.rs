use super::*;
use chrono::{TimeZone, Utc};
use contracts::{Currency, Money, orders::OrderStatus, shows::Venue};
use events::orders::{OrderItem, OrderUnit};

fn reader() -> Reader {
    Reader { email: "priya@example.org".to_owned(), name: "Priya <b>Raman</b>".to_owned() }
}

fn show() -> ShowCopy {
    let at = |hour, minute| Utc.with_ymd_and_hms(2026, 7, 10, hour, minute, 0).unwrap();
    ShowCopy {
        title: "Night Ferry & Friends".to_owned(),
        starts_at: at(23, 30),
        doors_at: at(22, 45),
        refund_until: Utc.with_ymd_and_hms(2026, 7, 8, 16, 0, 0).unwrap(),
        venue: Venue {
            name: "Tobacco Wharf Hall".to_owned(),
            address: "1 Wapping Lane".to_owned(),
            city: "London".to_owned(),
            country: "GB".to_owned(),
            timezone: "Europe/London".to_owned(),
        },
        status: "published".to_owned(),
    }
}

fn order() -> Order {
    let gbp = |amount| Money::new(amount, Currency::GBP);
    Order {
        id: service::new_id(),
        buyer: service::new_id(),
        show: service::new_id(),
        items: vec![OrderItem {
            listing: service::new_id(),
            listing_name: "Standing".to_owned(),
            seller: service::new_id(),
            unit_price: gbp(2420),
            unit_fee: gbp(220),
            units: (0..2).map(|_| OrderUnit { unit: service::new_id(), seat: None }).collect(),
            resale_of: None,
            resale_order: None,
        }],
        total: gbp(4840),
        fee: gbp(440),
        status: OrderStatus::Complete,
        cancel_reason: None,
        expires_at: chrono::DateTime::UNIX_EPOCH,
        payment: None,
        refused_payment: None,
        refunded: None,
        placed_at: chrono::DateTime::UNIX_EPOCH,
        version: 3,
    }
}

fn tickets() -> Vec<TicketCopy> {
    [None, Some("B12".to_owned())]
        .into_iter()
        .map(|seat| TicketCopy { listing_name: "Standing".to_owned(), seat, code: "T1.CODE".to_owned() })
        .collect()
}

fn facts(show: ShowCopy) -> Facts {
    Facts { reader: reader(), order: order(), show, tickets: tickets() }.in_single_lines()
}

fn written(kind: Kind, show: ShowCopy) -> Written {
    let long_before = Utc.with_ymd_and_hms(2026, 5, 1, 12, 0, 0).unwrap();
    write(kind, &facts(show), "http://localhost:3000/", long_before).unwrap()
}

fn confirmed() -> Written {
    written(Kind::OrderConfirmed, show())
}

#[test]
fn a_confirmation_has_every_ticket_with_its_code_and_what_was_paid() {
    let mail = confirmed();
    assert_eq!(mail.images.len(), 2);
    for text in [&mail.html, &mail.plain] {
        for said in
            ["Ticket 1 of 2", "Ticket 2 of 2", "Standing, seat B12", "T1.CODE", "£24.20", "£48.40", "£4.40"]
        {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(text.contains("http://localhost:3000/tickets"));
    }
    for image in &mail.images {
        assert!(mail.html.contains(&format!("src=\"cid:{}\"", image.name)));
        assert!(image.png.starts_with(b"\x89PNG"));
    }
}

#[test]
fn times_are_those_of_the_venue_also_past_its_midnight() {
    let mail = confirmed();
    let times = "Sat 11 Jul 2026, doors Fri 10 Jul 23:45, starts 00:30";
    let doors = "Sat 11 Jul 2026, doors 23:45";
    assert!(mail.plain.contains(times) && !mail.plain.contains(doors), "{}", mail.plain);
    assert!(mail.plain.contains("Wed 8 Jul 2026, 17:00"), "{}", mail.plain);
    assert_eq!(mail.subject, "Your tickets for Night Ferry & Friends, Saturday 11 July");

    let mut elsewhere = show();
    elsewhere.venue.timezone = "Mars/Olympus".to_owned();
    let mail = written(Kind::OrderConfirmed, elsewhere);
    assert!(mail.plain.contains("doors 22:45, starts 23:30 UTC"), "{}", mail.plain);
}

#[test]
fn what_people_wrote_stays_text() {
    let mut hostile = show();
    hostile.title = "<script>alert('x')</script>\r\nBcc: everybody@example.org".to_owned();
    for kind in Kind::ALL {
        let mail = written(kind, hostile.clone());
        assert!(!mail.html.contains("<script>") && !mail.html.contains("<b>Raman"), "{}", mail.html);
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(!mail.plain.contains("\nBcc") && !mail.plain.is_empty());
    }
}

#[test]
fn a_refund_says_why() {
    let say = |status: &str| written(Kind::OrderRefunded, ShowCopy { status: status.to_owned(), ..show() });
    assert_eq!(say("cancelled").subject, "Night Ferry & Friends is cancelled: your money comes back");
    assert_eq!(say("published").subject, "Refund for Night Ferry & Friends");
    assert!(say("published").plain.contains("£48.40"));
}

#[test]
fn a_letter_that_comes_late_promises_nothing_that_is_over() {
    let after = Utc.with_ymd_and_hms(2026, 7, 12, 12, 0, 0).unwrap();
    let mail = write(Kind::OrderConfirmed, &facts(show()), "http://localhost:3000", after).unwrap();
    assert!(!mail.plain.contains("See you") && !mail.plain.contains("money back"), "{}", mail.plain);
    let near = Utc.with_ymd_and_hms(2026, 7, 9, 12, 0, 0).unwrap();
    let mail = write(Kind::OrderConfirmed, &facts(show()), "http://localhost:3000", near).unwrap();
    assert!(mail.plain.starts_with("See you on Saturday\n"), "{}", mail.plain);
}
