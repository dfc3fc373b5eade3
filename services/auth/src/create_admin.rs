//! `auth-service create-admin --email … --name …`: an admin account, or an existing account made one.
//!
//! The password comes from `ADMIN_PASSWORD`. Running it again changes nothing.

use crate::{
    account::{Account, normal_email},
    common_passwords,
    passwords::Passwords,
    store::{self, audit},
};
use anyhow::{Context, ensure};
use contracts::{
    Timestamp, Validate,
    auth::{Role, SignUp},
};
use events::{auth::UserFact, outbox};
use service::{Clock, Env};
use sqlx::PgPool;

/// Makes the admin. The facts wait in the outbox until the service runs.
pub async fn create_admin(env: &Env, arguments: &[String]) -> anyhow::Result<()> {
    let (Some(database_url), Some(password)) =
        (env.required::<String>("DATABASE_URL"), env.required::<String>("ADMIN_PASSWORD"))
    else {
        return Err(env.error().into());
    };
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
    put(&pool, &Clock::system(), request).await
}

async fn put(pool: &PgPool, clock: &Clock, request: SignUp) -> anyhow::Result<()> {
    let email = normal_email(&request.email);
    let known = store::users::find_by_email(&mut *pool.acquire().await?, &email).await?;
    let now = clock.now();
    // Hashed before the transaction begins.
    let new = new_admin(request, email, now).await?;
    let mut tx = pool.begin().await?;
    let account = if let Some(known) = known {
        let mut account = store::users::lock(&mut tx, known.id).await?.context("the account is gone")?;
        if account.role == Role::Admin {
            return Ok(());
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
    let entry = audit::Entry {
        at: now,
        actor: None,
        actor_name: "Operator",
        action: "user.make_admin",
        subject: account.id,
        subject_name: &account.name,
        note: "create-admin",
    };
    audit::write(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(())
}

async fn new_admin(request: SignUp, email: String, now: Timestamp) -> anyhow::Result<Account> {
    common_passwords::refuse("password", &request.password, &email, &request.name)
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
        ban: None,
    })
}
