//! What went wrong, as a page: for whoever opened an address in a browser.

use askama::Template;
use axum::http::header::{ACCEPT, HeaderMap};

use super::assets::VERSION;
use super::page::{ChoiceView, ViewerView};
use crate::http::problem::Problem;

#[derive(Template)]
#[template(path = "trouble.html")]
struct Trouble<'a> {
    assets: &'a str,
    viewer: Option<ViewerView>,
    choices: Vec<ChoiceView<'a>>,
    title: String,
    detail: &'a str,
    /// Under what it was logged; only where something broke.
    id: Option<String>,
}

/// Whether a page is asked for, as browsers do; programs that take anything get the document.
pub(in crate::http) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok()).is_some_and(|accepted| {
        accepted.split(',').any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "text/html"))
    })
}

/// The page of a problem. It shows nobody's name: what went wrong may be that nobody knows who asks.
pub(in crate::http) fn trouble(problem: &Problem, id: Option<String>) -> Option<String> {
    let page = Trouble {
        assets: &VERSION,
        viewer: None,
        choices: vec![],
        title: problem.title(),
        detail: problem.detail(),
        id: id.filter(|_| problem.status().is_server_error()),
    };
    page.render().inspect_err(|error| tracing::error!("the page of a problem cannot be drawn: {error}")).ok()
}
