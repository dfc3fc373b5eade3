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
    auth::Role,
    ids::{ShowId, UserId},
    tickets::{CheckIn, CheckInView},
};
use service::{Id, IdempotencyKey, ProblemResponse, Valid};
use sqlx::{PgConnection, PgTransaction};

/// Admits the holder of a ticket once, for the show's organiser or an admin: of many simultaneous scans exactly one succeeds. A scan that is repeated
/// under its `Idempotency-Key` gets the same answer again.
#[utoipa::path(
    post, path = "/api/shows/{id}/check-ins", operation_id = "check_in", tag = "tickets",
    params(
        ("id" = ShowId, Path, description = "The show at whose door the code was scanned"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "Names the scan, for when its answer is lost")
    ),
    request_body = CheckIn,
    responses(
        (status = 200, description = "Somebody was let in", body = CheckInView),
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
    key: Result<IdempotencyKey, ProblemResponse>,
    Valid(request): Valid<CheckIn>,
) -> Result<Json<CheckInView>, Error> {
    let door = Door { show: id, staff: caller.user, now: state.clock.now() };
    let mut tx = state.pool.begin().await?;
    admits(&mut tx, door, caller.role).await?;
    let ticket = state.codes.read(&request.code).ok_or(Error::NotFound)?;
    let ticket = store::tickets::lock(&mut tx, ticket).await?.ok_or(Error::NotFound)?;
    let admitted = admit(&state, &mut tx, ticket.clone(), door).await;
    let outcome = outcome(&admitted);
    let scan = Scan {
        ticket: &ticket,
        show: door.show,
        by: door.staff,
        outcome: &outcome,
        at: door.now,
        key: key.as_ref().ok(),
    };
    let admitted = match admitted {
        Err(Error::Denied(Denied::AlreadyUsed(at)))
            if store::check_ins::admitted_by(&mut tx, scan).await? =>
        {
            return Ok(Json(view(&mut tx, ticket.clone(), at).await?));
        }
        Ok(_) | Err(Error::Denied(_)) => admitted,
        Err(error) => return Err(error),
    };
    store::check_ins::insert(&mut tx, scan).await?;
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
    staff: UserId,
    now: Timestamp,
}

/// The organiser stands at the door, or an admin in their place.
async fn admits(db: &mut PgConnection, door: Door, role: Role) -> Result<(), Error> {
    store::users::fence(db, door.staff).await?;
    let show = store::shows::pin(db, door.show).await?;
    let show = show.filter(|show| show.is_visible_to(Some(door.staff))).ok_or(Error::NotFound)?;
    match role {
        Role::Admin => Ok(()),
        Role::User if show.organiser == door.staff => Ok(()),
        Role::User => Err(Error::NotYours),
    }
}

async fn admit(
    state: &Tickets,
    tx: &mut PgTransaction<'_>,
    ticket: Ticket,
    door: Door,
) -> Result<CheckInView, Error> {
    let changed = ticket.check_in(door.show, door.now)?;
    if !store::check_ins::admit(tx, &changed.0, door.staff).await? {
        // The row is locked and was valid: only a ban of its holder is left as a reason.
        return Err(Denied::TicketNotValid("The holder's account is suspended.").into());
    }
    let ticket = changed.0.clone();
    facts::tickets(tx, &[changed], &state.codes).await?;
    view(tx, ticket, door.now).await
}

async fn view(db: &mut PgConnection, ticket: Ticket, checked_in_at: Timestamp) -> Result<CheckInView, Error> {
    Ok(CheckInView {
        ticket_id: ticket.id,
        holder_name: store::users::name(db, ticket.holder).await?.unwrap_or_default(),
        listing_name: ticket.listing_name,
        seat: ticket.seat,
        checked_in_at,
    })
}

fn outcome(admitted: &Result<CheckInView, Error>) -> String {
    match admitted {
        Ok(_) => "admitted".to_owned(),
        Err(error) => Problem::from(error).code.to_string(),
    }
}
