//! What each step does.

use super::{
    Action, Breakage, Protocol,
    state::{self, Ban, Instance, Message, Pull, Reconciler, Session, State, TICKS_OF_A_LEASE},
};
use std::time::Duration;

impl Protocol {
    pub(super) fn reconcile(self, state: &mut State) {
        let banned = state.auth.ban != Ban::None;
        let present = state.bus.present();
        state.auth.reconciler = match state.auth.reconciler {
            Reconciler::Idle => {
                state.auth.rounds -= 1;
                if self.is(Breakage::DatabaseReadFirst) {
                    Reconciler::Database(banned)
                } else {
                    Reconciler::Stream(present)
                }
            }
            Reconciler::Stream(stream) => Reconciler::Both(stream, banned),
            Reconciler::Database(banned) => Reconciler::Both(present, banned),
            Reconciler::Both(stream, banned) => {
                if banned {
                    self.write(state, Message::Ban);
                }
                Reconciler::Written(stream, banned)
            }
            // It looks whether the stream is still the same, but the stream may be created anew right after that.
            Reconciler::Written(stream, banned) => {
                self.write(state, Message::Complete(stream, banned));
                Reconciler::Idle
            }
        };
    }

    pub(super) fn write(self, state: &mut State, message: Message) {
        state.bus.write(message, self.is(Breakage::HistoryOfOne));
    }

    fn open(self, state: &State, instance: &mut Instance, believed: u8) {
        let stream = state.bus.present();
        if self.is(Breakage::SessionResumed)
            && let Some(session) = &mut instance.session
        {
            (session.stream, session.position) = (stream, state.bus.end());
            session.believed = stream;
            return;
        }
        // A stream created anew drops the lease, never what is remembered.
        if instance.session.as_ref().is_some_and(|session| session.believed != believed) {
            instance.proof = None;
        }
        instance.session = Some(Session { stream, believed, ..Session::default() });
    }

    fn deliver(self, state: &State, instance: &mut Instance, number: u8) {
        let Some(session) = &mut instance.session else { return };
        let message = state.bus.read(session.stream, session.position).flatten();
        session.position += 1;
        match message {
            Some(Message::Ban) => instance.knows = true,
            Some(Message::Complete(of, covers)) => {
                if of == session.believed || self.is(Breakage::CompleteOfAnyStream) {
                    session.barrier.completed();
                    session.covers = covers;
                }
            }
            Some(Message::Marker(by, nonce)) if by == number => {
                if let Some(written) = session.barrier.delivered(u64::from(nonce)) {
                    let delivered = self.is(Breakage::CountedFromDelivery);
                    let begun = if delivered { state.now } else { ticks(written) };
                    // A marker that comes back late proves nothing of the position.
                    instance.covers |= session.covers && ticks(written) + TICKS_OF_A_LEASE > state.now;
                    instance.prove(begun);
                }
            }
            Some(Message::Marker(..)) | None => {}
        }
    }

    fn mark(self, state: &State, instance: &mut Instance) {
        let nonce = instance.next_marker;
        let now = if self.is(Breakage::OnTheWallClock) {
            state.now - instance.set_back.min(state.now)
        } else {
            state.now
        };
        let Some(session) = &mut instance.session else { return };
        session.barrier.written(u64::from(nonce), state::at(now));
        instance.next_marker += 1;
        instance.under_way.push(nonce);
    }

    fn receive(self, state: &State, instance: &mut Instance) {
        let Some(Pull { begun, covers, answer: Some(banned) }) = instance.pull.take() else { return };
        instance.knows |= banned && !covers;
        instance.covers |= banned;
        instance.prove(if self.is(Breakage::PullCountedFromAnswer) { state.now } else { begun });
    }

    fn restart(self, state: &State, instance: &mut Instance) {
        *instance = Instance {
            // Numbers of markers are random, and those under way still arrive.
            next_marker: instance.next_marker,
            under_way: std::mem::take(&mut instance.under_way),
            pulls: instance.pulls,
            set_back: instance.set_back,
            proof: self.is(Breakage::ServesBeforeTheFirstLease).then_some(state.now),
            ..Instance::default()
        };
    }

    fn read_length(state: &State, instance: &mut Instance) {
        let Some(session) = &instance.session else { return };
        let told = state.bus.deposed.unwrap_or_else(|| state.bus.end());
        if session.believed == state.bus.present()
            && session.barrier.is_complete()
            && session.position >= told
        {
            instance.prove(state.now);
        }
    }

    /// A step of an instance.
    pub(super) fn step(self, state: &mut State, action: Action, number: u8) {
        let Some(mut instance) = state.instances.get(usize::from(number)).cloned() else { return };
        match action {
            Action::Open(_) => {
                self.open(state, &mut instance, state.bus.present());
                if let (true, Some(session)) = (self.is(Breakage::CompleteNotRequired), &mut instance.session)
                {
                    session.barrier.completed();
                }
            }
            Action::OpenDeceived(_) => self.open(state, &mut instance, state.bus.present() - 1),
            Action::Mark(_) => self.mark(state, &mut instance),
            Action::Arrive(_) => {
                let nonce = instance.under_way.remove(0);
                self.write(state, Message::Marker(number, nonce));
            }
            Action::Lose(_) => drop(instance.under_way.remove(0)),
            Action::Deliver(_) => self.deliver(state, &mut instance, number),
            Action::Restart(_) => {
                state.restarts -= 1;
                self.restart(state, &mut instance);
            }
            Action::Ask(_) => {
                instance.pulls -= 1;
                let covers = instance.covers || self.is(Breakage::PullLeavesOutWhatIsUnknown);
                instance.pull = Some(Pull { begun: state.now, covers, answer: None });
            }
            Action::Answer(_, banned) => {
                instance.pull = instance.pull.map(|pull| Pull { answer: Some(banned), ..pull });
            }
            Action::Receive(_) => self.receive(state, &mut instance),
            Action::ReadLength(_) => Self::read_length(state, &mut instance),
            Action::SetBack(_) => instance.set_back = TICKS_OF_A_LEASE,
            Action::Tick
            | Action::Commit
            | Action::Write
            | Action::Reconcile
            | Action::Recreate
            | Action::Depose => {}
        }
        if let Some(place) = state.instances.get_mut(usize::from(number)) {
            *place = instance;
        }
    }
}

/// A clock of the product as a clock of the model.
fn ticks(time: Duration) -> u8 {
    (0..u8::MAX).find(|ticks| state::at(*ticks) >= time).unwrap_or(u8::MAX)
}
