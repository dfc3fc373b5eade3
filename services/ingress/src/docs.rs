//! `/api/docs`: one page that shows every service's OpenAPI document, from our own files only.

use crate::answers::Answer;
use crate::routes::Docs;

/// Our own script and style, and our own API to read; nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) const fn answer(file: Docs) -> Answer {
    match file {
        Docs::Page => {
            Answer::file("text/html; charset=utf-8", include_str!("../assets/docs.html")).policy(POLICY)
        }
        Docs::Script => Answer::file("text/javascript; charset=utf-8", include_str!("../assets/docs.js")),
        Docs::Style => Answer::file("text/css; charset=utf-8", include_str!("../assets/docs.css")),
    }
}

#[cfg(test)]
mod tests {
    use crate::routes::Service;

    #[test]
    fn the_page_lists_every_service_with_an_api() {
        let page = include_str!("../assets/docs.html");
        for service in Service::ALL.iter().filter(|service| **service != Service::Frontend) {
            let link = format!("/api/{}/openapi.json", service.name());
            assert!(page.contains(&link), "{link}");
        }
    }

    #[test]
    fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
        let page = include_str!("../assets/docs.html");
        for forbidden in ["<style", "style=", "onclick", "http://", "https://"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }
}
