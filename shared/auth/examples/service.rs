//! A service whose callers are who they say they are, and not banned: `cargo run --example service -p auth`.
//!
//! All it needs is the revocation bus, and the public half of the key that signs what is on it. It calls nobody.

use auth::{Authority, AuthorityConfig, Caller, MaybeCaller};
use axum::{Router, extract::FromRef, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

#[derive(Clone)]
struct App(Authority);

impl FromRef<App> for Authority {
    fn from_ref(app: &App) -> Self {
        app.0.clone()
    }
}

async fn mine(caller: Caller) -> String {
    format!("Only {} sees this.\n", caller.user)
}

async fn public(MaybeCaller(caller): MaybeCaller) -> String {
    caller.map_or("Hello.\n".to_owned(), |caller| format!("Hello, {}.\n", caller.user))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [nats_url, revocation_public_key] =
        ["nats://demo:secret@127.0.0.1:4222", &"d7".repeat(32)].map(str::to_owned);
    let (service, instance) = ("demo".to_owned(), "demo-1".to_owned());
    let public_origin = "http://localhost:3000".to_owned();
    let config = AuthorityConfig {
        service,
        instance,
        nats_url,
        revocation_public_key,
        public_origin,
        plain_cookies: true,
        pull: None,
    };
    let authority = Authority::connect(config, &TaskTracker::new(), &CancellationToken::new()).await?;
    let app = Router::new().route("/", get(public)).route("/mine", get(mine)).with_state(App(authority));
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8080").await?, app).await?)
}
