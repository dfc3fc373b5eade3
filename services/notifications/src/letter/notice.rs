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
    let at = when::utc(notice.at);
    let until = notice.expires_at.map_or_else(String::new, |end| format!(" until {}", when::utc(end)));
    let link = |path: &str| desk.link(&format!("{path}?token={secret}"));
    let new_password = || Some(("Set a new password", desk.link("/forgot-password")));
    let changed = |subject, what: &str| Words {
        subject,
        opening: format!("{what} on {at}."),
        button: new_password(),
        closing: NOT_ME,
    };
    match notice.kind {
        NoticeKind::ResetPassword => Words {
            subject: "Set a new password",
            opening: format!(
                "somebody asked for a new password for your account. The link works once,{until}. When the password \
                 is set, every device is signed out."
            ),
            button: Some(("Set a new password", link("/reset-password"))),
            closing: NOT_ASKED,
        },
        NoticeKind::ConfirmEmail => Words {
            subject: "Confirm your address",
            opening: format!(
                "your account is made. Confirm that this address is yours, so that tickets and refunds find you. The \
                 link works once,{until}."
            ),
            button: Some(("Confirm this address", link("/confirm-email"))),
            closing: "If you did not make an account, do nothing, and the link ends tomorrow. To have the account closed, answer this mail.",
        },
        NoticeKind::ConfirmNewEmail => Words {
            subject: "Confirm your new address",
            opening: format!(
                "you asked us to use this address for your account from now on. The link works once,{until}. Until \
                 then the old address stays."
            ),
            button: Some(("Use this address", link("/confirm-email"))),
            closing: NOT_ASKED,
        },
        NoticeKind::AddressTaken => Words {
            subject: "You have an account already",
            opening: format!(
                "on {at} somebody tried to create an account with your address. You have one: sign in to it, or set a \
                 new password if you no longer know yours."
            ),
            button: Some(("Sign in", desk.link("/signin"))),
            closing: "If that was not you, do nothing: nothing was made and nothing has changed.",
        },
        NoticeKind::NewBrowser => Words {
            subject: "A new sign-in to your account",
            opening: format!(
                "on {at} somebody signed in to your account with {}, which we had not seen there before. If that was \
                 you, do nothing.",
                device::in_words(notice.user_agent.as_deref().unwrap_or_default())
            ),
            button: Some(("That was not me", link("/not-me"))),
            closing: "The link signs out that device and helps you to set a new password.",
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
        NoticeKind::PasswordChanged => changed("Your password was changed", "your password was changed"),
        NoticeKind::SecondFactorAdded => {
            changed("A second factor was added", "a second factor was added to your account")
        }
        NoticeKind::SecondFactorRemoved => {
            changed("A second factor was removed", "a second factor was removed from your account")
        }
        NoticeKind::PasskeyAdded => changed("A passkey was added", "a passkey was added to your account"),
        NoticeKind::PasskeyRemoved => {
            changed("A passkey was removed", "a passkey was removed from your account")
        }
        NoticeKind::RecoveryCodesMade => changed(
            "New recovery codes were made",
            "new recovery codes were made for your account, and the old ones work no more",
        ),
    }
}
