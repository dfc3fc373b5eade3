//! `auth.notice.*.issued`: what people are told of their accounts, some of it with a link.
//!
//! The fact says all that the letter does but the link's secret, which is derived here and stands in no message. The
//! letter has the notice's id, so a notice is told once.

use crate::{
    letter,
    state::Notifications,
    store::{
        copies::Reader,
        letters,
        mails::{self, Addressed},
    },
};
use chrono::TimeDelta;
use contracts::{Timestamp, ids::MailId};
use events::{
    Handler, Handling, Kind, Received,
    auth::{Notice, NoticeFact},
};
use sqlx::PgTransaction;

/// Older notices are no news: a consumer that is created anew is delivered all that the stream keeps.
const NEWS_MAX: TimeDelta = TimeDelta::days(1);

pub(crate) struct Notices(pub(crate) Notifications);

impl Handler for Notices {
    type Aggregate = Notice;
    const NAME: &'static str = "notices";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Notice>) -> Result<(), Handling> {
        let NoticeFact::Issued = event.fact;
        let Notifications { authority, clock, sends, links, .. } = &self.0;
        let (notice, now) = (&event.state, clock.now());
        if !is_news(notice, now) {
            tracing::info!(notice = %notice.id, kind = %notice.kind, "a notice of long ago is not told");
            return Ok(());
        }
        let id = MailId::from_uuid(notice.id.uuid());
        if !letters::note_notice(tx, id, notice).await? {
            return Ok(());
        }
        let reader = Reader { email: notice.email.clone(), name: notice.name.clone() }.in_single_lines();
        let secret = notice.expires_at.map(|_| links.secret(notice.id, notice.kind));
        let written = letter::tell(notice, secret.as_deref(), &reader, authority.public_origin(), now);
        let addressed = Addressed { id, recipient: notice.user, order: None, kind: notice.kind.as_str() };
        mails::insert(tx, &addressed, &reader, &written, (*sends, now)).await?;
        metrics::counter!("mails_written_total", "kind" => notice.kind.as_str()).increment(1);
        self.0.mails.notify_one();
        Ok(())
    }
}

/// A link that has ended is of no use, and what happened days ago frightens for nothing.
fn is_news(notice: &Notice, now: Timestamp) -> bool {
    now - notice.at <= NEWS_MAX && notice.expires_at.is_none_or(|end| end > now)
}
