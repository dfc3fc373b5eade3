//! The freshness lease among machines.
//!
//! Processes: auth, with its ban and its reconciler; the bus, whose stream may be created anew and whose leader may be
//! deposed; instances with watcher, markers, lease and the pull from auth. In every state any of them may take its next
//! step, or none, while the clock goes on: so every delay, pause and partition is among what is tried.
//!
//! The property: **no instance accepts the banned person from T0 + the life of a lease on**, where a check that is made
//! at that moment stands for every request that begins then.

pub mod state;
mod steps;

use state::{Auth, Ban, Bus, Instance, Message, Pull, Reconciler, State, TICKS_OF_A_LEASE};
use stateright::{Model, Property};

/// What is promised.
pub const PROMISE: &str = "nobody banned is accepted once a lease has passed";

/// How much of everything is tried.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Instances of services.
    pub instances: u8,
    /// Steps of the clock.
    pub ticks: u8,
    /// Markers that each instance writes.
    pub markers: u8,
    /// Restarts, of all instances together.
    pub restarts: u8,
    /// How often the stream is created anew.
    pub recreations: u8,
    /// How often the reconciler writes everything again.
    pub rounds: u8,
    /// Pulls of each instance.
    pub pulls: u8,
}

/// A way to build it wrong, and what else is taken to be possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakage {
    /// None: the protocol as it is built.
    None,
    /// The lease is counted from the marker's delivery instead of its writing.
    CountedFromDelivery,
    /// The lease is never looked at.
    NeverChecked,
    /// An instance that has just started serves before its first lease.
    ServesBeforeTheFirstLease,
    /// A marker counts without `a.complete`.
    CompleteNotRequired,
    /// `a.complete` of any stream will do.
    CompleteOfAnyStream,
    /// A consumer goes on where it was in a stream that was created anew.
    SessionResumed,
    /// The stream keeps one message per key.
    HistoryOfOne,
    /// The lease is renewed by asking how long the stream is, and a deposed leader answers.
    RenewedByRead,
    /// The lease runs on the wall clock, which may be set back.
    OnTheWallClock,
    /// The reconciler reads the database before it reads which stream there is.
    DatabaseReadFirst,
    /// A pull's lease is counted from its answer.
    PullCountedFromAnswer,
    /// Auth answers a pull from a replica that may be behind.
    PullFromReplica,
    /// A pull asks from a position that the instance has not reached.
    PullLeavesOutWhatIsUnknown,
    /// Not the protocol's fault: whoever tells an instance which stream there is may be a deposed leader of the stream
    /// before, while its consumer is made on the new one.
    StreamToldByDeposedLeader,
}

/// The protocol, within bounds, broken or not.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// How much is tried.
    pub bounds: Bounds,
    /// What is wrong.
    pub breakage: Breakage,
}

/// One step of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The clock goes on.
    Tick,
    /// Auth commits the ban.
    Commit,
    /// Auth writes it, and the bus acknowledges.
    Write,
    /// The reconciler takes its next step.
    Reconcile,
    /// The stream is lost and created anew.
    Recreate,
    /// The leader is deposed, and does not know it.
    Depose,
    /// An instance begins a session.
    Open(u8),
    /// It is told an earlier stream than the one it is on.
    OpenDeceived(u8),
    /// It notes the time and sends a marker.
    Mark(u8),
    /// Its oldest marker under way reaches the stream.
    Arrive(u8),
    /// Its oldest marker under way is lost.
    Lose(u8),
    /// It is delivered the next message.
    Deliver(u8),
    /// It starts anew, with an empty memory.
    Restart(u8),
    /// It notes the time and asks auth.
    Ask(u8),
    /// Auth reads its database for it; a replica may say what was before.
    Answer(u8, bool),
    /// The answer arrives.
    Receive(u8),
    /// It asks how long the stream is (a breakage).
    ReadLength(u8),
    /// Its wall clock is set back.
    SetBack(u8),
}

impl Protocol {
    fn is(self, breakage: Breakage) -> bool {
        self.breakage == breakage
    }

    /// Would the instance accept the banned person's token?
    pub fn accepts(&self, instance: &Instance, now: u8) -> bool {
        let now = if self.is(Breakage::OnTheWallClock) { now.saturating_sub(instance.set_back) } else { now };
        !instance.knows && (self.is(Breakage::NeverChecked) || instance.holds(now))
    }

    fn promise_is_broken(self, state: &State) -> bool {
        let Ban::Acknowledged(t0) = state.auth.ban else { return false };
        state.now >= t0 + TICKS_OF_A_LEASE
            && state.instances.iter().any(|instance| self.accepts(instance, state.now))
    }

