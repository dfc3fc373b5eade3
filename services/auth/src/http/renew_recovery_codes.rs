//! `POST /api/auth/recovery-codes`: new recovery codes in the place of all old ones.

use crate::{
    error::Error,
    factors::{self, Change},
    reauthentication,
    state::Auth,
    store,
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{Problem, second_factors::RecoveryCodes};

/// New recovery codes, shown this once. The ones from before work no more.
#[utoipa::path(post, path = "/api/auth/recovery-codes", tag = "second factors", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "The codes", body = RecoveryCodes),
    (status = 401, description = "No identity", body = Problem),
    (status = 403, description = "`reauthentication_required`", body = Problem),
    (status = 409, description = "`state_conflict`: there is no second factor for which they could stand in", body = Problem),
))]
#[tracing::instrument(name = "auth.renew_recovery_codes", skip_all)]
pub(crate) async fn renew_recovery_codes(
    State(state): State<Auth>,
    caller: Caller,
) -> Result<Json<RecoveryCodes>, Error> {
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    reauthentication::require(&mut tx, &caller, state.clock.now()).await?;
    if !store::second_factors::of(&mut tx, account.id).await?.any() {
        return Err(Error::StateConflict("Add a second factor first: the codes stand in for one"));
    }
    let codes = factors::new_recovery_codes(&mut tx, account.id).await?;
    factors::note(&state, &mut tx, &account, Change::CodesMade).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    Ok(Json(RecoveryCodes { codes }))
}
