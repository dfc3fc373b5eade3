//! What the service says about itself.

use crate::support::Shop;
use contracts::{ProblemCode, auth::WhoAmI};

#[tokio::test]
async fn it_says_who_is_calling_and_describes_every_endpoint() {
    let shop = Shop::open().await;
    let me: WhoAmI = shop.as_buyer().get("/api/payments/whoami").await.expect(200).read();
    assert_eq!((me.user, me.service.as_str()), (shop.buyer.id(), "payments"));
    let document = shop.world.anybody().get("/api/payments/openapi.json").await.expect(200).json;
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/api/payments",
            "/api/payments/webhooks/{provider}",
            "/api/payments/whoami",
            "/api/payments/{id}",
            "/api/payments/{id}/confirm",
            "/api/payments/{id}/refunds",
        ]
    );
    drop(shop.world.anybody().get("/readyz").await.expect(200));
}

#[tokio::test]
async fn a_ban_on_the_bus_ends_the_buyers_requests() {
    let shop = Shop::open().await;
    shop.world.ban(&shop.buyer).await;
    // It reads no copy: only the revocation can refuse it.
    let refused = testkit::eventually("the ban has arrived", || async {
        let answer = shop.as_buyer().get("/api/payments/whoami").await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    refused.problem(ProblemCode::AccountSuspended);
}
