//! Passwords that anybody would try first, although they are long enough (NIST SP 800-63B-4, 3.1.1.2; ASVS 6.2.4, 6.2.11,
//! 6.2.12): those on a list of breached ones, repetitions and sequences, and what is made of the person's or the site's
//! own words.

use crate::{error::Error, password_list::PasswordList, passwords::normal};
use contracts::auth::PASSWORD_MIN;
use std::{io, path::Path};

/// What passwords are held against. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CommonPasswords {
    lists: Vec<PasswordList>,
}

/// What many people choose when fifteen characters are asked for (lower case, without spaces).
const COMMON: &[&str] = &[
    "123456789012345",
    "1234567890123456",
    "12345678901234567890",
    "111111111111111",
    "qwertyuiopasdfg",
    "qwertyuiopasdfghjkl",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv",
    "1q2w3e4r5t6y7u8i",
    "q1w2e3r4t5y6u7i8",
    "abcdefghijklmno",
    "abcdefghijklmnopqrstuvwxyz",
    "correcthorsebatterystaple",
    "iloveyouiloveyou",
    "letmeinletmeinletmein",
    "passwordpassword",
    "password123456789",
    "password1234567",
    "mypasswordispassword",
    "thisismypassword",
    "administrator123",
    "administratoradministrator",
    "changemechangeme",
    "welcomewelcome123",
    "qwerty1234567890",
];

/// Words of this site, which guessers put together first.
const CONTEXT: &[&str] =
    &["ticketing", "tickets", "ticket", "password", "admin", "qwerty", "letmein", "welcome", "dev"];

impl CommonPasswords {
    /// The list that comes with the service, and the operator's if there is one.
    pub(crate) fn open(of_operator: Option<&Path>) -> io::Result<Self> {
        let mut lists = vec![PasswordList::bundled()?];
        lists.extend(of_operator.map(PasswordList::file).transpose()?);
        Ok(Self { lists })
    }

    /// Refuses a password that is common, or made of the person's own name or address.
    pub(crate) async fn refuse(
        &self,
        field: &str,
        password: &str,
        email: &str,
        name: &str,
    ) -> Result<(), Error> {
        let password = normal(password);
        // One letter may be several code points before it is brought into its normal form.
        if password.chars().count() < PASSWORD_MIN {
            return Err(Error::field(
                field,
                "too_short",
                "Use at least 15 characters; several words are fine",
            ));
        }
        if is_common(&password, email, name) || self.is_listed(password).await? {
            return Err(Error::field(
                field,
                "common_password",
                "Many people use this one, or it is your name or address: choose another",
            ));
        }
        Ok(())
    }

    /// Is it on a list, as it is or as people write it down, without spaces and capitals?
    async fn is_listed(&self, password: String) -> Result<bool, Error> {
        let lists = self.lists.clone();
        let waits = lists.iter().any(PasswordList::is_file);
        let look = move || {
            let plain = plain(&password);
            lists.iter().try_fold(false, |found, list| {
                Ok::<_, io::Error>(found || list.contains(&password)? || list.contains(&plain)?)
            })
        };
        if !waits {
            return Ok(look()?);
        }
        // A list on a disk; the threads of requests wait for none.
        Ok(tokio::task::spawn_blocking(look).await.map_err(io::Error::other)??)
    }
}

fn is_common(password: &str, email: &str, name: &str) -> bool {
    let plain = plain(password);
    COMMON.contains(&plain.as_str())
        || is_repetition(&plain)
        || is_sequence(&plain)
        || remains_little(&plain, email, name)
}

fn plain(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect()
}

/// The same one to eight characters over and over.
fn is_repetition(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=8).any(|period| chars.len() > period && chars.iter().zip(&chars[period..]).all(|(a, b)| a == b))
}

/// Each character follows the one before, up or down.
fn is_sequence(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let follows = |step: i64| codes.windows(2).all(|pair| i64::from(pair[1]) - i64::from(pair[0]) == step);
    codes.len() > 1 && (follows(1) || follows(-1))
}

/// Without the person's own words, the site's words and digits, hardly anything is left.
fn remains_little(text: &str, email: &str, name: &str) -> bool {
    let mut own: Vec<String> = vec![plain(email), plain(name)];
    own.extend(email.split(['@', '.', '-', '_', '+']).map(plain));
    own.extend(name.split_whitespace().map(plain));
    own.extend(CONTEXT.iter().map(|word| (*word).to_owned()));
    own.retain(|word| word.chars().count() >= 3);
    own.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = text.to_owned();
    for word in &own {
        rest = rest.replace(word.as_str(), "");
    }
    rest.chars().filter(|c| c.is_alphabetic()).count() < 4 && rest.len() < text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(password: &str) -> Option<String> {
        let common = CommonPasswords::open(None).unwrap();
        match common.refuse("new", password, "ana@example.com", "Ana Lima").await {
            Ok(()) => None,
            Err(Error::Invalid(errors)) => Some(errors[0].code.clone()),
            Err(other) => panic!("{other}"),
        }
    }

    #[tokio::test]
    async fn what_was_breached_is_common_and_what_is_short_in_its_normal_form_is_short() {
        assert_eq!(refused("000webhost4ever").await.as_deref(), Some("common_password"));
        assert_eq!(refused("000 WebHost 4ever").await.as_deref(), Some("common_password"));
        assert_eq!(refused("violet harbour seven lamps").await, None);
        // Eight letters with an accent each, as sixteen code points.
        assert_eq!(refused(&"e\u{301}".repeat(8)).await.as_deref(), Some("too_short"));
    }

    #[test]
    fn what_anybody_would_try_is_common() {
        for password in [
            "passwordpasswordpassword",
            "Password Password 2026",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "1234567890123456",
            "abcdefghijklmnop",
            "Correct Horse Battery Staple",
            "ana.lima@example.com",
            "Ana Lima Ana Lima Ana",
            "ticketing.dev2026!",
        ] {
            assert!(is_common(password, "ana.lima@example.com", "Ana Lima"), "{password}");
        }
    }

    #[test]
    fn what_is_long_and_own_is_not() {
        for password in [
            "violet harbour seven lamps",
            "Zwölf Boxkämpfer jagen Viktor",
            "hunter2-hunter3-fox",
            "正しい馬電池ホッチキスと猫とたいやき",
        ] {
            assert!(!is_common(password, "ana.lima@example.com", "Ana Lima"), "{password}");
        }
    }
}
