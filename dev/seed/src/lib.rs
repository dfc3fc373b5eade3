//! What programs of the developer tool share: the public API as a person's program uses it.

pub mod api;
