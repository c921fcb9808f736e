//! `POST /say`: a sentence of the page, typed or on a button. Scripts get the cards, browsers without them the page.

use axum::extract::{Request, State};
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json, RequestExt as _};
use serde::Deserialize;
use serde_json::json;

use countersign_domain::access::Assurance;

use super::card::Drawn;
use super::page::{Item, conversation};
use crate::chat::LONGEST;
use crate::http::problem::Problem;
use crate::http::refusal;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;

#[derive(Deserialize)]
struct Sentence {
    text: String,
    /// The token once more, where the rules want that of a countersignature.
    #[serde(default)]
    proof: String,
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
    let Form(Sentence { text, proof }) = request.extract::<Form<Sentence>, _>().await?;
    let mut context = viewer.context(&id, text.as_bytes());
    if !proof.trim().is_empty() {
        context.assurance = proven(&state, &viewer, proof.trim(), &id).await?;
    }
    let cards = state.chat.say(&context, &text).await?;
    let drawn = cards.into_iter().map(Drawn::of);
    if by_script {
        let items: Vec<_> = drawn.collect();
        return Ok(Json(json!({ "items": items })).into_response());
    }
    let text = text.chars().take(LONGEST).collect();
    let said = std::iter::once(Item::Said(text)).chain(drawn.map(Box::new).map(Item::Card));
    conversation(&state, &viewer, "", said.collect()).await
}

/// How sure a token makes it that this is the viewer. One that is not theirs makes nothing surer, and is kept as an event.
async fn proven(
    state: &HttpState,
    viewer: &Viewer,
    token: &str,
    id: &RequestId,
) -> Result<Assurance, Problem> {
    let holder = state.settings.tokens.holder(token);
    let own = holder.is_some_and(|own| own.tenant == viewer.tenant && own.principal == viewer.person.id);
    if own {
        return Ok(Assurance::Confirmed);
    }
    let why = format!("{} gave a token that is not theirs, to countersign with", viewer.person.id);
    refusal::of_sign_in(state, Some(&viewer.tenant), why, id, "web").await?;
    Ok(Assurance::Said)
}
