//! `/api/v1/documents`: files are brought here, and what answers are taken from is listed.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{StatusCode, Uri};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::documents::{
    Document, DocumentRequest, DocumentState, Inspected, is_read_by, may_read, may_read_before, title,
    words as said,
};
use countersign_domain::request::{Code, Facets as _};
use countersign_projections::help_desk::{self, DocumentRow};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::bring::{
    Brought, Content, NotKept, bring, is_answered_from, is_listed_for, knows, readers_named, retire,
};
use super::text::{Unread, differences, whole};
use super::{page, private};
use crate::http::problem::Problem;
use crate::http::query::{PAGED, Parameter, Query};
use crate::http::reads::{Listing, beside, listed};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{FORM, Route, delete, get, post};

/// The largest file that is taken in, in bytes. What a tenant lets be read may be less.
const LARGEST: usize = 64 << 20;

/// What bringing one takes.
const PARAMETERS: &[Parameter] = &[
    Parameter { name: "name", about: "the file's name: travel.pdf" },
    Parameter { name: "title", about: "what people call it; its name without the ending when left out" },
    Parameter { name: "collection", about: "with which others it belongs together; general when left out" },
    Parameter {
        name: "groups",
        about: "the groups whose members may read it, with commas between; * is everybody",
    },
    Parameter { name: "document", about: "the code of a document of which this is the next version" },
    Parameter { name: "review", about: "the day on which somebody is to look at it: 2027-01-31" },
    Parameter { name: "because", about: "why" },
];

/// What retiring one takes.
const REASON: &[Parameter] = &[Parameter { name: "because", about: "why" }];

/// Their addresses.
pub(super) fn routes() -> Vec<Route> {
    let mut bring =
        post("/api/v1/documents", "Brings a file: answers are taken from it once countersigned", bring_one)
            .takes(PARAMETERS)
            .sent("application/octet-stream", &[]);
    bring.handler = bring.handler.layer(DefaultBodyLimit::max(LARGEST));
    vec![
        get("/api/v1/documents", "What answers are taken from, as far as you may read it", list).takes(PAGED),
        bring,
        get("/api/v1/documents/{code}", "One version of a document, with what is decided on", show).tagged(),
        get("/api/v1/documents/{code}/text", "All that stands in one version, for who may read it", text)
            .tagged(),
        get(
            "/api/v1/documents/{code}/changes",
            "Every line in which one version differs from the one before",
            changes,
        )
        .tagged(),
        delete("/api/v1/documents/{code}", "Lets no answer be taken from it any more", take_out)
            .takes(REASON),
        get("/documents", "Documents, how they stand, and the forms to bring more", page::documents)
            .takes(page::PARAMETERS)
            .page(),
        post("/documents", "Brings a text that was written on the page", page::bring_text)
            .sent(FORM, &["title", "collection", "readers", "document", "review", "because", "text"]),
    ]
}

async fn list(State(state): State<HttpState>, viewer: Viewer, uri: Uri) -> Result<Json<Value>, Problem> {
    let asked = Listing::of(&state, &uri, (PAGED, help_desk::NAME)).await?;
    let people = state.directory.present(&viewer.tenant).await?.state;
    let desk = state.clone();
    beside(&state, move || {
        let help = desk.world.help(&viewer.tenant);
        let (page, reads) = ((asked.after(), asked.limit), is_listed_for(&viewer.person, &people, help));
        let page = help_desk::page_of_live(&*asked.rows, &viewer.tenant, page, reads)?;
        let who = (&viewer.person, &*people, help);
        Ok(listed(page, |row| as_listed(&row, knows(&row, who), is_answered_from(&row, who))))
    })
    .await
}

/// A row as it is listed, to who may know what it is called or not; and whether answers to them are taken from it.
fn as_listed(row: &DocumentRow, is_known: bool, answers_you: bool) -> Value {
    json!({
        "code": row.code, "document": row.document, "version": row.edition.version,
        "title": is_known.then_some(&row.title), "collection": row.collection, "readers": row.acl,
        "answers_you": answers_you, "by": row.by, "at": row.at,
    })
}

