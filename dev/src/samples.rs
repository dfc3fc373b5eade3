//! Sample accounts: random passwords, made at the first start and kept in `.data/sample-accounts.json`.
//!
//! The admin has an authenticator app too, for admins must: its secret is in the file, and `cargo dev code` shows the code
//! of now.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use chrono::Utc;
use serde_json::{Map, Value, json};

use crate::{codes, credentials::random_hex, paths, session::Session};

/// Who there is: the key in the file, the address, the name.
const ACCOUNTS: [(&str, &str, &str); 3] = [
    ("admin", "admin@ticketing.example", "Ada Admin"),
    ("seller", "seller@ticketing.example", "Sam Seller"),
    ("buyer", "buyer@ticketing.example", "Bea Buyer"),
];

/// One person who can sign in.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) role: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) name: String,
    /// Secret of their authenticator app, in base 32; absent where they have none.
    pub(crate) totp: Option<String>,
}

/// Reads the accounts, or makes them.
#[expect(clippy::disallowed_methods, reason = "the samples begin on the day on which they are made")]
pub(crate) fn open(session: &Session) -> Result<Vec<Account>> {
    let path = session.data.samples();
    if !path.is_file() {
        let mut accounts = Map::new();
        // A seed that is tried again on another day must be the same, or there would be everything twice.
        let first_day = Utc::now().date_naive().to_string();
        let samples = json!({ "key": format!("seed-{}", random_hex(8)?), "first_day": first_day });
        accounts.insert("samples".to_owned(), samples);
        for (role, email, name) in ACCOUNTS {
            let mut account = json!({ "email": email, "password": password()?, "name": name });
            if role == "admin" {
                account["totp"] = json!(codes::new_secret()?);
            }
            accounts.insert(role.to_owned(), account);
        }
        paths::private_file(&path, &format!("{:#}\n", Value::Object(accounts)))?;
    }
    read_all(&path)
}

/// Reads the accounts of a file that is there.
pub(crate) fn read_all(path: &Path) -> Result<Vec<Account>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))?;
    let known = value.as_object().into_iter().flatten();
    Ok(known.filter_map(|(role, account)| read(role, account)).collect())
}

fn read(role: &str, account: &Value) -> Option<Account> {
    let text = |name: &str| account[name].as_str().map(str::to_owned);
    Some(Account {
        role: role.to_owned(),
        email: text("email")?,
        password: text("password")?,
        name: text("name").unwrap_or_else(|| role.to_owned()),
        totp: text("totp"),
    })
}

/// Easy to type from a screen: five groups of four hexadecimal digits, 80 bits.
fn password() -> Result<String> {
    let digits = random_hex(10)?;
    let groups: Vec<&str> = (0..5).map(|group| &digits[4 * group..4 * group + 4]).collect();
    Ok(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_enough_and_differ() {
        let (first, second) = (password().unwrap(), password().unwrap());
        assert_eq!(first.len(), 24);
        assert_ne!(first, second);
    }

    #[test]
    fn what_keeps_a_second_seed_the_same_is_no_account() {
        let samples = json!({ "key": "seed-1", "first_day": "2026-03-01" });
        assert!(read("samples", &samples).is_none());
    }
}
