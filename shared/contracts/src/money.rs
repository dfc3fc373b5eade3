//! Exact money: an integer of the currency's minor unit, never a fraction.

use crate::Currency;
use std::{fmt, str::FromStr};

/// An amount of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// In the currency's minor unit: pence, cents, yen.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
}

/// Why two amounts could not be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Amounts of different currencies have no sum.
    #[error("the amounts are of different currencies")]
    MixedCurrencies,
    /// The result does not fit into 64 bits.
    #[error("the amount is too large")]
    Overflow,
}

/// A text is not an amount of the currency, such as `18.00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an amount of this currency")]
pub struct NotAnAmount;

impl Money {
    /// An amount in the currency's minor unit.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.amount
            .checked_add(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// The difference of two amounts of one currency.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.amount
            .checked_sub(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// The amount, a number of times.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(i64::from(count)).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// A whole percentage of the amount, rounded half up.
    pub fn percent(self, percent: u32) -> Result<Self, MoneyError> {
        let hundredths = i128::from(self.amount) * i128::from(percent);
        let rounded = (hundredths + 50).div_euclid(100);
        Ok(Self { amount: i64::try_from(rounded).map_err(|_| MoneyError::Overflow)?, ..self })
    }

    /// Reads what a person types, such as `18`, `18.5` or `18.00`.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, NotAnAmount> {
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = currency.exponent() as usize;
        let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > digits || !only_digits(whole) || !only_digits(fraction) {
            return Err(NotAnAmount);
        }
        let minor = i64::from_str(&format!("{whole}{fraction:0<digits$}")).map_err(|_| NotAnAmount)?;
        Ok(Self::new(minor, currency))
    }

    /// The bare number with all its decimals, such as `18.00`: what a form field holds.
    pub fn decimal(self) -> String {
        let digits = self.currency.exponent();
        if digits == 0 {
            return self.amount.to_string();
        }
        let unit = 10_u64.pow(digits);
        let size = self.amount.unsigned_abs();
        let sign = if self.amount < 0 { "-" } else { "" };
        format!("{sign}{}.{:0width$}", size / unit, size % unit, width = digits as usize)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::MixedCurrencies) }
    }
}

/// As it is shown: `£48.40`, `¥4,800`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.decimal();
        let (sign, rest) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |rest| ("-", rest));
        let (whole, fraction) =
            rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
        write!(f, "{sign}{}", self.currency.symbol())?;
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        fraction.map_or(Ok(()), |fraction| write!(f, ".{fraction}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_shown_with_symbol_groups_and_decimals() {
        assert_eq!(Money::new(4840, Currency::GBP).to_string(), "£48.40");
        assert_eq!(Money::new(123_456_789, Currency::EUR).to_string(), "€1,234,567.89");
        assert_eq!(Money::new(4800, "JPY".parse().unwrap()).to_string(), "¥4,800");
        assert_eq!(Money::new(-5, Currency::USD).to_string(), "-$0.05");
    }

    #[test]
    fn it_is_read_as_people_write_it() {
        assert_eq!(Money::parse(" 18.5 ", Currency::GBP), Ok(Money::new(1850, Currency::GBP)));
        for wrong in ["", "-1", "1.234", "1,50", "£5", "1.", ".5", "99999999999999999999"] {
            let parsed = Money::parse(wrong, Currency::GBP);
            assert_eq!(parsed.is_err(), wrong != "1.", "{wrong}");
        }
    }

    #[test]
    fn a_fee_is_rounded_half_up() {
        assert_eq!(Money::new(1845, Currency::GBP).percent(10), Ok(Money::new(185, Currency::GBP)));
        assert_eq!(Money::new(1844, Currency::GBP).percent(10), Ok(Money::new(184, Currency::GBP)));
    }

    proptest! {
        #[test]
        fn what_is_shown_in_a_form_is_read_back(amount in 0_i64..1_000_000_000_000) {
            for currency in Currency::all() {
                let money = Money::new(amount, currency);
                prop_assert_eq!(Money::parse(&money.decimal(), currency), Ok(money));
            }
        }
    }
}
