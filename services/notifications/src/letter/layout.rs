//! The frame of every letter: tables and inline styles, which is what mail programs understand.

use super::{Desk, Written};

/// Headings.
pub(super) const DISPLAY: &str =
    "font-family:Archivo,'Arial Narrow',Arial,sans-serif;font-stretch:62%;font-weight:800";
/// Running text.
pub(super) const BODY: &str = "font-family:'Public Sans',Helvetica,Arial,sans-serif;color:#17181c";

/// What a letter consists of.
pub(super) struct Page {
    pub(super) subject: String,
    /// Shown by mailboxes beside the subject.
    pub(super) preheader: String,
    pub(super) heading: String,
    /// The first paragraph, as text.
    pub(super) opening: String,
    /// What to do next: words and address.
    pub(super) button: Option<(&'static str, String)>,
    /// Further rows of the table, as HTML.
    pub(super) rows: String,
    /// The same as text.
    pub(super) plain_rows: String,
    /// The last paragraph, as text.
    pub(super) closing: String,
}

/// Text as HTML shows it.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Puts a letter together.
pub(super) fn write(desk: Desk<'_>, page: Page) -> Written {
    let html = html(desk, &page);
    let button =
        page.button.as_ref().map_or_else(String::new, |(words, link)| format!("{words}:\n{link}\n\n"));
    let plain = format!(
        "{}\n\n{}\n\n{button}{}{}\n\nSent to {} by Ticketing.dev, {}\n",
        page.heading, page.opening, page.plain_rows, page.closing, desk.reader.email, desk.origin,
    );
    Written { subject: page.subject, html, plain, images: Vec::new() }
}

fn html(desk: Desk<'_>, page: &Page) -> String {
    let (subject, preheader) = (escape(&page.subject), escape(&page.preheader));
    let (heading, opening) = (escape(&page.heading), escape(&page.opening));
    let (closing, email) = (escape(&page.closing), escape(&desk.reader.email));
    let button = page.button.as_ref().map_or_else(String::new, |(words, link)| button(words, link));
    let rows = &page.rows;
    format!(
        r##"<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>@media (max-width:480px){{.cell{{display:block!important;width:auto!important;border-left:0!important}}.cell+.cell{{border-top:2px dotted #17181c!important}}.pad{{padding-left:16px!important;padding-right:16px!important}}.btn a{{display:block!important}}}}</style>
</head>
<body style="margin:0;padding:0;background:#efeee8">
<div style="display:none;max-height:0;overflow:hidden">{preheader}</div>
<div role="main"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#efeee8"><tr><td align="center" style="padding:24px 0">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px">
<tr><td class="pad" style="padding:0 24px 20px 24px"><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="#17181c" style="padding:6px 10px;{DISPLAY};font-size:20px;line-height:24px;color:#fbfaf6">Ticketing</td><td bgcolor="#ffcb1f" style="padding:6px 10px;border-left:2px dotted #17181c;{DISPLAY};font-size:20px;line-height:24px;color:#17181c">.dev</td></tr></table></td></tr>
<tr><td class="pad" style="padding:28px 24px 8px 24px;{BODY};font-size:17px;line-height:26px"><h1 style="{DISPLAY};font-size:44px;line-height:44px;margin:0 0 12px 0">{heading}</h1><p style="margin:0 0 20px 0">{opening}</p>{button}</td></tr>
{rows}<tr><td class="pad" style="padding:24px;font-family:'Public Sans',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;color:#48484d"><p style="margin:0 0 10px 0">{closing}</p><p style="margin:0">Sent to {email} by Ticketing.dev.</p></td></tr>
</table></td></tr></table></div>
</body>
</html>
"##
    )
}

fn button(words: &str, link: &str) -> String {
    let (words, link) = (escape(words), escape(link));
    format!(
        r##"<table role="presentation" class="btn" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="#ffcb1f" style="border:1px solid #17181c"><a href="{link}" style="display:inline-block;padding:13px 22px;{BODY};font-size:16px;line-height:20px;font-weight:bold;text-decoration:none">{words}</a></td></tr></table>"##
    )
}
