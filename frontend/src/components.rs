//! The design system as components: variants are enums, roles and labels are part of the component.
//!
//! Form controls are in [`crate::forms`], live things in [`crate::islands`].

pub mod admin;
pub mod avail;
pub mod button;
pub mod dialog;
pub mod empty;
pub mod hold;
pub mod icon;
pub mod issued;
pub mod layout;
pub mod list;
pub mod money;
pub mod notice;
pub mod page;
pub mod passkey;
pub mod poster;
pub mod tag;
pub mod text;
pub mod ticket;
pub mod when;
pub mod wire;

#[cfg(test)]
mod tests;

pub use admin::AdminTabs;
pub use avail::{AvailKey, AvailabilityBar};
pub use button::{Button, ButtonKind, LinkButton};
pub use dialog::Dialog;
pub use empty::Empty;
pub use hold::Hold;
pub use icon::Icon;
pub use issued::IssuedTicket;
pub use list::{Data, Fact, Facts, Pager, Tab, Tabs};
pub use money::Price;
pub use notice::{Notice, Tone};
pub use page::{Part, RefreshWithoutScript, Title};
pub use passkey::{Ceremony, PASSKEY_FIELD, PasskeyButton};
pub use poster::{Poster, Thumb};
pub use tag::{Tag, TagKind};
pub use ticket::{Qr, Stamp, Stub, Ticket, TicketKind, Torn};
pub use when::{When, WhenStyle};
pub use wire::{Wire, WireRow, milliseconds};