    fn may_of(self, state: &State, number: u8, instance: &Instance, may: &mut Vec<Action>) {
        let present = state.bus.present();
        if instance.session.as_ref().is_none_or(|session| session.believed != present) {
            may.push(Action::Open(number));
            if self.is(Breakage::StreamToldByDeposedLeader) && present > 0 {
                may.push(Action::OpenDeceived(number));
            }
        }
        if let Some(session) = &instance.session {
            if instance.next_marker < self.bounds.markers {
                may.push(Action::Mark(number));
            }
            if state.bus.read(session.stream, session.position).is_some() {
                may.push(Action::Deliver(number));
            }
            if self.is(Breakage::RenewedByRead) {
                may.push(Action::ReadLength(number));
            }
        }
        if !instance.under_way.is_empty() {
            may.extend([Action::Arrive(number), Action::Lose(number)]);
        }
        if state.restarts > 0 {
            may.push(Action::Restart(number));
        }
        match instance.pull {
            None if instance.pulls > 0 => may.push(Action::Ask(number)),
            Some(Pull { answer: None, .. }) => {
                may.push(Action::Answer(number, state.auth.ban != Ban::None));
                if self.is(Breakage::PullFromReplica) {
                    may.push(Action::Answer(number, false));
                }
            }
            Some(_) => may.push(Action::Receive(number)),
            None => {}
        }
        if self.is(Breakage::OnTheWallClock) && instance.set_back == 0 {
            may.push(Action::SetBack(number));
        }
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let instance = Instance { pulls: self.bounds.pulls, ..Instance::default() };
        vec![State {
            now: 1,
            auth: Auth { ban: Ban::None, reconciler: Reconciler::Idle, rounds: self.bounds.rounds },
            bus: Bus {
                streams: vec![vec![Some(Message::Complete(0, false))]],
                deposed: None,
                recreations: self.bounds.recreations,
            },
            instances: vec![instance; usize::from(self.bounds.instances)],
            restarts: self.bounds.restarts,
        }]
    }

    fn actions(&self, state: &State, may: &mut Vec<Action>) {
        if state.now < self.bounds.ticks {
            may.push(Action::Tick);
        }
        match state.auth.ban {
            Ban::None => may.push(Action::Commit),
            Ban::Committed => may.push(Action::Write),
            Ban::Acknowledged(_) => {}
        }
        if state.auth.reconciler != Reconciler::Idle || state.auth.rounds > 0 {
            may.push(Action::Reconcile);
        }
        if state.bus.recreations > 0 {
            may.push(Action::Recreate);
        }
        if self.is(Breakage::RenewedByRead) && state.bus.deposed.is_none() {
            may.push(Action::Depose);
        }
        for (number, instance) in (0_u8..).zip(&state.instances) {
            self.may_of(state, number, instance, may);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Tick => state.now += 1,
            Action::Commit => state.auth.ban = Ban::Committed,
            Action::Write => {
                self.write(&mut state, Message::Ban);
                state.auth.ban = Ban::Acknowledged(state.now);
            }
            Action::Reconcile => self.reconcile(&mut state),
            Action::Recreate => {
                state.bus.recreations -= 1;
                state.bus.deposed = None;
                state.bus.streams.push(Vec::new());
            }
            Action::Depose => state.bus.deposed = Some(state.bus.end()),
            Action::Open(number)
            | Action::OpenDeceived(number)
            | Action::Mark(number)
            | Action::Arrive(number)
            | Action::Lose(number)
            | Action::Deliver(number)
            | Action::Restart(number)
            | Action::Ask(number)
            | Action::Answer(number, _)
            | Action::Receive(number)
            | Action::ReadLength(number)
            | Action::SetBack(number) => self.step(&mut state, action, number),
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(PROMISE, |protocol: &Self, state: &State| !protocol.promise_is_broken(state)),
            // What must be possible, or nothing was tried.
            Property::sometimes("somebody is accepted", |protocol: &Self, state: &State| {
                state.instances.iter().any(|instance| protocol.accepts(instance, state.now))
            }),
            Property::sometimes("the ban is applied", |_, state: &State| {
                state.instances.iter().any(|instance| instance.knows)
            }),
            Property::sometimes("a lease is had after all else", |_, state: &State| {
                let anew = state.bus.recreations == 0 && state.restarts == 0;
                anew && state.instances.iter().any(|instance| instance.holds(state.now))
            }),
        ]
    }
}
