//! Which service answers which path: the whole table, in one file.

use http::Method;

/// Who can answer a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Auth,
    Tickets,
    Orders,
    Expiration,
    Payments,
    Notifications,
    Frontend,
}

impl Service {
    /// Every service, in the order of their pools.
    pub(crate) const ALL: [Self; 7] = [
        Self::Auth,
        Self::Tickets,
        Self::Orders,
        Self::Expiration,
        Self::Payments,
        Self::Notifications,
        Self::Frontend,
    ];

    /// Its name, in paths, logs and metrics.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Tickets => "tickets",
            Self::Orders => "orders",
            Self::Expiration => "expiration",
            Self::Payments => "payments",
            Self::Notifications => "notifications",
            Self::Frontend => "frontend",
        }
    }
}

/// Paths below `/api/` by their first segment.
const API: [(&str, Service); 8] = [
    ("auth", Service::Auth),
    ("shows", Service::Tickets),
    ("listings", Service::Tickets),
    ("tickets", Service::Tickets),
    ("orders", Service::Orders),
    ("payments", Service::Payments),
    ("notifications", Service::Notifications),
    ("expiration", Service::Expiration),
];

/// Where a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// From browsers and programs: nothing they say about themselves is believed.
    Public,
    /// From the frontend server: it says on whose behalf it asks.
    Private,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A service answers.
    To(Service),
    /// The page that shows the API, or one of its two files.
    Docs(Docs),
    /// The ingress's own state; the private door only.
    Own(Own),
    /// Nobody.
    Nothing,
}

/// The files of the API page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Docs {
    Page,
    Script,
    Style,
}

/// What the ingress says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    Live,
    Ready,
    Metrics,
}

/// Finds who answers. `dev_mail` opens the mailbox that development setups have.
pub(crate) fn find(door: Door, method: &Method, path: &str, dev_mail: bool) -> Target {
    if is_under(path, "/api") {
        return api(method, path);
    }
    match (door, own(path)) {
        (Door::Private, Some(own)) => Target::Own(own),
        // Services have these paths too: nobody outside may reach them through us.
        (Door::Public, Some(_)) | (Door::Private, None) => Target::Nothing,
        (Door::Public, None) if dev_mail && is_mailbox(path) => Target::To(Service::Notifications),
        (Door::Public, None) => Target::To(Service::Frontend),
    }
}

fn own(path: &str) -> Option<Own> {
    match path.trim_end_matches('/') {
        "/livez" => Some(Own::Live),
        "/readyz" => Some(Own::Ready),
        "/metrics" => Some(Own::Metrics),
        _ => None,
    }
}

fn api(method: &Method, path: &str) -> Target {
    match path {
        "/api/docs" => return Target::Docs(Docs::Page),
        "/api/docs/docs.js" => return Target::Docs(Docs::Script),
        "/api/docs/docs.css" => return Target::Docs(Docs::Style),
        _ => {}
    }
    let rest = path.trim_start_matches("/api").trim_start_matches('/');
    let mut segments = rest.split('/');
    let Some(first) = segments.next() else { return Target::Nothing };
    // Who bought tickets of a show is asked of the service that sold them.
    if first == "shows" && is_read(method) && is_orders_of_show(segments) {
        return Target::To(Service::Orders);
    }
    API.iter().find(|(name, _)| *name == first).map_or(Target::Nothing, |(_, service)| Target::To(*service))
}

fn is_orders_of_show<'a>(mut rest: impl Iterator<Item = &'a str>) -> bool {
    let id = rest.next();
    id.is_some_and(|id| !id.is_empty()) && rest.next() == Some("orders") && rest.next().is_none()
}

/// A method that changes nothing, so that asking twice is harmless.
pub(crate) fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The mailbox of development, and its list for programs.
fn is_mailbox(path: &str) -> bool {
    is_under(path, "/dev/mail") || path == "/dev/mail.json"
}

