//! Tokens from enemies are refused, also by whoever signs the good ones.

use crate::audience::world;
use testkit::{
    hostile::{self, Forger},
    world::ORIGIN,
};

#[tokio::test(flavor = "multi_thread")]
async fn no_hostile_token_is_accepted() {
    let world = world().await;
    let key = sqlx::query_as::<_, (String, Vec<u8>)>("SELECT kid, seed FROM signing_keys");
    let (kid, seed) = key.fetch_one(&world.pool).await.unwrap();
    let forger = Forger::new(&kid, &seed.try_into().unwrap(), ORIGIN);
    hostile::refused_with(&world, "/api/auth/whoami", &forger).await;
}
