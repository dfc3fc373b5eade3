//! What people get by mail: the notices that auth issues, and the secrets of their links, as notifications derives them.

use crate::audience::MAIL_LINK_KEY;
use contracts::auth::NoticeKind;
use events::{
    auth::{Notice, NoticeFact},
    link::LinkKey,
};
use testkit::World;

/// Waits for a notice of this kind to this address.
pub(crate) async fn mail(world: &World, kind: NoticeKind, email: &str) -> Notice {
    world
        .bus
        .wait_for::<Notice>(NoticeFact::Issued, |notice| notice.kind == kind && notice.email == email)
        .await
        .state
}

/// Every notice of this kind to this address so far.
pub(crate) fn mails(world: &World, kind: NoticeKind, email: &str) -> Vec<Notice> {
    let all = world.bus.all::<Notice>(NoticeFact::Issued).into_iter().map(|event| event.state);
    all.filter(|notice| notice.kind == kind && notice.email == email).collect()
}

/// What the link of the mail carries.
pub(crate) fn secret(notice: &Notice) -> String {
    LinkKey::new(&MAIL_LINK_KEY).secret(notice.id, notice.kind)
}
