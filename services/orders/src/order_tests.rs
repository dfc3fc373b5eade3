//! Tests of the order as a state machine.
