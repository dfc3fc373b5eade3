//! Lists in pages.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// At most `limit` items.
    pub items: Vec<T>,
    /// Give it as `cursor` to get the next page; absent on the last one.
    pub next_cursor: Option<String>,
}

/// Which page of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageQuery {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100 items; 20 where absent.
    pub limit: Option<u16>,
}

impl PageQuery {
    /// The most items a page may have.
    pub const MAX_LIMIT: u16 = 100;

    /// The limit within its bounds.
    pub fn limit(&self) -> i64 {
        i64::from(self.limit.unwrap_or(20).clamp(1, Self::MAX_LIMIT))
    }

    /// The cursor as what its page ended with. An empty one is none: a form sends its empty fields too.
    ///
    /// # Errors
    /// Where it is none of ours.
    pub fn before<T: FromStr>(&self) -> Result<Option<T>, T::Err> {
        self.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(str::parse).transpose()
    }
}

impl<T> Page<T> {
    /// Cuts a page from rows that were asked with one more than the limit, naming its end by `cursor`.
    pub fn cut(mut items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::from(PageQuery::MAX_LIMIT));
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = more.then(|| items.last().map(cursor)).flatten();
        Self { items, next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_cursor_is_none_and_an_odd_one_is_refused() {
        let before = |cursor: Option<&str>| {
            PageQuery { cursor: cursor.map(ToOwned::to_owned), limit: None }.before::<u8>().ok()
        };
        assert_eq!(
            [before(None), before(Some("")), before(Some("7"))],
            [Some(None), Some(None), Some(Some(7))]
        );
        assert_eq!(before(Some("odd")), None);
    }
}
