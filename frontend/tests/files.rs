//! Files beside the pages: what they say of themselves, and that no page's headers land on them.

use crate::support::{Pages, problem, token};
use axum::{Router, body::Body, routing::get};
use contracts::ProblemCode;
use http::{Request, StatusCode, header};
use std::{sync::Arc, time::Duration};

/// A built site in a directory of its own.
fn site() -> String {
    let root = std::env::temp_dir().join(format!("site-{}", uuid::Uuid::now_v7()));
    for (file, content) in [
        ("favicon.ico", "icon"),
        ("robots.txt", "User-agent: *"),
        ("pkg/app.css", "a{}"),
        ("fonts/a.woff2", "f"),
        ("scripts/passkeys.js", "ask()"),
    ] {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    root.to_str().unwrap().to_owned()
}

async fn age(pages: &Pages, path: &str) -> String {
    let answer = pages.get(path, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.headers[header::CACHE_CONTROL].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn files_are_remembered_for_as_long_as_they_stay_the_same() {
    let for_ever = "public, max-age=31536000, immutable";
    let hashed = Pages::over(Router::new(), &site(), true).await;
    assert_eq!(age(&hashed, "/pkg/app.css").await, for_ever);
    assert_eq!(age(&hashed, "/fonts/a.woff2").await, for_ever);
    assert_eq!(age(&hashed, "/scripts/passkeys.js").await, "no-cache", "its name stays");
    assert_eq!(age(&hashed, "/favicon.ico").await, "public, max-age=86400");
    assert_eq!(age(&hashed, "/robots.txt").await, "public, max-age=86400");
    let plain = Pages::over(Router::new(), &site(), false).await;
    assert_eq!(age(&plain, "/pkg/app.css").await, "no-cache");
    let missing = plain.get("/pkg/old.css", "").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(!missing.headers[header::CACHE_CONTROL].to_str().unwrap().contains("public"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_of_a_page_never_land_on_a_file() {
    // Its answer clears cookies and sends to sign-in, while icons are asked for on the same threads.
    let revoked = async || {
        tokio::time::sleep(Duration::from_millis(5)).await;
        problem(ProblemCode::SessionRevoked)
    };
    let services = Router::new().route("/api/orders", get(revoked));
    let pages = Arc::new(Pages::over(services, &site(), false).await);
    let cookies = format!("__Host-access={}", token(900, "user"));
    let visitors = (0..8).map(|_| {
        let (pages, cookies) = (pages.clone(), cookies.clone());
        tokio::spawn(async move {
            for _ in 0..60 {
                let page = pages.get("/orders", &cookies).await;
                assert_eq!(page.status, StatusCode::SEE_OTHER);
                assert_eq!(page.cookies().len(), 2, "the page keeps its cookies");
                assert_eq!(page.location(), "/signin?next=%2Forders");
            }
        })
    });
    let visitors: Vec<_> = visitors.collect();
    while !visitors.iter().all(tokio::task::JoinHandle::is_finished) {
        let pages = pages.clone();
        let icon = tokio::spawn(async move { pages.get("/favicon.ico", "").await }).await.unwrap();
        assert_eq!(icon.status, StatusCode::OK);
        assert!(
            icon.cookies().is_empty() && !icon.headers.contains_key(header::LOCATION),
            "{:?}",
            icon.headers
        );
    }
    for visitor in visitors {
        visitor.await.unwrap();
    }
}

#[tokio::test]
async fn pages_travel_compressed_and_what_was_built_as_it_is() {
    let pages = Pages::over(Router::new(), &site(), false).await;
    let ask = |path: &str| {
        Request::get(path).header(header::ACCEPT_ENCODING, "br, gzip").body(Body::empty()).unwrap()
    };
    let whole = pages.get("/signin", "").await.html.len();
    let (_, headers, body) = pages.bytes(ask("/signin")).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "br");
    assert!(body.len() * 2 < whole, "{} of {whole}", body.len());
    let (_, headers, _) = pages.bytes(ask("/posters/evt_nf006.svg")).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "br");
    let (_, headers, body) = pages.bytes(ask("/fonts/a.woff2")).await;
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
    assert_eq!(body, b"f");
}
