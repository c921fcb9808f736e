//! `GET /`: the conversation as it stands, or the door.

use askama::Template;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use countersign_domain::card::Card;
use countersign_domain::envelope::Position;
use uuid::Uuid;

use super::assets::VERSION;
use super::card::Drawn;
use crate::cards;
use crate::commands::COMMANDS;
use crate::context::Scene;
use crate::conversation::private;
use crate::examples::Names;
use crate::http::onward::Onward;
use crate::http::problem::{IS_PAGE, Problem};
use crate::http::query::{Parameter, Query};
use crate::http::reads::wait_for;
use crate::http::state::HttpState;
use crate::http::viewer::{SESSION_ENDED, Viewer};
use crate::in_view::{self, Spot};

/// What `/` takes.
pub(in crate::http) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "request", about: "the code of a request to show" },
    Parameter { name: "text", about: "a sentence to begin with" },
];

/// What stands where one writes, before anything is written.
const HINT: &str = "access write on payments-api for 2 days…";

/// One thing on the screen.
pub(crate) enum Item {
    /// What the person said.
    Said(String),
    /// A card.
    Card(Box<Drawn>),
}

impl Item {
    /// The request it is about: one card of each is enough.
    fn code(&self) -> Option<&str> {
        match self {
            Self::Said(_) => None,
            Self::Card(drawn) => drawn.code.as_deref(),
        }
    }
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    assets: &'a str,
    viewer: Option<ViewerView>,
    choices: Vec<ChoiceView<'a>>,
    fault: Option<&'a str>,
    /// Where the door leads.
    onward: Option<String>,
    stream: Vec<Item>,
    examples: Vec<String>,
    sentences: Vec<String>,
    /// What stands where one writes.
    hint: String,
    draft: String,
}

/// Who is signed in.
pub(crate) struct ViewerView {
    pub(crate) name: String,
    first_name: String,
    pub(crate) tenant: String,
    position: String,
    /// What they have asked here, as a conversation.
    conversation: Uuid,
}

/// Somebody who can be chosen.
pub(crate) struct ChoiceView<'a> {
    pub(crate) label: &'a str,
    pub(crate) token: &'a str,
    pub(crate) chosen: bool,
}

impl ViewerView {
    /// Who looks at a page that shows what there is up to this position.
    pub(crate) fn of(viewer: &Viewer, position: Option<Position>) -> Self {
        let name = viewer.person.name.clone();
        let first_name = name.split_whitespace().next().unwrap_or(&name).to_owned();
        let position = position.map_or_else(|| "0".to_owned(), |position| position.to_string());
        let conversation = private(&viewer.tenant, &viewer.person.id, None);
        Self { name, first_name, tenant: viewer.tenant.to_string(), position, conversation }
    }
}

/// The page of who is signed in; the door for everybody else.
pub(crate) async fn home(State(state): State<HttpState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let query = Query::read(&parts.uri, PARAMETERS)?;
    match Viewer::from_request_parts(&mut parts, &state).await {
        Ok(viewer) => {
            let (status, asked_for) = match query.text("request") {
                Some(code) => pointed_at(&state, &viewer, code).await?,
                None => (StatusCode::OK, vec![]),
            };
            let draft = query.text("text").unwrap_or_default();
            let mut page = conversation(&state, &viewer, draft, asked_for).await?;
            *page.status_mut() = status;
            Ok(page)
        }
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => {
            let onward = Onward::of(&parts.uri).unwrap_or_else(Onward::home);
            answer(&door(&state, ended(&problem), &onward), StatusCode::OK)
        }
        Err(problem) => Err(problem),
    }
}

/// A page that is opened is what its viewer was shown last there.
fn comes_into_view(state: &HttpState, viewer: &Viewer, cards: &[Card]) {
    let spot = Spot::at(&viewer.tenant, &viewer.person.id, viewer.surface, &Scene::default());
    state.world.in_view.show(spot, None, in_view::on_cards(cards));
}

/// The request that an address names, or that there is none that the viewer may see.
async fn pointed_at(
    state: &HttpState,
    viewer: &Viewer,
    given: &str,
) -> Result<(StatusCode, Vec<Item>), Problem> {
    let known = match given.trim().parse() {
        Ok(code) => state.chat.request_card(&viewer.tenant, &viewer.person, &code).await?,
        Err(_) => None,
    };
    let status = if known.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let card = known.unwrap_or_else(|| cards::no_such_request(given));
    comes_into_view(state, viewer, std::slice::from_ref(&card));
    Ok((status, vec![Item::Card(Box::new(Drawn::of(card)))]))
}

