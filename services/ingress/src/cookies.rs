//! Keeps what only auth and pages need away from everybody else: the refresh token, the challenge of a sign-in under
//! way, and by what an account knows a browser.

/// The cookies that only auth and pages get, with and without the browser's prefix for secure cookies.
const KEPT_BACK: [&[u8]; 6] =
    [b"__Host-refresh", b"refresh", b"__Host-challenge", b"challenge", b"__Host-browser", b"browser"];

/// A `Cookie` header without them; `None` when nothing is left.
pub(crate) fn without_secrets(header: &[u8]) -> Option<Vec<u8>> {
    let kept: Vec<&[u8]> = header
        .split(|byte| *byte == b';')
        .map(<[u8]>::trim_ascii)
        .filter(|pair| !pair.is_empty() && !KEPT_BACK.contains(&name(pair)))
        .collect();
    if kept.is_empty() { None } else { Some(kept.join(b"; ".as_slice())) }
}

fn name(pair: &[u8]) -> &[u8] {
    pair.split(|byte| *byte == b'=').next().unwrap_or(pair).trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn both_names_go_and_the_rest_stays() {
        let stripped = without_secrets(
            b"a=1; __Host-refresh=x;refresh=y; __Host-challenge=c; challenge=d; __Host-browser=e;browser=f; __Host-access=z; refresher=k",
        );
        assert_eq!(stripped.as_deref(), Some(b"a=1; __Host-access=z; refresher=k".as_slice()));
    }

    #[test]
    fn spaces_around_the_name_do_not_hide_it() {
        assert_eq!(without_secrets(b" refresh =x ; refresh"), None);
    }

    #[test]
    fn an_empty_header_is_dropped() {
        assert_eq!(without_secrets(b""), None);
    }
}
