//! `auth.user.>`: keeps the copy of users.

use crate::store;
use events::{Handler, Handling, Kind, Received, auth::User};
use sqlx::PgTransaction;

pub(crate) struct Users;

impl Handler for Users {
    type Aggregate = User;
    const NAME: &'static str = "users";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<User>) -> Result<(), Handling> {
        Ok(store::users::copy(tx, &event.state).await?)
    }
}
