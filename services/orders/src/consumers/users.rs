//! Copies users: their names, and whether they are banned.

use crate::store::copies;
use events::{Handler, Handling, Kind, Received, auth::User};
use sqlx::PgTransaction;

pub(super) struct Users;

impl Handler for Users {
    type Aggregate = User;
    const NAME: &'static str = "users";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<User>) -> Result<(), Handling> {
        copies::put_user(tx, &event.state).await?;
        Ok(())
    }
}
