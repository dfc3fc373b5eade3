//! Copies users: their names, and whether they are banned.

use crate::store::{ban_effects, copies};
use events::{
    Handler, Handling, Kind, Received,
    auth::{User, UserFact},
};
use sqlx::PgTransaction;

pub(super) struct Users;

impl Handler for Users {
    type Aggregate = User;
    const NAME: &'static str = "users";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<User>) -> Result<(), Handling> {
        let newer = copies::put_user(tx, &event.state).await?;
        if newer && event.fact == UserFact::Unbanned {
            ban_effects::forget_streams(tx, event.state.id).await?;
        }
        Ok(())
    }
}
