//! Machines, in every order of events within the bounds.

use auth_model::freshness::{Bounds, Breakage, PROMISE, Protocol};
use stateright::{Checker, Model};

/// One instance, and all that can happen to it and to the bus.
const ONE: Bounds =
    Bounds { instances: 1, ticks: 5, markers: 2, restarts: 1, recreations: 1, rounds: 1, pulls: 0 };
/// The same with the pull from auth.
const PULLING: Bounds = Bounds { ticks: 4, markers: 1, recreations: 0, pulls: 2, ..ONE };
/// Pulls while the stream is created anew.
const PULLING_ANEW: Bounds = Bounds { ticks: 4, markers: 1, pulls: 1, ..ONE };
/// Two instances, which meet in the stream.
const TWO: Bounds = Bounds { instances: 2, ticks: 4, markers: 1, rounds: 0, recreations: 0, ..ONE };

fn check(bounds: Bounds, breakage: Breakage) -> impl Checker<Protocol> {
    Protocol { bounds, breakage }.checker().threads(2).spawn_bfs().join()
}

#[track_caller]
fn holds(bounds: Bounds) {
    let checked = check(bounds, Breakage::None);
    eprintln!("{bounds:?}: {} states", checked.unique_state_count());
    assert!(checked.unique_state_count() > 1_000, "hardly anything was tried");
    checked.assert_properties();
}

/// The breakage is found, and nothing is found without it.
#[track_caller]
fn is_found(bounds: Bounds, breakage: Breakage) {
    let checked = check(bounds, breakage);
    let path = checked.discovery(PROMISE);
    let path = path.unwrap_or_else(|| panic!("{breakage:?} breaks nothing that the model sees"));
    eprintln!("{breakage:?}: {:?}", path.into_actions());
}

#[test]
fn one_instance_keeps_the_promise_whatever_happens_to_it_and_to_the_bus() {
    holds(ONE);
}

#[test]
fn the_pull_from_auth_keeps_the_promise() {
    holds(PULLING);
    holds(PULLING_ANEW);
}

#[test]
fn two_instances_keep_the_promise() {
    holds(TWO);
}

#[test]
fn a_lease_counted_from_the_delivery_of_its_marker_is_found() {
    is_found(ONE, Breakage::CountedFromDelivery);
}

#[test]
fn a_lease_that_is_never_checked_is_found() {
    is_found(ONE, Breakage::NeverChecked);
}

#[test]
fn a_start_that_serves_before_the_first_lease_is_found() {
    is_found(ONE, Breakage::ServesBeforeTheFirstLease);
}

#[test]
fn a_marker_that_counts_without_completeness_is_found() {
    is_found(ONE, Breakage::CompleteNotRequired);
}

#[test]
fn completeness_of_another_stream_is_found() {
    is_found(ONE, Breakage::CompleteOfAnyStream);
}

#[test]
fn a_session_that_is_resumed_in_a_stream_created_anew_is_found() {
    is_found(ONE, Breakage::SessionResumed);
}

#[test]
fn a_history_of_one_message_per_key_is_found() {
    is_found(ONE, Breakage::HistoryOfOne);
}

#[test]
fn a_lease_renewed_by_a_read_is_found() {
    is_found(ONE, Breakage::RenewedByRead);
}

#[test]
fn a_lease_on_the_wall_clock_is_found() {
    is_found(ONE, Breakage::OnTheWallClock);
}

#[test]
fn a_reconciler_that_reads_the_database_before_the_stream_is_found() {
    is_found(ONE, Breakage::DatabaseReadFirst);
}

#[test]
fn a_pull_whose_lease_is_counted_from_the_answer_is_found() {
    is_found(PULLING, Breakage::PullCountedFromAnswer);
}

#[test]
fn a_pull_that_a_replica_answers_is_found() {
    is_found(PULLING, Breakage::PullFromReplica);
}

#[test]
fn a_pull_from_a_position_that_was_not_reached_is_found() {
    is_found(PULLING, Breakage::PullLeavesOutWhatIsUnknown);
}

/// What the protocol takes for granted of the bus: `docs/auth.md`, "What is taken for granted".
#[test]
fn a_bus_that_lies_about_which_stream_a_consumer_is_on_is_beyond_the_protocol() {
    is_found(ONE, Breakage::StreamToldByDeposedLeader);
}
