//! The second path, in words: what an instance asks auth's private listener, and what auth answers.
//!
//! The answer says everything that was revoked after a [`Position`] in auth's history, up to the moment at which it
//! was read. It is signed like entries of the bus are, and repeats the question's nonce, so that no older answer can
//! be given in its place. Why that gives a lease: `docs/adr/0009-second-path.md`.

use crate::{keys::PublicKey, revocation::Revocation};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::str::FromStr;
use uuid::Uuid;

/// Where it is asked, by `POST`.
pub const PATH: &str = "/revocations";
/// The type of the answer's signature.
pub const TYPE: &str = "pulled+jwt";
/// Revocations in one answer at most.
pub const PAGE_MAX: usize = 2_000;
/// The largest question, in bytes.
pub const QUESTION_BYTES_MAX: usize = 1024;
/// The largest answer, in bytes: [`PAGE_MAX`] revocations take about half of it.
pub const ANSWER_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Addresses of auth's instances at most.
pub const URLS_MAX: usize = 8;

/// A place in auth's history of revocations: "everything up to here". Once it is true of an instance it stays true,
/// since an instance forgets a revocation only when it has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Which history. A database that was created anew has another one, and cursors of different histories say
    /// nothing of each other.
    pub history: Uuid,
    /// Grows with every revocation, in the order of their commits.
    pub cursor: i64,
}

impl Position {
    /// Of two that are true of an instance, the one that says more. Of two histories the newer one counts, since
    /// only that one can be asked about.
    #[must_use]
    pub fn or_further(self, known: Option<Self>) -> Self {
        known.filter(|known| known.history == self.history && known.cursor > self.cursor).unwrap_or(self)
    }
}

/// What an instance asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The service, whose secret goes with the question.
    pub service: String,
    /// The instance.
    pub instance: String,
    /// Random, and used once.
    pub nonce: Uuid,
    /// What the instance knows already. It has applied all of it, so this is a report as well.
    pub after: Option<Position>,
}

/// What auth answers, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question's.
    pub nonce: Uuid,
    /// The question's.
    pub service: String,
    /// The question's.
    pub instance: String,
    /// Where it begins: the question's position, or the beginning where that one is not of this history.
    pub after: Option<Position>,
    /// Where it ends: whoever knew everything up to its beginning now knows everything up to here.
    pub through: Position,
    /// Is there more after it? Only the last answer says everything.
    pub more: bool,
    /// Every live revocation between the two.
    pub revocations: Vec<Revocation>,
    /// The public keys of tokens, so that an instance that starts while the bus is away knows them.
    pub keys: Vec<PublicKey>,
}

impl Answer {
    /// Is it the answer to that question, and does it follow on what the instance knows?
    pub fn fits(&self, question: &Question) -> bool {
        let asked = (&self.nonce, &self.service, &self.instance)
            == (&question.nonce, &question.service, &question.instance);
        let follows = match self.after {
            None => true,
            Some(after) => {
                question.after == Some(after)
                    && self.through.history == after.history
                    && self.through.cursor >= after.cursor
            }
        };
        let advances = !self.more || self.after.is_none_or(|after| self.through.cursor > after.cursor);
        asked && follows && advances && self.revocations.len() <= PAGE_MAX
    }
}

/// Where auth's instances are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullUrls(pub(crate) Vec<Url>);

/// An address cannot be used. The address itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PullUrlsError {
    /// There are none, or too many.
    #[error("there must be from 1 to {URLS_MAX} addresses, separated by commas")]
    Count,
    /// Not of that form.
    #[error("an address must be like http://10.0.0.7:4110, without user, path or query")]
    Form,
}

impl FromStr for PullUrls {
    type Err = PullUrlsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() || parts.len() > URLS_MAX {
            return Err(PullUrlsError::Count);
        }
        parts.into_iter().map(address).collect::<Result<_, _>>().map(Self)
    }
}

fn address(text: &str) -> Result<Url, PullUrlsError> {
    let url = Url::parse(text).map_err(|_| PullUrlsError::Form)?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    if url.scheme() != "http" || url.host_str().is_none() || !bare || !nobody {
        return Err(PullUrlsError::Form);
    }
    url.join(PATH).map_err(|_| PullUrlsError::Form)
}

/// What tells auth that a service asks: 256 random bits, different for each service. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct PullSecret([u8; 32]);

