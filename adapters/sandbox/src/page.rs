//! Pages for people who follow a link to the sandbox: plain HTML without scripts, every text escaped.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

/// A whole page. `title` is text, `body` is HTML whose texts went through [`escape`].
pub(crate) fn page(title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;\
         max-width:44rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:collapse}}td,th{{text-align:left;\
         padding:.2rem 1rem .2rem 0}}pre{{white-space:pre-wrap;font:inherit}}input,textarea,select{{width:100%;\
         font:inherit}}</style><p><small>Countersign sandbox, nothing here leaves this machine</small></p>\
         <h1>{title}</h1>{body}</html>"
    );
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

/// Text that is safe between tags and within quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
