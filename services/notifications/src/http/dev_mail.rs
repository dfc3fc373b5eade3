//! `/dev/mail`: the mail that was written, for development and for browser tests. Never in production: it shows
//! everybody's mail to anybody.

use crate::{
    state::Notifications,
    store::mails::{self, Image, Mail},
};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use contracts::{ProblemCode, ids::MailId};
use serde::Deserialize;
use serde_json::{Value, json};
use service::{Id, ProblemResponse, ValidQuery};
use std::fmt::Write;

/// The most mails that a list shows.
const LIST_MAX: i64 = 100;
/// Our own pages: no script, no style, nothing from anywhere but the frame with the mail.
const PAGE_POLICY: &str =
    "default-src 'none'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/// The mail itself, in a frame that may do nothing: only its inline styles and pictures are shown.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'self'";

/// The routes of the mailbox.
pub(super) fn routes() -> Router<Notifications> {
    Router::new()
        .route("/dev/mail", get(list_mail))
        .route("/dev/mail.json", get(list_mail_as_json))
        .route("/dev/mail/{id}", get(get_mail))
        .route("/dev/mail/{id}/html", get(get_mail_html))
}

/// Which mails are wanted.
#[derive(Debug, Deserialize)]
struct ToWhom {
    to: Option<String>,
}

async fn list_mail(
    state: State<Notifications>,
    headers: HeaderMap,
    query: ValidQuery<ToWhom>,
) -> Result<Response, ProblemResponse> {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") {
        return Ok(list_mail_as_json(state, query).await?.into_response());
    }
    let mut rows = String::new();
    for mail in newest(&state, query.0.to.as_deref()).await? {
        // Writing to a string cannot fail.
        let _ = writeln!(
            rows,
            r#"<tr><td>{}</td><td>{}</td><td><a href="/dev/mail/{}">{}</a></td><td>{}</td></tr>"#,
            mail.created_at.format("%Y-%m-%d %H:%M:%S"),
            escape(&mail.address),
            mail.id,
            escape(&mail.subject),
            mail.state
        );
    }
    let body = format!(
        "<h1>Mail</h1>\n<table border=\"1\" cellpadding=\"6\">\n<thead><tr><th>Written (UTC)</th><th>To</th>\
         <th>Subject</th><th>State</th></tr></thead>\n<tbody>{rows}</tbody>\n</table>"
    );
    Ok(page("Mail", &body))
}

async fn list_mail_as_json(
    State(state): State<Notifications>,
    ValidQuery(query): ValidQuery<ToWhom>,
) -> Result<Json<Value>, ProblemResponse> {
    let mails = newest(&state, query.to.as_deref()).await?;
    let items: Vec<Value> = mails.into_iter().map(|mail| as_json(&mail)).collect();
    Ok(Json(json!({ "items": items })))
}

async fn get_mail(
    State(state): State<Notifications>,
    Id(id): Id<MailId>,
) -> Result<Response, ProblemResponse> {
    let (mail, _) = find(&state, id).await?;
    let subject = escape(&mail.subject);
    let body = format!(
        "<p><a href=\"/dev/mail\">All mail</a></p>\n<h1>{subject}</h1>\n<p>To {} &lt;{}&gt;, {} UTC, {}</p>\n\
         <h2>As HTML</h2>\n<iframe src=\"/dev/mail/{id}/html\" title=\"The mail as HTML\" sandbox \
         width=\"720\" height=\"1200\"></iframe>\n<h2>As text</h2>\n<pre>{}</pre>",
        escape(&mail.name),
        escape(&mail.address),
        mail.created_at.format("%Y-%m-%d %H:%M:%S"),
        mail.state,
        escape(&mail.plain)
    );
    Ok(page(&subject, &body))
}

async fn get_mail_html(
    State(state): State<Notifications>,
    Id(id): Id<MailId>,
) -> Result<Response, ProblemResponse> {
    let (mail, images) = find(&state, id).await?;
    let html = images.iter().fold(mail.html, |html, Image { name, png }| {
        let data = format!("src=\"data:image/png;base64,{}\"", BASE64_STANDARD.encode(png));
        html.replace(&format!("src=\"cid:{name}\""), &data)
    });
    Ok(with_policy(html, MAIL_POLICY))
}

async fn newest(state: &Notifications, to: Option<&str>) -> Result<Vec<Mail>, ProblemResponse> {
    let mut connection = state.pool.acquire().await.map_err(unavailable)?;
    mails::newest(&mut connection, to, LIST_MAX).await.map_err(unavailable)
}

async fn find(state: &Notifications, id: MailId) -> Result<(Mail, Vec<Image>), ProblemResponse> {
    let mut connection = state.pool.acquire().await.map_err(unavailable)?;
    let mail = mails::find(&mut connection, id).await.map_err(unavailable)?;
    let images = mails::images(&mut connection, id).await.map_err(unavailable)?;
    Ok((mail.ok_or(ProblemCode::NotFound)?, images))
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function of an error")]
fn unavailable(error: sqlx::Error) -> ProblemResponse {
    tracing::warn!(%error, "the mailbox cannot be read");
    ProblemCode::Unavailable.into()
}

fn as_json(mail: &Mail) -> Value {
    json!({
        "id": mail.id,
        "to": mail.address,
        "name": mail.name,
        "kind": mail.kind,
        "order_id": mail.order_id,
        "subject": mail.subject,
        "text": mail.plain,
        "html": mail.html,
        "state": mail.state,
        "created_at": mail.created_at,
    })
}

fn page(title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    );
    with_policy(html, PAGE_POLICY)
}

fn with_policy(html: String, policy: &'static str) -> Response {
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"));
    response
}

fn escape(text: &str) -> String {
    crate::letter::escape(text)
}
