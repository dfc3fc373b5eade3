//! Browser and system in words, from what a browser calls itself.

/// `Firefox on Linux`. What is no browser is named as it names itself.
pub fn in_words(user_agent: &str) -> String {
    match (browser(user_agent), system(user_agent)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => program(user_agent),
    }
}

/// Is it held in a hand?
pub fn is_handheld(user_agent: &str) -> bool {
    ["iPhone", "iPad", "Android", "Mobile"].iter().any(|word| user_agent.contains(word))
}

/// Browsers by the word that only they use, the pretended ones last.
fn browser(user_agent: &str) -> Option<&'static str> {
    const BROWSERS: [(&str, &str); 11] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Chrome without a window"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    BROWSERS.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
}

fn system(user_agent: &str) -> Option<&'static str> {
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    SYSTEMS.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
}

/// `curl`, of `curl/8.5.0`.
fn program(user_agent: &str) -> String {
    let name: String = user_agent.split(['/', ' ']).next().unwrap_or_default().chars().take(40).collect();
    if name.is_empty() { "An unknown device".to_owned() } else { format!("{name}, no browser") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_said_in_words() {
        for (user_agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", "curl, no browser"),
            ("", "An unknown device"),
        ] {
            assert_eq!(in_words(user_agent), words);
        }
        assert!(is_handheld("Mozilla/5.0 (iPhone; …)") && !is_handheld("Mozilla/5.0 (X11; Linux)"));
    }
}