/// Whether `path` is `prefix` or below it.
pub(crate) fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path means the same to everyone who reads it. Empty, dot and encoded-slash segments are read
/// differently by different servers, which is how requests get past rules like those above.
pub(crate) fn is_plain(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else { return false };
    let lower = rest.to_ascii_lowercase();
    let hidden = ["%2f", "%5c", "%00", "\\"];
    if hidden.iter().any(|hidden| lower.contains(hidden)) {
        return false;
    }
    let mut segments = lower.split('/').peekable();
    while let Some(segment) = segments.next() {
        let segment = segment.replace("%2e", ".");
        let last = segments.peek().is_none();
        if segment == "." || segment == ".." || (segment.is_empty() && !last) {
            return false;
        }
    }
    true
}

/// Whether the browser asks for a file that never depends on who asks.
pub(crate) fn is_asset(path: &str) -> bool {
    ["/pkg", "/fonts", "/scripts", "/posters"].iter().any(|folder| is_under(path, folder))
        || path.starts_with("/favicon")
}

/// Which limit a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Pages and files: not limited here.
    Open,
    /// The API, the pages' server functions, and every form.
    Api,
    /// What guesses passwords, or tries them out.
    SignIn,
}

/// Where passwords, codes and links are proven, or mail is asked for, and what lies under it. The account's pages change
/// the password, which asks for the current one, and ask anew who one is.
const SIGNING_IN: [&str; 14] = [
    "/api/auth/signin",
    "/api/auth/signup",
    "/api/auth/reauthenticate",
    "/api/auth/password",
    "/api/auth/email",
    "/api/auth/sessions/disown",
    "/forgot-password",
    "/reset-password",
    "/confirm-email",
    "/not-me",
    "/signin",
    "/signup",
    "/reauthenticate",
    "/account",
];

