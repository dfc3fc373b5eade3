//! `auth.user.>`: the copy of users.

use crate::{
    state::Notifications,
    store::{
        copies,
        letters::{self, Waiting},
    },
};
use events::{Handler, Handling, Kind, Received, auth::User};
use sqlx::PgTransaction;

pub(crate) struct Users(pub(crate) Notifications);

impl Handler for Users {
    type Aggregate = User;
    const NAME: &'static str = "users";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<User>) -> Result<(), Handling> {
        copies::put_user(tx, &event.state).await?;
        letters::look_again(tx, Waiting::Recipient(event.state.id)).await?;
        self.0.letters.notify_one();
        Ok(())
    }
}
