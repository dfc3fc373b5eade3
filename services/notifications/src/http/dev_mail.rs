//! `/dev/mail`: the mail that was written, for development and for browser tests. Never in production: it shows
//! everybody's mail to anybody.

use crate::{
    letter::escape,
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
use std::fmt::{Display, Write};

/// The most mails that a list shows.
const LIST_MAX: i64 = 100;
/// Our own pages: no script, and nothing from anywhere but their style and the frame with the mail.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";
/// The mail itself, in a frame that may do nothing: only its inline styles and pictures are shown.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'self'";

/// The look of our own pages.
const STYLE: &str = "body{margin:0;background:#efeee8;color:#17181c;font:1rem/1.5 'Public Sans',Helvetica,Arial,sans-serif}\
    main{max-width:60rem;margin:0 auto;padding:1.5rem}\
    h1,h2{font-family:Archivo,'Arial Narrow',Arial,sans-serif;font-stretch:62%;line-height:1.1}\
    a{color:inherit}:focus-visible{outline:3px solid #17181c;outline-offset:2px}\
    form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:1rem 0}\
    input,button{font:inherit;min-height:2.75rem;padding:.25rem .75rem;border:1px solid #17181c;background:#fff;color:inherit}\
    button{background:#ffcb1f}.scroll{overflow-x:auto}\
    table{border-collapse:collapse;width:100%;background:#fff}caption{text-align:left;padding:.5rem 0}\
    th,td{text-align:left;padding:.5rem;border:1px solid #cbc8bc}\
    iframe{width:100%;height:60rem;border:1px solid #17181c;background:#fff}\
    pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:1rem;border:1px solid #17181c;background:#fff}";

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
    let to = query.0.to.unwrap_or_default();
    let mails = newest(&state, Some(&to)).await?;
    let found = match mails.len() {
        0 => "No mail yet. When an order is paid, its buyer's mail is here.".to_owned(),
        1 => "1 mail".to_owned(),
        count => format!("{count} mails, the newest first (at most {LIST_MAX})"),
    };
    let mut rows = String::new();
    for mail in mails {
        // Writing to a string cannot fail.
        let _ = writeln!(
            rows,
            r#"<tr><td>{}</td><td>{}</td><td><a href="/dev/mail/{}">{}</a></td><td>{}</td></tr>"#,
            when(&mail),
            escape(&mail.address),
            mail.id,
            escape(&mail.subject),
            mail.state
        );
    }
    let table = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Mail\"><table>\n<caption>{found}</caption>\n\
         <thead><tr><th scope=\"col\">Written</th><th scope=\"col\">To</th><th scope=\"col\">Subject</th>\
         <th scope=\"col\">State</th></tr></thead>\n<tbody>{rows}</tbody>\n</table></div>"
    );
    let body = format!(
        "<h1>Mail</h1>\n<form method=\"get\" action=\"/dev/mail\"><label for=\"to\">To the address</label>\
         <input id=\"to\" name=\"to\" type=\"email\" value=\"{}\"><button>Show mail</button></form>\n{}",
        escape(&to),
        if rows.is_empty() { format!("<p>{found}</p>") } else { table }
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
        "<p><a href=\"/dev/mail\">All mail</a></p>\n<h1>{subject}</h1>\n<p>To {} &lt;{}&gt;, {}, {}</p>\n\
         <h2>As HTML</h2>\n<iframe src=\"/dev/mail/{id}/html\" title=\"The mail as HTML\" sandbox></iframe>\n\
         <h2>As text</h2>\n<pre>{}</pre>",
        escape(&mail.name),
        escape(&mail.address),
        when(&mail),
        mail.state,
        linked(&mail.plain, state.authority.public_origin())
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

/// All mail where no address is given.
async fn newest(state: &Notifications, to: Option<&str>) -> Result<Vec<Mail>, ProblemResponse> {
    let to = to.map(str::trim).filter(|to| !to.is_empty());
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
    if service::db::is_transient(&error) {
        tracing::warn!(%error, "the mailbox cannot be read");
        return ProblemCode::Unavailable.into();
    }
    ProblemResponse(service::problem::internal(&error))
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
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
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

/// `2026-11-20 19:30:00 UTC`
fn when(mail: &Mail) -> impl Display {
    mail.created_at.format("%Y-%m-%d %H:%M:%S UTC")
}

/// Text with our own addresses as links: those in the frame lead nowhere.
fn linked(text: &str, origin: &str) -> String {
    let origin = escape(origin);
    let line = |line: &str| match escape(line) {
        link if link.starts_with(&format!("{origin}/")) => format!("<a href=\"{link}\">{link}</a>\n"),
        line => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}
