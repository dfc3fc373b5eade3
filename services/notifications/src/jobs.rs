//! Background work: letters are written, mail is sent.

mod refusal;
pub(crate) mod sender;
mod writer;

use crate::state::Notifications;
use sender::Server;
use service::Lifecycle;

/// Starts every job; the sender only where there is a mail server.
pub(crate) fn start(state: &Notifications, lifecycle: &Lifecycle, server: Option<Server>) {
    lifecycle.spawn("writer", writer::run(state.clone()));
    if let Some(server) = server {
        lifecycle.spawn("sender", sender::run(state.clone(), server));
    }
}
