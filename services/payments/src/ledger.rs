//! Double entry: who gets what of a payment, to the last penny.

use contracts::{Money, ids::UserId};
use events::orders::OrderItem;
use std::collections::BTreeMap;

/// One line of a journal entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// `provider`, `fees`, `buyer:<id>` or `seller:<id>`.
    pub(crate) account: String,
    /// Positive: a debit (the provider holds more for us); negative: a credit (we owe more, or have earned it).
    /// The lines of an entry sum to zero.
    pub(crate) amount: i64,
}

/// Who earns what of an order, in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shares(Vec<(String, i64)>);

/// The account of the money at the provider.
pub(crate) const PROVIDER: &str = "provider";
/// The account of booking fees.
pub(crate) const FEES: &str = "fees";

/// The account of a buyer.
pub(crate) fn buyer(user: UserId) -> String {
    format!("buyer:{user}")
}

/// One account is debited and another credited.
pub(crate) fn transfer(debit: &str, credit: &str, amount: Money) -> Vec<Line> {
    vec![line(debit, amount.amount), line(credit, -amount.amount)]
}

impl Shares {
    /// Fees to the house, the rest to the sellers. Whatever the items do not explain goes to the fees.
    pub(crate) fn of(items: &[OrderItem], total: Money) -> Self {
        let mut sellers: BTreeMap<String, i64> = BTreeMap::new();
        for item in items {
            let units = i64::try_from(item.units.len()).unwrap_or(0);
            let net = item.unit_price.amount - item.unit_fee.amount;
            *sellers.entry(format!("seller:{}", item.seller)).or_default() += net * units;
        }
        let fees = total.amount - sellers.values().sum::<i64>();
        let mut shares: Vec<(String, i64)> = sellers.into_iter().collect();
        shares.push((FEES.to_owned(), fees));
        Self(shares)
    }

    /// What we owed the buyer we owe the sellers now, and the house has earned its fees.
    pub(crate) fn sale(&self, buyer: &str) -> Vec<Line> {
        let total: i64 = self.0.iter().map(|(_, share)| share).sum();
        let mut lines = vec![line(buyer, total)];
        lines.extend(self.0.iter().map(|(account, share)| line(account, -share)));
        lines
    }

    /// The same the other way round, for a part of it: `amount` more after `before` has gone back already.
    ///
    /// Parts are cut from the whole at running totals, so that the parts of all refunds together are exactly
    /// the whole, however it was split.
    pub(crate) fn reversal(&self, buyer: &str, before: i64, amount: i64) -> Vec<Line> {
        let mut lines = vec![line(buyer, -amount)];
        let now = self.cut(before + amount);
        let then = self.cut(before);
        let accounts = self.0.iter().map(|(account, _)| account);
        lines.extend(
            accounts.zip(now.iter().zip(then)).map(|(account, (now, then))| line(account, now - then)),
        );
        lines
    }

    /// How `part` of the whole is shared.
    fn cut(&self, part: i64) -> Vec<i64> {
        let total: i128 = self.0.iter().map(|(_, share)| i128::from(*share)).sum();
        let mut running = 0_i128;
        let mut cut_so_far = 0_i128;
        self.0
            .iter()
            .map(|(_, share)| {
                running += i128::from(*share);
                let upto = if total == 0 { 0 } else { (i128::from(part) * running).div_euclid(total) };
                let cut = upto - cut_so_far;
                cut_so_far = upto;
                i64::try_from(cut).unwrap_or(0)
            })
            .collect()
    }
}

fn line(account: &str, amount: i64) -> Line {
    Line { account: account.to_owned(), amount }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(lines: &[Line]) -> i64 {
        lines.iter().map(|line| line.amount).sum()
    }

    proptest! {
        #[test]
        fn however_a_sale_is_refunded_each_gets_back_to_nothing(
            shares in prop::collection::vec(0_i64..1_000_000, 1..6),
            cuts in prop::collection::vec(0.0_f64..1.0, 0..6),
        ) {
            let named = shares.iter().enumerate().map(|(at, share)| (format!("seller:{at}"), *share));
            let shares_of = Shares(named.collect());
            let total: i64 = shares.iter().sum();
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "any cut will do")]
            let mut ends: Vec<i64> = cuts.iter().map(|cut| (total as f64 * cut) as i64).collect();
            ends.push(total);
            ends.sort_unstable();
            let mut books: BTreeMap<String, i64> = BTreeMap::new();
            let sale = shares_of.sale("buyer");
            prop_assert_eq!(sum(&sale), 0);
            let mut before = 0;
            let mut all = sale;
            for end in ends {
                let reversal = shares_of.reversal("buyer", before, end - before);
                prop_assert_eq!(sum(&reversal), 0);
                before = end;
                all.extend(reversal);
            }
            for line in all {
                *books.entry(line.account).or_default() += line.amount;
            }
            prop_assert!(books.values().all(|balance| *balance == 0), "{books:?}");
        }
    }
}
