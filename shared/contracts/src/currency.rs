//! Currencies by their ISO 4217 code.

use crate::validate::UnknownWord;
use std::{fmt, str::FromStr};

/// A currency that shows can be sold in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, examples("GBP"), pattern = "^[A-Z]{3}$"))]
#[serde(try_from = "String", into = "String")]
pub struct Currency(usize);

/// Code, digits after the point, symbol before the amount.
const CURRENCIES: &[(&str, u32, &str)] = &[
    ("GBP", 2, "£"),
    ("EUR", 2, "€"),
    ("USD", 2, "$"),
    ("AUD", 2, "A$"),
    ("BRL", 2, "R$"),
    ("CAD", 2, "C$"),
    ("CHF", 2, "CHF\u{a0}"),
    ("CZK", 2, "CZK\u{a0}"),
    ("DKK", 2, "DKK\u{a0}"),
    ("HUF", 2, "HUF\u{a0}"),
    ("INR", 2, "₹"),
    ("JPY", 0, "¥"),
    ("KRW", 0, "₩"),
    ("KWD", 3, "KWD\u{a0}"),
    ("MXN", 2, "MX$"),
    ("NOK", 2, "NOK\u{a0}"),
    ("NZD", 2, "NZ$"),
    ("PLN", 2, "PLN\u{a0}"),
    ("SEK", 2, "SEK\u{a0}"),
    ("ZAR", 2, "R\u{a0}"),
];

impl Currency {
    /// Pound sterling.
    pub const GBP: Self = Self(0);
    /// Euro.
    pub const EUR: Self = Self(1);
    /// US dollar.
    pub const USD: Self = Self(2);

    /// Every currency on offer, the most usual first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..CURRENCIES.len()).map(Self)
    }

    /// The ISO 4217 code, such as `GBP`.
    pub const fn code(self) -> &'static str {
        CURRENCIES[self.0].0
    }

    /// Digits after the decimal point (ISO 4217's exponent).
    pub const fn exponent(self) -> u32 {
        CURRENCIES[self.0].1
    }

    /// What stands before an amount on screen, such as `£`.
    pub const fn symbol(self) -> &'static str {
        CURRENCIES[self.0].2
    }
}

impl FromStr for Currency {
    type Err = UnknownWord;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        CURRENCIES.iter().position(|(known, ..)| *known == code).map(Self).ok_or(UnknownWord("Currency"))
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownWord;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
