//! Each path reaches its service.

use crate::support::{Setup, Stub};

#[tokio::test]
async fn each_path_reaches_its_service() {
    let stub = |name| Stub::echo(name);
    let (auth, tickets, orders) = (stub("auth").await, stub("tickets").await, stub("orders").await);
    let (payments, expiration) = (stub("payments").await, stub("expiration").await);
    let (notifications, frontend) = (stub("notifications").await, stub("frontend").await);
    let ingress = Setup::all(&frontend)
        .service("AUTH", &[auth.address])
        .service("TICKETS", &[tickets.address])
        .service("ORDERS", &[orders.address])
        .service("PAYMENTS", &[payments.address])
        .service("EXPIRATION", &[expiration.address])
        .service("NOTIFICATIONS", &[notifications.address])
        .start()
        .await;
    let table = [
        ("/api/auth/session", "auth"),
        ("/api/shows?q=jazz&city=%C3%85", "tickets"),
        ("/api/shows/1/orders", "orders"),
        ("/api/listings/1", "tickets"),
        ("/api/tickets/1/qr.svg", "tickets"),
        ("/api/orders/1", "orders"),
        ("/api/payments/1", "payments"),
        ("/api/notifications/whoami", "notifications"),
        ("/api/expiration/openapi.json", "expiration"),
        ("/", "frontend"),
        ("/shows/1?tab=map", "frontend"),
        ("/dev/mail", "frontend"),
    ];
    for (path, service) in table {
        let echo = ingress.echo(path).await;
        assert_eq!((echo.service(), echo.target()), (service, path));
    }
}

#[tokio::test]
async fn the_development_mailbox_is_opened_by_configuration() {
    let (frontend, notifications) = (Stub::echo("frontend").await, Stub::echo("notifications").await);
    let setup = Setup::all(&frontend).service("NOTIFICATIONS", &[notifications.address]);
    let ingress = setup.with("DEV_MAIL", "true").start().await;
    assert_eq!(ingress.echo("/dev/mail/7").await.service(), "notifications");
}
