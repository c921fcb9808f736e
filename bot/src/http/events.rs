//! `GET /events`: cards as they change, pushed to the page. `Last-Event-ID` goes on where the connection was lost.

use std::collections::VecDeque;
use std::convert::Infallible;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Sse;
use axum::response::sse::Event;
use countersign_domain::envelope::Position;
use countersign_domain::request::{Code, Facets};
use countersign_projections::{ProjectionError, conversation, request};
use futures::stream::{self, Stream, StreamExt as _};
use serde::Serialize;

use super::changes::{Change, Changed};
use super::problem::Problem;
use super::query::{Parameter, Query, bad_value};
use super::state::HttpState;
use super::viewer::Viewer;
use super::watching::{Heard, Watching, streamed};
use super::web::Drawn;
use crate::engine::Failure;
use crate::words;

/// What `/events` takes.
pub(super) const PARAMETERS: &[Parameter] =
    &[Parameter { name: "after", about: "the position to go on after; the header Last-Event-ID wins" }];

/// A stream of `card` events with `{"code", "card", "html", "is_news"}`, of `over` with `{"question", "said"}` where nothing can be done any
/// more of what a question offers, and `reset` where too much was missed to tell.
pub(super) async fn events(
    State(state): State<HttpState>,
    viewer: Viewer,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let after = after(&uri, &headers)?;
    let watching = Watching::begin(state, viewer).await?;
    let missed = match after {
        Some(after) => watching.state.changes.since(&watching.viewer.tenant, Some(after)).await?,
        None => Some(vec![]),
    };
    let too_much = missed.is_none().then(reset);
    let waiting = missed.map(VecDeque::from).unwrap_or_default();
    let end = watching.end();
    let feed = Feed { watching, waiting, over: VecDeque::new(), told: after };
    let cards = stream::unfold(feed, async |mut feed| feed.next().await.map(|event| (Ok(event), feed)));
    Ok(streamed(stream::iter(too_much.map(Ok)).chain(cards), end))
}

fn reset() -> Event {
    Event::default().event("reset").data("{}")
}

fn after(uri: &Uri, headers: &HeaderMap) -> Result<Option<Position>, Problem> {
    let query = Query::read(uri, PARAMETERS)?;
    let cure = "give the position of the last event";
    let Some(last) = headers.get("last-event-id") else { return query.value("after", cure) };
    let last = last.to_str().unwrap_or("?");
    last.parse().map(Some).map_err(|_| bad_value("Last-Event-ID", last, cure))
}

struct Feed {
    watching: Watching,
    waiting: VecDeque<Change>,
    /// The questions that are over with what was told last.
    over: VecDeque<Event>,
    told: Option<Position>,
}

impl Feed {
    /// The next event; `None` where the stream is over: the bot stops, or the person does not belong here any more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(over) = self.over.pop_front() {
                return Some(over);
            }
            let change = match self.waiting.pop_front() {
                Some(change) => change,
                None => match self.watching.heard().await? {
                    Heard::Changed(change) if self.told >= Some(change.position) => continue,
                    Heard::Changed(change) => change,
                    Heard::Missed => return self.watching.may_go_on(None).await.then(reset),
                },
            };
            self.told = Some(change.position);
            if !self.watching.may_go_on(Some(&change.what)).await {
                return None;
            }
            let Changed::Request(code) = change.what else { continue };
            let drawn = self.draw(change.position, &code).await;
            let over = self.over_with(&code).await;
            match (drawn, over) {
                (Ok(drawn), Ok(over)) => {
                    self.over = over;
                    if drawn.is_some() {
                        return drawn;
                    }
                }
                (Err(failure), _) | (_, Err(failure)) => {
                    tracing::warn!("a page's stream ends: {failure}");
                    return None;
                }
            }
        }
    }

    async fn draw(&self, position: Position, code: &Code) -> Result<Option<Event>, Failure> {
        let Watching { state, viewer, .. } = &self.watching;
        // Nobody waits for it to be answered: what it tells is what the read models have come to, however long they take.
        state.world.projections.wait_for(position).await?;
        let (tenant, person) = (&viewer.tenant, &viewer.person);
        let Some(card) = state.chat.request_card(tenant, person, code).await? else {
            return Ok(None);
        };
        let rows = state.world.projections.rows(request::NAME);
        let row = request::find(&*rows, tenant, code).map_err(ProjectionError::from)?;
        let absent = viewer.absent(state).await?;
        let is_theirs =
            |request: &dyn Facets| request.is_theirs(person) || request.could_decide(person, &absent);
        let is_news = row.is_some_and(|row| is_theirs(&*row.request));
        let told = Told { drawn: Drawn::of(card), is_news };
        Ok(Event::default().event("card").id(position.to_string()).json_data(told).ok())
    }

    /// The questions to them that offered something of this request, and of whose offers nothing can be done any more.
    async fn over_with(&self, code: &Code) -> Result<VecDeque<Event>, Failure> {
        let Watching { state, viewer, .. } = &self.watching;
        let (tenant, person) = (&viewer.tenant, &viewer.person);
        let asked = {
            let rows = state.world.projections.rows(conversation::NAME);
            conversation::offering(&*rows, tenant, code)?
        };
        let mut over = VecDeque::new();
        for asked in asked.into_iter().filter(|asked| asked.to == person.id) {
            if state.chat.is_over(tenant, &asked.question).await? {
                let told = Over { question: asked.question.id, said: words::OFFERS_OVER };
                over.extend(Event::default().event("over").json_data(told).ok());
            }
        }
        Ok(over)
    }
}

/// That nothing can be pressed of a question any more.
#[derive(Serialize)]
struct Over {
    question: Code,
    said: &'static str,
}

/// What the page is told.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    drawn: Drawn,
    /// Whether it is shown though it was not on the screen: it concerns the viewer, or waits for them. Who sees all
    /// because of a role hears of what they look at, not of everything.
    is_news: bool,
}
