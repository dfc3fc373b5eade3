//! Venues of the samples: several cities, currencies and time zones.

use chrono_tz::{
    America::{New_York, Toronto},
    Asia::Tokyo,
    Australia::Melbourne,
    Europe::{Berlin, Copenhagen, Dublin, London, Madrid, Prague},
    Tz,
};
use contracts::{Currency, shows::Venue};

/// A place where shows are put on.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    name: &'static str,
    address: &'static str,
    city: &'static str,
    country: &'static str,
    /// Its time zone.
    pub(crate) timezone: Tz,
    currency: &'static str,
}

impl Place {
    /// As the API takes it.
    pub(crate) fn venue(&self) -> Venue {
        Venue {
            name: self.name.to_owned(),
            address: self.address.to_owned(),
            city: self.city.to_owned(),
            country: self.country.to_owned(),
            timezone: self.timezone.name().to_owned(),
        }
    }

    /// What is paid with there.
    pub(crate) fn currency(&self) -> Currency {
        self.currency.parse().unwrap_or(Currency::GBP)
    }
}

const fn place(
    (name, address): (&'static str, &'static str),
    (city, country): (&'static str, &'static str),
    timezone: Tz,
    currency: &'static str,
) -> Place {
    Place { name, address, city, country, timezone, currency }
}

pub(crate) const HARBOUR: Place =
    place(("Harbour Rooms", "12 Quay Street"), ("Bristol", "GB"), London, "GBP");
pub(crate) const FOUNDRY: Place = place(("The Foundry", "3 Anvil Lane"), ("Bristol", "GB"), London, "GBP");
pub(crate) const ASSEMBLY: Place = place(("Assembly Hall", "88 Long Acre"), ("London", "GB"), London, "GBP");
pub(crate) const LANTERN: Place = place(("Lantern Theatre", "5 Market Row"), ("London", "GB"), London, "GBP");
pub(crate) const MILL: Place = place(("Cotton Mill", "40 Canal Side"), ("Manchester", "GB"), London, "GBP");
pub(crate) const LIFFEY: Place = place(("Liffey Sheds", "7 North Wall"), ("Dublin", "IE"), Dublin, "EUR");
pub(crate) const KESSEL: Place = place(("Kesselhaus", "Werkstraße 9"), ("Berlin", "DE"), Berlin, "EUR");
pub(crate) const PATIO: Place = place(("Patio del Norte", "Calle Mayor 31"), ("Madrid", "ES"), Madrid, "EUR");
pub(crate) const KANAL: Place = place(("Kanalhuset", "Havnegade 4"), ("Copenhagen", "DK"), Copenhagen, "DKK");
pub(crate) const KAPLE: Place = place(("Kaple u řeky", "Nábřežní 18"), ("Prague", "CZ"), Prague, "CZK");
pub(crate) const DEPOT: Place = place(("The Depot", "210 Water Street"), ("New York", "US"), New_York, "USD");
pub(crate) const PIER: Place = place(("Pier Nine", "9 Queens Quay"), ("Toronto", "CA"), Toronto, "CAD");
pub(crate) const KISSA: Place = place(("Kissa Minami", "2-7 Minami-machi"), ("Tokyo", "JP"), Tokyo, "JPY");
pub(crate) const ARCADE: Place = place(("Arcade Hall", "61 Laneway"), ("Melbourne", "AU"), Melbourne, "AUD");
