//! `/api/v1/conversations`, `/api/v1/turns` and `/api/v1/gaps`: questions are asked here as in any chat, and what became of them is read.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use countersign_domain::conversation::{Conversation, Offer, Turn};
use countersign_domain::denied::Denied;
use countersign_projections::{Page, help_desk};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::{Asker, Told};
use super::gaps::{is_one, since};
use crate::capabilities::pressed;
use crate::help::Help;
use crate::http::problem::Problem;
use crate::http::query::{PAGED, Query};
use crate::http::reads::{Listing, beside, listed, plain};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{JSON, Route, get, post};

/// How long an answer is waited for, in real time.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// Their addresses.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/conversations", "What you have asked here, and what was answered", own).takes(PAGED),
        post("/api/v1/conversations", "Asks something, and waits for the answer", ask)
            .sent(JSON, &["*text", "agent"]),
        post("/api/v1/conversations/stop", "Has no more of the answer that is being given", stop),
        get("/api/v1/turns/{turn}", "One of your questions, with what became of it", one).tagged(),
        get("/api/v1/gaps", "What could not be answered, or not well, in 90 days", gaps).takes(PAGED),
    ]
}

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    text: String,
    /// Which agent; where none is named, the tenant's own.
    agent: Option<String>,
}

fn asker(state: &HttpState) -> Asker<'_> {
    Asker { world: &state.world, engine: state.chat.engine() }
}

fn help<'a>(state: &'a HttpState, viewer: &Viewer) -> Result<&'a Help, Problem> {
    let help = asker(state).help(&viewer.tenant);
    help.ok_or_else(|| Problem::not_found("There is nobody here who answers questions."))
}

fn denied(denied: &Denied) -> Problem {
    Problem::denied(denied)
}

async fn own(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let query = Query::read(&uri, PAGED)?;
    let limit = query.limit()?;
    let context = viewer.context(&id, b"conversations");
    let (conversation, ..) = super::asking::place_of(&context);
    let stands: Conversation = asker(&state).state(&viewer.tenant, conversation).await?;
    let turns: Vec<_> = stands.turns.into_iter().rev().collect();
    let page = Page::at_hand('c', turns, |turn| turn.id.as_bytes().to_vec(), query.text("after"), limit)?;
    Ok(listed(page, |turn| as_told(conversation, &turn)))
}

/// A question of their own, as long as it is remembered.
async fn one(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(turn): Path<String>,
) -> Result<Json<Value>, Problem> {
    let none = || Problem::not_found("You have asked no such question here, or it was long ago.");
    let context = viewer.context(&id, b"conversation");
    let (conversation, ..) = super::asking::place_of(&context);
    let turn: Uuid = turn.parse().map_err(|_| none())?;
    let stands: Conversation = asker(&state).state(&viewer.tenant, conversation).await?;
    let turn = stands.turn(turn).ok_or_else(none)?;
    Ok(Json(as_told(conversation, turn)))
}

async fn ask(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    question: Result<Json<Question>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(Question { text, agent }) = question?;
    let said = agent.as_ref().map_or_else(|| text.clone(), |agent| format!("{agent}: {text}"));
    let (help, context) = (help(&state, &viewer)?, viewer.context(&id, said.as_bytes()));
    let asked = match agent.as_deref() {
        Some(agent) => asker(&state).ask_of(&context, help, &text, Some(agent)).await?,
        None => asker(&state).ask(&context, help, &text).await?,
    };
    let told = asked.map_err(|no| denied(&no))?;
    let told = asker(&state).settled(&viewer.tenant, told, PATIENCE).await?;
    let status = if told.turn.stage.is_over() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(as_told(told.conversation, &told.turn))))
}

async fn stop(State(state): State<HttpState>, viewer: Viewer, id: RequestId) -> Result<Json<Value>, Problem> {
    stopped(&state, &viewer, &id).await.map(Json)
}

/// Has no more of what is being answered to somebody here: what they asked last, as it stands then.
pub(crate) async fn stopped(state: &HttpState, viewer: &Viewer, id: &RequestId) -> Result<Value, Problem> {
    let context = viewer.context(id, b"stop");
    let done = asker(state).stop(&context).await?;
    let (conversation, stands) = done.map_err(|no| denied(&no))?;
    let last = stands.turns.iter().rfind(|turn| turn.asked.by == viewer.person.id);
    Ok(last.map_or_else(|| json!({}), |turn| as_told(conversation, turn)))
}

/// What can be pressed under an answer says what the press says, as on a card.
fn offer_as_told(offer: &Offer) -> Value {
    json!({ "shown": offer.say(), "say": pressed(offer), "tainted": offer.is_tainted() })
}

/// A turn, as programs are told of it.
pub(crate) fn as_told(conversation: Uuid, turn: &Turn) -> Value {
    let mut answer = json!(turn.answer);
    if let Some(given) = turn.answer.as_ref().filter(|given| !given.offers.is_empty()) {
        answer["offers"] = given.offers.iter().map(offer_as_told).collect();
    }
    let Told { conversation, turn } = Told { conversation, turn: turn.clone() };
    json!({
        "conversation": conversation,
        "turn": turn.id,
        "at": turn.at,
        "by": turn.asked.by,
        "agent": turn.asked.agent,
        "question": turn.asked.text,
        "stage": turn.stage,
        "answer": answer,
        "failed": turn.failed,
        "ticket": turn.ticket,
    })
}

async fn gaps(State(state): State<HttpState>, viewer: Viewer, uri: Uri) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let asked = Listing::of(&state, &uri, (PAGED, help_desk::NAME)).await?;
    let since = since(state.world.clock.now());
    beside(&state, move || {
        let page = (asked.after(), asked.limit);
        let mut page = help_desk::page_of_gaps(&*asked.rows, &viewer.tenant, page, since)?;
        page.items.retain(is_one);
        Ok(listed(page, plain))
    })
    .await
}
