//! The event backbone: typed events, streams, outbox and relay, consumers and inbox.
