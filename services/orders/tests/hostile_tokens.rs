//! Tokens from enemies are refused; a good one beside them is not.

use testkit::{World, hostile};

#[tokio::test(flavor = "multi_thread")]
async fn no_hostile_token_is_accepted() {
    let world = World::start("orders", orders_service::start, &[]).await;
    hostile::refused_by(&world, "/api/orders/whoami").await;
}
