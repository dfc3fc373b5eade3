//! Password hashes, made and compared on a bounded queue off the request threads.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::Arc;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// OWASP's argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Requests that may wait for a hash per core; about a second and a half of work.
const QUEUE_PER_CORE: usize = 64;

/// A password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    #[error("too many passwords wait to be hashed")]
    Busy,
    #[error("hashing failed")]
    Hash(#[source] password_hash::Error),
    #[error("hashing was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
    #[error("the parameters of argon2 are not usable")]
    Parameters(#[source] argon2::Error),
}

/// Hashes passwords. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    queue: Arc<Semaphore>,
    cores: Arc<Semaphore>,
    /// Compared when the address is unknown, so that the answer takes as long.
    dummy: Arc<str>,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, PasswordError> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(PasswordError::Parameters)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody: [u8; 32] = rand::random();
        let dummy = hash_with(&argon2, &nobody)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            argon2,
            queue: Arc::new(Semaphore::new(cores * QUEUE_PER_CORE)),
            cores: Arc::new(Semaphore::new(cores)),
            dummy: dummy.into(),
        })
    }

    /// The hash to store.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let (argon2, password) = (self.argon2.clone(), normal(password));
        self.run(move || hash_with(&argon2, password.as_bytes())).await?
    }

    /// Is it the password? Takes as long where nobody has that address.
    pub(crate) async fn matches(&self, password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.dummy).to_owned();
        let (argon2, password) = (self.argon2.clone(), normal(password));
        let matches = self
            .run(move || {
                let hash = PasswordHash::new(&stored).map_err(|error| PasswordError::Hash(error.into()))?;
                Ok::<_, PasswordError>(argon2.verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await??;
        Ok(known && matches)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _place = self.queue.try_acquire().map_err(|_| PasswordError::Busy)?;
        let core = Arc::clone(&self.cores).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        // The core is given back when the work ends, also when the caller has gone.
        let working = tokio::task::spawn_blocking(move || {
            let _core = core;
            work()
        });
        Ok(working.await?)
    }
}

/// As it is hashed: the same word typed on another system is the same (Unicode's form NFKC), and nothing is cut off.
pub(crate) fn normal(password: &str) -> String {
    password.nfkc().collect()
}

fn hash_with(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, PasswordError> {
    Ok(argon2.hash_password(password).map_err(PasswordError::Hash)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_word_typed_on_another_system_is_the_same() {
        let passwords = Passwords::new().unwrap();
        let composed = "Zw\u{f6}lf Boxk\u{e4}mpfer jagen Viktor";
        let hash = passwords.hash(composed).await.unwrap();
        let decomposed = "Zwo\u{308}lf Boxka\u{308}mpfer jagen Viktor";
        assert!(passwords.matches(decomposed, Some(&hash)).await.unwrap());
        assert!(!passwords.matches("Zwolf Boxkampfer jagen Viktor", Some(&hash)).await.unwrap());
    }

    /// ASVS 6.2.8
    #[tokio::test]
    async fn the_whole_password_is_compared_as_it_is() {
        let passwords = Passwords::new().unwrap();
        let long = "lamp ".repeat(51) + "!";
        let hash = passwords.hash(&long).await.unwrap();
        assert!(passwords.matches(&long, Some(&hash)).await.unwrap());
        for other in [&long[..255], &long.to_uppercase(), &format!(" {long}")] {
            assert!(!passwords.matches(other, Some(&hash)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_at_once() {
        let passwords = Passwords::new().unwrap();
        let places = u32::try_from(passwords.queue.available_permits()).unwrap();
        let taken = Arc::clone(&passwords.queue).acquire_many_owned(places).await.unwrap();
        assert!(matches!(passwords.matches("anything", None).await, Err(PasswordError::Busy)));
        drop(taken);
        assert!(!passwords.matches("anything", None).await.unwrap());
    }
}
