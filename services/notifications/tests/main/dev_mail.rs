//! The mailbox of development: closed unless it is asked for, and harmless when it is open.

use crate::support::{MAIL_LINK_KEY, Purchase, mail_to, start};
use contracts::ProblemCode;
use testkit::World;

#[tokio::test(flavor = "multi_thread")]
async fn it_is_closed_unless_asked_for() {
    for extra in [&[][..], &[("DEV_MAIL", "false")]] {
        let extra: Vec<_> = [("MAIL_LINK_KEY", MAIL_LINK_KEY)].iter().chain(extra).copied().collect();
        let world = World::start("notifications", notifications_service::start, &extra).await;
        for path in ["/dev/mail", "/dev/mail.json", "/dev/mail/01990000-0000-7000-8000-000000000000"] {
            world.anybody().get(path).await.problem(ProblemCode::NotFound);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lists_the_newest_first_and_of_one_address() {
    let world = start(&[]).await;
    let purchases: Vec<_> = ["One", "Two", "Three"].iter().map(|title| Purchase::new("Ana", title)).collect();
    for purchase in &purchases {
        purchase.happens(&world).await;
        purchase.wait_for(&world, "order_confirmed").await;
    }
    let all = world.anybody().get("/dev/mail.json").await.expect(200);
    let to: Vec<_> = all.json["items"].as_array().unwrap().iter().map(|mail| mail["to"].clone()).collect();
    let newest_first: Vec<_> =
        purchases.iter().rev().map(|purchase| purchase.buyer.user.email.clone()).collect();
    assert_eq!(to, newest_first);
    // Addresses are compared as mail servers do, whatever their case.
    let of_two = mail_to(&world, &purchases[1].buyer.user.email.to_uppercase()).await;
    assert_eq!(of_two.len(), 1);
    for key in ["id", "to", "kind", "subject", "text", "created_at"] {
        assert!(of_two[0][key].is_string(), "{key}: {}", of_two[0]);
    }
    let page = world.anybody().get("/dev/mail").await.expect(200).text;
    let places: Vec<_> = ["Three", "Two", "One"].iter().map(|title| page.find(title).unwrap()).collect();
    assert!(places.is_sorted(), "{page}");
    let path = format!("/dev/mail?to={}", purchases[1].buyer.user.email);
    let page = world.anybody().get(&path).await.expect(200).text;
    assert!(page.contains("Two") && !page.contains("Three"), "{page}");
    world.anybody().get("/dev/mail?to=a&to=b").await.problem(ProblemCode::Malformed);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_never_shows_more_than_a_hundred() {
    let world = start(&[]).await;
    let purchase = Purchase::new("Ana", "One");
    purchase.happens(&world).await;
    purchase.wait_for(&world, "order_confirmed").await;
    let copies = r"
        WITH letter AS (
            INSERT INTO letters (id, order_id, kind, recipient, show_id, tickets, details, written_at)
            SELECT gen_random_uuid(), gen_random_uuid(), kind, recipient, show_id, tickets, details, written_at
            FROM letters, generate_series(1, 150)
            RETURNING id, order_id
        )
        INSERT INTO mails (id, recipient, order_id, kind, address, name, subject, html, plain, state, created_at)
        SELECT letter.id, recipient, letter.order_id, kind, address, name, subject, html, plain, state, created_at
        FROM letter, mails
    ";
    sqlx::query(copies).execute(&world.pool).await.unwrap();
    let all = world.anybody().get("/dev/mail.json").await.expect(200);
    assert_eq!(all.json["items"].as_array().unwrap().len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_shown_as_it_arrives_and_can_do_nothing() {
    let world = start(&[]).await;
    let purchase = Purchase::new("Ana", "One");
    purchase.happens(&world).await;
    let mail = purchase.wait_for(&world, "order_confirmed").await;
    let path = format!("/dev/mail/{}", mail["id"].as_str().unwrap());
    let page = world.anybody().get(&path).await.expect(200);
    assert!(page.text.contains("sandbox") && page.text.contains(&purchase.tickets[0].code), "{}", page.text);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    // The mail itself, with its pictures inside.
    let mail = world.anybody().get(&format!("{path}/html")).await.expect(200);
    let policy = mail.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert!(mail.text.contains("data:image/png;base64,") && !mail.text.contains("cid:"), "{}", mail.text);
    for unknown in ["/dev/mail/nothing", "/dev/mail/01990000-0000-7000-8000-000000000000"] {
        world.anybody().get(unknown).await.problem(ProblemCode::NotFound);
        world.anybody().get(&format!("{unknown}/html")).await.problem(ProblemCode::NotFound);
    }
}
