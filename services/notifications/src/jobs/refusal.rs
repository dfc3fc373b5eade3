//! What a mail server's refusal is about: this one mail, or whatever it would be handed now.
//!
//! A reply of 5xx only says that asking again *unchanged* is of no use. A wrong password, a sender that is not
//! allowed or a server that serves nobody are changed by operators, and the mail must still be there then.

use lettre::transport::smtp::Error;
use std::error::Error as _;

/// Does the server refuse this recipient or this content, so that trying again changes nothing?
pub(super) fn is_about_the_mail(error: &Error) -> bool {
    let Some(code) = error.status().filter(|_| error.is_permanent()) else { return false };
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    says_so(u16::from(code), &text)
}

/// The enhanced code (RFC 3463) knows best; without one, only codes that are about a mailbox count.
fn says_so(code: u16, text: &str) -> bool {
    // Authentication (RFC 4954): never about the mail, whatever the text says.
    if matches!(code, 530 | 534 | 535 | 538) {
        return false;
    }
    match enhanced(text) {
        // Our own address as the sender.
        Some((1, 7 | 8)) => false,
        // The recipient's address, the mailbox, the content, or a message that is too big.
        Some((1 | 2 | 6, _) | (3, 4)) => true,
        // The server's state, the network, the protocol, or its policy.
        Some(_) => false,
        None => matches!(code, 550..=553 | 556),
    }
}

/// Subject and detail of `5.<subject>.<detail>`.
fn enhanced(text: &str) -> Option<(u16, u16)> {
    let (subject, detail) = text.split_whitespace().next()?.strip_prefix("5.")?.split_once('.')?;
    Some((subject.parse().ok()?, detail.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wrong_with_the_mail_itself_is_final() {
        let about_the_mail = [
            (550, "no such user here"),
            (550, "5.1.1 <a@example.com>: user unknown"),
            (552, "5.2.2 mailbox full"),
            (552, "5.3.4 message too big"),
            (554, "5.6.0 the content is not readable"),
            (556, "the domain accepts no mail"),
        ];
        for (code, text) in about_the_mail {
            assert!(says_so(code, text), "{code} {text}");
        }
        let about_us_or_them = [
            (535, "authentication failed"),
            (535, "5.7.8 authentication failed"),
            (530, "5.1.1 authentication required"),
            (534, ""),
            (538, "encryption required"),
            (554, "no SMTP service here"),
            (554, "5.7.1 relay access denied"),
            (550, "5.7.1 your address is on a list"),
            (553, "5.1.8 sender domain does not exist"),
            (521, "does not accept mail"),
            (503, "bad sequence of commands"),
        ];
        for (code, text) in about_us_or_them {
            assert!(!says_so(code, text), "{code} {text}");
        }
    }
}
