//! Hands mail to the mail server, with bounded tries.

use super::refusal;
use crate::{
    config::Config,
    state::Notifications,
    store::mails::{self, Image, Mail},
};
use events::{notifications::MailFact, outbox};
use futures::future::join_all;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};
use std::time::Duration;
use tokio::time::timeout;

/// How often the sender looks when nobody wakes it.
const POLL: Duration = Duration::from_millis(500);
/// Mails taken at once.
const BATCH: i64 = 8;
/// How long the mail server may take for one mail.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);
/// How long mails belong to whoever took them: longer than sending them may take.
const LEASE: Duration = Duration::from_mins(2);
/// A mail that was tried this often is given up: after about three days, long enough to mend a mail server.
const TRIES_MAX: i32 = 84;

/// The mail server.
#[derive(Clone)]
pub(crate) struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What became of a mail could not be written down.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the fact cannot be published")]
    Publish(#[from] outbox::PublishError),
}

/// Why the mail server did not take a mail.
#[derive(Debug, thiserror::Error)]
enum Refused {
    /// Trying again changes nothing.
    #[error("it cannot be sent: {0}")]
    Final(String),
    /// It may pass.
    #[error("it was not taken: {0}")]
    Later(String),
}

impl Server {
    /// The mail server of the configuration, if there is one. Nothing is sent yet.
    pub(crate) fn new(config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(smtp) = &config.smtp else { return Ok(None) };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&smtp.url)
            // The address may hold a password, so the cause is not repeated.
            .map_err(|_| anyhow::anyhow!("SMTP_URL is not usable"))?
            .timeout(Some(SEND_TIMEOUT))
            .build();
        Ok(Some(Self { transport, from: smtp.from.clone() }))
    }

    async fn send(&self, mail: &Mail, images: Vec<Image>) -> Result<(), Refused> {
        let message = self.message(mail, images).map_err(|error| Refused::Final(error.to_string()))?;
        match timeout(SEND_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if refusal::is_about_the_mail(&error) && self.serves().await => {
                Err(Refused::Final(error.to_string()))
            }
            Ok(Err(error)) => Err(Refused::Later(error.to_string())),
            Err(_) => Err(Refused::Later("no answer in time".to_owned())),
        }
    }

    /// Does the server take us at all? Where it refuses everybody, or our password, no mail is to blame.
    async fn serves(&self) -> bool {
        matches!(timeout(SEND_TIMEOUT, self.transport.test_connection()).await, Ok(Ok(true)))
    }

    fn message(&self, mail: &Mail, images: Vec<Image>) -> anyhow::Result<Message> {
        let to = Mailbox::new(Some(mail.name.clone()), mail.address.parse()?);
        let png: ContentType = "image/png".parse()?;
        let html = SinglePart::html(mail.html.clone());
        let related = images.into_iter().fold(MultiPart::related().singlepart(html), |part, image| {
            part.singlepart(Attachment::new_inline(image.name).body(image.png, png.clone()))
        });
        let both =
            MultiPart::alternative().singlepart(SinglePart::plain(mail.plain.clone())).multipart(related);
        // The same name at every try, so that a mail that came twice can be known.
        let id = format!("<{}@{}>", mail.id, self.from.email.domain());
        let message = Message::builder().from(self.from.clone()).to(to).subject(&mail.subject);
        Ok(message.message_id(Some(id)).date(mail.created_at.into()).multipart(both)?)
    }
}

/// Sends until the process stops.
pub(super) async fn run(state: Notifications, server: Server) {
    while !state.stop.is_cancelled() {
        let sent = once(&state, &server).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the sender could not work");
            false
        });
        if !sent {
            tokio::select! {
                () = state.stop.cancelled() => {}
                _ = timeout(POLL, state.mails.notified()) => {}
            }
        }
    }
}

/// One round. True where there was something to send.
async fn once(state: &Notifications, server: &Server) -> Result<bool, Error> {
    let mut connection = state.pool.acquire().await?;
    let due = mails::claim_due(&mut connection, BATCH, LEASE).await?;
    drop(connection);
    let some = !due.is_empty();
    join_all(due.iter().map(async |mail| {
        if let Err(error) = deliver(state, server, mail).await {
            // It is due again when the lease ends.
            tracing::warn!(mail = %mail.id, %error, "what became of a mail could not be written down");
        }
    }))
    .await;
    Ok(some)
}

async fn deliver(state: &Notifications, server: &Server, mail: &Mail) -> Result<(), Error> {
    let mut connection = state.pool.acquire().await?;
    let images = mails::images(&mut connection, mail.id).await?;
    drop(connection);
    let outcome = server.send(mail, images).await;
    let mut tx = state.pool.begin().await?;
    match outcome {
        Ok(()) => {
            if mails::sent(&mut tx, mail, state.clock.now()).await? {
                outbox::publish(&mut tx, MailFact::Sent, &snapshot(mail)).await?;
                metrics::counter!("mails_sent_total").increment(1);
            }
        }
        Err(Refused::Later(error)) if mail.tries < TRIES_MAX => {
            tracing::warn!(mail = %mail.id, error, tries = mail.tries, "a mail was not taken: trying again");
            mails::not_sent(&mut tx, mail.id, Some(backoff(mail.tries))).await?;
        }
        Err(error) => {
            tracing::error!(mail = %mail.id, %error, tries = mail.tries, "a mail is given up");
            metrics::counter!("mails_failed_total").increment(1);
            mails::not_sent(&mut tx, mail.id, None).await?;
        }
    }
    tx.commit().await?;
    state.backbone.wake();
    Ok(())
}

fn snapshot(mail: &Mail) -> events::notifications::Mail {
    events::notifications::Mail {
        id: mail.id,
        recipient: mail.recipient,
        order: mail.order_id,
        kind: mail.kind.clone(),
        version: mail.version + 1,
    }
}

/// 500 ms, 1 s, … an hour.
fn backoff(tries: i32) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 14) - 1).unwrap_or(0);
    Duration::from_millis(500 << doublings).min(Duration::from_hours(1))
}
