//! Passwords that anybody would try first, although they are long enough.

use crate::error::Error;

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

/// Refuses a password that is common, or made of the person's own name or address.
pub(crate) fn refuse(field: &str, password: &str, email: &str, name: &str) -> Result<(), Error> {
    if is_common(password, email, name) {
        return Err(Error::field(
            field,
            "common_password",
            "Many people use this one, or it is your name or address: choose another",
        ));
    }
    Ok(())
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
    use super::is_common;

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
