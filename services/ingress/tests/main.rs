//! The ingress as it is run: the binary, real sockets, and stub services behind it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod answers;
mod balancing;
mod bodies;
mod doors;
mod headers;
mod lifecycle;
mod limits;
mod routing;
mod streams;
mod support;
