//! From a POST to a redirect, or to the page with its errors.

mod upload;

use super::{
    FormErrors, FormState, PROVE, Refusal, Submission, Waiting, proof,
    submission::{FORM_FIELD, SubmissionState},
};
use crate::{
    error::AppError,
    server::{AppState, render, renewing_cookie},
    session::sign_in_path,
    visit::Visit,
};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{RawPathParams, Request, State},
    response::{IntoResponse, Response},
    routing::post,
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use std::{collections::HashMap, pin::Pin, sync::Arc};

/// The largest form.
const BODY_MAX_BYTES: usize = 256 * 1024;

/// Names a form within its page.
pub type FormId = &'static str;
/// What a handler answers.
pub type Outcome = Result<Done, Refusal>;

type Pending = Pin<Box<dyn Future<Output = Outcome> + Send>>;
type Handler = Arc<dyn Fn(Submission) -> Pending + Send + Sync>;

/// What a form's body says.
struct Sent {
    fields: Vec<(String, String)>,
    file: Option<Bytes>,
}

/// Reads the fields of a form, and its file where it has one.
async fn read(parts: &Parts, body: Body) -> Result<Sent, StatusCode> {
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        return upload::read(parts, body).await;
    }
    let body = to_bytes(body, BODY_MAX_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let fields = serde_urlencoded::from_bytes(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(Sent { fields, file: None })
}

/// A form was done: where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    then: Then,
    cookies: Vec<HeaderValue>,
}

/// What follows a form that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    /// Another page.
    GoOn(String),
    /// The page itself, which finds these values in the form's state.
    Show(Vec<(String, String)>),
}

impl Done {
    /// Goes on at a path of this site.
    pub fn to(path: impl Into<String>) -> Self {
        Self { then: Then::GoOn(path.into()), cookies: Vec::new() }
    }

    /// Shows the page itself with the result, where there is none to go to: the door, which checks code after code.
    pub fn here(result: Vec<(String, String)>) -> Self {
        Self { then: Then::Show(result), cookies: Vec::new() }
    }

    /// Hands cookies to the browser.
    #[must_use]
    pub fn with_cookies(mut self, cookies: Vec<HeaderValue>) -> Self {
        self.cookies = cookies;
        self
    }
}

/// A form that was refused with another page: found in the context while that page is rendered.
#[derive(Clone, Debug)]
pub struct Rejected(pub AppError);

/// The forms of pages: a path, and a handler per form.
#[derive(Clone, Default)]
pub struct Forms(Vec<(&'static str, HashMap<FormId, Handler>)>);

impl Forms {
    /// The forms of the page at `path`, written as axum does: `/shows/{id}`.
    pub fn at(path: &'static str) -> Self {
        Self(vec![(path, HashMap::new())])
    }

    /// No forms at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Handles one form of the page.
    #[must_use]
    pub fn on<F>(mut self, form: FormId, handler: impl Fn(Submission) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        if let Some((_, handlers)) = self.0.last_mut() {
            handlers.insert(form, Arc::new(move |submission| Box::pin(handler(submission))));
        }
        self
    }

    /// Adds the forms of another page.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// One POST route per page.
    pub fn into_router(self) -> Router<AppState> {
        self.0.into_iter().fold(Router::new(), |router, (path, handlers)| {
            let handlers = Arc::new(handlers);
            let handle = move |State(state): State<AppState>, params: RawPathParams, request: Request| {
                let path = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                answer(state, handlers, path, request)
            };
            router.route(path, post(handle))
        })
    }
}

async fn answer(
    state: AppState,
    handlers: Arc<HashMap<FormId, Handler>>,
    path: Vec<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let sent = match read(&parts, body).await {
        Ok(sent) => sent,
        Err(status) => return status.into_response(),
    };
    let visit = parts.extensions.get::<Visit>().cloned().unwrap_or_default();
    let Sent { fields, file } = sent;
    let submission = Submission { state: SubmissionState::new(&state, &visit), visit, path, fields, file };
    let Some((id, handler)) = handlers.get_key_value(submission.raw(FORM_FIELD)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let given =
        if proof::is_given(&submission) && *id != PROVE { proof::give(&submission).await } else { Ok(()) };
    let outcome = match given {
        Ok(()) => handler(submission.clone()).await,
        Err(Refusal::Errors { errors, .. }) => {
            return ask_for_proof(state, parts, id, &submission, errors).await;
        }
        Err(page) => Err(page),
    };
    match outcome {
        Ok(Done { then: Then::GoOn(to), cookies }) => go_on(&to, cookies),
        Ok(Done { then: Then::Show(result), cookies }) => {
            let shown = FormState::new(id, result, FormErrors::default());
            let page = show(state, parts, StatusCode::OK, move || provide_context(shown.clone())).await;
            with_cookies(page, cookies)
        }
        Err(Refusal::Page(AppError::ReauthenticationRequired)) => {
            ask_for_proof(state, parts, id, &submission, FormErrors::default()).await
        }
        Err(Refusal::Page(AppError::Unauthenticated)) => {
            if renewing_cookie(&submission.visit, submission.config().cookies).is_some() {
                return keep(state, parts, id, &submission).await;
            }
            go_on(&sign_in_path(&submission.visit.path), Vec::new())
        }
        Err(Refusal::Page(error)) => {
            let status = error.status();
            show(state, parts, status, move || provide_context(Rejected(error.clone()))).await
        }
        Err(Refusal::Errors { errors, unsure, outage }) => {
            let status = outage.as_ref().map_or(StatusCode::UNPROCESSABLE_ENTITY, AppError::status);
            let again = outage.and_then(|error| error.retry_after());
            let kept = FormState::new(id, submission.kept(unsure), errors);
            show(state, parts, status, move || {
                provide_context(kept.clone());
                if let Some(seconds) = again {
                    expect_context::<ResponseOptions>()
                        .insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
            })
            .await
        }
    }
}

fn go_on(path: &str, cookies: Vec<HeaderValue>) -> Response {
    let Ok(to) = HeaderValue::from_str(path) else {
        tracing::error!(to = path, "a form goes on at something that is no path");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    with_cookies((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(), cookies)
}

fn with_cookies(mut response: Response, cookies: Vec<HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The token was refused, but its session lives: the form waits in the browser until another token was had.
///
/// Nothing was done, or not all of it: with the same key what was done is not done twice.
async fn keep(state: AppState, parts: Parts, form: FormId, submission: &Submission) -> Response {
    let refused = AppError::Unauthenticated;
    let kept = FormState::new(form, submission.kept(true), FormErrors::form(refused.message()));
    show(state, parts, refused.status(), move || {
        provide_context(kept.clone());
        provide_context(Rejected(refused.clone()));
    })
    .await
}

/// Asks in the form's place who it is, and says what was wrong with the answer before.
async fn ask_for_proof(
    state: AppState,
    parts: Parts,
    form: FormId,
    submission: &Submission,
    errors: FormErrors,
) -> Response {
    let waiting = Waiting(FormState::new(form, submission.kept(true), FormErrors::default()));
    let question = FormState::new(PROVE, Vec::new(), errors);
    show(state, parts, StatusCode::FORBIDDEN, move || {
        provide_context(waiting.clone());
        provide_context(question.clone());
        provide_context(Rejected(AppError::ReauthenticationRequired));
    })
    .await
}

/// Renders the form's page with this status, knowing what came of the form.
async fn show(
    state: AppState,
    parts: Parts,
    status: StatusCode,
    known: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let with_form = move || {
        known();
        expect_context::<ResponseOptions>().set_status(status);
    };
    render(state, parts, with_form).await
}
