//! What every reading address shares: rows of a read model now or as of a moment, and lists as JSON.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::http::Uri;
use countersign_domain::audience::Collections;
use countersign_domain::envelope::Position;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::request::Code;
use countersign_domain::tenant::{CATEGORIES, People, Person};
use countersign_projections::request::{self, RequestRow};
use countersign_projections::{Moment, Page, ProjectionError, QueryError, Rows};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::heavy::Turn;
use super::problem::Problem;
use super::query::{Parameter, Query};
use super::request_id::RequestId;
use super::state::HttpState;
use super::viewer::Viewer;
use crate::aside::aside;
use crate::capabilities;
use crate::cards::Shown;
use crate::engine::Failure;
use crate::in_view::codes_in;

/// How long reading one's own writes may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The rows of a read model as they were at a moment, for this viewer: one at a time, beside everything else, and only as long
/// as somebody waits for them.
pub(crate) async fn past(
    state: &HttpState,
    viewer: &Viewer,
    id: &RequestId,
    (name, moment): (&'static str, Moment),
) -> Result<Arc<dyn Rows>, Problem> {
    if moment.is_ahead(state.world.clock.now(), state.world.store.head().await?) {
        let said = "That moment has not come yet: give one that the log has reached.";
        return Err(Problem::bad_request(said));
    }
    let _turn = Turn::take(state, viewer, id, &format!("{name} as of {}", said(moment))).await?;
    let projections = Arc::clone(&state.world.projections);
    let rows = aside(async move { projections.as_of(name, moment).await }).await;
    Ok(rows.map_err(|error| ProjectionError::Interrupted(error.to_string()))??)
}

/// A moment as those who read the audit are told it.
fn said(moment: Moment) -> String {
    match moment {
        Moment::Position(position) => format!("position {position}"),
        Moment::Time(at) => at.to_string(),
    }
}

/// The rows of a read model as they are, having seen all that was in the log when this was asked.
pub(crate) async fn rows(state: &HttpState, name: &str) -> Result<Arc<dyn Rows>, Problem> {
    if let Some(head) = state.world.store.head().await? {
        wait_for(state, head).await?;
    }
    Ok(state.world.projections.rows(name))
}

/// A list as somebody asks for it: what they want of it, and the rows that it is read from.
pub(crate) struct Listing {
    pub(crate) query: Query,
    pub(crate) rows: Arc<dyn Rows>,
    /// How many items its page has.
    pub(crate) limit: usize,
}

impl Listing {
    /// The list of a read model that is asked for at this address.
    pub(crate) async fn of(
        state: &HttpState,
        uri: &Uri,
        (known, name): (&[Parameter], &str),
    ) -> Result<Self, Problem> {
        let query = Query::read(uri, known)?;
        let limit = query.limit()?;
        Ok(Self { rows: rows(state, name).await?, query, limit })
    }

    /// Behind which item its page begins.
    pub(crate) fn after(&self) -> Option<&str> {
        self.query.text("after")
    }
}

/// To whom rows are shown, and when.
pub(crate) struct Looking {
    pub(crate) viewer: Person,
    pub(crate) people: Arc<People>,
    pub(crate) now: Timestamp,
    /// Who may read what belongs to a collection, where that is said of any.
    pub(crate) collections: Option<Collections>,
}

impl Looking {
    /// This viewer, now.
    pub(crate) async fn now(state: &HttpState, viewer: &Viewer) -> Result<Self, Problem> {
        let people = state.directory.present(&viewer.tenant).await?.state;
        let collections = state.world.collections(&viewer.tenant).cloned();
        Ok(Self { viewer: viewer.person.clone(), people, now: state.world.clock.now(), collections })
    }

    /// The request because of which this viewer may not know all of a content, though they see that there is one: the one that it is of, or
    /// else any that is named in it, for what somebody was told, or asked back, may be of several.
    pub(crate) fn untold(
        &self,
        (requests, tenant): (&dyn Rows, &Tenant),
        of: Option<&Code>,
        content: &str,
    ) -> Option<RequestRow> {
        if !capabilities::may_be_private(content) {
            return None;
        }
        let untold = |code: Code| {
            let row = request::find(requests, tenant, &code).ok().flatten()?;
            (!capabilities::is_told_whole(self.at(&row))).then_some(row)
        };
        match of {
            Some(code) => untold(code.clone()),
            None => codes_in(content).find_map(untold),
        }
    }

    /// A request as this viewer looks at it.
    fn at<'a>(&'a self, RequestRow { code, request, .. }: &'a RequestRow) -> Shown<'a> {
        let Self { viewer, people, now, collections } = self;
        let (viewer, collections) = (Some(viewer), collections.as_ref());
        Shown { code, request, viewer, people, now: *now, beside: None, rules: 0, collections }
    }
}

/// Every name of whoever the parameter `user` means: under each of them they are found.
pub(crate) async fn users(state: &HttpState, viewer: &Viewer, query: &Query) -> Result<Vec<String>, Problem> {
    let Some(given) = query.text("user") else { return Ok(vec![]) };
    Ok(state.directory.present(&viewer.tenant).await?.state.names_of(given))
}

/// Returns when the read models have seen this position, or soon anyway: what is a little old is better than nothing.
pub(crate) async fn wait_for(state: &HttpState, position: Position) -> Result<(), Failure> {
    if let Ok(done) = tokio::time::timeout(PATIENCE, state.world.projections.wait_for(position)).await {
        return Ok(done?);
    }
    tracing::warn!(%position, "the read models are behind: answering with what they have");
    Ok(())
}

/// A page as every list answers it; where it is empty, with why it may be.
pub(crate) fn listed_with<T: Serialize>(
    page: Page<T>,
    item: impl Fn(T) -> Value,
    notes: &[String],
) -> Json<Value> {
    let Json(mut answer) = listed(page, item);
    if !notes.is_empty() {
        answer["notes"] = json!(notes);
    }
    Json(answer)
}

/// When the first event of the viewer's tenant was.
pub(crate) async fn begins(state: &HttpState, viewer: &Viewer) -> Result<Option<Timestamp>, Problem> {
    let mut first = None;
    for category in CATEGORIES {
        let stream =
            StreamName::new(&viewer.tenant, category, viewer.tenant.as_str()).map_err(Failure::from)?;
        let events = state.world.store.read_stream(&stream, 0, 1).await?;
        let at = events.first().map(|event| event.at);
        first = first.into_iter().chain(at).min();
    }
    Ok(first)
}

/// Reads and draws a page beside the workers that answer everybody: a full one is more than a moment's work.
pub(crate) async fn beside<T: Send + 'static>(
    state: &HttpState,
    draw: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let page = state.pages.read(async move { draw() }).await;
    page.map_err(|error| ProjectionError::Interrupted(error.to_string()))?
}

/// A page as every list answers it.
pub(crate) fn listed<T>(page: Page<T>, item: impl Fn(T) -> Value) -> Json<Value> {
    let items: Vec<_> = page.items.into_iter().map(item).collect();
    Json(json!({ "items": items, "next": page.next }))
}

/// A value that is its own JSON.
pub(crate) fn plain<T: Serialize>(item: T) -> Value {
    serde_json::to_value(item).unwrap_or_else(|error| {
        tracing::error!("a row cannot be written as JSON: {error}");
        Value::Null
    })
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Rows(error) => error.into(),
            QueryError::Store(error) => error.into(),
            // What is left is about what was asked: a cursor or a code that is none.
            asked => Self::bad_request(format!("{asked}.")),
        }
    }
}
