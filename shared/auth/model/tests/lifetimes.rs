//! Clocks that differ, and lives that end.

use auth::token::AccessClaims;
use auth_model::lifetimes::{Lifetimes, PROMISE, SKEW_SECONDS, STEP_SECONDS};
use contracts::{
    Timestamp,
    auth::Role,
    ids::{SessionId, UserId},
};
use stateright::{Checker, Model};
use uuid::Uuid;

fn is_broken(lives: Lifetimes) -> bool {
    let checked = lives.checker().spawn_bfs().join();
    checked.assert_any_discovery("a token is accepted");
    checked.assert_any_discovery("an entry ends");
    checked.discovery(PROMISE).is_some()
}

#[test]
fn no_token_outlives_its_revocation() {
    assert!(!is_broken(Lifetimes::product()));
}

#[test]
fn a_leeway_of_sixty_seconds_is_found() {
    assert!(is_broken(Lifetimes { leeway_seconds: 60, ..Lifetimes::product() }));
}

#[test]
fn an_entry_that_lives_as_long_as_a_token_is_found() {
    let lives = Lifetimes::product();
    assert!(is_broken(Lifetimes { entry_seconds: lives.token_seconds, ..lives }));
}

#[test]
fn the_life_of_an_entry_has_a_margin_beyond_leeway_and_skew() {
    let lives = Lifetimes::product();
    let least = lives.token_seconds + lives.leeway_seconds + SKEW_SECONDS;
    assert!(!is_broken(Lifetimes { entry_seconds: least, ..lives }));
    assert!(is_broken(Lifetimes { entry_seconds: least - STEP_SECONDS, ..lives }));
    assert!(lives.entry_seconds > least);
}

/// Had the product another rule than the model, the model would say nothing about the product.
#[test]
fn a_token_lives_in_the_model_as_long_as_in_the_product() {
    let lives = Lifetimes::product();
    for duration in [lives.token_seconds, lives.leeway_seconds, lives.entry_seconds] {
        assert_eq!(duration % STEP_SECONDS, 0, "something would happen between two steps");
    }
    let issued = 1_800_000_000;
    let claims = AccessClaims {
        iss: String::new(),
        aud: String::new(),
        client_id: String::new(),
        sub: UserId::from_uuid(Uuid::nil()),
        sid: SessionId::from_uuid(Uuid::nil()),
        generation: 1,
        role: Role::User,
        withheld: None,
        name: None,
        iat: issued,
        exp: issued + lives.token_seconds,
        nbf: None,
        jti: Uuid::nil(),
    };
    for now in issued - 60..issued + lives.token_seconds + 60 {
        let real = claims.is_alive(Timestamp::from_timestamp(now, 0).unwrap());
        assert_eq!(real, lives.is_alive(issued, now), "at {}", now - issued);
    }
}
