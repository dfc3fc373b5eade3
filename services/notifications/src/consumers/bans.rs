//! Bans and their ends: whoever is banned is told, once per ban.
//!
//! The fact says all that the letter does, so nothing is waited for: the mail is written with the message. A fact of
//! long ago is no news: a consumer that is created anew is delivered all that the stream keeps, and nobody shall be
//! told of a ban that ended weeks ago.

use crate::{
    letter::{self, Notice},
    state::Notifications,
    store::{
        copies::Reader,
        letters,
        mails::{self, Addressed},
    },
};
use chrono::TimeDelta;
use contracts::ids::MailId;
use events::{
    Handler, Handling, Kind, Received,
    auth::{User, UserFact},
};
use sqlx::PgTransaction;

/// Older facts are not told.
const NEWS_MAX: TimeDelta = TimeDelta::days(1);

pub(crate) struct Bans(pub(crate) Notifications);

impl Handler for Bans {
    type Aggregate = User;
    const NAME: &'static str = "bans";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<User>) -> Result<(), Handling> {
        let user = &event.state;
        let notice = match (event.fact, &user.ban) {
            (UserFact::Banned, Some(ban)) => Notice::Suspended(ban),
            (UserFact::Unbanned, _) => Notice::Reopened,
            (UserFact::Banned, None) => {
                return Err(Handling::Reject(format!("user {} is banned without a ban", user.id)));
            }
            (UserFact::Registered | UserFact::Changed, _) => return Ok(()),
        };
        let Notifications { authority, clock, sends, .. } = &self.0;
        if clock.now() - event.occurred_at > NEWS_MAX {
            tracing::info!(user = %user.id, fact = ?event.fact, "a ban of long ago is not told");
            return Ok(());
        }
        let reader = Reader { email: user.email.clone(), name: user.name.clone() }.in_single_lines();
        let written = letter::notify(notice, &reader, authority.public_origin(), clock.now());
        let id: MailId = service::new_id();
        if letters::note_written(tx, id, user, notice).await? {
            let addressed = Addressed { id, recipient: user.id, order: None, kind: notice.as_str() };
            mails::insert(tx, &addressed, &reader, &written, (*sends, clock.now())).await?;
            metrics::counter!("mails_written_total", "kind" => notice.as_str()).increment(1);
            self.0.mails.notify_one();
        }
        Ok(())
    }
}
