//! Lifetimes: can a token outlive the entry that revokes it, however the clocks of the machines differ?
//!
//! Four machines have a say: the instance of auth that issues the token, the one that bans, the bus, which forgets an
//! entry after its life, and the reader, which may start anew at any time and then knows what the bus still has. Their
//! clocks differ by up to [`SKEW_SECONDS`]. Whether the entry reaches a reader in time is not asked here (that is
//! [`crate::freshness`]): it is there at once, and the question is for how long.

use auth::{revocation, token};
use stateright::{Model, Property};

/// How far two clocks may be apart: as far as a token's leeway allows for.
pub const SKEW_SECONDS: i64 = token::LEEWAY_SECONDS;
/// A step of the clock. Every duration is a multiple of it, so nothing happens in between.
pub const STEP_SECONDS: i64 = 5;
/// The token is issued and the ban made in these first seconds; later would be the same.
const BEGIN_SECONDS: i64 = 2 * STEP_SECONDS;

/// What is promised.
pub const PROMISE: &str = "no token outlives the entry that revokes it";

/// The durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Life of an access token.
    pub token_seconds: i64,
    /// What a reader adds to it.
    pub leeway_seconds: i64,
    /// Life of an entry.
    pub entry_seconds: i64,
}

impl Lifetimes {
    /// Those of the product.
    pub const fn product() -> Self {
        Self {
            token_seconds: token::LIFE_SECONDS,
            leeway_seconds: token::LEEWAY_SECONDS,
            entry_seconds: revocation::LIFE_SECONDS,
        }
    }

    /// Is a token of that time alive? As [`token::AccessClaims::is_alive`] has it, with these durations.
    pub const fn is_alive(&self, issued: i64, now: i64) -> bool {
        now < issued + self.token_seconds + self.leeway_seconds && issued <= now + self.leeway_seconds
    }
}

/// A moment, in seconds of a clock that nobody reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    now: i64,
    /// By how much the clocks of issuer, banner and reader are fast.
    fast: [i64; 3],
    /// When the token was issued, by the issuer's clock.
    issued: Option<i64>,
    /// When the ban was made, by the banner's clock.
    banned: Option<i64>,
    /// Does the reader know of it?
    knows: bool,
    /// May it still start anew?
    may_restart: bool,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Time goes by.
    Wait,
    /// A token is issued.
    Issue,
    /// Its user is banned: the row lock puts this after the issuing, or no token is issued any more.
    Ban,
    /// The reader starts anew.
    Restart,
}

impl Lifetimes {
    /// Would the reader accept the token?
    fn accepts(&self, state: &State) -> bool {
        let [_, _, fast] = state.fast;
        let reader = state.now + fast;
        let alive = state.issued.is_some_and(|issued| self.is_alive(issued, reader));
        let refused = state.banned.is_some_and(|at| state.knows && reader < at + self.entry_seconds);
        alive && !refused
    }

    /// Does the bus still have the entry? Whoever writes it gives it what is left of its life.
    fn on_the_bus(&self, state: &State) -> bool {
        let [_, fast, _] = state.fast;
        state.banned.is_some_and(|at| state.now + fast < at + self.entry_seconds)
    }
}

impl Model for Lifetimes {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let clocks = (0..8).map(|bits| [bits & 1, (bits >> 1) & 1, (bits >> 2) & 1]);
        clocks
            .map(|fast| State {
                now: 0,
                fast: fast.map(|fast| fast * SKEW_SECONDS),
                issued: None,
                banned: None,
                knows: false,
                may_restart: true,
            })
            .collect()
    }

    fn actions(&self, state: &State, may: &mut Vec<Action>) {
        let end = self.token_seconds.max(self.entry_seconds) + self.leeway_seconds + 4 * SKEW_SECONDS;
        if state.now < end {
            may.push(Action::Wait);
        }
        let early = state.now <= BEGIN_SECONDS;
        if early && state.issued.is_none() && state.banned.is_none() {
            may.push(Action::Issue);
        }
        if early && state.banned.is_none() {
            may.push(Action::Ban);
        }
        if state.may_restart {
            may.push(Action::Restart);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        let [issuer, banner, _] = state.fast;
        match action {
            Action::Wait => state.now += STEP_SECONDS,
            Action::Issue => state.issued = Some(state.now + issuer),
            Action::Ban => (state.banned, state.knows) = (Some(state.now + banner), true),
            Action::Restart => (state.may_restart, state.knows) = (false, self.on_the_bus(&state)),
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(PROMISE, |lives: &Self, state: &State| {
                state.banned.is_none() || !lives.accepts(state)
            }),
            Property::sometimes("a token is accepted", |lives: &Self, state: &State| lives.accepts(state)),
            Property::sometimes("an entry ends", |lives: &Self, state: &State| {
                state.banned.is_some() && !lives.on_the_bus(state)
            }),
        ]
    }
}
