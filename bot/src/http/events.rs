//! `GET /events`: cards as they change, pushed to the page. `Last-Event-ID` goes on where the connection was lost.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use countersign_domain::envelope::Position;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::request::{Code, Facets};
use countersign_projections::{ProjectionError, conversation, request};
use futures::stream::{self, Stream, StreamExt as _};
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};

use super::changes::{Change, Changed};
use super::problem::Problem;
use super::query::{Parameter, Query, bad_value};
use super::state::HttpState;
use super::viewer::{SESSION_ENDED, Viewer};
use super::web::Drawn;
use crate::engine::Failure;
use crate::words;

/// What `/events` takes.
pub(super) const PARAMETERS: &[Parameter] =
    &[Parameter { name: "after", about: "the position to go on after; the header Last-Event-ID wins" }];

/// So many windows of one person at once.
const SEATS: usize = 16;
/// Then the browser comes back, and is asked again who it is.
const LONGEST: Duration = Duration::from_hours(1);

/// How many streams each person has open.
pub(super) type Seats = Arc<Mutex<HashMap<(Tenant, PrincipalId), usize>>>;

/// A stream of `card` events with `{"code", "card", "html", "is_news"}`, of `over` with `{"question", "said"}` where nothing can be done any
/// more of what a question offers, and `reset` where too much was missed to tell.
pub(super) async fn events(
    State(state): State<HttpState>,
    viewer: Viewer,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let seat = Seat::take(&state, &viewer)?;
    let after = after(&uri, &headers)?;
    let receiver = state.changes.watch().await?;
    // Who has signed out between being let in and watching is not told of it.
    let lasts = match &viewer.session {
        Some(session) => session.lasts(&state).await?,
        None => true,
    };
    if !lasts {
        return Err(Problem::sign_in_needed(SESSION_ENDED));
    }
    let longest = viewer.session.as_ref().map(|session| session.left(state.world.clock.now()));
    let longest = longest.unwrap_or(LONGEST).min(LONGEST);
    let missed = match after {
        Some(after) => state.changes.since(&viewer.tenant, Some(after)).await?,
        None => Some(vec![]),
    };
    let too_much = missed.is_none().then(reset);
    let waiting = missed.map(VecDeque::from).unwrap_or_default();
    let stopping = state.stopping.clone();
    let over = VecDeque::new();
    let feed = Feed { state, viewer, receiver, waiting, over, told: after, _seat: seat };
    let cards = stream::unfold(feed, async |mut feed| feed.next().await.map(|event| (Ok(event), feed)));
    let ended = async move {
        tokio::select! { () = stopping.cancelled_owned() => {}, () = tokio::time::sleep(longest) => {} }
    };
    let events = stream::iter(too_much.map(Ok)).chain(cards);
    Ok(Sse::new(events.take_until(Box::pin(ended)))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
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
    state: HttpState,
    viewer: Viewer,
    receiver: broadcast::Receiver<Change>,
    waiting: VecDeque<Change>,
    /// The questions that are over with what was told last.
    over: VecDeque<Event>,
    told: Option<Position>,
    _seat: Seat,
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
                None => match self.receiver.recv().await {
                    Ok(change)
                        if change.tenant != self.viewer.tenant || self.told >= Some(change.position) =>
                    {
                        continue;
                    }
                    Ok(change) => change,
                    // What was missed may be that they signed out.
                    Err(RecvError::Lagged(_)) => return self.lasts().await.then(reset),
                    Err(RecvError::Closed) => return None,
                },
            };
            self.told = Some(change.position);
            if !self.may_go_on(&change.what).await {
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

    /// Whether they may see what comes next: who was removed, or has signed out, sees nothing more, and their stream ends
    /// with that and not with the next thing to be seen.
    async fn may_go_on(&mut self, changed: &Changed) -> bool {
        let own = self.viewer.session.as_ref();
        if let (Some(session), Changed::SignedOut(ended)) = (own, changed)
            && session.id() == *ended
        {
            return false;
        }
        // Somebody may have been removed and be back already.
        (*changed != Changed::People || self.lasts().await) && self.still_belongs().await
    }

    async fn lasts(&self) -> bool {
        match &self.viewer.session {
            Some(session) => session.lasts(&self.state).await.unwrap_or(false),
            None => true,
        }
    }

    /// Looks the person up again.
    async fn still_belongs(&mut self) -> bool {
        match self.state.directory.person(&self.viewer.tenant, &self.viewer.person.id).await {
            Ok(Some(person)) => self.viewer.person = person,
            Ok(None) | Err(_) => return false,
        }
        true
    }

    async fn draw(&self, position: Position, code: &Code) -> Result<Option<Event>, Failure> {
        super::reads::wait_for(&self.state, position).await?;
        let (tenant, person) = (&self.viewer.tenant, &self.viewer.person);
        let Some(card) = self.state.chat.request_card(tenant, person, code).await? else {
            return Ok(None);
        };
        let rows = self.state.world.projections.rows(request::NAME);
        let row = request::find(&*rows, tenant, code).map_err(ProjectionError::from)?;
        let absent = self.viewer.absent(&self.state).await?;
        let is_theirs =
            |request: &dyn Facets| request.is_theirs(person) || request.could_decide(person, &absent);
        let is_news = row.is_some_and(|row| is_theirs(&*row.request));
        let told = Told { drawn: Drawn::of(card), is_news };
        Ok(Event::default().event("card").id(position.to_string()).json_data(told).ok())
    }

    /// The questions to them that offered something of this request, and of whose offers nothing can be done any more.
    async fn over_with(&self, code: &Code) -> Result<VecDeque<Event>, Failure> {
        let (tenant, person) = (&self.viewer.tenant, &self.viewer.person);
        let asked = {
            let rows = self.state.world.projections.rows(conversation::NAME);
            conversation::offering(&*rows, tenant, code)?
        };
        let mut over = VecDeque::new();
        for asked in asked.into_iter().filter(|asked| asked.to == person.id) {
            if self.state.chat.is_over(tenant, &asked.question).await? {
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

/// One open stream of a person, given back when it ends.
struct Seat {
    seats: Seats,
    key: (Tenant, PrincipalId),
}

impl Seat {
    fn take(state: &HttpState, viewer: &Viewer) -> Result<Self, Problem> {
        let key = (viewer.tenant.clone(), viewer.person.id.clone());
        let mut taken = state.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.entry(key.clone()).or_default();
        if *own >= SEATS {
            let detail = format!("You have {SEATS} windows open: close one.");
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-streams", detail));
        }
        *own += 1;
        Ok(Self { seats: state.seats.clone(), key })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.key) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.key);
            }
        }
    }
}
