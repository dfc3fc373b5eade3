//! Recovery codes: they stand in for a second factor that was lost, once each.

use sha2::{Digest, Sha256};

/// How many there are.
pub(crate) const COUNT: usize = 10;
/// Five groups of five letters of 32: 125 bits, so a plain hash keeps them (ASVS 5.0, 6.5.2), and nobody guesses one.
const GROUPS: usize = 5;
const GROUP: usize = 5;
/// No 0, 1, 8, 9 and their look-alikes: the letters of base 32 (RFC 4648).
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// New codes, as they are shown.
pub(crate) fn random() -> Vec<String> {
    (0..COUNT).map(|_| one(rand::random())).collect()
}

fn one(bytes: [u8; GROUPS * GROUP]) -> String {
    let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// What the database keeps of a code, however it was typed; nothing where it cannot be one.
pub(crate) fn hash(typed: &str) -> Option<Vec<u8>> {
    let letters: String =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    (letters.len() == GROUPS * GROUP).then(|| Sha256::digest(letters).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_known_however_they_are_typed() {
        let codes = random();
        assert_eq!(codes.len(), COUNT);
        assert_ne!(codes[0], codes[1]);
        assert_eq!(codes[0].len(), 29);
        let typed = codes[0].to_lowercase().replace('-', " ");
        assert_eq!(hash(&typed), hash(&codes[0]));
        assert_ne!(hash(&codes[1]), hash(&codes[0]));
        assert_eq!(hash("123456"), None);
    }
}
