//! Token checks without a call to the auth service: keys, revocations, freshness lease, extractors.