/// The door once more, with what was wrong.
pub(crate) fn sign_in_page(
    state: &HttpState,
    problem: &Problem,
    onward: &Onward,
) -> Result<Response, Problem> {
    let mut page = answer(&door(state, Some(problem.detail()), onward), problem.status())?;
    if let Some(seconds) = problem.after() {
        page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(page)
}

/// The door to a page for which one has to sign in.
pub(in crate::http) fn door_to(state: &HttpState, problem: &Problem, onward: &Onward) -> Option<String> {
    let page = door(state, ended(problem), onward).render();
    page.inspect_err(|error| tracing::error!("the door cannot be drawn: {error}")).ok()
}

/// What is wrong, where it is not only that nobody has signed in yet.
fn ended(problem: &Problem) -> Option<&str> {
    Some(problem.detail()).filter(|detail| *detail == SESSION_ENDED)
}

/// What stands open for the viewer, and behind it what was just said.
pub(crate) async fn conversation(
    state: &HttpState,
    viewer: &Viewer,
    draft: &str,
    said: Vec<Item>,
) -> Result<Response, Problem> {
    let position = state.world.store.head().await?;
    if let Some(position) = position {
        wait_for(state, position).await?;
    }
    let cards = state.chat.cards_for(&viewer.tenant, &viewer.person).await?;
    if said.is_empty() {
        comes_into_view(state, viewer, &cards);
    }
    let answered: Vec<_> = said.iter().filter_map(Item::code).map(str::to_owned).collect();
    // As in any conversation: the latest stands at the bottom, where one writes.
    let open = cards.into_iter().rev().map(Drawn::of).map(Box::new).map(Item::Card);
    let open = open.filter(|item| item.code().is_none_or(|code| !answered.iter().any(|own| own == code)));
    let people = state.directory.present(&viewer.tenant).await?.state;
    let names = Names::of(&state.world, &viewer.tenant, &people, &viewer.person).await;
    let page = Page {
        assets: &VERSION,
        viewer: Some(ViewerView::of(viewer, position)),
        choices: choices(state, Some(viewer)),
        fault: None,
        onward: None,
        stream: open.chain(said).collect(),
        examples: examples().into_iter().map(|example| names.in_example(example)).collect(),
        sentences: sentences().map(|sentence| names.in_example(sentence)).collect(),
        hint: names.in_example(HINT),
        draft: draft.to_owned(),
    };
    answer(&page, StatusCode::OK)
}

/// What can be said without knowing a code, as the command table has it.
fn sentences() -> impl Iterator<Item = &'static str> {
    let all = COMMANDS.iter().flat_map(|command| command.examples).copied();
    all.filter(|example| !example.contains(char::is_numeric) || example.starts_with("access"))
}

/// How to begin: asking, looking, and help.
fn examples() -> Vec<&'static str> {
    let of = |name: &str| {
        COMMANDS.iter().find(|command| command.name == name).into_iter().flat_map(|own| own.examples)
    };
    let first = |name: &'static str| of(name).next().copied();
    of("access").copied().take(2).chain(first("my access")).chain(first("help")).collect()
}

fn door<'a>(state: &'a HttpState, fault: Option<&'a str>, onward: &Onward) -> Page<'a> {
    Page {
        assets: &VERSION,
        viewer: None,
        choices: choices(state, None),
        fault,
        onward: onward.leads_further().then(|| onward.to_string()),
        stream: vec![],
        examples: vec![],
        sentences: vec![],
        hint: String::new(),
        draft: String::new(),
    }
}

pub(crate) fn choices<'a>(state: &'a HttpState, viewer: Option<&Viewer>) -> Vec<ChoiceView<'a>> {
    let is = |token: &str| {
        let holder = state.settings.tokens.holder(token);
        viewer.zip(holder).is_some_and(|(viewer, holder)| {
            holder.tenant == viewer.tenant && holder.principal == viewer.person.id
        })
    };
    let view = |choice: &'a crate::http::SignInChoice| ChoiceView {
        label: &choice.label,
        token: &choice.token,
        chosen: is(&choice.token),
    };
    state.settings.sign_in_choices.iter().map(view).collect()
}

/// A page, marked as one: the layer that writes problem documents leaves it as it is, whatever its status.
pub(crate) fn answer(page: &impl Template, status: StatusCode) -> Result<Response, Problem> {
    let html = page.render().map_err(|error| {
        tracing::error!("the page cannot be drawn: {error}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", "The page cannot be drawn; it was logged.")
    })?;
    Ok((status, [IS_PAGE], Html(html)).into_response())
}
