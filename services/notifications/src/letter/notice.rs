//! What people are told of their accounts: links that prove an address, and changes that they should know of.

use super::{
    Desk, Written,
    layout::{self, Page},
    when,
};
use contracts::{auth::NoticeKind, device};
use events::auth::Notice;

/// The words of a letter.
struct Words {
    subject: &'static str,
    opening: String,
    button: Option<(&'static str, String)>,
    closing: &'static str,
}

/// What a link that nobody asked for means.
const NOT_ASKED: &str = "If you did not ask for this, do nothing: without the link nothing changes. We never ask for your password by mail.";
/// What to do about a change that one did not make.
const NOT_ME: &str = "If that was not you, set a new password at once: that signs out every device.";
/// What to do about a way to sign in that one did not add: a new password leaves it as it is.
const NOT_ADDED: &str = "If that was not you, remove there what you do not know, make new recovery codes, and change your password. If you cannot sign in, answer this mail at once, in your own words.";

/// Writes a notice; `secret` is what its link carries, where it has one.
pub(super) fn write(desk: Desk<'_>, notice: &Notice, secret: Option<&str>) -> Written {
    let Words { subject, opening, button, closing } = words(desk, notice, secret.unwrap_or_default());
    let page = Page {
        subject: subject.to_owned(),
        preheader: opening.clone(),
        heading: subject.to_owned(),
        opening: format!("{}, {opening}", desk.first_name()),
        button,
        rows: String::new(),
        plain_rows: String::new(),
        closing: closing.to_owned(),
    };
    layout::write(desk, page)
}

fn words(desk: Desk<'_>, notice: &Notice, secret: &str) -> Words {
    match notice.kind {
        NoticeKind::ResetPassword | NoticeKind::ConfirmEmail | NoticeKind::ConfirmNewEmail => {
            proof(desk, notice, secret)
        }
        NoticeKind::AddressTaken | NoticeKind::NewBrowser | NoticeKind::EmailChanged => {
            event(desk, notice, secret)
        }
        NoticeKind::PasswordChanged => {
            change(desk, notice, "Your password was changed", "your password was changed")
        }
        NoticeKind::SecondFactorAdded => {
            added(desk, notice, "A second factor was added", "a second factor was added to your account")
        }
        NoticeKind::SecondFactorRemoved => change(
            desk,
            notice,
            "A second factor was removed",
            "a second factor was removed from your account",
        ),
        NoticeKind::PasskeyAdded => {
            added(desk, notice, "A passkey was added", "a passkey was added to your account")
        }
        NoticeKind::PasskeyRemoved => {
            change(desk, notice, "A passkey was removed", "a passkey was removed from your account")
        }
        NoticeKind::RecoveryCodesMade => added(
            desk,
            notice,
            "New recovery codes were made",
            "new recovery codes were made for your account, and the old ones work no more",
        ),
    }
}

/// What the account's owner may have changed, or somebody else.
fn change(desk: Desk<'_>, notice: &Notice, subject: &'static str, what: &str) -> Words {
    Words {
        subject,
        opening: format!("{what} on {}.", when::utc(notice.at)),
        button: Some(("Set a new password", desk.link("/forgot-password"))),
        closing: NOT_ME,
    }
}

/// A new way to sign in, of the account's owner or of somebody else.
fn added(desk: Desk<'_>, notice: &Notice, subject: &'static str, what: &str) -> Words {
    let button = Some(("See how you sign in", desk.link("/account/security")));
    Words { button, closing: NOT_ADDED, ..change(desk, notice, subject, what) }
}

/// A link that proves that its reader has the mailbox.
fn proof(desk: Desk<'_>, notice: &Notice, secret: &str) -> Words {
    let until = notice.expires_at.map_or_else(String::new, |end| format!(" until {}", when::utc(end)));
    let link = |path: &str| desk.link(&format!("{path}?token={secret}"));
    match notice.kind {
        NoticeKind::ConfirmEmail => Words {
            subject: "Confirm your address",
            opening: format!(
                "your account is made. Confirm that this address is yours, so that tickets and refunds find you. The \
                 link works once,{until}."
            ),
            button: Some(("Confirm this address", link("/confirm-email"))),
            closing: "If you did not make an account, do nothing, and the link ends tomorrow. To have the account \
                      closed, answer this mail.",
        },
        NoticeKind::ConfirmNewEmail => Words {
            subject: "Confirm your new address",
            opening: format!(
                "you asked us to use this address for your account from now on. The link works once,{until}. The old \
                 address stays until you follow it."
            ),
            button: Some(("Use this address", link("/confirm-email"))),
            closing: NOT_ASKED,
        },
        _ => Words {
            subject: "Set a new password",
            opening: format!(
                "somebody asked for a new password for your account. The link works once,{until}. When the password \
                 is set, every device is signed out."
            ),
            button: Some(("Set a new password", link("/reset-password"))),
            closing: NOT_ASKED,
        },
    }
}

/// Something happened that calls for more words than a change.
fn event(desk: Desk<'_>, notice: &Notice, secret: &str) -> Words {
    let at = when::utc(notice.at);
    match notice.kind {
        NoticeKind::AddressTaken => Words {
            subject: "You have an account already",
            opening: format!(
                "on {at} somebody tried to use your address for another account. You have one: sign in to it, or set \
                 a new password if you no longer know yours."
            ),
            button: Some(("Sign in", desk.link("/signin"))),
            closing: "If that was not you, do nothing: nothing was made and nothing has changed.",
        },
        NoticeKind::EmailChanged => Words {
            subject: "Your address was changed",
            opening: format!(
                "on {at} your account got another address. From now on mail goes there, and this address no longer \
                 signs in."
            ),
            button: None,
            closing: "If that was not you, answer this mail at once, in your own words.",
        },
        _ => Words {
            subject: "A new sign-in to your account",
            opening: format!(
                "on {at} somebody signed in to your account with {}, which we had not seen there before. If that was \
                 you, do nothing.",
                device::in_words(notice.user_agent.as_deref().unwrap_or_default())
            ),
            button: Some(("That was not me", desk.link(&format!("/not-me?token={secret}")))),
            closing: "The link signs out that device and helps you to set a new password.",
        },
    }
}
