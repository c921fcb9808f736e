//! `/documents`: what answers are taken from, what waits, how it stands with the watched folder, and the forms by which more is brought: a
//! text that is written there, and a file.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::{Form, RequestExt as _};
use countersign_domain::documents::{Document, may_read, readers, words as said};
use countersign_domain::request::{Code, Facets as _};
use countersign_domain::words::instant;
use countersign_projections::help_desk::{self, DocumentRow};
use serde::Deserialize;

use super::bring::{Brought, Content, NotKept, bring, is_listed_for, readers_named};
use super::draft::{Begun, of_gap};
use super::http::{Seen, seen};
use super::text::{self, Unread};
use crate::engine::Failure;
use crate::help::Look;
use crate::http::problem::Problem;
use crate::http::query::{Parameter, Query};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::web::{ChoiceView, Drawn, VERSION, ViewerView, answer, choices};

/// So many of the newest stand on the page.
const LISTED: usize = 200;
/// So much of a text stands on it at once, in bytes.
const PART: usize = 256 << 10;
/// So many of the lines that differ; the API has all.
const CHANGES: usize = 2_000;

/// What it takes.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "shown", about: "the code of a version to show" },
    Parameter { name: "part", about: "which part of its text to show, where that is long" },
    Parameter {
        name: "document",
        about: "the code of a document of which the next version is to be brought",
    },
    Parameter {
        name: "gap",
        about: "the turn in which something was asked in vain that a document is to answer",
    },
];

#[derive(Template)]
#[template(path = "documents.html")]
struct Page<'a> {
    assets: &'a str,
    viewer: Option<ViewerView>,
    choices: Vec<ChoiceView<'a>>,
    answers: Vec<Drawn>,
    /// Whether there is an agent here that answers from documents.
    is_answered: bool,
    written: Sent,
    /// All of the version that is shown, where the viewer may read it.
    whole: Option<Whole>,
    rows: Vec<Row>,
    folder: Option<Folder>,
}

/// The text of a version, or a part of it where it is long, with every line in which it differs from the one before.
struct Whole {
    code: String,
    text: String,
    /// Which part of how many, from 1.
    part: usize,
    parts: usize,
    /// Nothing where there is no version before.
    changes: Option<Vec<String>>,
    /// How many lines more differ.
    more: usize,
    /// That the text cannot be read just now.
    fault: Option<&'static str>,
}

/// A version of a document.
struct Row {
    code: String,
    title: String,
    /// Which version, where it belongs, and who may read it.
    about: String,
    state: &'static str,
    at: String,
    instant: String,
    is_live: bool,
}

/// The watched folder, for who looks after it.
struct Folder {
    path: String,
    /// When it was looked at last.
    looked: Option<String>,
    look: Look,
}

/// What the form of the page sends, and what stands in it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    title: String,
    collection: String,
    readers: String,
    document: String,
    review: String,
    because: String,
    text: String,
}

impl Sent {
    fn brought(&self) -> Result<Brought, Problem> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let day = |_| Problem::bad_request("`review` is no day: write one, as 2027-01-31.");
        let bytes = self.text.replace("\r\n", "\n").into_bytes();
        // A text of spaces is none.
        let bytes = if self.text.trim().is_empty() { vec![] } else { bytes };
        let name = given(&self.title).unwrap_or_else(|| "text".to_owned());
        Ok(Brought {
            title: given(&self.title),
            collection: given(&self.collection),
            acl: given(&self.readers).map(|readers| readers_named(&readers)),
            document: given(&self.document),
            review: given(&self.review).map(|review| review.parse().map_err(day)).transpose()?,
            why: given(&self.because),
            ..Brought::new(Content::Bytes(bytes.into()), format!("{name}.md"))
        })
    }
}

/// The page.
pub(super) async fn documents(
    State(state): State<HttpState>,
    viewer: Viewer,
    uri: Uri,
) -> Result<Response, Problem> {
    let query = Query::read(&uri, PARAMETERS)?;
    state.world.folded().await?;
    let mut written =
        Sent { document: query.text("document").unwrap_or_default().to_owned(), ..Sent::default() };
    if let Some(turn) = query.text("gap").and_then(|turn| turn.parse().ok())
        && let Some(Begun { title, text }) =
            of_gap(state.chat.requests(), &viewer.tenant, &viewer.person, turn)?
    {
        (written.title, written.text) = (title, text);
    }
    let shown = query.text("shown").and_then(|code| code.parse::<Code>().ok());
    let card = match &shown {
        Some(code) => state.chat.request_card(&viewer.tenant, &viewer.person, code).await?,
        None => None,
    };
    let whole = match (&shown, &card) {
        (Some(code), Some(_)) => to_read(&state, &viewer, code, query.value("part", PARTS)?).await?,
        _ => None,
    };
    draw(&state, &viewer, card.into_iter().map(Drawn::of).collect(), (written, whole)).await
}

const PARTS: &str = "give the number of a part, from 1";

