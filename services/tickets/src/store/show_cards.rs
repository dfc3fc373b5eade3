//! Shows in lists, each with its lowest price and its stock, in one query.

use super::{venue, word};
use contracts::{
    Currency, Money, Timestamp,
    ids::{ShowId, UserId},
    shows::{Category, ShowCard, Stock},
};
use sqlx::{PgConnection, Row, postgres::PgRow};

/// Which shows are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// For `to_tsquery`: see [`words`].
    pub(crate) words: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) category: Option<Category>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    /// The last show of the page before.
    pub(crate) after: Option<(Timestamp, ShowId)>,
    pub(crate) limit: i64,
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

/// The page is cut first; prices and figures are added to what is left of it.
macro_rules! cards {
    ($scope:literal) => {
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
                    AND ($7::timestamptz IS NULL OR (starts_at, id) > ($7, $8))
                ORDER BY starts_at, id LIMIT $9
            ) s
            CROSS JOIN LATERAL (
                SELECT min(l.price_amount) FILTER (
                           WHERE l.status = 'on_sale' AND (l.sale_ends_at IS NULL OR l.sale_ends_at > $10)
                       ) AS from_amount,
                       min(l.currency) AS currency,
                       COALESCE(sum(COALESCE(k.total, fresh.units)), 0)::integer AS total,
                       COALESCE(sum(k.held), 0)::integer AS held,
                       COALESCE(sum(k.sold), 0)::integer AS sold,
                       COALESCE(sum(COALESCE(k.free, fresh.units)), 0)::integer AS free
                FROM listings l
                LEFT JOIN stock k ON k.listing_id = l.id
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN l.status = 'on_sale' THEN l.quantity ELSE 0 END AS units
                ) fresh
                WHERE l.show_id = s.id
            ) f
            ORDER BY s.starts_at, s.id
            "
        )
    };
}

/// Upcoming published shows; one more than the limit where there are more.
pub(crate) async fn upcoming(
    db: &mut PgConnection,
    filter: &Filter,
    now: Timestamp,
) -> sqlx::Result<Vec<ShowCard>> {
    let query = sqlx::query(cards!("status = 'published' AND starts_at >= $1")).bind(now);
    cards(query, filter, now).fetch_all(db).await
}

/// Everything of one organiser, drafts and cancelled shows included.
pub(crate) async fn of_organiser(
    db: &mut PgConnection,
    organiser: UserId,
    filter: &Filter,
    now: Timestamp,
) -> sqlx::Result<Vec<ShowCard>> {
    let query = sqlx::query(cards!("organiser = $1")).bind(organiser);
    cards(query, filter, now).fetch_all(db).await
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;
type Cards<'q> =
    sqlx::query::Map<'q, sqlx::Postgres, fn(PgRow) -> sqlx::Result<ShowCard>, sqlx::postgres::PgArguments>;

/// Planned anew each time, with the filters' values: which index helps depends on which filters are there.
fn cards<'q>(query: Query<'q>, filter: &Filter, now: Timestamp) -> Cards<'q> {
    query
        .persistent(false)
        .bind(filter.words.clone())
        .bind(filter.city.clone())
        .bind(filter.category.map(Category::as_str))
        .bind(filter.from)
        .bind(filter.to)
        .bind(filter.after.map(|(starts_at, _)| starts_at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(filter.limit + 1)
        .bind(now)
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
