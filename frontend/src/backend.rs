//! Talking to the services, through the ingress's private listener.

use crate::{
    config::CookieNames,
    error::AppError,
    visit::{Facts, Visit},
};
use contracts::Problem;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// Longer than a service waits for a copy to catch up, shorter than people do.
const TIMEOUT: Duration = Duration::from_secs(8);
/// The most a service may answer.
const ANSWER_MAX_BYTES: usize = 4 * 1024 * 1024;

/// The services, seen from the pages' server.
#[derive(Clone, Debug)]
pub struct Backend {
    http: reqwest::Client,
    url: String,
    origin: String,
}

/// The services on behalf of one visitor.
#[derive(Clone, Debug)]
pub struct Api {
    backend: Backend,
    visit: Visit,
}

/// What a service answered, with the cookies that it sets.
#[derive(Debug)]
pub struct Answer<T> {
    /// The body.
    pub body: T,
    /// `Set-Cookie` headers, to be passed on as they are.
    pub cookies: Vec<HeaderValue>,
}

/// Makes a creation happen once, however often its form is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl Backend {
    /// A client of the services at `url`; `origin` is what the browser sees.
    pub fn new(url: &str, origin: &str) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(2))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { http, url: url.to_owned(), origin: origin.to_owned() })
    }

    /// The services on behalf of a visitor.
    pub fn on_behalf_of(&self, visit: Visit) -> Api {
        Api { backend: self.clone(), visit }
    }
}

impl Api {
    /// The services on behalf of whoever these cookies have just signed in.
    #[must_use]
    pub fn signed_in(&self, cookies: &[HeaderValue], names: CookieNames) -> Self {
        let token = cookies.iter().find_map(|cookie| {
            let value = cookie.to_str().ok()?.strip_prefix(names.access)?.strip_prefix('=')?;
            Some(value.split(';').next().unwrap_or_default().to_owned())
        });
        let visit = Visit::new(Facts { access: token, ..(*self.visit).clone() });
        Self { backend: self.backend.clone(), visit }
    }

    /// Reads.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, AppError> {
        Ok(self.send(self.request(Method::GET, path)).await?.body)
    }

    /// Reads a list or a search: absent parameters are left out.
    pub async fn query<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, AppError> {
        let query = serde_urlencoded::to_string(query).map_err(|_| self.broken())?;
        self.get(&if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }).await
    }

    /// Creates, once per key.
    pub async fn create<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        key: &IdempotencyKey,
    ) -> Result<T, AppError> {
        Ok(self
            .send(self.request(Method::POST, path).header("idempotency-key", &key.0).json(body))
            .await?
            .body)
    }

    /// Creates from a text of another kind than JSON, once per key.
    pub async fn create_from<T: DeserializeOwned>(
        &self,
        path: &str,
        kind: &'static str,
        text: axum::body::Bytes,
        key: &IdempotencyKey,
    ) -> Result<T, AppError> {
        let request = self.request(Method::POST, path).header("idempotency-key", &key.0);
        Ok(self.send(request.header(header::CONTENT_TYPE, kind).body(text)).await?.body)
    }

    /// Does something that is no creation.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, AppError> {
        Ok(self.send(self.request(Method::POST, path).json(body)).await?.body)
    }

    /// Replaces.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, AppError> {
        Ok(self.send(self.request(Method::PUT, path).json(body)).await?.body)
    }

    /// Replaces, where the answer sets cookies.
    pub async fn put_for_cookies<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer<T>, AppError> {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// Does something, where the answer sets cookies.
    pub async fn post_for_cookies<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer<T>, AppError> {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Changes what is still at `version`.
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        version: i64,
    ) -> Result<T, AppError> {
        let request = self.request(Method::PATCH, path).header(header::IF_MATCH, format!("\"{version}\""));
        Ok(self.send(request.json(body)).await?.body)
    }

    /// Ends or withdraws.
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, AppError> {
        Ok(self.send(self.request(Method::DELETE, path)).await?.body)
    }

    /// Ends or withdraws, saying why.
    pub async fn delete_with<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AppError> {
        Ok(self.send(self.request(Method::DELETE, path).json(body)).await?.body)
    }

    /// Signs in or up: whoever was signed in before does not matter, and the answer sets cookies.
    pub async fn sign<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer<T>, AppError> {
        let mut request = self.anonymous(Method::POST, path).json(body);
        if let Some(browser) = &self.visit.browser {
            request = request.header(header::COOKIE, browser);
        }
        self.send(request).await
    }

    /// Sends the session's cookies themselves: for refresh and sign-out, which are about them.
    pub async fn with_cookies<T: DeserializeOwned>(
        &self,
        path: &str,
        cookies: &str,
    ) -> Result<Answer<T>, AppError> {
        self.send(self.anonymous(Method::POST, path).header(header::COOKIE, cookies)).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.anonymous(method, path);
        match &self.visit.access {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    fn anonymous(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let visit = &self.visit;
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-request-id", Some(&visit.request_id)),
            ("traceparent", visit.traceparent.as_ref()),
            ("x-forwarded-for", visit.client_address.as_ref()),
            ("user-agent", visit.user_agent.as_ref()),
            // What a browser would say about our own page.
            ("origin", Some(&self.backend.origin)),
        ] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        }
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        self.backend.http.request(method, format!("{}{path}", self.backend.url)).headers(headers)
    }

    async fn send<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<Answer<T>, AppError> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| self.unreachable(&error))?;
        if body.len() > ANSWER_MAX_BYTES {
            tracing::error!(bytes = body.len(), "a service answered too much");
            return Err(self.broken());
        }
        if !status.is_success() {
            return Err(match self.refused(status, &headers, &body) {
                AppError::Unauthenticated => self.visit.nobody(),
                error => error,
            });
        }
        // 204 has no body: that is `()` in JSON.
        let text: &[u8] = if body.is_empty() { b"null" } else { &body };
        let body = serde_json::from_slice(text).map_err(|error| {
            tracing::error!(%error, "a service's answer could not be read");
            self.broken()
        })?;
        Ok(Answer { body, cookies: headers.get_all(header::SET_COOKIE).iter().cloned().collect() })
    }

    fn refused(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> AppError {
        let seconds = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        match serde_json::from_slice::<Problem>(body) {
            Ok(problem) => AppError::from_problem(problem, seconds),
            // Not from a service: the ingress could not reach one, or has its own limits.
            Err(_) => match status {
                StatusCode::TOO_MANY_REQUESTS => AppError::TooMany { retry_after: seconds.unwrap_or(30) },
                StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                    AppError::Unavailable { retry_after: seconds.unwrap_or(2) }
                }
                StatusCode::NOT_FOUND => AppError::NotFound,
                StatusCode::UNAUTHORIZED => AppError::Unauthenticated,
                StatusCode::FORBIDDEN => AppError::Forbidden,
                _ => {
                    tracing::error!(
                        status = status.as_u16(),
                        "a service answered without a problem document"
                    );
                    self.broken()
                }
            },
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> AppError {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            request_id = self.visit.request_id,
            "no answer"
        );
        AppError::Unavailable { retry_after: 2 }
    }

    fn broken(&self) -> AppError {
        AppError::Broken { request_id: Some(self.visit.request_id.clone()) }
    }
}
