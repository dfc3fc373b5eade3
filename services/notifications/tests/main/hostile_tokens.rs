//! Tokens from enemies are refused; a good one beside them is not.

use crate::support::start;
use testkit::hostile;

#[tokio::test(flavor = "multi_thread")]
async fn no_hostile_token_is_accepted() {
    hostile::refused_by(&start(&[]).await, "/api/notifications/whoami").await;
}
