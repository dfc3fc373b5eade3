//! What can be published: facts about aggregates.

use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use uuid::Uuid;

/// The whole public state of something that one service owns.
pub trait Aggregate: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static {
    /// The service that owns it and alone may publish it.
    const SERVICE: &'static str;
    /// Its name on the bus, such as `order`.
    const NAME: &'static str;
    /// What can happen to it.
    type Fact: Fact;

    /// Which one it is.
    fn id(&self) -> Uuid;

    /// Goes up with every change; a copy takes only what is above its own.
    fn version(&self) -> i64;
}

/// One thing that can happen to an aggregate, in the past tense.
pub trait Fact: Copy + Eq + Debug + Send + Sync + 'static {
    /// Every fact of the aggregate.
    const ALL: &'static [Self];

    /// The word in subject and type, such as `placed`.
    fn as_str(self) -> &'static str;

    /// Reads the word.
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fact| fact.as_str() == word)
    }
}

/// Major version of every message so far; a breaking change is published beside it under the next one.
pub const VERSION: &str = "v1";

/// Where a fact is published: `<service>.<aggregate>.<id>.<fact>.v1`.
pub fn subject<A: Aggregate>(id: Uuid, fact: A::Fact) -> String {
    format!("{}.{}.{id}.{}.{VERSION}", A::SERVICE, A::NAME, fact.as_str())
}
