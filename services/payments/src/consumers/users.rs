//! `auth.user.>`: the copy of users, for the ban fence.

use crate::store::copies;
use events::{Handler, Handling, Kind, Received, auth::User};
use sqlx::PgTransaction;

pub(crate) struct Users;

impl Handler for Users {
    type Aggregate = User;
    const NAME: &'static str = "users";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<User>) -> Result<(), Handling> {
        Ok(copies::put_user(tx, &event.state).await?)
    }
}
