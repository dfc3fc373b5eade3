//! The set of revocations: whatever comes in whatever order.

use crate::{
    Identity, Refusal,
    revocation::{Kind, ReasonCode, Revocation, Revocations},
};
use contracts::{
    Timestamp,
    auth::Role,
    ids::{SessionId, UserId},
};
use proptest::prelude::*;
use uuid::Uuid;

const USERS: u128 = 3;
const GENERATIONS: i64 = 5;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn identity(user: u128, generation: i64) -> Identity {
    Identity {
        user: UserId::from_uuid(Uuid::from_u128(user)),
        session: SessionId::from_uuid(Uuid::from_u128(100 + user)),
        generation,
        withheld: None,
        role: Role::User,
        name: None,
        kid: "k".into(),
        expires_at: at(900),
    }
}

fn entry(user: u128, generation: i64, written: i64, reason_code: ReasonCode) -> Revocation {
    Revocation {
        kind: Kind::User,
        id: Uuid::from_u128(user),
        generation,
        expires_at: at(written + 960),
        reason_code,
        actor: None,
        at: at(written),
    }
}

fn any_entry() -> impl Strategy<Value = Revocation> {
    let reason = prop_oneof![Just(ReasonCode::Banned), Just(ReasonCode::Unbanned), Just(ReasonCode::Other)];
    (0..USERS, 1..=GENERATIONS, 0..500_i64, reason, any::<bool>()).prop_map(
        |(user, generation, written, reason, session)| {
            let of_user = entry(user, generation, written, reason);
            if session {
                Revocation { kind: Kind::Session, id: Uuid::from_u128(100 + user), generation: 0, ..of_user }
            } else {
                of_user
            }
        },
    )
}

fn verdicts(set: &Revocations, now: Timestamp) -> Vec<Option<Refusal>> {
    (0..USERS)
        .flat_map(|user| (0..=GENERATIONS).map(move |generation| identity(user, generation)))
        .map(|identity| set.refusal(&identity, now))
        .collect()
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_ends_in_the_same_verdicts(
        entries in proptest::collection::vec(any_entry(), 0..30),
        order in any::<u64>(),
        seconds in 0_i64..1500,
    ) {
        let (one, other) = (Revocations::default(), Revocations::default());
        for entry in &entries {
            one.apply(entry);
        }
        let mut shuffled: Vec<_> = entries.iter().chain(&entries).collect();
        shuffled.sort_by_key(|entry| {
            (entry.at.timestamp().unsigned_abs() ^ order).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        for entry in shuffled {
            other.apply(entry);
        }
        prop_assert_eq!(verdicts(&one, at(seconds)), verdicts(&other, at(seconds)));
    }

    #[test]
    fn the_highest_generation_decides_while_it_lives(entries in proptest::collection::vec(any_entry(), 1..30)) {
        let set = Revocations::default();
        for entry in &entries {
            set.apply(entry);
        }
        for user in 0..USERS {
            let of_user = entries.iter().filter(|e| e.kind == Kind::User && e.id == Uuid::from_u128(user));
            let highest = of_user.map(|entry| entry.generation).max().unwrap_or(0);
            for generation in 0..=GENERATIONS {
                // Another session, so that only the user's entries are asked.
                let stranger = SessionId::from_uuid(Uuid::from_u128(999));
                let identity = Identity { session: stranger, ..identity(user, generation) };
                prop_assert_eq!(set.refusal(&identity, at(0)).is_some(), generation < highest);
            }
        }
    }

    #[test]
    fn forgetting_what_has_expired_changes_no_verdict(
        entries in proptest::collection::vec(any_entry(), 0..30),
        seconds in 0_i64..1500,
    ) {
        let set = Revocations::default();
        for entry in &entries {
            set.apply(entry);
        }
        let before = verdicts(&set, at(seconds));
        set.prune(at(seconds));
        prop_assert_eq!(verdicts(&set, at(seconds)), before);
    }
}

#[test]
fn a_lower_generation_never_wins_even_when_it_is_newer() {
    let set = Revocations::default();
    assert!(set.apply(&entry(1, 3, 0, ReasonCode::Banned)));
    assert!(!set.apply(&entry(1, 2, 100, ReasonCode::Unbanned)));
    assert_eq!(set.refusal(&identity(1, 2), at(101)), Some(Refusal::AccountSuspended));
}

#[test]
fn an_unban_lets_the_new_generation_in_and_keeps_the_old_out() {
    let set = Revocations::default();
    set.apply(&entry(1, 2, 0, ReasonCode::Banned));
    assert!(set.apply(&entry(1, 2, 10, ReasonCode::Unbanned)));
    assert_eq!(set.refusal(&identity(1, 1), at(11)), Some(Refusal::SessionRevoked));
    assert_eq!(set.refusal(&identity(1, 2), at(11)), None);
    set.apply(&entry(1, 3, 20, ReasonCode::Banned));
    assert_eq!(set.refusal(&identity(1, 2), at(21)), Some(Refusal::AccountSuspended));
}

#[test]
fn an_ended_session_is_refused_whatever_its_generation() {
    let set = Revocations::default();
    let ended = Revocation {
        kind: Kind::Session,
        id: Uuid::from_u128(101),
        reason_code: ReasonCode::SignedOut,
        ..entry(1, 0, 0, ReasonCode::Other)
    };
    assert!(set.apply(&ended));
    assert!(!set.apply(&ended), "nothing new");
    assert_eq!(set.refusal(&identity(1, 99), at(1)), Some(Refusal::SessionRevoked));
    assert_eq!(set.refusal(&identity(2, 1), at(1)), None);
}

#[test]
fn entries_end_by_their_value_a_second_after_any_token_could_live() {
    let set = Revocations::default();
    set.apply(&entry(1, 2, 0, ReasonCode::Banned));
    // A token issued at the very moment of the ban, seen by a reader whose clock is late.
    let last_breath = crate::token::LIFE_SECONDS + crate::token::LEEWAY_SECONDS;
    assert!(set.refusal(&identity(1, 1), at(last_breath)).is_some());
    assert!(set.refusal(&identity(1, 1), at(959)).is_some());
    assert!(set.refusal(&identity(1, 1), at(960)).is_none());
}

#[test]
fn an_unknown_reason_revokes_like_any_other() {
    let mut json = serde_json::to_value(entry(1, 2, 0, ReasonCode::Banned)).unwrap();
    json["reason_code"] = "something_new".into();
    let read: Revocation = serde_json::from_value(json).unwrap();
    assert_eq!(read.reason_code, ReasonCode::Other);
}
