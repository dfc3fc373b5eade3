//! HTTP requests of a test.

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Somebody who calls the service: a person with a token, or nobody.
#[derive(Clone, Debug)]
pub struct TestCaller {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) token: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON, or null.
    pub json: Value,
}

impl TestCaller {
    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    /// `POST` with a fresh `Idempotency-Key`.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.post_with_key(path, body, &uuid::Uuid::now_v7().to_string()).await
    }

    /// `POST` with this `Idempotency-Key`.
    pub async fn post_with_key(&self, path: &str, body: &impl Serialize, key: &str) -> Answer {
        answer(self.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    /// `PUT`
    pub async fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        answer(self.request(Method::PUT, path).json(body)).await
    }

    /// `PATCH` of the version that was seen.
    pub async fn patch(&self, path: &str, version: i64, body: &impl Serialize) -> Answer {
        answer(self.request(Method::PATCH, path).header("if-match", format!("\"{version}\"")).json(body))
            .await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Answer {
        answer(self.request(Method::DELETE, path)).await
    }

    /// Any request, with the caller's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

/// Sends a request and reads the whole answer.
pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the service answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("the answer can be read");
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status, headers, text, json }
}

impl Answer {
    /// Fails the test unless the status is this one.
    #[must_use = "the answer may be read further"]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails the test unless it is this problem; gives it as JSON.
    #[track_caller]
    pub fn problem(self, code: contracts::ProblemCode) -> Value {
        assert_eq!(self.json["code"], code.as_str(), "{} {}", self.status, self.text);
        assert_eq!(self.status, code.status(), "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        self.json
    }

    /// The body as a type of the API.
    #[track_caller]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}
