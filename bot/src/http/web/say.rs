//! `POST /say`: a sentence of the page, typed or on a button. Scripts get the cards, browsers without them the page.

use axum::extract::{Request, State};
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json, RequestExt as _};
use serde::Deserialize;
use serde_json::json;

use countersign_domain::card::Card;
use countersign_domain::request::{Assurance, Code};

use super::card::Drawn;
use super::page::{Item, conversation};
use crate::cards;
use crate::chat::LONGEST;
use crate::commands;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::{self, Viewer};
use crate::http::{refusal, rejections};

/// What is said to a program that would prove itself.
const ONLY_IN_THE_CONSOLE: &str = "What takes the token once more is countersigned in the console, by whoever has signed in there; nothing was done. Open it, sign in, and press the button.";

#[derive(Deserialize)]
struct Sentence {
    text: String,
    /// The token once more, where the rules want that of a countersignature.
    #[serde(default)]
    proof: String,
    /// The reason, where the button asks for one; empty where they gave none.
    why: Option<String>,
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
    let Form(Sentence { text, proof, why }) = request.extract::<Form<Sentence>, _>().await?;
    rejections::must_be_seen([&text, &proof].into_iter().chain(&why))?;
    let text = why.map_or_else(|| text.clone(), |why| commands::explained(&text, &why));
    let mut context = viewer.context(&id, text.as_bytes());
    let cards = match proof.trim() {
        "" => state.chat.say(&context, &text).await?,
        // A token that comes twice proves no more than once: the other proof is the session, which a program does not have.
        _ if viewer.session.is_none() => return Err(Problem::forbidden(ONLY_IN_THE_CONSOLE)),
        token if is_own(&state, &viewer, token) => {
            context.assurance = Assurance::Confirmed;
            state.chat.say(&context, &text).await?
        }
        _ => not_their_token(&state, &viewer, &text, &id).await?,
    };
    let drawn = cards.into_iter().map(Drawn::of);
    if by_script {
        let items: Vec<_> = drawn.collect();
        return Ok(Json(json!({ "items": items })).into_response());
    }
    let text = text.chars().take(LONGEST).collect();
    let said = std::iter::once(Item::Said(text)).chain(drawn.map(Box::new).map(Item::Card));
    conversation(&state, &viewer, "", said.collect()).await
}

/// Whether a token is the viewer's.
fn is_own(state: &HttpState, viewer: &Viewer, token: &str) -> bool {
    let holder = state.settings.tokens.holder(token);
    holder.is_some_and(|own| own.tenant == viewer.tenant && own.principal == viewer.person.id)
}

/// Somebody was to prove who they are, and did not: nothing is done, it is kept as an event, and they are told beside the card
/// of the request that it was about.
async fn not_their_token(
    state: &HttpState,
    viewer: &Viewer,
    text: &str,
    id: &RequestId,
) -> Result<Vec<Card>, Problem> {
    let why = format!("{} gave a token that is not theirs, to countersign with", viewer.person.id);
    refusal::of_sign_in(state, Some(&viewer.tenant), why, id, "web").await?;
    viewer::braked(state, id)?;
    let Some(code) = text.split_whitespace().find_map(|word| word.parse::<Code>().ok()) else {
        return Ok(vec![cards::not_your_token(None)]);
    };
    let card = state.chat.request_card(&viewer.tenant, &viewer.person, &code).await?;
    let about = card.as_ref().and_then(|card| card.status.as_deref()).map(|status| (&code, status));
    Ok(std::iter::once(cards::not_your_token(about)).chain(card).collect())
}
