//! `POST /api/auth/signup`: make an account and sign in.

use crate::{
    account::{Account, normal_email},
    attempts::{self, Bound, Network},
    devices::{self, Signed},
    error::{Error, breaks},
    http::{change_email, entered::Entered, signin},
    links::{self, About, Purpose},
    state::Auth,
    store,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use contracts::{
    Problem,
    auth::{Role, SignUp, SignedIn},
    second_factors::SecondFactorAsked,
};
use events::{auth::UserFact, outbox};
use service::Valid;

/// Make an account and sign in. Whoever gives the password of an account that exists is signed in to it.
///
/// A form that is sent twice (a double click without JavaScript, a lost answer) must not end in `email_taken` with the
/// cookies of the first answer lost. No key is stored for that: whoever knows the password may sign in anyway, so the
/// second request is a sign-in, as guarded and as counted as one. Anybody else is told `email_taken`, so often per
/// network as [`Bound::from_network`] allows (then nobody signs up from there for the rest of the hour, or the difference
/// between the two answers would tell just the same), and the owner of the address gets a mail (`docs/adr/0011-recovery.md` says why it is not
/// hidden). Both cost one password hash, as does a new account.
#[utoipa::path(post, path = "/api/auth/signup", tag = "sessions", request_body = SignUp, responses(
    (status = 201, description = "Signed up; sets both cookies", body = SignedIn),
    (status = 200, description = "The account existed and this is its password: signed in; sets both cookies", body = SignedIn),
    (status = 202, description = "The account existed, this is its password, and a second factor is needed", body = SecondFactorAsked),
    (status = 403, description = "`account_suspended`, with the right password only", body = Problem),
    (status = 409, description = "`email_taken`", body = Problem),
    (status = 422, description = "`invalid`", body = Problem),
    (status = 429, description = "`rate_limited`: too many wrong passwords for this account from this network, or too many addresses that were taken", body = Problem),
    (status = 503, description = "Too many sign-ins at once", body = Problem),
))]
#[tracing::instrument(name = "auth.signup", skip_all)]
pub(crate) async fn signup(
    State(state): State<Auth>,
    headers: HeaderMap,
    Valid(request): Valid<SignUp>,
) -> Result<Response, Error> {
    let email = normal_email(&request.email);
    state.common_passwords.refuse("password", &request.password, &email, &request.name).await?;
    let (status, entered) = enter(&state, &headers, &email, &request).await?;
    Ok(entered.answer(state.authority.cookies(), status))
}

async fn enter(
    state: &Auth,
    headers: &HeaderMap,
    email: &str,
    request: &SignUp,
) -> Result<(StatusCode, Entered), Error> {
    if let Some(known) = find(state, email).await? {
        return Ok((StatusCode::OK, return_to(state, headers, known, request).await?));
    }
    // Nothing is taken: what is given up while it waits for its hash would never give it back.
    let (told, bound) = told(state, headers);
    attempts::look(&mut *state.pool.acquire().await?, &told, bound, state.clock.now()).await?;
    match register(state, headers, email, request).await {
        // The same form was sent at the same moment, and the other one came first.
        Err(Error::EmailTaken) => {
            let known = find(state, email).await?.ok_or(Error::EmailTaken)?;
            Ok((StatusCode::OK, return_to(state, headers, known, request).await?))
        }
        registered => Ok((StatusCode::CREATED, Entered::Signed(Box::new(registered?)))),
    }
}

async fn find(state: &Auth, email: &str) -> Result<Option<Account>, Error> {
    let mut db = state.pool.acquire().await?;
    Ok(store::users::find_by_email(&mut db, email).await?)
}

async fn return_to(
    state: &Auth,
    headers: &HeaderMap,
    known: Account,
    request: &SignUp,
) -> Result<Entered, Error> {
    // Taken before the answer is known, so that requests at one moment do not slip through together.
    let (told, bound) = told(state, headers);
    attempts::take(&mut *state.pool.acquire().await?, &told, bound, state.clock.now()).await?;
    let email = known.email.clone();
    match signin::enter(state, headers, &email, Some(known.clone()), &request.password).await {
        Err(Error::WrongCredentials) => {
            tell_owner(state, &known).await?;
            Err(Error::EmailTaken)
        }
        // Nobody guesses at an address that nobody has, so this tells the same.
        Err(refused @ Error::TooManyAttempts { .. }) => Err(refused),
        entered => {
            attempts::give_back(state, &told).await;
            entered
        }
    }
}

/// What a network may be told: so often that an address is taken.
fn told(state: &Auth, headers: &HeaderMap) -> (String, Bound) {
    (format!("taken from {}", Network::of(headers)), Bound::from_network(state.network_attempts_max))
}

/// The address has an account, and this was not its password.
async fn tell_owner(state: &Auth, owner: &Account) -> Result<(), Error> {
    let mut tx = state.pool.begin().await?;
    change_email::tell_owner(&mut tx, owner, state.clock.now()).await?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(())
}

async fn register(state: &Auth, headers: &HeaderMap, email: &str, request: &SignUp) -> Result<Signed, Error> {
    let password_hash = state.passwords.hash(&request.password).await?;
    let now = state.clock.now();
    let account = Account {
        id: service::new_id(),
        email: email.to_owned(),
        name: request.name.trim().to_owned(),
        password_hash,
        role: Role::User,
        generation: 1,
        version: 1,
        created_at: now,
        last_seen_at: Some(now),
        email_confirmed_at: None,
        ban: None,
    };
    let mut tx = state.pool.begin().await?;
    store::users::insert(&mut tx, &account)
        .await
        .map_err(|error| if breaks(&error, "users_email_key") { Error::EmailTaken } else { error.into() })?;
    outbox::publish(&mut tx, UserFact::Registered, &account.state()).await?;
    links::send(state, &mut tx, &account, Purpose::ConfirmEmail, About::default(), now).await?;
    let signed = devices::begin_first(state, &mut tx, account, headers, now).await?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(signed)
}
