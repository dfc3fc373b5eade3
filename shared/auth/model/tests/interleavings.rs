//! Threads, in every order of steps that the memory model allows.

use auth::{Identity, Refusal};
use auth_model::interleavings::{
    lease::{LIFE, Lease},
    revocation::{Kind, ReasonCode, Revocation, Revocations},
    verdict::verdict,
};
use contracts::{
    Timestamp,
    auth::Role,
    ids::{SessionId, UserId},
};
use loom::{sync::Arc, thread};
use std::{panic, time::Duration};
use uuid::Uuid;

/// The markers were written at this time, after the ban was acknowledged.
const MARKED: Duration = Duration::from_secs(1_000);
/// Requests begin at this time.
const NOW: Duration = Duration::from_millis(1_000_500);

fn wall() -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 0).unwrap()
}

fn banned() -> Identity {
    Identity {
        user: UserId::from_uuid(Uuid::from_u128(1)),
        session: SessionId::from_uuid(Uuid::from_u128(2)),
        generation: 1,
        role: Role::User,
        withheld: None,
        name: None,
        kid: "k".into(),
        expires_at: wall(),
    }
}

fn ban(generation: i64) -> Revocation {
    Revocation {
        kind: Kind::User,
        id: Uuid::from_u128(1),
        generation,
        expires_at: wall() + chrono::TimeDelta::seconds(960),
        reason_code: ReasonCode::Banned,
        actor: None,
        at: wall(),
    }
}

/// What a watcher and requests share. The lease of before has run out.
#[derive(Default)]
struct Shared {
    lease: Lease,
    revocations: Revocations,
}

impl Shared {
    fn verdict(&self) -> Result<(), Refusal> {
        verdict(&self.lease, &self.revocations, &banned(), NOW, wall())
    }
}

fn watcher(shared: &Shared) {
    shared.revocations.apply(&ban(2));
    shared.lease.extend(MARKED);
}

fn hasty_watcher(shared: &Shared) {
    shared.lease.extend(MARKED);
    shared.revocations.apply(&ban(2));
}

fn request_that_asks_for_revocations_first(shared: &Shared) -> Result<(), Refusal> {
    let refusal = shared.revocations.refusal(&banned(), wall());
    let fresh = shared.lease.holds(NOW);
    refusal.map_or(if fresh { Ok(()) } else { Err(Refusal::Stale) }, Err)
}

/// Runs both in every order, and fails where the banned person is accepted.
fn in_every_order(watch: fn(&Shared), ask: fn(&Shared) -> Result<(), Refusal>) {
    loom::model(move || {
        let shared = Arc::new(Shared::default());
        let watching = thread::spawn({
            let shared = Arc::clone(&shared);
            move || watch(&shared)
        });
        assert!(ask(&shared).is_err(), "a banned person was accepted");
        watching.join().unwrap();
        assert_eq!(ask(&shared), Err(Refusal::AccountSuspended));
    });
}

fn is_found(watch: fn(&Shared), ask: fn(&Shared) -> Result<(), Refusal>) -> bool {
    panic::catch_unwind(|| in_every_order(watch, ask)).is_err()
}

#[test]
fn whoever_sees_the_lease_sees_the_ban_that_it_vouches_for() {
    in_every_order(watcher, Shared::verdict);
}

#[test]
fn a_lease_that_is_extended_before_the_ban_is_applied_is_found() {
    assert!(is_found(hasty_watcher, Shared::verdict));
}

#[test]
fn revocations_that_are_asked_before_the_lease_are_found() {
    assert!(is_found(watcher, request_that_asks_for_revocations_first));
}

#[test]
fn two_watchers_leave_the_higher_generation_and_the_longer_lease() {
    loom::model(|| {
        let shared = Arc::new(Shared::default());
        let pull = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                shared.revocations.apply(&ban(3));
                shared.lease.extend(MARKED);
            }
        });
        shared.revocations.apply(&ban(2));
        shared.lease.extend(MARKED.saturating_sub(LIFE));
        pull.join().unwrap();
        assert!(shared.lease.holds(NOW), "the older proof has shortened the lease");
        let of_second = Identity { generation: 2, ..banned() };
        assert_eq!(shared.revocations.refusal(&of_second, wall()), Some(Refusal::AccountSuspended));
    });
}
