//! What there is at a moment: clock, auth, bus, instances.

use auth::lease::{Barrier, LIFE, Lease};
use std::time::Duration;

/// Steps of the clock in the life of a lease: what lasts less than one is an order of events, not a time.
pub const TICKS_OF_A_LEASE: u8 = 2;

/// A clock of the model as a clock of the product.
pub fn at(ticks: u8) -> Duration {
    LIFE / u32::from(TICKS_OF_A_LEASE) * u32::from(ticks)
}

/// The whole system. Whoever does nothing for a while is paused, partitioned, or slow: the clock goes on meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The time that all clocks which cannot be set agree on.
    pub now: u8,
    /// The auth service.
    pub auth: Auth,
    /// The bus.
    pub bus: Bus,
    /// Instances of services.
    pub instances: Vec<Instance>,
    /// Restarts that may still happen.
    pub restarts: u8,
}

/// Auth: one person is banned, once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Auth {
    /// How far the ban has come.
    pub ban: Ban,
    /// The reconciler, in the midst of writing everything again.
    pub reconciler: Reconciler,
    /// How often it may still begin.
    pub rounds: u8,
}

/// How far the ban has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ban {
    /// Nobody is banned.
    None,
    /// In the database.
    Committed,
    /// On the bus, which has acknowledged it at that time: T0. A real acknowledgement comes later than the writing,
    /// and a later T0 promises less, so the moment of the writing is the hardest case.
    Acknowledged(u8),
}

/// The reconciler: which stream it has read the name of, and whether it has read the ban.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reconciler {
    /// It rests.
    Idle,
    /// It knows which stream there is.
    Stream(u8),
    /// It has read the database first (a breakage).
    Database(bool),
    /// It knows both, and has written nothing yet.
    Both(u8, bool),
    /// It has written every revocation that it had read.
    Written(u8, bool),
}

/// What stands in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// The ban.
    Ban,
    /// `a.complete` of that stream, and whether the ban was among what auth had read before it said so.
    Complete(u8, bool),
    /// A marker of an instance.
    Marker(u8, u8),
}

/// The bus: every stream there ever was under the name; the last one is the present one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bus {
    /// What was written into each, in order. A message that was removed leaves its place empty.
    pub streams: Vec<Vec<Option<Message>>>,
    /// How much of the present stream a deposed leader has, which still answers whoever asks it.
    pub deposed: Option<u8>,
    /// How often the stream may still be created anew.
    pub recreations: u8,
}

impl Bus {
    /// Which stream is the present one.
    pub fn present(&self) -> u8 {
        u8::try_from(self.streams.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }

    /// How many messages the present stream has had.
    pub fn end(&self) -> u8 {
        self.streams.last().map_or(0, |log| u8::try_from(log.len()).unwrap_or(u8::MAX))
    }

    /// What stands at a place of a stream; nothing beyond its end.
    pub fn read(&self, stream: u8, position: u8) -> Option<Option<Message>> {
        self.streams.get(usize::from(stream))?.get(usize::from(position)).copied()
    }

    /// Writes at the end of the present stream. With a history of one, the same key's earlier message goes.
    pub fn write(&mut self, message: Message, history_of_one: bool) {
        let Some(log) = self.streams.last_mut() else { return };
        if history_of_one {
            for place in log.iter_mut().filter(|place| **place == Some(message)) {
                *place = None;
            }
        }
        log.push(Some(message));
    }
}

/// One instance of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Instance {
    /// Has it applied the ban?
    pub knows: bool,
    /// When its best proof of freshness was begun.
    pub proof: Option<u8>,
    /// The consumer it follows the stream with.
    pub session: Option<Session>,
    /// Markers that are written and have not reached the stream.
    pub under_way: Vec<u8>,
    /// The number of its next marker: also over restarts, as random numbers do not come again.
    pub next_marker: u8,
    /// Is the ban within the position up to which it says it knows everything?
    pub covers: bool,
    /// A pull from auth that is under way.
    pub pull: Option<Pull>,
    /// Pulls that it may still begin.
    pub pulls: u8,
    /// By how much its wall clock was set back.
    pub set_back: u8,
}

/// A consumer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Session {
    /// The stream that it is on.
    pub stream: u8,
    /// The stream that the instance was told it is on.
    pub believed: u8,
    /// Is the ban within the position of the newest `a.complete`?
    pub covers: bool,
    /// The place of the next message.
    pub position: u8,
    /// The product's own rules on which markers count.
    pub barrier: Barrier,
}

/// A pull from auth's private listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pull {
    /// When it was begun.
    pub begun: u8,
    /// Is the ban within the position that it asks from? Then the answer leaves it out.
    pub covers: bool,
    /// What auth has read for it: is the person banned?
    pub answer: Option<bool>,
}

impl Instance {
    /// Does the lease hold at that time, by the product's own rule?
    pub fn holds(&self, now: u8) -> bool {
        let lease = Lease::default();
        if let Some(begun) = self.proof {
            lease.extend(at(begun));
        }
        lease.holds(at(now))
    }

    /// A proof of freshness that was begun at that time. The best one counts.
    pub fn prove(&mut self, begun: u8) {
        self.proof = self.proof.max(Some(begun));
    }
}
