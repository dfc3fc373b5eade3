//! Typed ids, registered in one list: UUIDv7 in their plain form everywhere.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[cfg_attr(feature = "sql", derive(sqlx::Type))]
            #[cfg_attr(feature = "sql", sqlx(transparent))]
            #[serde(transparent)]
            pub struct $name(Uuid);

            impl $name {
                /// Wraps a UUID that is already known to name this kind of thing.
                pub const fn from_uuid(id: Uuid) -> Self {
                    Self(id)
                }

                /// The plain UUID.
                pub const fn uuid(self) -> Uuid {
                    self.0
                }

                /// When the id was made, in milliseconds since 1970, where it is a UUIDv7.
                pub fn made_at_ms(self) -> Option<u64> {
                    const V7: usize = 7;
                    let stamp = self.0.get_timestamp().filter(|_| self.0.get_version_num() == V7)?;
                    let (seconds, nanos) = stamp.to_unix();
                    Some(seconds * 1000 + u64::from(nanos) / 1_000_000)
                }
            }

            impl From<Uuid> for $name {
                fn from(id: Uuid) -> Self {
                    Self(id)
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    self.0.fmt(f)
                }
            }

            impl std::str::FromStr for $name {
                type Err = uuid::Error;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    text.parse().map(Self)
                }
            }
        )+
    };
}

ids! {
    /// A person with an account.
    UserId,
    /// One signed-in device.
    SessionId,
    /// Something that a person is told of their account.
    NoticeId,
    /// One ban of one user.
    BanId,
    /// A list of people to ban.
    BanImportId,
    /// One passkey of one user.
    PasskeyId,
    /// What people attend.
    ShowId,
    /// An offer of tickets for a show by one seller.
    ListingId,
    /// One sellable place of a listing.
    UnitId,
    /// A buyer's hold and what becomes of it.
    OrderId,
    /// One attempt to pay for an order.
    PaymentId,
    /// Money on its way back to a buyer.
    RefundId,
    /// The admission issued for one unit.
    TicketId,
    /// One outgoing mail.
    MailId,
    /// A message on the bus.
    EventId,
}
