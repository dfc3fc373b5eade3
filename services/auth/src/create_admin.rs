//! `auth-service create-admin --email … --name …`: an admin account, or an existing account made one.
//!
//! The password comes from `ADMIN_PASSWORD`. Running it again changes nothing, unless `ADMIN_TOTP_SECRET` gives the secret
//! of an authenticator app (20 bytes in base 32): it takes the place of the one that the admin has, as when that was lost
//! and no recovery code is left; the admin is told by mail. Without it the admin adds a second factor at the first sign-in,
//! and is no admin before. A new admin's password must stand on no list of common ones, `PASSWORD_LIST` included.

use crate::{
    account::{Account, normal_email},
    common_passwords::CommonPasswords,
    notices,
    passwords::Passwords,
    sealed::Seal,
    store::{self, audit},
    totp::AppSecret,
};
use anyhow::{Context, ensure};
use contracts::{
    Timestamp, Validate,
    auth::{NoticeKind, Role, SignUp},
};
use events::{auth::UserFact, outbox};
use service::{Clock, Env};
use sqlx::PgPool;
use std::path::PathBuf;

/// Makes the admin. The facts wait in the outbox until the service runs.
pub async fn create_admin(env: &Env, arguments: &[String]) -> anyhow::Result<()> {
    let (Some(database_url), Some(password), Some(password_list)) = (
        env.required::<String>("DATABASE_URL"),
        env.required::<String>("ADMIN_PASSWORD"),
        env.optional::<PathBuf>("PASSWORD_LIST"),
    ) else {
        return Err(env.error().into());
    };
    let common = CommonPasswords::open(password_list.as_deref()).context("PASSWORD_LIST cannot be read")?;
    let app = app(env)?;
    let value_of = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(at + 1).cloned()
    };
    let email = value_of("--email").context("--email is missing")?;
    let name = value_of("--name").unwrap_or_else(|| "Admin".to_owned());
    let request = SignUp { email, password, name };
    let errors = request.errors();
    ensure!(
        errors.is_empty(),
        "{}",
        errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join("; ")
    );
    let pool = service::db::open(&database_url, &sqlx::migrate!()).await?;
    // The outbox's table, which the service would make at its first start.
    events::backbone::migrate(&pool).await?;
    let admin = put(&pool, &Clock::system(), &common, request).await?;
    match app {
        Some(app) => give_app(&pool, &Clock::system(), &admin, app).await,
        None => Ok(()),
    }
}

/// An authenticator app that the operator gives, and what seals its secret.
struct App {
    secret: AppSecret,
    seal: Seal,
}

fn app(env: &Env) -> anyhow::Result<Option<App>> {
    let Some(given) = env.optional::<String>("ADMIN_TOTP_SECRET") else { return Err(env.error().into()) };
    let Some(text) = given else { return Ok(None) };
    let Some(key) = env.secret::<32>("SECOND_FACTOR_KEY") else { return Err(env.error().into()) };
    let secret = AppSecret::parse(&text).context("ADMIN_TOTP_SECRET is not 20 bytes in base 32")?;
    Ok(Some(App { secret, seal: Seal::new(&key) }))
}

async fn give_app(pool: &PgPool, clock: &Clock, admin: &Account, app: App) -> anyhow::Result<()> {
    let (secret, now) = (app.secret.sealed(&app.seal, admin.id)?, clock.now());
    let mut tx = pool.begin().await?;
    store::users::lock(&mut tx, admin.id).await?.context("the account is gone")?;
    store::totp::delete(&mut tx, admin.id).await?;
    store::totp::offer(&mut tx, admin.id, &secret, now).await?;
    store::totp::confirm(&mut tx, admin.id, None, now).await?;
    audit::write(&mut tx, by_operator(admin, "user.app_added", "create-admin", now)).await?;
    notices::issue(&mut tx, &notices::about(admin, NoticeKind::SecondFactorAdded, now)).await?;
    tx.commit().await?;
    Ok(())
}

fn by_operator<'a>(subject: &'a Account, action: &'a str, note: &'a str, at: Timestamp) -> audit::Entry<'a> {
    audit::Entry {
        at,
        actor: None,
        actor_name: "Operator",
        action,
        subject: Some(subject.id),
        subject_name: &subject.name,
        note,
    }
}

async fn put(
    pool: &PgPool,
    clock: &Clock,
    common: &CommonPasswords,
    request: SignUp,
) -> anyhow::Result<Account> {
    let email = normal_email(&request.email);
    let known = store::users::find_by_email(&mut *pool.acquire().await?, &email).await?;
    let now = clock.now();
    // Hashed before the transaction begins.
    let new = new_admin(common, request, email, now).await?;
    let mut tx = pool.begin().await?;
    let account = if let Some(known) = known {
        let mut account = store::users::lock(&mut tx, known.id).await?.context("the account is gone")?;
        if account.role == Role::Admin {
            return Ok(account);
        }
        account.role = Role::Admin;
        account.version += 1;
        store::users::update(&mut tx, &account).await?;
        outbox::publish(&mut tx, UserFact::Changed, &account.state()).await?;
        account
    } else {
        store::users::insert(&mut tx, &new).await?;
        outbox::publish(&mut tx, UserFact::Registered, &new.state()).await?;
        new
    };
    audit::write(&mut tx, by_operator(&account, "user.make_admin", "create-admin", now)).await?;
    tx.commit().await?;
    Ok(account)
}

async fn new_admin(
    common: &CommonPasswords,
    request: SignUp,
    email: String,
    now: Timestamp,
) -> anyhow::Result<Account> {
    common
        .refuse("password", &request.password, &email, &request.name)
        .await
        .map_err(|_| anyhow::anyhow!("choose a password that others do not use"))?;
    Ok(Account {
        id: service::new_id(),
        email,
        name: request.name.trim().to_owned(),
        password_hash: Passwords::new()?.hash(&request.password).await?,
        role: Role::Admin,
        generation: 1,
        version: 1,
        created_at: now,
        last_seen_at: None,
        // The operator knows whose it is.
        email_confirmed_at: Some(now),
        ban: None,
    })
}
