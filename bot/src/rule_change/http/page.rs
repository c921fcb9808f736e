//! `/rules`: the rules in force, the versions there were, and one proposal whole; other rules are proposed here, and an earlier
//! version once more.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::{Form, RequestExt as _};
use countersign_domain::capabilities::{Listed as _, violation};
use countersign_domain::rule_change::Fault;
use countersign_domain::rule_change::words as said;
use countersign_domain::rules::Line;
use countersign_domain::tenant::People;
use countersign_domain::words::instant;
use serde::Deserialize;

use crate::http::problem::Problem;
use crate::http::query::{Parameter, Query};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::web::{ChoiceView, Drawn, VERSION, ViewerView, answer, choices};
use crate::rule_change::versions::{self, Version};
use crate::rule_change::{Proposals, RuleChange, Wanted, may_propose, wording};

/// What it takes.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "proposal", about: "the code of a proposal to show whole" },
    Parameter { name: "version", about: "the number of a version to show whole" },
];

#[derive(Template)]
#[template(path = "rules.html")]
struct Page<'a> {
    assets: &'a str,
    viewer: Option<ViewerView>,
    choices: Vec<ChoiceView<'a>>,
    answers: Vec<Drawn>,
    /// What stands above what is in force.
    pointed_at: PointedAt,
    /// Whether the rules let the viewer propose others.
    may_propose: bool,
    version: u64,
    /// What is in force.
    text: String,
    /// What somebody has written in its place, and was not taken.
    written: Option<Written>,
    versions: Vec<Row>,
}

/// What a form of the page sent, to be mended there.
struct Written {
    text: String,
    because: String,
}

/// What an address of this page names.
enum PointedAt {
    /// Nothing beside what is in force.
    Nothing,
    /// Something that there is not, or not for who looks: what is said of that.
    Unknown(String),
    /// A version.
    Version(Box<Version>),
    /// A proposal.
    Proposal(Box<Whole>),
    /// An earlier version that somebody wants once more: it is asked first.
    GoingBack(GoingBack),
}

/// What is asked of whoever goes back further than the last change.
struct GoingBack {
    question: String,
    /// What stands on the button.
    yes: String,
    version: u64,
    /// What is in force, as the question says.
    now: u64,
    because: String,
}