/// All of a version that the viewer may read.
async fn to_read(
    state: &HttpState,
    viewer: &Viewer,
    code: &Code,
    part: Option<usize>,
) -> Result<Option<Whole>, Problem> {
    // A code of something else is none of a document.
    let Ok(Seen { document, is_told: true, .. }) = seen(state, viewer, &code.to_string()).await else {
        return Ok(None);
    };
    let requests = state.chat.requests();
    let read = text::whole(requests, &viewer.tenant, &document).await;
    let absent = viewer.absent(state).await?;
    // What differs stands before the text: with its first part.
    let differ = match part {
        None | Some(0 | 1) => {
            text::differences(requests, &viewer.tenant, &document, (&viewer.person, &absent)).await
        }
        Some(_) => Ok(None),
    };
    let (text, differ) = match (read, differ) {
        (Ok(text), Ok(differ)) => (text, differ),
        (Err(Unread::Failure(failure)), _) | (_, Err(Unread::Failure(failure))) => return Err(failure.into()),
        (Err(Unread::Blobs(error)), _) | (_, Err(Unread::Blobs(error))) => {
            tracing::error!(tenant = %viewer.tenant, "the text of a document cannot be read: {error}");
            let fault = Some("The text cannot be read just now. Try again in a little while.");
            return Ok(Some(Whole { fault, ..Whole::of(code) }));
        }
        (Err(Unread::Nothing), _) | (_, Err(Unread::Nothing)) => return Ok(None),
    };
    let parts = text::parts(&text, PART);
    let part = part.unwrap_or(1).clamp(1, parts.len());
    let shown = parts.get(part - 1).map(|text| (*text).to_owned()).unwrap_or_default();
    let more = differ.as_ref().map_or(0, Vec::len).saturating_sub(CHANGES);
    let changes = differ.map(|differ| differ.iter().take(CHANGES).map(said::changed).collect());
    Ok(Some(Whole { text: shown, part, parts: parts.len(), changes, more, ..Whole::of(code) }))
}

impl Whole {
    /// Nothing of it yet.
    fn of(code: &Code) -> Self {
        let (code, text, changes, fault) = (code.to_string(), String::new(), None, None);
        Self { code, text, part: 1, parts: 1, changes, more: 0, fault }
    }
}

/// Brings what the form says, and shows what became of it; where it was refused, above what was written, to be mended.
pub(super) async fn bring_text(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    request: Request,
) -> Result<Response, Problem> {
    let Form(sent) = request.extract::<Form<Sent>, _>().await?;
    let context = viewer.context(&id, format!("document {sent:?}").as_bytes());
    let help = state.world.help(&viewer.tenant);
    let help =
        help.ok_or_else(|| Problem::not_found("There is no agent here that answers from documents."))?;
    let decided = match bring(state.chat.requests(), help, &context, sent.brought()?).await {
        Ok(decided) => decided,
        Err(NotKept::Failure(failure)) => return Err(failure.into()),
        Err(NotKept::Blobs(error)) => return Err(not_kept(&viewer, &error)),
    };
    let cards = state.chat.answer(&context, None, decided).await?;
    let written = if cards.iter().any(|card| card.refused) { sent } else { Sent::default() };
    draw(&state, &viewer, cards.into_iter().map(Drawn::of).collect(), (written, None)).await
}

/// A file that nobody could keep.
pub(super) fn not_kept(viewer: &Viewer, error: &countersign_domain::ports::CallError) -> Problem {
    tracing::error!(tenant = %viewer.tenant, "a file could not be kept: {error}");
    let detail = "The file could not be kept just now. Try again in a little while.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-kept", detail)
}

async fn draw(
    state: &HttpState,
    viewer: &Viewer,
    answers: Vec<Drawn>,
    (written, whole): (Sent, Option<Whole>),
) -> Result<Response, Problem> {
    let page = Page {
        assets: &VERSION,
        viewer: Some(ViewerView::of(viewer, None)),
        choices: choices(state, Some(viewer)),
        answers,
        is_answered: state.world.help(&viewer.tenant).is_some(),
        written,
        whole,
        rows: rows(state, viewer).await?,
        folder: folder(state, viewer),
    };
    answer(&page, StatusCode::OK)
}

/// The newest documents that the viewer may know of, each with how it stands.
async fn rows(state: &HttpState, viewer: &Viewer) -> Result<Vec<Row>, Failure> {
    state.world.folded().await?;
    let people = state.directory.present(&viewer.tenant).await?.state;
    let absent = viewer.absent(state).await?;
    let mut all = help_desk::documents(&*state.world.projections.rows(help_desk::NAME), &viewer.tenant)?;
    all.sort_by_key(|row| std::cmp::Reverse((row.at, row.edition.version)));
    let is_listed = is_listed_for(&viewer.person, &people, state.world.help(&viewer.tenant));
    let collections = state.world.collections(&viewer.tenant);
    let mut rows = Vec::new();
    for row in all.into_iter().take(LISTED) {
        let document = state.chat.requests().state::<Document>(&viewer.tenant, &row.code).await?;
        let is_seen = if row.live { is_listed(&row) } else { document.is_seen_by(&viewer.person, &absent) };
        if is_seen {
            let is_told = may_read(&document, collections, &viewer.person, &absent);
            rows.push(as_row(row, document.standing().word, is_told));
        }
    }
    Ok(rows)
}

/// A version in a row; without what it is called for who may not know that.
fn as_row(row: DocumentRow, state: &'static str, is_told: bool) -> Row {
    let DocumentRow { code, edition, title, collection, acl, at, live, .. } = row;
    let title = if is_told { title } else { code.to_string() };
    Row {
        about: format!("version {}, in {collection}, for {}", edition.version, readers(&acl)),
        code: code.to_string(),
        title,
        state,
        at: at.to_string(),
        instant: instant(at),
        is_live: live,
    }
}

/// How it stands with the watched folder, for who answers for it and administrators.
fn folder(state: &HttpState, viewer: &Viewer) -> Option<Folder> {
    let help = state.world.help(&viewer.tenant)?;
    let settings = help.settings.folder.as_ref()?;
    if settings.owner != viewer.person.id && !viewer.person.is_administrator() {
        return None;
    }
    let look = help.watched.last();
    Some(Folder { path: settings.path.display().to_string(), looked: look.at.map(instant), look })
}
