//! What the service is told by its environment.

use auth::AuthorityConfig;
use events::link::LinkKey;
use lettre::message::Mailbox;
use service::{ConfigError, Env};

/// The service's configuration.
pub(crate) struct Config {
    pub(crate) database_url: String,
    pub(crate) nats_url: String,
    pub(crate) authority: AuthorityConfig,
    /// Derives the secrets of links in mail, as auth does.
    pub(crate) links: LinkKey,
    /// The mail server; without one mail is only kept.
    pub(crate) smtp: Option<Smtp>,
    /// May anybody read the mail that was written?
    pub(crate) dev_mail: bool,
}

/// How mail leaves.
pub(crate) struct Smtp {
    pub(crate) url: String,
    pub(crate) from: Mailbox,
}

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let database_url = env.required("DATABASE_URL");
        let nats_url = env.required("NATS_URL");
        let authority = authority(env);
        let links = env.secret::<32>("MAIL_LINK_KEY").map(|key| LinkKey::new(&key));
        let smtp = smtp(env);
        let dev_mail = env.or("DEV_MAIL", false);
        let (Some(database_url), Some(nats_url), Some(authority), Some(links), Some(smtp), Some(dev_mail)) =
            (database_url, nats_url, authority, links, smtp, dev_mail)
        else {
            return Err(env.error());
        };
        Ok(Self { database_url, nats_url, authority, links, smtp, dev_mail })
    }
}

#[expect(clippy::option_option, reason = "the outer one says that an error was noted")]
fn smtp(env: &Env) -> Option<Option<Smtp>> {
    let url = env.optional::<String>("SMTP_URL")?;
    let from = env.optional::<String>("MAIL_FROM")?.map(|from| match from.parse() {
        Ok(mailbox) => Some(mailbox),
        Err(_) => env.reject("MAIL_FROM", "must be an address, such as Tickets <tickets@example.com>"),
    });
    let Some(url) = url else { return Some(None) };
    let url = if url.starts_with("smtp://") || url.starts_with("smtps://") {
        Some(url)
    } else {
        env.reject("SMTP_URL", "must begin with smtp:// or smtps://")
    };
    let from = from.unwrap_or_else(|| env.reject("MAIL_FROM", "must be set where SMTP_URL is"));
    Some(Some(Smtp { url: url?, from: from? }))
}

fn authority(env: &Env) -> Option<AuthorityConfig> {
    let instance = env.or("INSTANCE", "notifications-1".to_owned());
    let nats_url = env.required("NATS_REVOCATIONS_URL");
    let revocation_public_key = env.required("REVOCATION_PUBLIC_KEY");
    let public_origin = env.required("PUBLIC_ORIGIN");
    let plain_cookies = env.or("PLAIN_COOKIES", false);
    let pull = env.pair("AUTH_PULL_URLS", "AUTH_PULL_SECRET");
    Some(AuthorityConfig {
        service: "notifications".to_owned(),
        instance: instance?,
        nats_url: nats_url?,
        revocation_public_key: revocation_public_key?,
        public_origin: public_origin?,
        plain_cookies: plain_cookies?,
        pull: pull?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_value_is_named_at_once() {
        let bad = [("SMTP_URL", "http://mail"), ("MAIL_FROM", "nobody"), ("DEV_MAIL", "perhaps")];
        let message = Config::from_env(&Env::of(bad)).err().unwrap().to_string();
        for name in ["DATABASE_URL", "MAIL_LINK_KEY", "SMTP_URL", "MAIL_FROM", "DEV_MAIL", "PUBLIC_ORIGIN"] {
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn a_mail_server_needs_a_sender() {
        let message = Config::from_env(&Env::of([("SMTP_URL", "smtp://mail")])).err().unwrap().to_string();
        assert!(message.contains("MAIL_FROM"), "{message}");
        let message = Config::from_env(&Env::of([("DEV_MAIL", "true")])).err().unwrap().to_string();
        assert!(!message.contains("MAIL_FROM"), "{message}");
    }
}