/// Finds the limit that a request counts against.
pub(crate) fn zone(method: &Method, path: &str) -> Zone {
    let path = path.trim_end_matches('/');
    let signs_in = SIGNING_IN.iter().any(|root| is_under(path, root));
    let changes =
        ["/api/auth/password", "/api/auth/email", "/api/auth/totp"].contains(&path) && !is_read(method);
    if changes || (signs_in && *method == Method::POST) {
        Zone::SignIn
    } else if is_under(path, "/api") || is_under(path, "/fn") || !is_read(method) {
        Zone::Api
    } else {
        Zone::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(method: &Method, path: &str) -> Target {
        find(Door::Public, method, path, false)
    }

    #[test]
    fn every_api_path_has_its_service() {
        let table = [
            ("/api/auth/signin", Service::Auth),
            ("/api/auth/openapi.json", Service::Auth),
            ("/api/auth/admin/users/1/ban", Service::Auth),
            ("/api/shows", Service::Tickets),
            ("/api/shows/1", Service::Tickets),
            ("/api/shows/1/availability", Service::Tickets),
            ("/api/shows/1/check-ins", Service::Tickets),
            ("/api/listings/1", Service::Tickets),
            ("/api/tickets", Service::Tickets),
            ("/api/tickets/whoami", Service::Tickets),
            ("/api/tickets/1/qr.svg", Service::Tickets),
            ("/api/shows/1/orders", Service::Orders),
            ("/api/orders", Service::Orders),
            ("/api/orders/1", Service::Orders),
            ("/api/payments/webhooks/stripe", Service::Payments),
            ("/api/notifications/whoami", Service::Notifications),
            ("/api/expiration/openapi.json", Service::Expiration),
        ];
        for (path, service) in table {
            assert_eq!(public(&Method::GET, path), Target::To(service), "{path}");
            assert_eq!(find(Door::Private, &Method::GET, path, false), Target::To(service), "{path}");
        }
    }

    #[test]
    fn only_reading_a_shows_orders_goes_to_orders() {
        assert_eq!(public(&Method::HEAD, "/api/shows/1/orders"), Target::To(Service::Orders));
        assert_eq!(public(&Method::POST, "/api/shows/1/orders"), Target::To(Service::Tickets));
        assert_eq!(public(&Method::GET, "/api/shows/1/orders/2"), Target::To(Service::Tickets));
        assert_eq!(public(&Method::GET, "/api/shows/orders"), Target::To(Service::Tickets));
    }

    #[test]
    fn unknown_api_paths_are_nobodys() {
        for path in ["/api", "/api/", "/api/nope", "/api/showsx", "/api/frontend/whoami", "/api/docs/other"] {
            assert_eq!(public(&Method::GET, path), Target::Nothing, "{path}");
        }
    }

    #[test]
    fn pages_go_to_the_frontend_through_the_public_door_only() {
        for path in ["/", "/shows/1", "/signin", "/fn/sign_in", "/pkg/app.js", "/apiary", "/livezx"] {
            assert_eq!(public(&Method::GET, path), Target::To(Service::Frontend), "{path}");
            assert_eq!(find(Door::Private, &Method::GET, path, true), Target::Nothing, "{path}");
        }
    }

    #[test]
    fn own_state_is_for_the_private_door() {
        for path in ["/livez", "/readyz", "/metrics", "/metrics/"] {
            assert_eq!(public(&Method::GET, path), Target::Nothing, "{path}");
            assert!(matches!(find(Door::Private, &Method::GET, path, false), Target::Own(_)), "{path}");
        }
    }

    #[test]
    fn the_mailbox_opens_in_development_only() {
        let find = |path, dev_mail| find(Door::Public, &Method::GET, path, dev_mail);
        assert_eq!(find("/dev/mail", true), Target::To(Service::Notifications));
        assert_eq!(find("/dev/mail.json", true), Target::To(Service::Notifications));
        assert_eq!(find("/dev/mail/1", true), Target::To(Service::Notifications));
        assert_eq!(find("/dev/mail", false), Target::To(Service::Frontend));
        assert_eq!(find("/dev/mailbox", true), Target::To(Service::Frontend));
    }

    #[test]
    fn ambiguous_paths_are_not_plain() {
        for path in ["/", "/a", "/a/", "/a/b.css", "/a..b/c", "/shows/%C3%A9"] {
            assert!(is_plain(path), "{path}");
        }
        let ambiguous =
            ["", "a", "*", "//metrics", "/a//b", "/a/../b", "/./a", "/%2e%2E/a", "/a%2Fb", "/a\\b"];
        for path in ambiguous {
            assert!(!is_plain(path), "{path}");
        }
    }

    #[test]
    fn signing_in_has_the_strict_limit() {
        assert_eq!(zone(&Method::POST, "/api/auth/signin"), Zone::SignIn);
        assert_eq!(zone(&Method::POST, "/api/auth/signup/"), Zone::SignIn);
        assert_eq!(zone(&Method::POST, "/signin"), Zone::SignIn);
        assert_eq!(zone(&Method::POST, "/api/auth/signin/code"), Zone::SignIn);
        assert_eq!(zone(&Method::POST, "/api/auth/reauthenticate"), Zone::SignIn);
        assert_eq!(zone(&Method::POST, "/account/security"), Zone::SignIn);
        assert_eq!(zone(&Method::PUT, "/api/auth/password"), Zone::SignIn);
        assert_eq!(zone(&Method::PUT, "/api/auth/email"), Zone::SignIn);
        assert_eq!(zone(&Method::PUT, "/api/auth/totp"), Zone::SignIn);
        assert_eq!(zone(&Method::POST, "/api/auth/sessions/disown"), Zone::SignIn);
        assert_eq!(zone(&Method::DELETE, "/api/auth/sessions"), Zone::Api);
        assert_eq!(zone(&Method::POST, "/api/auth/password/forgot"), Zone::SignIn);
        assert_eq!(zone(&Method::POST, "/forgot-password"), Zone::SignIn);
        assert_eq!(zone(&Method::POST, "/account"), Zone::SignIn);
        assert_eq!(zone(&Method::GET, "/account"), Zone::Open);
        assert_eq!(zone(&Method::GET, "/signin"), Zone::Open);
        assert_eq!(zone(&Method::GET, "/api/shows"), Zone::Api);
        assert_eq!(zone(&Method::POST, "/orders/1/cancel"), Zone::Api);
        assert_eq!(zone(&Method::GET, "/pkg/app.css"), Zone::Open);
    }
}
