//! The public API, as a person's program uses it.

use anyhow::{Context, bail};
use contracts::{
    auth::{SignIn, SignUp},
    second_factors::SignInWithCode,
};
use reqwest::{Method, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use totp_rs::{Builder, Secret};

/// How often a request is tried when the system says "later".
const TRIES: u32 = 60;
/// How many codes of an authenticator app are tried, one after the other.
const CODES: u32 = 4;
/// How long a code is the present one.
const CODE_LASTS: Duration = Duration::from_secs(30);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    http: reqwest::Client,
    base: String,
    token: String,
}

/// Signs in, or up where there is no such account.
pub async fn session(base: &str, (email, password): (&str, &str), name: &str) -> anyhow::Result<Session> {
    let http = client()?;
    let sign_in = SignIn { email: email.to_owned(), password: password.to_owned() };
    let entered = enter(&http, &format!("{base}/api/auth/signin"), &sign_in).await?;
    if let Some(token) = entered.token {
        return Ok(Session { http, base: base.to_owned(), token });
    }
    if entered.status != StatusCode::UNAUTHORIZED {
        bail!("signing in as {email} was answered with {}", entered.status);
    }
    let sign_up = SignUp { email: email.to_owned(), password: password.to_owned(), name: name.to_owned() };
    let Entered { status, token, .. } = enter(&http, &format!("{base}/api/auth/signup"), &sign_up).await?;
    let token = token.with_context(|| format!("signing up as {email} was answered with {status}"))?;
    Ok(Session { http, base: base.to_owned(), token })
}

/// Signs in with a password and the code of an authenticator app. A code works once, so where the present one was used
/// a moment ago, the next one is waited for.
pub async fn session_with_code(
    base: &str,
    (email, password): (&str, &str),
    secret: &str,
) -> anyhow::Result<Session> {
    let http = client()?;
    let sign_in = SignIn { email: email.to_owned(), password: password.to_owned() };
    let first = enter(&http, &format!("{base}/api/auth/signin"), &sign_in).await?;
    let challenge = first.challenge.with_context(|| format!("{email} was answered with {}", first.status))?;
    for _ in 0..CODES {
        let second = SignInWithCode { code: code_of_now(secret)?, challenge: Some(challenge.clone()) };
        let entered = enter(&http, &format!("{base}/api/auth/signin/code"), &second).await?;
        if let Some(token) = entered.token {
            return Ok(Session { http, base: base.to_owned(), token });
        }
        if entered.status != StatusCode::UNPROCESSABLE_ENTITY {
            bail!("the code of {email} was answered with {}", entered.status);
        }
        tokio::time::sleep(CODE_LASTS).await;
    }
    bail!("no code of {email} was accepted")
}

fn client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?)
}

fn code_of_now(secret: &str) -> anyhow::Result<String> {
    let secret = Secret::try_from_base32(secret).context("the secret of an authenticator app is base 32")?;
    let rules = Builder::new().with_secret(secret).with_account_name("sample").build()?;
    Ok(rules.generate_current().to_string())
}

/// What signing in or up came to.
struct Entered {
    status: StatusCode,
    token: Option<String>,
    /// Where a second factor is asked for.
    challenge: Option<String>,
}

/// Posts credentials; finds the access token in the cookie that comes back.
async fn enter(http: &reqwest::Client, url: &str, credentials: &impl Serialize) -> anyhow::Result<Entered> {
    let response = patiently(|| http.post(url).json(credentials)).await?;
    let status = response.status();
    let cookies = response.headers().get_all(header::SET_COOKIE);
    let token = cookies.iter().filter_map(|cookie| cookie.to_str().ok()).find_map(access_token);
    let body: serde_json::Value = response.json().await.unwrap_or_default();
    let challenge = body["challenge"].as_str().map(str::to_owned);
    Ok(Entered { status, token: token.filter(|_| status.is_success()), challenge })
}

fn access_token(cookie: &str) -> Option<String> {
    let (name, value) = cookie.split(';').next()?.split_once('=')?;
    matches!(name, "__Host-access" | "access").then(|| value.to_owned())
}

impl Session {
    /// Creates something; the key makes a second run of the seed harmless.
    pub async fn create<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let request = || self.request(Method::POST, path).header("idempotency-key", key).json(body);
        read(path, patiently(request).await?).await
    }

    /// Does something to what is there.
    pub async fn act(&self, path: &str) -> anyhow::Result<()> {
        let response = patiently(|| self.request(Method::POST, path)).await?;
        response.error_for_status().with_context(|| format!("POST {path}"))?;
        Ok(())
    }

    /// Replaces something.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> anyhow::Result<T> {
        read(path, patiently(|| self.request(Method::PUT, path).json(body)).await?).await
    }

    /// Takes something back.
    pub async fn delete(&self, path: &str) -> anyhow::Result<()> {
        let response = patiently(|| self.request(Method::DELETE, path)).await?;
        response.error_for_status().with_context(|| format!("DELETE {path}"))?;
        Ok(())
    }

    /// The access token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// How a path answers, whatever it says.
    pub async fn status(&self, path: &str) -> anyhow::Result<StatusCode> {
        Ok(self.request(Method::GET, path).send().await?.status())
    }

    /// Reads something.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        read(path, patiently(|| self.request(Method::GET, path)).await?).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }
}

async fn read<T: DeserializeOwned>(path: &str, response: reqwest::Response) -> anyhow::Result<T> {
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        bail!("{path} was answered with {status}: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("the answer of {path} is not what was expected"))
}

/// Waits and tries again where the answer is 429 or 503, as their `Retry-After` asks.
async fn patiently(request: impl Fn() -> reqwest::RequestBuilder) -> anyhow::Result<reqwest::Response> {
    for _ in 0..TRIES {
        let response = request().send().await?;
        let later =
            matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        if !later {
            return Ok(response);
        }
        let asked = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let seconds = asked.and_then(|text| text.parse().ok()).unwrap_or(1_u64);
        tokio::time::sleep(Duration::from_secs(seconds.clamp(1, 60))).await;
    }
    bail!("the system kept saying: later")
}
