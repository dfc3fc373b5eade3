//! Configuration from the environment: parsed once, every bad value named at once.

use std::{
    collections::BTreeMap, fmt::Display, net::SocketAddr, str::FromStr, sync::Mutex, sync::PoisonError,
};

/// The environment of a process, and what is wrong with it.
///
/// Read every value before looking at any, so that all errors are named at once:
///
/// ```
/// # let env = service::Env::of([("LISTEN", "127.0.0.1:1")]);
/// let (Some(listen), Some(percent)) = (env.required::<String>("LISTEN"), env.or("FEE_PERCENT", 10_u32)) else {
///     return Err(env.error());
/// };
/// # Ok::<(), service::ConfigError>(())
/// ```
#[derive(Debug, Default)]
pub struct Env {
    values: BTreeMap<String, String>,
    errors: Mutex<Vec<String>>,
}

/// The configuration is not usable; says every reason.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not usable:\n  {}", .0.join("\n  "))]
pub struct ConfigError(Vec<String>);

impl Env {
    /// The environment of this process.
    pub fn process() -> Self {
        Self { values: std::env::vars().collect(), errors: Mutex::default() }
    }

    /// An environment of its own, for tests.
    pub fn of<K: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (K, V)>) -> Self {
        let values = values.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { values, errors: Mutex::default() }
    }

    /// A value that must be there. `None` means that an error was noted.
    pub fn required<T: FromStr<Err: Display>>(&self, name: &str) -> Option<T> {
        match self.text(name) {
            Some(text) => self.parse(name, text),
            None => self.reject(name, "is not set"),
        }
    }

    /// A value, or a default. `None` means that an error was noted.
    pub fn or<T: FromStr<Err: Display>>(&self, name: &str, default: T) -> Option<T> {
        match self.text(name) {
            Some(text) => self.parse(name, text),
            None => Some(default),
        }
    }

    /// A value that may be missing. The outer `None` means that an error was noted.
    pub fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Option<Option<T>> {
        match self.text(name) {
            Some(text) => self.parse(name, text).map(Some),
            None => Some(None),
        }
    }

    /// Two values that are of use only together; absent where neither is set. The outer `None` means that an error was
    /// noted.
    pub fn pair<A, B>(&self, first: &str, second: &str) -> Option<Option<(A, B)>>
    where
        A: FromStr<Err: Display>,
        B: FromStr<Err: Display>,
    {
        match (self.optional(first)?, self.optional(second)?) {
            (Some(one), Some(other)) => Some(Some((one, other))),
            (None, None) => Some(None),
            (None, Some(_)) => self.reject(first, &format!("must be set where {second} is")),
            (Some(_), None) => self.reject(second, &format!("must be set where {first} is")),
        }
    }

    /// A secret of exactly `N` bytes, as hexadecimal digits. `None` means that an error was noted.
    pub fn secret<const N: usize>(&self, name: &str) -> Option<[u8; N]> {
        let Some(text) = self.text(name) else { return self.reject(name, "is not set") };
        let digit =
            |at: usize| text.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Option<Vec<u8>> = (text.len() == 2 * N).then(|| (0..N).map(digit).collect()).flatten();
        match bytes.and_then(|bytes| bytes.try_into().ok()) {
            Some(secret) => Some(secret),
            None => self.reject(name, &format!("must be {} hexadecimal digits", 2 * N)),
        }
    }

    /// Notes an error that a parser alone cannot see, such as two values that contradict each other.
    pub fn reject<T>(&self, name: &str, why: &str) -> Option<T> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{name} {why}"));
        None
    }

    /// Everything that was noted.
    pub fn error(&self) -> ConfigError {
        ConfigError(self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// Secrets may stand in any value, so the value itself is never repeated.
    fn parse<T: FromStr<Err: Display>>(&self, name: &str, text: &str) -> Option<T> {
        text.parse().map_or_else(|error| self.reject(name, &format!("is not usable: {error}")), Some)
    }
}

/// What every service is told.
#[derive(Clone, Debug)]
pub struct Common {
    /// Unique name of this process, such as `orders-1`.
    pub instance: String,
    /// Where to listen.
    pub listen: SocketAddr,
}

impl Common {
    /// Reads `INSTANCE` and `LISTEN`.
    pub fn from_env(env: &Env, service: &str) -> Result<Self, ConfigError> {
        let (Some(instance), Some(listen)) =
            (env.or("INSTANCE", format!("{service}-1")), env.required("LISTEN"))
        else {
            return Err(env.error());
        };
        Ok(Self { instance, listen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_value_is_named_at_once_and_none_is_repeated() {
        let env = Env::of([("PORT", "many"), ("KEY", "secret-not-hex")]);
        assert_eq!(env.required::<u16>("PORT"), None);
        assert_eq!(env.secret::<4>("KEY"), None);
        assert_eq!(env.required::<String>("NAME"), None);
        let message = env.error().to_string();
        for name in ["PORT", "KEY", "NAME"] {
            assert!(message.contains(name), "{message}");
        }
        assert!(!message.contains("secret-not-hex"));
    }

    #[test]
    fn a_pair_is_whole_or_absent() {
        let pair = |values: &[(&str, &str)]| {
            let env = Env::of(values.iter().copied());
            (env.pair::<u16, u16>("A", "B"), env.error().to_string())
        };
        assert_eq!(pair(&[("A", "1"), ("B", "2")]).0, Some(Some((1, 2))));
        assert_eq!(pair(&[]).0, Some(None));
        assert!(pair(&[("A", "1")]).1.contains("B must be set where A is"));
        assert!(pair(&[("B", "1")]).1.contains("A must be set where B is"));
        assert_eq!(pair(&[("A", "1"), ("B", "many")]).0, None);
    }

    #[test]
    fn a_secret_is_read_from_hexadecimal() {
        assert_eq!(Env::of([("KEY", "00ff10a0")]).secret::<4>("KEY"), Some([0, 255, 16, 160]));
    }
}
