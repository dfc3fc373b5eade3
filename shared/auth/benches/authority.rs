//! What a check costs, and what fifty thousand revocations cost: `cargo bench -p auth`.

use auth::{
    AccessClaims,
    boottime::wall,
    issue::{SecretKey, TokenSigner},
    judge::{Judge, Moment},
    keys::PublicKey,
    revocation::{Kind, LIFE_SECONDS, ReasonCode, Revocation, Revocations},
    token,
};
use chrono::TimeDelta;
use contracts::{
    Timestamp,
    auth::Role,
    ids::{SessionId, UserId},
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ed25519_dalek::SigningKey;
use std::{fs, hint::black_box, time::Duration};
use uuid::Uuid;

const ORIGIN: &str = "https://tickets.example";
/// More tokens than the cache holds: asked in turn, none is ever found in it.
const TOKENS: usize = 20_000;
const REVOCATIONS: usize = 50_000;

fn token(signer: &TokenSigner, now: Timestamp) -> String {
    let claims = AccessClaims {
        iss: ORIGIN.to_owned(),
        aud: ORIGIN.to_owned(),
        client_id: token::CLIENT_ID.to_owned(),
        sub: UserId::from_uuid(Uuid::new_v4()),
        sid: SessionId::from_uuid(Uuid::new_v4()),
        generation: 1,
        role: Role::User,
        withheld: None,
        name: Some("Ana".to_owned()),
        iat: now.timestamp(),
        exp: now.timestamp() + token::LIFE_SECONDS,
        nbf: None,
        jti: Uuid::new_v4(),
    };
    signer.sign(&claims).unwrap_or_default()
}

fn revocations(count: usize, now: Timestamp) -> Vec<Revocation> {
    let one = |_| Revocation {
        kind: Kind::User,
        id: Uuid::new_v4(),
        generation: 2,
        expires_at: now + TimeDelta::seconds(LIFE_SECONDS),
        reason_code: ReasonCode::Banned,
        actor: None,
        at: now,
    };
    (0..count).map(one).collect()
}

/// A judge with a key, a lease for as long as this takes, and fifty thousand revocations of others.
fn judge() -> (Judge, TokenSigner) {
    let (seed, now) = ([1; 32], wall());
    let judge = Judge::new(ORIGIN);
    let public = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    judge.keys.learn(&PublicKey::new("k", &public, now));
    judge.lease.extend(auth::boottime::now() + Duration::from_hours(1));
    for revocation in revocations(REVOCATIONS, now) {
        judge.revocations.apply(&revocation);
    }
    (judge, TokenSigner { kid: "k".to_owned(), key: SecretKey::new(&seed) })
}

fn checks(criterion: &mut Criterion) {
    let (judge, signer) = judge();
    let seen = token(&signer, wall());
    criterion.bench_function("authorise a token that was seen before", |bench| {
        bench.iter(|| judge.check(black_box(&seen), Moment::now()).is_ok());
    });
    let tokens: Vec<String> = (0..TOKENS).map(|_| token(&signer, wall())).collect();
    let mut turn = tokens.iter().cycle();
    criterion.bench_function("authorise a token that is new", |bench| {
        bench.iter(|| turn.next().is_some_and(|token| judge.check(black_box(token), Moment::now()).is_ok()));
    });
    let forged = format!("{seen}x");
    criterion.bench_function("refuse a token that is forged", |bench| {
        bench.iter(|| judge.check(black_box(&forged), Moment::now()).is_err());
    });
}

fn sets(criterion: &mut Criterion) {
    let many = revocations(REVOCATIONS, wall());
    let mut group = criterion.benchmark_group("revocations");
    group.sample_size(20);
    group.bench_function("apply 50,000", |bench| {
        bench.iter_batched_ref(
            Revocations::default,
            |set| many.iter().for_each(|revocation| _ = set.apply(revocation)),
            BatchSize::PerIteration,
        );
    });
    group.finish();
    let before = resident_kib();
    let set = Revocations::default();
    for revocation in &many {
        set.apply(revocation);
    }
    let grown = resident_kib().saturating_sub(before);
    eprintln!("{} revocations take {grown} KiB of resident memory", set.len());
}

/// Memory of this process that is in use (Linux); 0 where the system does not say.
fn resident_kib() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

criterion_group!(benches, sets, checks);
criterion_main!(benches);