async fn bring_one(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    uri: Uri,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let query = Query::read(&uri, PARAMETERS)?;
    let text = |name: &str| query.text(name).map(ToOwned::to_owned);
    let review = query.value::<Date>("review", "give a day, as 2027-01-31")?;
    let said = format!("{uri} {}", countersign_domain::envelope::Digest::of(&bytes));
    let context = viewer.context(&id, said.as_bytes());
    let help = state.world.help(&viewer.tenant);
    let help =
        help.ok_or_else(|| Problem::not_found("There is no agent here that answers from documents."))?;
    let brought = Brought {
        title: text("title"),
        collection: text("collection"),
        acl: query.text("groups").map(readers_named),
        document: text("document"),
        review,
        why: text("because"),
        ..Brought::new(Content::Bytes(bytes), text("name").unwrap_or_default())
    };
    let touched = match bring(state.chat.requests(), help, &context, brought).await {
        Ok(decided) => decided.map_err(|denied| Problem::denied(&denied))?,
        Err(NotKept::Failure(failure)) => return Err(failure.into()),
        Err(NotKept::Blobs(error)) => {
            return Err(page::not_kept(&viewer, &error));
        }
    };
    let stands = state.chat.settled(&viewer.tenant, &touched).await?;
    let stands = Document::of(Some(&stands)).cloned().unwrap_or_default();
    Ok((StatusCode::ACCEPTED, Json(as_told(&Seen::whole(stands)))))
}

/// One version. Where the viewer may not see it, there is none.
async fn show(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(as_told(&seen(&state, &viewer, &code).await?)))
}

/// One version, to who sees that there is one.
pub(super) struct Seen {
    pub(super) document: DocumentRequest,
    /// Whether they may know what stands in it.
    pub(super) is_told: bool,
    /// Whether they may know what it takes out of the version before.
    sees_before: bool,
}

impl Seen {
    /// To who brought it.
    const fn whole(document: DocumentRequest) -> Self {
        Self { document, is_told: true, sees_before: true }
    }
}

/// One version that the viewer sees.
pub(super) async fn seen(state: &HttpState, viewer: &Viewer, code: &str) -> Result<Seen, Problem> {
    let code: Code = code.parse().map_err(|_| none())?;
    let document = state.chat.requests().state::<Document>(&viewer.tenant, &code).await?;
    let (person, absent) = (&viewer.person, viewer.absent(state).await?);
    let collections = state.world.collections(&viewer.tenant);
    if !document.is_seen_by(person, &absent) && !is_read_by(&document, collections, person) {
        return Err(none());
    }
    let is_told = may_read(&document, collections, person, &absent);
    let sees_before = may_read_before(&document, person, &absent);
    Ok(Seen { document, is_told, sees_before })
}

/// The whole text of a version, to whoever may read it.
async fn text(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let found = to_read(&state, &viewer, &code).await?;
    let text = whole(state.chat.requests(), &viewer.tenant, &found).await;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text.map_err(|unread| unreadable(&viewer, unread))?))
}

/// Every line in which a version differs from the one in whose place it is to be, to whoever may read it.
async fn changes(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    let found = to_read(&state, &viewer, &code).await?;
    let absent = viewer.absent(&state).await?;
    let who = (&viewer.person, absent.as_slice());
    let changes = differences(state.chat.requests(), &viewer.tenant, &found, who).await;
    let changes = changes.map_err(|unread| unreadable(&viewer, unread))?;
    let replaces = found.asked.as_ref().and_then(|asked| asked.replaces.as_ref());
    let before = replaces.map(|replaces| &replaces.request);
    Ok(Json(json!({ "before": before, "items": changes.unwrap_or_default() })))
}

