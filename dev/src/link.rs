//! A link that can be cut: one instance reaches the bus through a process of its own, which tests stop, continue and
//! kill.

use anyhow::{Context as _, Result};
use rustix::process::Signal;

use crate::{config::Plan, paths::Profile, process::Spec, ready::Probe, service::Service, session::Session};

/// The process's name.
pub(crate) const NAME: &str = "link";

/// Whose link it is, and where it listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) service: Service,
    pub(crate) number: u32,
    pub(crate) port: u16,
}

/// How to run it.
pub(crate) fn spec(session: &Session, profile: Profile, plan: &Plan, link: Link) -> Result<Spec> {
    let bus = plan.nats.port().context("the bus has no port")?;
    Ok(Spec {
        name: NAME.to_owned(),
        program: session.workspace.binary(profile, NAME),
        arguments: vec![
            "--listen".into(),
            format!("127.0.0.1:{}", link.port).into(),
            "--to".into(),
            format!("127.0.0.1:{bus}").into(),
        ],
        environment: vec![("PATH".to_owned(), session.path.clone())],
        folder: "/".into(),
        // It answers as the bus does, through itself.
        probe: Probe::Nats { port: link.port },
        stop_signal: Signal::TERM,
        quiet: true,
    })
}
