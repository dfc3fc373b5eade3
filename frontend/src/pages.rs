//! The pages, one file each: its component, its forms, its private parts.

pub mod account;
pub mod admin_audit;
pub mod admin_system;
pub mod admin_user;
pub mod admin_users;
pub mod door;
pub mod edit_show;
pub mod failure;
pub mod home;
pub mod new_show;
pub mod order;
pub mod orders;
pub mod sell;
pub mod show;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod suspended;
pub mod ticket;
pub mod tickets;

use crate::forms::Forms;

/// The forms of every page.
pub fn forms() -> Forms {
    Forms::none()
        .and(account::forms())
        .and(admin_user::forms())
        .and(door::forms())
        .and(edit_show::forms())
        .and(new_show::forms())
        .and(order::forms())
        .and(show::forms())
        .and(sign_in::forms())
        .and(sign_out::forms())
        .and(sign_up::forms())
        .and(ticket::forms())
}
