//! The pages, one file each: its component, its forms, its private parts.

pub mod account;
pub mod admin_audit;
pub mod admin_ban_import;
pub mod admin_bans;
pub mod admin_system;
pub mod admin_user;
pub mod admin_users;
pub mod confirm_email;
pub mod door;
pub mod edit_show;
pub mod failure;
pub mod forgot_password;
pub mod home;
pub mod link;
pub mod new_show;
pub mod not_me;
pub mod order;
pub mod orders;
pub mod reauthenticate;
pub mod reset_password;
pub mod second_step;
pub mod security;
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
        .and(admin_ban_import::forms())
        .and(admin_bans::forms())
        .and(admin_user::forms())
        .and(confirm_email::forms())
        .and(door::forms())
        .and(edit_show::forms())
        .and(forgot_password::forms())
        .and(new_show::forms())
        .and(not_me::forms())
        .and(order::forms())
        .and(reset_password::forms())
        .and(reauthenticate::forms())
        .and(second_step::forms())
        .and(security::forms())
        .and(show::forms())
        .and(sign_in::forms())
        .and(sign_out::forms())
        .and(sign_up::forms())
        .and(ticket::forms())
}
