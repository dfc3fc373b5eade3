//! The codes that prove a second factor: six digits of an authenticator app, or a recovery code.
//!
//! Six digits can be guessed, so wrong ones cost time: after four, the next has to wait a minute, and each further one
//! twice as long, up to a day. That is counted by account, for whoever guesses knows the password already; its owner still
//! has recovery codes and passkeys, which nobody guesses. A right code begins anew.

use crate::{
    error::Error,
    recovery_codes,
    state::Auth,
    store::{self, totp::StoredTotp},
    totp::AppSecret,
};
use chrono::TimeDelta;
use contracts::{Timestamp, ids::UserId};
use sqlx::{PgConnection, PgTransaction};

/// Wrong codes in a row that cost nothing.
const FREE: u32 = 4;
/// The longest wait, in minutes: a day.
const WAIT_MAX_MINUTES: i64 = 24 * 60;

/// What a code is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Checked {
    Right,
    Wrong,
    Wait { seconds: u64 },
}

/// Goes on with the transaction if the code is right. Otherwise nothing but the attempt is kept, so nothing may have been
/// written before. The account must be locked.
pub(crate) async fn accept<'a>(
    state: &Auth,
    mut tx: PgTransaction<'a>,
    user: UserId,
    code: &str,
) -> Result<PgTransaction<'a>, Error> {
    let now = state.clock.now();
    let checked = match six_digits(code) {
        Some(digits) => of_app(state, &mut tx, user, &digits, now).await?,
        None => recover(&mut tx, user, code, now).await?,
    };
    let word = match checked {
        Checked::Right => "right",
        Checked::Wrong => "wrong",
        Checked::Wait { .. } => "refused",
    };
    metrics::counter!("auth_codes_total", "outcome" => word).increment(1);
    match checked {
        Checked::Right => Ok(tx),
        Checked::Wrong => {
            tx.commit().await?;
            Err(wrong())
        }
        Checked::Wait { seconds } => Err(Error::TooManyCodes { seconds }),
    }
}

/// Says the same of a code that is wrong, too old, or was used before.
pub(crate) fn wrong() -> Error {
    Error::field("code", "wrong_code", "That code does not work. Enter the one your app shows now")
}

/// The digits of a code, without what people type in between.
pub(crate) fn six_digits(code: &str) -> Option<String> {
    let typed: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_digit())).then_some(typed)
}

async fn of_app(
    state: &Auth,
    db: &mut PgConnection,
    user: UserId,
    digits: &str,
    now: Timestamp,
) -> Result<Checked, Error> {
    let found = store::totp::find(db, user).await?.filter(|totp| totp.confirmed_at.is_some());
    let Some(totp) = found else { return Ok(Checked::Wrong) };
    if let Some(seconds) = wait(&totp, now) {
        return Ok(Checked::Wait { seconds });
    }
    let secret = AppSecret::open(&state.seal, user, &totp.secret)?;
    if let Some(step) = secret.step_of(digits, totp.last_step, now)? {
        store::totp::accepted(db, user, step, now).await?;
        return Ok(Checked::Right);
    }
    store::totp::refused(db, user, now).await?;
    Ok(Checked::Wrong)
}

async fn recover(db: &mut PgConnection, user: UserId, code: &str, now: Timestamp) -> Result<Checked, Error> {
    let Some(hash) = recovery_codes::hash(code) else { return Ok(Checked::Wrong) };
    let taken = store::recovery_codes::take(db, user, &hash, now).await?;
    Ok(if taken { Checked::Right } else { Checked::Wrong })
}

/// How many seconds the next code has to wait.
fn wait(totp: &StoredTotp, now: Timestamp) -> Option<u64> {
    let until = totp.last_wrong_at? + delay(u32::try_from(totp.wrong).unwrap_or(0));
    u64::try_from((until - now).num_seconds()).ok().filter(|_| until > now).map(|seconds| seconds + 1)
}

fn delay(wrong: u32) -> TimeDelta {
    let Some(beyond) = wrong.checked_sub(FREE + 1) else { return TimeDelta::zero() };
    let minutes = 1_i64.checked_shl(beyond).filter(|minutes| *minutes > 0).unwrap_or(WAIT_MAX_MINUTES);
    TimeDelta::minutes(minutes.min(WAIT_MAX_MINUTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        assert_eq!(six_digits(" 123 456 ").as_deref(), Some("123456"));
        assert_eq!(six_digits("123-456").as_deref(), Some("123456"));
        assert_eq!(six_digits("12345"), None);
        assert_eq!(six_digits("ABCDE-FGHIJ-KLMNO-PQRST-UVWXY"), None);
        assert_eq!(six_digits("１２３４５６"), None, "other digits are none");
    }

    #[test]
    fn each_wrong_code_beyond_the_fourth_doubles_the_wait() {
        let minutes: Vec<i64> = [0, 4, 5, 6, 7, 15, 16, 70, 1_000].map(|n| delay(n).num_minutes()).into();
        assert_eq!(minutes, [0, 0, 1, 2, 4, 1024, 1440, 1440, 1440]);
    }
}
