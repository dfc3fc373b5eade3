//! `POST /api/shows/{id}/check-ins`: let somebody in.

use super::answers::{Always, Bodied, Identified, Named};
use crate::{
    denied::Denied,
    error::Error,
    state::Tickets,
    store::{self, check_ins::Scan, facts},
    ticket::Ticket,
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    Problem, Timestamp,
    ids::{ShowId, TicketId, UserId},
    tickets::{CheckIn, CheckInView},
};
use service::{Id, Valid};
use sqlx::{PgConnection, PgTransaction};

/// Admits the holder of a ticket once. Of many simultaneous scans exactly one succeeds.
#[utoipa::path(
    post, path = "/api/shows/{id}/check-ins", operation_id = "check_in", tag = "tickets",
    params(("id" = ShowId, Path, description = "The show at whose door the code was scanned")),
    request_body = CheckIn,
    responses(
        (status = 200, body = CheckInView),
        (status = 409, description = "`already_used` with `used_at`, `wrong_show` or `ticket_not_valid`",
         body = Problem, content_type = "application/problem+json"),
        Always, Identified, Named, Bodied
    ),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.check_in", skip_all, fields(show.id = %id))]
pub(super) async fn check_in(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<ShowId>,
    Valid(request): Valid<CheckIn>,
) -> Result<Json<CheckInView>, Error> {
    let now = state.clock.now();
    let mut tx = state.pool.begin().await?;
    organiser(&mut tx, id, caller.user).await?;
    let ticket = state.codes.read(&request.code).ok_or(Error::NotFound)?;
    let ticket = lock(&mut tx, ticket).await?;
    let door = Door { show: id, organiser: caller.user, now };
    let admitted = admit(&state, &mut tx, ticket.clone(), door).await;
    let outcome = outcome(&admitted);
    let scan = Scan { ticket: &ticket, show: id, by: caller.user, outcome: &outcome, at: now };
    match admitted {
        Ok(_) | Err(Error::Denied(_)) => store::check_ins::insert(&mut tx, scan).await?,
        Err(error) => return Err(error),
    }
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    metrics::counter!("check_ins_total", "outcome" => outcome).increment(1);
    admitted.map(Json)
}

/// Where and when somebody wants in.
#[derive(Clone, Copy)]
struct Door {
    show: ShowId,
    organiser: UserId,
    now: Timestamp,
}

/// Only the organiser's people stand at the door.
async fn organiser(db: &mut PgConnection, show: ShowId, caller: UserId) -> Result<(), Error> {
    store::users::fence(db, caller).await?;
    let show = store::shows::pin(db, show).await?.filter(|show| show.is_visible_to(Some(caller)));
    let show = show.ok_or(Error::NotFound)?;
    if show.organiser == caller { Ok(()) } else { Err(Error::NotYours) }
}

async fn lock(db: &mut PgConnection, ticket: TicketId) -> Result<Ticket, Error> {
    store::tickets::lock(db, ticket).await?.ok_or(Error::NotFound)
}

async fn admit(
    state: &Tickets,
    tx: &mut PgTransaction<'_>,
    ticket: Ticket,
    door: Door,
) -> Result<CheckInView, Error> {
    let changed = ticket.check_in(door.show, door.now)?;
    if !store::check_ins::admit(tx, &changed.0, door.organiser).await? {
        // The row is locked and was valid: only a ban of its holder is left as a reason.
        return Err(Denied::TicketNotValid("The holder's account is suspended.").into());
    }
    let ticket = changed.0.clone();
    facts::tickets(tx, &[changed], &state.codes).await?;
    Ok(CheckInView {
        ticket_id: ticket.id,
        holder_name: store::users::name(tx, ticket.holder).await?.unwrap_or_default(),
        listing_name: ticket.listing_name,
        seat: ticket.seat,
        checked_in_at: door.now,
    })
}

fn outcome(admitted: &Result<CheckInView, Error>) -> String {
    match admitted {
        Ok(_) => "admitted".to_owned(),
        Err(error) => Problem::from(error).code.to_string(),
    }
}
