//! What a browser loads for its first page: the page, and every file of ours that it names.

use crate::{
    system::System,
    table::{Table, say},
};
use anyhow::Context;
use reqwest::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, HeaderMap, HeaderName};
use std::collections::BTreeSet;

/// Where built files are.
const BUILT: &str = "/pkg/";
/// What ends a name in HTML or in a script.
const ENDS: [char; 7] = ['"', '\'', '`', ' ', '>', ')', ','];

/// Prints the bytes as they travel.
pub(crate) async fn measure(system: &System) -> anyhow::Result<()> {
    let page = fetch(system, "/").await?;
    let html = whole_text(system, "/").await?;
    let mut table = Table::new(
        "First load of the front page, as it travels",
        &["file", "kB", "encoding", "cache-control"],
    );
    table.row(row("/", &page));
    let mut built = 0;
    for path in built_files(&html) {
        let file = fetch(system, &path).await?;
        built += file.bytes;
        table.row(row(&path, &file));
    }
    table.row(["wasm + js + css".to_owned(), kilobytes(built), String::new(), String::new()]);
    table.print();
    say("  (kB of 1,000 bytes; unoptimised builds are not compressed: leave out --debug)");
    Ok(())
}

#[derive(Debug)]
struct File {
    bytes: usize,
    encoding: String,
    caching: String,
}

fn row(path: &str, file: &File) -> [String; 4] {
    [path.to_owned(), kilobytes(file.bytes), file.encoding.clone(), file.caching.clone()]
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

/// The client decompresses nothing, so the bytes are those on the wire.
async fn fetch(system: &System, path: &str) -> anyhow::Result<File> {
    let request = system.http.get(format!("{}{path}", system.base)).header(ACCEPT_ENCODING, "br");
    let response = request.send().await?.error_for_status()?;
    let said = |name| header(response.headers(), &name);
    let (encoding, caching) = (said(CONTENT_ENCODING), said(CACHE_CONTROL));
    let bytes = response.bytes().await.with_context(|| format!("the bytes of {path}"))?.len();
    Ok(File { bytes, encoding, caching })
}

async fn whole_text(system: &System, path: &str) -> anyhow::Result<String> {
    let response = system.http.get(format!("{}{path}", system.base)).send().await?.error_for_status()?;
    Ok(response.text().await?)
}

fn header(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned()
}

/// The built files that a page names, each once.
fn built_files(html: &str) -> BTreeSet<String> {
    let names = html.match_indices(BUILT).map(|(at, _)| html[at..].split(ENDS).next().unwrap_or_default());
    names.filter(|name| name.contains('.')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_built_file_is_found_once() {
        let html = r#"<link href="/pkg/app.1.css"><script>import("/pkg/app.2.js").then(m => m({module_or_path: '/pkg/app.3.wasm'}))</script><link rel=modulepreload href="/pkg/app.2.js">"#;
        let found: Vec<String> = built_files(html).into_iter().collect();
        assert_eq!(found, ["/pkg/app.1.css", "/pkg/app.2.js", "/pkg/app.3.wasm"]);
    }
}