/// It is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be 64 hexadecimal digits")]
pub struct PullSecretError;

impl std::fmt::Debug for PullSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PullSecret")
    }
}

impl FromStr for PullSecret {
    type Err = PullSecretError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = hex::decode(text).map_err(|_| PullSecretError)?;
        bytes.try_into().map(Self).map_err(|_| PullSecretError)
    }
}

impl PullSecret {
    /// The secret of these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What auth is told of it: enough to recognise it, nothing to use it with. A plain hash is enough, since nobody
    /// can try 256 random bits.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// What the question carries.
    pub(crate) fn text(&self) -> String {
        hex::encode(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HISTORY: Uuid = Uuid::from_u128(1);

    fn position(cursor: i64) -> Position {
        Position { history: HISTORY, cursor }
    }

    fn question(after: Option<Position>) -> Question {
        let (service, instance) = ("orders".to_owned(), "orders-1".to_owned());
        Question { service, instance, nonce: Uuid::from_u128(7), after }
    }

    fn answer(after: Option<Position>, through: Position) -> Answer {
        let Question { service, instance, nonce, .. } = question(None);
        Answer {
            nonce,
            service,
            instance,
            after,
            through,
            more: false,
            revocations: Vec::new(),
            keys: Vec::new(),
        }
    }

    #[test]
    fn an_answer_fits_its_own_question_alone() {
        let (asked, good) = (question(Some(position(5))), answer(Some(position(5)), position(9)));
        assert!(good.fits(&asked));
        assert!(!Answer { nonce: Uuid::from_u128(8), ..good.clone() }.fits(&asked), "an older answer");
        assert!(!Answer { instance: "orders-2".to_owned(), ..good.clone() }.fits(&asked));
        assert!(!Answer { service: "tickets".to_owned(), ..good }.fits(&asked));
    }

    #[test]
    fn an_answer_leaves_nothing_out() {
        let asked = question(Some(position(5)));
        assert!(answer(None, position(3)).fits(&asked), "from the beginning, whatever was asked");
        assert!(!answer(Some(position(6)), position(9)).fits(&asked), "it begins after what is known");
        assert!(!answer(Some(position(5)), position(4)).fits(&asked), "it ends before it begins");
        let elsewhere = Position { history: Uuid::from_u128(2), cursor: 9 };
        assert!(!answer(Some(position(5)), elsewhere).fits(&asked), "cursors of two histories");
        assert!(!answer(Some(elsewhere), elsewhere).fits(&asked));
        assert!(!answer(Some(position(5)), position(5)).fits(&question(None)), "nothing is known yet");
        let standing = Answer { more: true, ..answer(Some(position(5)), position(5)) };
        assert!(!standing.fits(&asked), "it would be asked for ever");
    }

    #[test]
    fn the_further_position_of_a_history_counts() {
        assert_eq!(position(5).or_further(None), position(5));
        assert_eq!(position(5).or_further(Some(position(9))), position(9));
        assert_eq!(position(9).or_further(Some(position(5))), position(9));
        let other = Position { history: Uuid::from_u128(2), cursor: 99 };
        assert_eq!(position(5).or_further(Some(other)), position(5));
    }

    #[test]
    fn addresses_are_bare_and_bounded() {
        let read = |text: &str| text.parse::<PullUrls>();
        let two = read("http://10.0.0.7:4110, http://auth-2:4110").unwrap();
        assert_eq!(two.0[0].as_str(), "http://10.0.0.7:4110/revocations");
        assert_eq!(two.0.len(), 2);
        for bad in
            ["https://auth:1", "auth:4110", "http://me:pw@auth:1", "http://auth:1/x", "http://auth:1/?x"]
        {
            assert_eq!(read(bad), Err(PullUrlsError::Form), "{bad}");
        }
        assert_eq!(read(" , "), Err(PullUrlsError::Count));
        assert_eq!(read(&["http://auth:1"; URLS_MAX + 1].join(",")), Err(PullUrlsError::Count));
    }

    #[test]
    fn a_secret_is_never_shown() {
        let secret: PullSecret = "ab".repeat(32).parse().unwrap();
        assert!(!format!("{secret:?}").contains("ab"));
        assert_ne!(hex::encode(secret.hash()), secret.text());
        assert!("ab".repeat(31).parse::<PullSecret>().is_err());
    }
}