/// A proposal with nothing left out.
struct Whole {
    card: Drawn,
    warnings: Vec<String>,
    more_warnings: u64,
    policies: Vec<(String, &'static str, String)>,
    /// How many lines of these were too many to be kept.
    cut: u64,
    text: String,
}

struct Row {
    version: u64,
    at: String,
    instant: String,
    /// By whom it came into force.
    how: String,
    is_earlier: bool,
}

/// What a form of the page sends.
#[derive(Deserialize)]
struct Sent {
    text: Option<String>,
    back_to: Option<u64>,
    base: Option<u64>,
    #[serde(default)]
    because: String,
}

/// The page.
pub(super) async fn rules(
    State(state): State<HttpState>,
    viewer: Viewer,
    uri: Uri,
) -> Result<Response, Problem> {
    let query = Query::read(&uri, PARAMETERS)?;
    let pointed_at = match (query.text("proposal"), query.text("version")) {
        (Some(code), _) => match whole(&state, &viewer, code).await? {
            Some(whole) => PointedAt::Proposal(Box::new(whole)),
            None => PointedAt::Unknown(wording::no_such_proposal(&shortened(code))),
        },
        (None, Some(number)) => match versions::version(&*state.world.store, &viewer.tenant, number).await? {
            Some(version) => PointedAt::Version(Box::new(version)),
            None => PointedAt::Unknown(violation(&Fault::UnknownVersion { given: shortened(number) }.into())),
        },
        (None, None) => PointedAt::Nothing,
    };
    draw(&state, &viewer, vec![], pointed_at, None).await
}

/// As much of what an address says as is said again.
fn shortened(given: &str) -> String {
    given.chars().take(20).collect()
}

/// Proposes what a form of the page says, and shows the answer above what is in force; where it was refused, above what was written, to
/// be mended.
pub(super) async fn propose_rules(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    request: Request,
) -> Result<Response, Problem> {
    let Form(sent) = request.extract::<Form<Sent>, _>().await?;
    let content = format!("rules {:?} {:?} {:?} {}", sent.text, sent.back_to, sent.base, sent.because);
    let written = sent.text.clone().map(|text| Written { text, because: sent.because.clone() });
    let wanted = match (sent.text, sent.back_to) {
        (Some(text), None) => Wanted::Rules(text),
        (None, Some(version)) => Wanted::BackTo(version),
        _ => return Err(Problem::bad_request("Nothing was filled in, so nothing was proposed.")),
    };
    let context = viewer.context(&id, content.as_bytes());
    let proposals = Proposals::new(state.chat.requests());
    if let Some(Fault::UndoesSeveral { version, now }) =
        proposals.asked_first(&context, &wanted, sent.base).await?
    {
        let (question, yes) = (wording::going_back_far(version, now), wording::go_back_to(version));
        let asked = GoingBack { question, yes, version, now, because: sent.because };
        return draw(&state, &viewer, vec![], PointedAt::GoingBack(asked), None).await;
    }
    let decided = proposals.propose(&context, wanted, sent.base, Some(&sent.because)).await?;
    let cards = state.chat.answer_to_proposal(&context, decided).await?;
    let written = written.filter(|_| cards.iter().any(|card| card.refused));
    draw(&state, &viewer, cards.into_iter().map(Drawn::of).collect(), PointedAt::Nothing, written).await
}

/// A proposal that the viewer may see.
async fn whole(state: &HttpState, viewer: &Viewer, code: &str) -> Result<Option<Whole>, Problem> {
    let Ok(code) = code.parse() else { return Ok(None) };
    let Some(card) = state.chat.request_card(&viewer.tenant, &viewer.person, &code).await? else {
        return Ok(None);
    };
    let request = state.chat.requests().any(&viewer.tenant, &code).await?;
    let Some(change) = RuleChange::of(request.as_ref()) else { return Ok(None) };
    let lines = |lines: &[Line]| lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let found = change.findings.clone().unwrap_or_default();
    let people = state.directory.present(&viewer.tenant).await?.state;
    let policies = found.changes.iter();
    let policies = policies.map(|change| (change.policy.clone(), change.what.as_str(), lines(&change.lines)));
    Ok(Some(Whole {
        card: Drawn::of(card),
        warnings: said::warnings(&found.warnings, &people),
        more_warnings: found.more_warnings,
        policies: policies.collect(),
        cut: found.cut,
        text: change.asked.as_ref().map_or_else(String::new, |draft| draft.text.clone()),
    }))
}

/// How a version came into force.
fn how_it_came(one: &Version, people: &People) -> String {
    let signers: Vec<_> = one.countersigned_by.iter().map(|id| people.called(id)).collect();
    if one.request.is_none() && !people.people.contains_key(&one.by) {
        return wording::FROM_THE_CONFIGURATION.to_owned();
    }
    wording::came_by(&people.called(&one.by), &signers)
}

async fn draw(
    state: &HttpState,
    viewer: &Viewer,
    answers: Vec<Drawn>,
    pointed_at: PointedAt,
    written: Option<Written>,
) -> Result<Response, Problem> {
    let all = versions::versions(&*state.world.store, &viewer.tenant).await?;
    let (version, text) = all.last().map_or((0, String::new()), |last| (last.version, last.text.clone()));
    let present = state.directory.present(&viewer.tenant).await?;
    let people = &present.state;
    let row = |one: &Version| Row {
        version: one.version,
        at: one.at.to_string(),
        instant: instant(one.at),
        how: how_it_came(one, people),
        is_earlier: one.version != version,
    };
    let is_unknown = matches!(pointed_at, PointedAt::Unknown(_));
    let status = if is_unknown { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let page = Page {
        assets: &VERSION,
        viewer: Some(ViewerView::of(viewer, None)),
        choices: choices(state, Some(viewer)),
        answers,
        pointed_at,
        may_propose: may_propose(&viewer.person, &present).is_ok(),
        version,
        text,
        written,
        versions: all.iter().rev().map(row).collect(),
    };
    answer(&page, status)
}
