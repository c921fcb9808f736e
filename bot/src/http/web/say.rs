//! `POST /say`: a sentence of the page, typed or on a button. Scripts get the cards, browsers without them the page.

use axum::extract::{Request, State};
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json, RequestExt as _};
use serde::Deserialize;
use serde_json::json;

use super::card::Drawn;
use super::page::{Item, conversation};
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;

#[derive(Deserialize)]
struct Sentence {
    text: String,
}

/// Says it, and shows what came of it.
pub(in crate::http) async fn say(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    request: Request,
) -> Result<Response, Problem> {
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let by_script = accepts.contains("application/json");
    let Form(Sentence { text }) = request.extract::<Form<Sentence>, _>().await?;
    let context = viewer.context(&id, text.as_bytes());
    let cards = state.chat.say(&context, &text).await?;
    let drawn = cards.into_iter().map(Drawn::of);
    if by_script {
        let items: Vec<_> = drawn.collect();
        return Ok(Json(json!({ "items": items })).into_response());
    }
    let said = std::iter::once(Item::Said(text)).chain(drawn.map(Item::Card));
    conversation(&state, &viewer, "", said.collect()).await
}
