//! `POST /api/v1/chat`: a sentence in, cards out. A denial is an answer, and so a card.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;

/// What is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Sentence {
    text: String,
}

/// Says it.
pub(in crate::http) async fn say(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    sentence: Result<Json<Sentence>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Sentence { text }) = sentence?;
    let context = viewer.context(&id, text.as_bytes());
    let cards = state.chat.say(&context, &text).await?;
    Ok(Json(json!({ "cards": cards })))
}
