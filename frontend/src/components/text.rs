//! Joining what may be absent.

/// Words of an attribute, joined by spaces; absent when there are none.
#[derive(Clone, Debug, Default)]
pub struct Joined(Vec<String>);

impl Joined {
    /// No words yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a word, if there is one.
    #[must_use]
    pub fn and(mut self, word: Option<impl Into<String>>) -> Self {
        self.0.extend(word.map(Into::into));
        self
    }

    /// The words.
    pub fn text(self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(" "))
    }
}
