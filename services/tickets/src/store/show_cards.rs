//! Shows in lists, each with its lowest price and its stock, in one query.

use super::{venue, word};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use contracts::{
    Currency, Money, Timestamp,
    ids::{ShowId, UserId},
    shows::{Category, Direction, ShowCard, Stock, When},
};
use sqlx::{PgConnection, Row, postgres::PgRow};

/// Which shows are wanted.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    /// For `to_tsquery`: see [`words`].
    pub(crate) words: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) category: Option<Category>,
    pub(crate) from: Option<When>,
    pub(crate) to: Option<When>,
    /// The last show of the page before.
    pub(crate) after: Option<(Timestamp, ShowId)>,
    pub(crate) direction: Direction,
    pub(crate) limit: i64,
}

/// When the shows that are wanted start: in UTC from the first instant to before the second, and on the days of
/// their venues from the first to the second, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    instants: (Option<Timestamp>, Option<Timestamp>),
    days: (Option<NaiveDate>, Option<NaiveDate>),
}

impl Span {
    /// A day also bounds the instants, loosely, for the index: no clock of the world is a day off UTC.
    fn new(from: Option<When>, to: Option<When>) -> Self {
        let midnight = |day: NaiveDate, ahead: i64| {
            Some(day.checked_add_signed(TimeDelta::days(ahead))?.and_time(NaiveTime::MIN).and_utc())
        };
        let (after, first) = match from {
            Some(When::At(instant)) => (Some(instant), None),
            Some(When::On(day)) => (midnight(day, -1), Some(day)),
            None => (None, None),
        };
        let (before, last) = match to {
            Some(When::At(instant)) => (Some(instant), None),
            Some(When::On(day)) => (midnight(day, 2), Some(day)),
            None => (None, None),
        };
        Self { instants: (after, before), days: (first, last) }
    }
}

/// The most words of a search that count.
const WORDS_MAX: usize = 8;

