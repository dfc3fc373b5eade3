//! The pages' server, and services that answer what a test says.

use axum::{
    Router,
    body::{Body, to_bytes},
};
use frontend::{
    backend::Backend,
    config::{Config, CookieNames},
    server::{AppState, Refresher, router},
};
use http::{HeaderMap, Request, StatusCode, header};
use leptos::prelude::LeptosOptions;
use std::sync::Arc;
use tower::ServiceExt;

/// The pages in front of played services.
pub(crate) struct Pages(Router);

/// What the browser got.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Pages {
    /// Starts the pages in front of `services`.
    pub(crate) async fn with(services: Router) -> Self {
        Self::over(services, "nowhere", false).await
    }

    /// Starts the pages in front of `services`, with the files of `site_root`.
    pub(crate) async fn over(services: Router, site_root: &str, names_are_hashed: bool) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let backend_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, services).await });
        let public_origin = "http://localhost:3000".to_owned();
        let backend = Backend::new(&backend_url, &public_origin).unwrap();
        let cookies = CookieNames::new(false);
        let site_root = site_root.to_owned();
        let appeal_address = Some("appeals@example.com".to_owned());
        let config =
            Config { backend_url, public_origin, appeal_address, cookies, site_root, reload_port: None };
        let options = LeptosOptions::builder().output_name("app").hash_files(names_are_hashed).build();
        Self(router(AppState { options, backend, config: Arc::new(config), refresher: Refresher::default() }))
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str, cookies: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookies).body(Body::empty()).unwrap()).await
    }

    /// Sends a form as our own page would.
    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Sends a form as somebody who is signed in.
    pub(crate) async fn post_as(&self, path: &str, cookies: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookies)
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Sends a form with a file as somebody who is signed in.
    pub(crate) async fn upload_as(&self, path: &str, cookies: &str, form: &str, file: &str) -> Answer {
        let part = |head: &str, value: &str| {
            format!("--edge\r\ncontent-disposition: form-data; {head}\r\n\r\n{value}\r\n")
        };
        let body = [
            part("name=\"form\"", form),
            part("name=\"file\"; filename=\"list.csv\"", file),
            "--edge--\r\n".to_owned(),
        ];
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .header(header::COOKIE, cookies)
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body.concat())).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (status, headers, body) = self.bytes(request).await;
        Answer { status, headers, html: String::from_utf8(body).unwrap() }
    }

    /// The answer as it travels.
    pub(crate) async fn bytes(&self, mut request: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
        request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
        let (parts, body) = self.0.clone().oneshot(request).await.unwrap().into_parts();
        (parts.status, parts.headers, to_bytes(body, 1024 * 1024).await.unwrap().to_vec())
    }
}

impl Answer {
    /// Where the browser goes on.
    pub(crate) fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// Every `Set-Cookie`.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect()
    }
}

/// A token of user 1 that ends in `seconds`; pages look into it, services check it.
pub(crate) fn token(seconds: i64, role: &str) -> String {
    claims(seconds, role, "0198f3a0-0000-7000-8000-000000000001")
}

fn claims(seconds: i64, role: &str, session: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    let id = "0198f3a0-0000-7000-8000-000000000001";
    let exp = frontend::visit::now_ms() / 1000 + seconds;
    let claims = serde_json::json!({ "sub": id, "sid": session, "gen": 1, "role": role, "exp": exp });
    format!("e30.{}.c2ln", BASE64.encode(claims.to_string()))
}

/// A token of an admin who has not proven a second factor.
pub(crate) fn token_without_role(seconds: i64) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    let id = "0198f3a0-0000-7000-8000-000000000001";
    let exp = frontend::visit::now_ms() / 1000 + seconds;
    let claims = serde_json::json!({ "sub": id, "sid": id, "gen": 1, "role": "user", "withheld": "admin", "exp": exp });
    format!("e30.{}.c2ln", BASE64.encode(claims.to_string()))
}

/// A token of user 1 in a session that no other test knows.
pub(crate) fn token_of_session(seconds: i64, session: uuid::Uuid) -> String {
    claims(seconds, "user", &session.to_string())
}

/// The body of a successful sign-in.
pub(crate) fn signed_in() -> serde_json::Value {
    serde_json::json!({
        "user": { "id": "0198f3a0-0000-7000-8000-000000000001", "email": "ana@example.com", "name": "Ana", "role": "user" },
        "expires_at": "2030-01-01T00:00:00Z",
    })
}

/// A service's refusal.
pub(crate) fn problem(code: contracts::ProblemCode) -> (StatusCode, axum::Json<contracts::Problem>) {
    let status = StatusCode::from_u16(code.status()).unwrap();
    (status, axum::Json(contracts::Problem::new(code).detail("Because.")))
}
