//! `GET /api/v1/conversations/{id}/events`: answers as they are given, and what became of each. `Last-Event-ID` goes on where the
//! connection was lost, and any cut gives the same text; what is seen before the end is no truth, and the last event of a turn has all.

pub(super) mod feed;

use std::convert::Infallible;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::Event;
use futures::stream::{self, Stream};
use uuid::Uuid;

use self::feed::{Feed, Reached, Start, Told, no_conversation};
use super::problem::Problem;
use super::state::HttpState;
use super::viewer::Viewer;
use super::watching::{Watching, streamed};

/// What is told of turns ([`Told`]). It begins with the last turn there was.
pub(super) async fn events(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(conversation): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let last = headers.get("last-event-id").map(|last| last.to_str().unwrap_or("?"));
    let last = last.map(|last| Reached::read("Last-Event-ID", last)).transpose()?;
    let conversation: Uuid = conversation.parse().map_err(|_| no_conversation())?;
    let watching = Watching::begin(state, viewer).await?;
    let feed = Feed::begin(watching, conversation, last.map_or(Start::Last, Start::After)).await?;
    let end = feed.watching.end();
    let events =
        stream::unfold(feed, async |mut feed| feed.next().await.map(|told| (Ok(event(&told)), feed)));
    Ok(streamed(events, end))
}

fn event(told: &Told) -> Event {
    // JSON has no line breaks of its own.
    Event::default().event(told.kind).id(told.reached.id()).data(told.data.to_string())
}
