//! `GET /api/v1/audit`: every event, found by who, what, where, under which ticket and when.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use countersign_domain::kinds::KINDS;
use countersign_domain::request::Code;
use countersign_domain::words::spoken;
use countersign_projections::audit::{self, AuditEntry, AuditFilter};
use countersign_projections::{ProjectionError, QueryError, Rows, access, request};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::access::{held, http as access_requests};
use crate::capabilities;
use crate::http::problem::Problem;
use crate::http::query::{AFTER, PAGE_LIMIT, Parameter, Query, bad_value};
use crate::http::reads::{Listing, Looking, begins, plain, rows, users};
use crate::http::routes::JSON;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::instant;
use crate::support;
use crate::tickets;
use crate::words::{Empty, from_after_to, why_empty};

/// What the list takes.
pub(in crate::http) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "user", about: "who acted, who asked, or whose access it is about" },
    Parameter { name: "repository", about: "on which repository" },
    Parameter { name: "ticket", about: "under which ticket: OPS-17" },
    Parameter { name: "code", about: "of which request" },
    Parameter { name: "from", about: "from this instant on: 2026-03-01T12:00:00Z" },
    Parameter { name: "to", about: "up to this instant" },
    Parameter { name: "type", about: "one or more types of event, with commas between" },
    Parameter { name: "correlation", about: "of which conversation: the correlation of any of its events" },
    Parameter { name: "order", about: "oldest (when left out) or newest first" },
    AFTER,
    PAGE_LIMIT,
];

/// The events that fit: all of the tenant's for auditors and admins, else what concerns the viewer.
pub(in crate::http) async fn list(
    State(state): State<HttpState>,
    viewer: Viewer,
    uri: Uri,
) -> Result<Response, Problem> {
    let Listing { query, rows, limit } = Listing::of(&state, &uri, (PARAMETERS, audit::NAME)).await?;
    let filter = filter(&query, &viewer, users(&state, &viewer, &query).await?)?;
    let (to, requests) = (filter.to, self::rows(&state, request::NAME).await?);
    let (store, after) = (Arc::clone(&state.world.store), query.text("after").map(str::to_owned));
    let looking = Looking::now(&state, &viewer).await?;
    let (tenant, people) = (viewer.tenant.clone(), Arc::clone(&looking.people));
    let help = state.world.help(&tenant);
    let is_of_the_desk = help.is_some_and(|help| help.settings.level.is_staff(&viewer.person));
    let told = Told { looking, requests, viewer: viewer.clone(), is_of_the_desk };
    // What fits only a few of many events is long looked for.
    let search = async move {
        let page = audit::search(&*rows, &*store, &people, &tenant, &filter, after.as_deref(), limit).await?;
        let items: Vec<_> = page.items.into_iter().map(|entry| told.item(entry)).collect();
        let is_empty = items.is_empty();
        let body = Entries { items, next: page.next, notes: vec![] }.written()?;
        Ok::<_, QueryError>((body, is_empty))
    };
    let page =
        state.pages.read(search).await.map_err(|error| ProjectionError::Interrupted(error.to_string()))?;
    let (mut body, is_empty) = page?;
    if is_empty && viewer.sees_all() {
        let notes = why_none(&state, &viewer, &query, to).await?;
        body = Entries { notes, ..Entries::default() }.written()?;
    }
    Ok(([(CONTENT_TYPE, JSON)], body).into_response())
}

/// A page as every list answers it.
#[derive(Default, Serialize)]
struct Entries {
    items: Vec<Item>,
    next: Option<String>,
    /// Where it is empty, why it may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl Entries {
    /// Its JSON, written once and to where there is room for all of it.
    fn written(&self) -> Result<Vec<u8>, ProjectionError> {
        let room: usize = self.items.iter().map(Item::room).sum();
        let mut body = Vec::with_capacity(room + BESIDE);
        let written = serde_json::to_writer(&mut body, self);
        written.map(|()| body).map_err(|error| ProjectionError::Interrupted(error.to_string()))
    }
}

/// About what an entry takes beside its content and its sentence.
const BESIDE: usize = 1 << 10;

/// An entry as it is told.
#[derive(Serialize)]
#[serde(untagged)]
enum Item {
    /// As it stands in the log.
    Whole(Box<AuditEntry>),
    /// Without what the viewer may not know.
    Partly(Value),
}

impl Item {
    fn room(&self) -> usize {
        match self {
            Self::Whole(entry) => entry.data.json().len() + entry.summary.len() + BESIDE,
            Self::Partly(_) => 2 * BESIDE,
        }
    }
}

/// The events in which a model's words stand as it said them, with nothing that says which documents they are from. Of an answer, that
/// says so, they are told to who may read those.
const RAW: [&str; 2] = ["model_step_finished", "turn_stopped"];