/// One version that the viewer may read.
async fn to_read(state: &HttpState, viewer: &Viewer, code: &str) -> Result<DocumentRequest, Problem> {
    let Seen { document, is_told, .. } = seen(state, viewer, code).await?;
    if is_told { Ok(document) } else { Err(Problem::forbidden(NOT_THEIRS)) }
}

/// What is said to who sees that there is a document, and may not read it.
const NOT_THEIRS: &str = "What stands in it is for those who may read it, who brought it, and, while it waits, who may countersign it.";

fn unreadable(viewer: &Viewer, unread: Unread) -> Problem {
    match unread {
        Unread::Failure(failure) => failure.into(),
        Unread::Nothing => {
            Problem::not_found("No text was read out of its file, or it is not kept any more.")
        }
        Unread::Blobs(error) => {
            tracing::error!(tenant = %viewer.tenant, "the text of a document cannot be read: {error}");
            let detail = "The text cannot be read just now. Try again in a little while.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-kept", detail)
        }
    }
}

/// Nothing is taken from it any more. Of what is retired already, that is so.
async fn take_out(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(code): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    const NAME: &str = "retire document";
    let query = Query::read(&uri, REASON)?;
    let code: Code = code.parse().map_err(|_| none())?;
    let (requests, because) = (state.chat.requests(), query.text("because"));
    let context = viewer.context(&id, format!("{NAME} {code} {because:?}").as_bytes());
    let opened = requests.open(&context, NAME, &code).await?.map_err(|_| none())?;
    let looked_at = seen(&state, &viewer, &code.to_string()).await?;
    let found = Document::of(Some(&opened.request)).ok_or_else(none)?;
    if found.own.state == DocumentState::Retired {
        return Ok(Json(as_told(&looked_at)));
    }
    let reason = requests.reason(&context, NAME, because).await?;
    let reason = reason.map_err(|denied| Problem::denied(&denied))?;
    let done = retire(requests, &context, &opened, reason).await?;
    let touched = done.map_err(|denied| Problem::denied(&denied))?;
    let stands = state.chat.settled(&viewer.tenant, &touched).await?;
    let stands = Document::of(Some(&stands)).cloned().unwrap_or_default();
    Ok(Json(as_told(&Seen { document: stands, ..looked_at })))
}

/// To who may not see one there is none.
fn none() -> Problem {
    Problem::not_found("There is no document with this code that you may see.")
}

/// A version, to who may know what stands in it or not.
fn as_told(Seen { document, is_told, sees_before }: &Seen) -> Value {
    let Some(asked) = &document.asked else { return json!({}) };
    let acl = document.own.acl(asked);
    let lines: fn(&Inspected) -> Vec<String> = if *is_told { said::inspected } else { said::inspected_aloud };
    let findings = document.findings.as_ref();
    let findings = findings.map(|all| if *sees_before { all.clone() } else { all.without_what_was() });
    let mut found = json!(findings);
    if !is_told {
        private::hide(&mut found);
    }
    let edition = asked.edition();
    let denied = document.denial.iter().flat_map(|denial| &denial.violations);
    let violations: Vec<_> = denied.map(countersign_domain::capabilities::violation).collect();
    json!({
        "code": asked.code,
        "document": asked.document(),
        "version": edition.version,
        "title": is_told.then_some(&asked.title),
        "about": if *is_told { title(asked) } else { said::untitled(asked, acl) },
        "by": asked.requester.id,
        "file": { "sha": asked.file.sha, "size": asked.file.size },
        "collection": asked.collection,
        "readers": acl,
        "readers_before": asked.readers_before(acl),
        "review": document.own.review_on(asked),
        "status": document.standing().word,
        "receipt": document.receipt(),
        "found": found,
        "lines": findings.iter().flat_map(lines).collect::<Vec<_>>(),
        "unsigned": said::unsigned(document, &|_| asked.requester.name.clone()),
        "violations": violations,
    })
}
