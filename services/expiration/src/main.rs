//! The expiration service.

fn main() {}
