//! What is broken while people are banned. Each fault comes and goes until it is ended, and leaves all healed.

use crate::{system::System, table::say};
use anyhow::ensure;
use std::{process::Command, time::Duration};
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

/// How long something is stopped: longer than a lease lives.
const STOPPED: Duration = Duration::from_millis(3_500);
/// How long it goes on between two stops.
const HEALED: Duration = Duration::from_millis(2_500);
/// The pause between two kills. The launcher waits longer before each restart.
const KILL_EVERY: Duration = Duration::from_secs(5);
/// The pause before something is tried again that was not there.
const AGAIN: Duration = Duration::from_millis(200);
/// The process through which one instance reaches the bus.
const LINK: &str = "link";

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    LinkCut,
    InstancePaused,
    NatsKilled,
    AuthKilled,
}

/// A fault that comes and goes.
pub(crate) struct Causing {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Causing {
    /// Waits until it is healed.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        drop(self.task.await);
    }
}

impl Fault {
    pub(crate) const ALL: [Self; 5] =
        [Self::None, Self::LinkCut, Self::InstancePaused, Self::AuthKilled, Self::NatsKilled];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "all is well",
            Self::LinkCut => "one instance's link to NATS is cut",
            Self::InstancePaused => "instances are paused",
            Self::NatsKilled => "NATS is killed",
            Self::AuthKilled => "auth is killed",
        }
    }

    /// Breaks things until it is told to end.
    pub(crate) fn begin(self, system: &System) -> Causing {
        let (stop, system) = (CancellationToken::new(), system.clone());
        let task = tokio::spawn(self.cause(system, stop.clone()));
        Causing { stop, task }
    }

    async fn cause(self, system: System, stop: CancellationToken) {
        let mut turn = 0_usize;
        while !stop.is_cancelled() {
            let broken = match self {
                Self::None => return,
                Self::LinkCut => pause(&system, LINK, &stop).await,
                Self::InstancePaused => pause(&system, &paused(&system, turn), &stop).await,
                Self::NatsKilled => kill(&system, "nats", &stop).await,
                Self::AuthKilled => kill(&system, &of_auth(&system, turn), &stop).await,
            };
            if let Err(error) = broken {
                // A process that is being restarted is not there to be broken.
                say(&format!("    (not broken this time: {error:#})"));
                sleep(AGAIN).await;
            }
            turn += 1;
        }
    }
}

/// Instances of all services but auth in turn: those of auth are needed to ban.
fn paused(system: &System, turn: usize) -> String {
    let instances = system.instances().unwrap_or_default();
    let others: Vec<_> = instances.iter().filter(|instance| instance.service != "auth").collect();
    others.get(turn % others.len().max(1)).map(|instance| instance.name.clone()).unwrap_or_default()
}

fn of_auth(system: &System, turn: usize) -> String {
    let instances = system.instances().unwrap_or_default();
    let all: Vec<_> = instances.iter().filter(|instance| instance.service == "auth").collect();
    all.get(turn % all.len().max(1)).map(|instance| instance.name.clone()).unwrap_or_default()
}

/// Stops a process for longer than a lease lives, then lets it go on for a while.
async fn pause(system: &System, name: &str, stop: &CancellationToken) -> anyhow::Result<()> {
    let victim = system.process(name)?;
    signal("STOP", victim.pid)?;
    // Healed in any case: the rest of the measurement needs it.
    sleep_or(stop, STOPPED).await;
    signal("CONT", victim.pid)?;
    sleep_or(stop, HEALED).await;
    Ok(())
}

async fn kill(system: &System, name: &str, stop: &CancellationToken) -> anyhow::Result<()> {
    let victim = system.process(name)?;
    signal("KILL", victim.pid)?;
    sleep_or(stop, KILL_EVERY).await;
    Ok(())
}

async fn sleep_or(stop: &CancellationToken, time: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = sleep(time) => {}
    }
}

/// Sends a signal to a process of the system under measurement.
pub(crate) fn signal(name: &str, pid: u32) -> anyhow::Result<()> {
    let status = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status()?;
    ensure!(status.success(), "no process {pid} takes SIG{name}");
    Ok(())
}
