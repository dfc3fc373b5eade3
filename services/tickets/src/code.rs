//! What a ticket's QR code says: its id and a proof that we made it, in the alphabet of small QR codes.

use contracts::ids::TicketId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;
use uuid::Uuid;

/// Begins every code of this kind; another key or length would begin otherwise.
const PREFIX: &str = "T1";
/// What the key is used for here.
const PURPOSE: &[u8] = b"ticketing.dev ticket code 1";
/// Bytes of the proof: 128 bits cannot be guessed at any door.
const PROOF_BYTES: usize = 16;
/// Crockford's base 32: no I, L, O, U to mistake when it is typed.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of 128 bits.
const DIGITS: usize = 26;

/// Makes and checks codes.
#[derive(Clone)]
pub(crate) struct Codes(Arc<Hmac<Sha256>>);

impl Codes {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        // A shorter key than a block is filled up with zeros (RFC 2104).
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        Self(Arc::new(Hmac::new(&block.into())))
    }

    /// The code of a ticket: `T1.<id>.<proof>`.
    pub(crate) fn code(&self, ticket: TicketId) -> String {
        let proof = self.mac(ticket).finalize().into_bytes();
        let mut bytes = [0; PROOF_BYTES];
        bytes.copy_from_slice(&proof[..PROOF_BYTES]);
        format!("{PREFIX}.{}.{}", encode(ticket.uuid().as_u128()), encode(u128::from_be_bytes(bytes)))
    }

    /// The ticket of a code that we made; compares the proof in constant time.
    pub(crate) fn read(&self, code: &str) -> Option<TicketId> {
        let mut parts = code.trim().split('.');
        let (Some(prefix), Some(id), Some(proof), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            return None;
        }
        let ticket = TicketId::from_uuid(Uuid::from_u128(decode(id)?));
        let proof = decode(proof)?.to_be_bytes();
        self.mac(ticket).verify_truncated_left(&proof).ok().map(|()| ticket)
    }

    fn mac(&self, ticket: TicketId) -> Hmac<Sha256> {
        let mut mac = (*self.0).clone();
        mac.update(PURPOSE);
        mac.update(ticket.uuid().as_bytes());
        mac
    }
}

/// 26 digits, the first of three bits.
fn encode(value: u128) -> String {
    (0..DIGITS).rev().map(|digit| char::from(ALPHABET[(value >> (5 * digit)) as usize & 31])).collect()
}

fn decode(text: &str) -> Option<u128> {
    if text.len() != DIGITS {
        return None;
    }
    text.bytes().try_fold(0_u128, |value, byte| {
        let digit = ALPHABET.iter().position(|known| *known == byte.to_ascii_uppercase())?;
        value.checked_mul(32)?.checked_add(digit as u128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_names_its_ticket_and_nothing_else_does(id: u128, other: u128, at in 3_usize..56) {
            let codes = Codes::new(&[7; 32]);
            let ticket = TicketId::from_uuid(Uuid::from_u128(id));
            let code = codes.code(ticket);
            prop_assert_eq!(code.len(), 56);
            prop_assert_eq!(codes.read(&code), Some(ticket));
            prop_assert_eq!(codes.read(&format!(" {} ", code.to_lowercase())), Some(ticket));
            prop_assert_eq!(Codes::new(&[8; 32]).read(&code), None);
            let mut forged = code.clone().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            prop_assert_eq!(codes.read(&String::from_utf8(forged).unwrap()), None);
            let foreign = codes.code(TicketId::from_uuid(Uuid::from_u128(other)));
            let mixed = format!("{}{}", &code[..30], &foreign[30..]);
            prop_assert_eq!(codes.read(&mixed).is_some(), id == other);
        }

        #[test]
        fn no_text_is_too_strange(text: String) {
            prop_assert_eq!(Codes::new(&[7; 32]).read(&text), None);
        }
    }
}