/// Every word of a search, each as the beginning of a word: `jazz:* & lond:*`.
pub(crate) fn words(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| format!("{word}:*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" & "))
}

/// The page is cut first; prices and figures are added to what is left of it: the lowest price of what is offered
/// now, and the figures of the listings that count. Each direction is a statement of its own, so that an index serves
/// both.
macro_rules! cards {
    ($scope:literal, $counts:literal, $direction:expr) => {
        match $direction {
            Direction::Ascending => cards!($scope, $counts, ">", "ASC"),
            Direction::Descending => cards!($scope, $counts, "<", "DESC"),
        }
    };
    ($scope:literal, $counts:literal, $beyond:literal, $order:literal) => {
        concat!(
            r"
            SELECT s.*, f.* FROM (
                SELECT id, title, category, starts_at, status,
                       venue_name, venue_address, venue_city, venue_country, venue_timezone
                FROM shows WHERE ",
            $scope,
            r"
                    AND ($2::text IS NULL OR search @@ to_tsquery('simple', $2))
                    AND ($3::text IS NULL OR lower(venue_city) = lower($3))
                    AND ($4::text IS NULL OR category = $4)
                    AND ($5::timestamptz IS NULL OR starts_at >= $5)
                    AND ($6::timestamptz IS NULL OR starts_at < $6)
                    AND ($11::date IS NULL OR starts_on >= $11)
                    AND ($12::date IS NULL OR starts_on <= $12)
                    AND ($7::timestamptz IS NULL OR (starts_at, id) ",
            $beyond,
            r" ($7, $8))
                ORDER BY starts_at ",
            $order,
            ", id ",
            $order,
            r" LIMIT $9
            ) s
            CROSS JOIN LATERAL (
                SELECT min(l.price_amount) FILTER (WHERE offer.offered) AS from_amount,
                       min(l.currency) FILTER (WHERE offer.offered) AS currency,
                       COALESCE(sum(COALESCE(k.total, offer.fresh)) FILTER (WHERE what.counts), 0)::integer AS total,
                       COALESCE(sum(k.held) FILTER (WHERE what.counts), 0)::integer AS held,
                       COALESCE(sum(k.sold) FILTER (WHERE what.counts), 0)::integer AS sold,
                       COALESCE(sum(COALESCE(k.free, offer.fresh)) FILTER (WHERE what.counts), 0)::integer AS free
                FROM listings l
                LEFT JOIN stock k ON k.listing_id = l.id
                CROSS JOIN LATERAL (
                    SELECT l.status = 'on_sale' AND (l.sale_ends_at IS NULL OR l.sale_ends_at > $10) AS offered,
                           CASE WHEN l.status = 'on_sale' THEN l.quantity ELSE 0 END AS fresh
                ) offer
                CROSS JOIN LATERAL (SELECT ",
            $counts,
            r" AS counts) what
                WHERE l.show_id = s.id
            ) f
            ORDER BY s.starts_at ",
            $order,
            ", s.id ",
            $order
        )
    };
}

/// Upcoming published shows with what is offered of them; one more than the limit where there are more.
pub(crate) async fn upcoming(
    db: &mut PgConnection,
    filter: &Filter,
    now: Timestamp,
) -> sqlx::Result<Vec<ShowCard>> {
    let sql = cards!("status = 'published' AND starts_at >= $1", "offer.offered", filter.direction);
    cards(sqlx::query(sql).bind(now), filter, now).fetch_all(db).await
}

/// Everything of one organiser, drafts and cancelled shows included. Their figures are those of the tickets that
/// they sell: what fans offer was sold by them before, and would count twice.
pub(crate) async fn of_organiser(
    db: &mut PgConnection,
    organiser: UserId,
    filter: &Filter,
    now: Timestamp,
) -> sqlx::Result<Vec<ShowCard>> {
    let sql = cards!("organiser = $1", "l.kind = 'primary'", filter.direction);
    cards(sqlx::query(sql).bind(organiser), filter, now).fetch_all(db).await
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;
type Cards<'q> =
    sqlx::query::Map<'q, sqlx::Postgres, fn(PgRow) -> sqlx::Result<ShowCard>, sqlx::postgres::PgArguments>;

/// Planned anew each time, with the filters' values: which index helps depends on which filters are there.
fn cards<'q>(query: Query<'q>, filter: &Filter, now: Timestamp) -> Cards<'q> {
    let span = Span::new(filter.from, filter.to);
    query
        .persistent(false)
        .bind(filter.words.clone())
        .bind(filter.city.clone())
        .bind(filter.category.map(Category::as_str))
        .bind(span.instants.0)
        .bind(span.instants.1)
        .bind(filter.after.map(|(starts_at, _)| starts_at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(filter.limit + 1)
        .bind(now)
        .bind(span.days.0)
        .bind(span.days.1)
        .try_map(card as fn(PgRow) -> sqlx::Result<ShowCard>)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that try_map wants")]
fn card(row: PgRow) -> sqlx::Result<ShowCard> {
    let from_amount: Option<i64> = row.try_get("from_amount")?;
    let from_price = match from_amount {
        Some(amount) => Some(Money::new(amount, word::<Currency>(&row, "currency")?)),
        None => None,
    };
    Ok(ShowCard {
        id: row.try_get("id")?,
        title: row.try_get("title")?,
        category: word(&row, "category")?,
        starts_at: row.try_get("starts_at")?,
        venue: venue(&row)?,
        status: word(&row, "status")?,
        from_price,
        stock: stock(&row)?,
    })
}

/// The row's figures.
pub(crate) fn stock(row: &PgRow) -> sqlx::Result<Stock> {
    Ok(Stock {
        total: super::count(row, "total")?,
        held: super::count(row, "held")?,
        sold: super::count(row, "sold")?,
        free: super::count(row, "free")?,
    })
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_search_is_words_and_nothing_else() {
        assert_eq!(words("Jazz lond").as_deref(), Some("Jazz:* & lond:*"));
        assert_eq!(words("a' | !b & (c:*)\0").as_deref(), Some("a:* & b:* & c:*"));
        assert_eq!(words(" ... "), None);
        assert_eq!(words("1 2 3 4 5 6 7 8 9").map(|words| words.matches(":*").count()), Some(8));
    }
}
