//! Tokens from enemies are refused; a good one beside them is not.

use crate::support::Shop;
use testkit::hostile;

#[tokio::test(flavor = "multi_thread")]
async fn no_hostile_token_is_accepted() {
    hostile::refused_by(&Shop::open().await.world, "/api/payments/whoami").await;
}