/// To whom entries are told.
struct Told {
    looking: Looking,
    requests: Arc<dyn Rows>,
    viewer: Viewer,
    is_of_the_desk: bool,
}

impl Told {
    /// An entry as far as the viewer may know it. What has nothing to be left out is written as it stands in the log.
    fn item(&self, entry: AuditEntry) -> Item {
        let (sees_held, requests) =
            (self.sees_held(entry.code.as_ref()), (&*self.requests, &self.viewer.tenant));
        let untold = self.looking.untold(requests, entry.code.as_ref(), entry.data.json());
        let is_kept = !self.is_of_the_desk && entry.data.json().contains(support::KEPT);
        let is_raw = RAW.contains(&entry.kind.as_str());
        let is_whole = sees_held && untold.is_none() && !is_kept && !is_raw;
        if is_whole && !tickets::may_stand_in(entry.data.json()) {
            return Item::Whole(Box::new(entry));
        }
        let neutral = format!("{}: {}.", entry.actor.id, spoken(&entry.kind));
        let mut entry = plain(entry);
        let mut hidden = tickets::hide(&mut entry, &self.viewer.person);
        if !sees_held {
            // What a check found stands in its content only.
            hidden |= held::hide(&mut entry["data"]) && entry["type"] != "access_checked";
        }
        if is_kept && entry["data"]["by"] != self.viewer.person.id.as_str() {
            support::hide_kept(&mut entry["data"]);
        }
        if is_raw && let Some(data) = entry["data"].as_object_mut() {
            data.retain(|name, _| name != "text" && name != "kept");
        }
        if let Some(row) = untold {
            capabilities::hide(&row.request, &mut entry["data"]);
            hidden = true;
        }
        if hidden {
            entry["summary"] = neutral.into();
        }
        Item::Partly(entry)
    }

    fn sees_held(&self, code: Option<&Code>) -> bool {
        let row =
            || code.and_then(|code| access::find(&*self.requests, &self.viewer.tenant, code).ok().flatten());
        self.viewer.sees_all() || row().is_some_and(|row| access_requests::sees_held(&self.looking, &row))
    }
}

async fn why_none(
    state: &HttpState,
    viewer: &Viewer,
    query: &Query,
    at: Option<Timestamp>,
) -> Result<Vec<String>, Problem> {
    let rows = rows(state, audit::NAME).await?;
    let people = state.directory.present(&viewer.tenant).await?.state;
    let (store, user, repository) = (&*state.world.store, query.text("user"), query.text("repository"));
    let [nobody, nowhere] = audit::unheard(&*rows, store, &people, &viewer.tenant, user, repository).await?;
    Ok(why_empty(&Empty { nobody, nowhere, at, begins: begins(state, viewer).await? }, &people))
}

/// An instant, written as in the terminal.
fn time(query: &Query, name: &str) -> Result<Option<Timestamp>, Problem> {
    let Some(given) = query.text(name) else { return Ok(None) };
    let cure = "give an instant like 2026-03-01T12:00:00Z or 2026-03-01";
    instant::at(given).map(Some).map_err(|_| bad_value(name, given, cure))
}

fn filter(query: &Query, viewer: &Viewer, users: Vec<String>) -> Result<AuditFilter, Problem> {
    let text = |name: &str| query.text(name).map(str::to_owned);
    let (from, to) = (time(query, "from")?, time(query, "to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::bad_request(from_after_to()));
    }
    let code: Option<Code> = query.value("code", "give a request's code like K7QM2X")?;
    let kinds: Vec<_> = query
        .text("type")
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|kind| !kind.is_empty())
        .collect();
    if let Some(unknown) = kinds.iter().find(|kind| !KINDS.iter().any(|known| known == *kind)) {
        return Err(bad_value("type", unknown, &format!("give one or more of {}", KINDS.join(", "))));
    }
    let newest: Option<Order> = query.value("order", "give oldest or newest")?;
    Ok(AuditFilter {
        users,
        repository: text("repository"),
        ticket: text("ticket"),
        code: code.map(|code| code.to_string()),
        kinds: kinds.into_iter().map(str::to_owned).collect(),
        correlation: query.value("correlation", "give a UUID")?,
        from,
        to,
        concerning: viewer.limited().map(|person| person.id.clone()),
        newest: newest == Some(Order::Newest),
    })
}

#[derive(PartialEq, Eq)]
enum Order {
    Oldest,
    Newest,
}

impl std::str::FromStr for Order {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "oldest" => Ok(Self::Oldest),
            "newest" => Ok(Self::Newest),
            _ => Err(()),
        }
    }
}
