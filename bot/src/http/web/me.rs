//! `/me`: what the bot keeps of who is signed in, and what they can change of it. Every change is a sentence of the command
//! table, said by a form.

use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Form, RequestExt as _};
use countersign_domain::names::Tenant;
use countersign_domain::ports::Identity;
use countersign_domain::tenant::{BoundBy, QuietHours};
use countersign_domain::words::{flat, instant};
use jiff::Timestamp;
use serde::Deserialize;

use super::assets::VERSION;
use super::card::Drawn;
use super::page::{ChoiceView, ViewerView, answer, choices};
use crate::http::problem::Problem;
use crate::http::rejections;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::moment::Here;

/// How long the page waits for the names that vendors know people by, in real time.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "me.html")]
struct Me<'a> {
    assets: &'a str,
    viewer: Option<ViewerView>,
    choices: Vec<ChoiceView<'a>>,
    answers: Vec<Drawn>,
    accounts: Vec<Account>,
    quiet: Option<Quiet>,
    do_not_ping: bool,
    away: Option<Away>,
    groups: Vec<String>,
    /// Where they live, by its IANA name.
    zone: String,
}

/// A chat account of theirs.
struct Account {
    surface: &'static str,
    /// The name that people see there; as the vendor calls it, where that does not say.
    name: String,
    /// As the vendor calls it.
    user: String,
    identity: String,
    since: Instant,
    how: &'static str,
}

/// Quiet hours as a browser's fields have them.
struct Quiet {
    from: String,
    to: String,
    zone: String,
}

/// A moment for machines, and in words.
struct Instant(String, String);

impl Instant {
    fn of(at: Timestamp) -> Self {
        Self(at.to_string(), instant(at))
    }
}

struct Away {
    until: Instant,
    deputies: Option<String>,
}

/// A change: a sentence, or the parts of one.
#[derive(Deserialize)]
struct Wish {
    say: Option<String>,
    from: Option<String>,
    to: Option<String>,
    zone: Option<String>,
    home: Option<String>,
    until: Option<String>,
    deputies: Option<String>,
}

impl Wish {
    /// What it says.
    fn sentence(self) -> Option<String> {
        let filled =
            |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(say) = filled(self.say) {
            return Some(say);
        }
        if let (Some(from), Some(to)) = (filled(self.from), filled(self.to)) {
            let zone = filled(self.zone).unwrap_or_else(|| "UTC".to_owned());
            return Some(format!("quiet from {from} to {to} in {zone}"));
        }
        if let Some(home) = filled(self.home) {
            return Some(format!("my time zone is {home}"));
        }
        let until = filled(self.until)?;
        let ask = filled(self.deputies).map(|group| format!(" ask {group}")).unwrap_or_default();
        Some(format!("omit me until {until}{ask}"))
    }
}

/// The page.
pub(in crate::http) async fn me(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
) -> Result<Response, Problem> {
    let here = state.chat.here(&viewer.context(&id, b"")).await?;
    draw(&state, &viewer, &here, vec![]).await
}

/// Says what a form of the page says, and shows the answer above what is so now.
pub(in crate::http) async fn change(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    request: Request,
) -> Result<Response, Problem> {
    let Form(wish) = request.extract::<Form<Wish>, _>().await?;
    let Some(text) = wish.sentence() else {
        return Err(Problem::bad_request("Nothing was filled in, so nothing was changed."));
    };
    rejections::must_be_seen([&text])?;
    let context = viewer.context(&id, text.as_bytes());
    let cards = state.chat.say(&context, &text).await?;
    let here = state.chat.here(&context).await?;
    draw(&state, &viewer, &here, cards.into_iter().map(Drawn::of).collect()).await
}

async fn draw(
    state: &HttpState,
    viewer: &Viewer,
    here: &Here,
    answers: Vec<Drawn>,
) -> Result<Response, Problem> {
    let (people, id) = (state.directory.present(&viewer.tenant).await?.state, &viewer.person.id);
    let own = people.identities(id);
    let names = names(state, &viewer.tenant, own.iter().map(|(identity, _)| *identity)).await;
    let accounts = own.iter().zip(names).map(|((identity, binding), name)| Account {
        surface: identity.surface.name(),
        name: name.unwrap_or_else(|| identity.user.clone()),
        user: identity.user.clone(),
        identity: identity.to_string(),
        since: Instant::of(binding.since),
        how: match binding.by {
            BoundBy::Code => "by a code of yours",
            BoundBy::Directory => "by the directory",
        },
    });
    let (preferences, now) = (people.preferences(id), state.world.clock.now());
    let mut groups: Vec<_> =
        people.people.values().flat_map(|person| person.groups.iter().cloned()).collect();
    groups.sort();
    groups.dedup();
    let page = Me {
        assets: &VERSION,
        viewer: Some(ViewerView::of(viewer, None)),
        choices: choices(state, Some(viewer)),
        answers,
        accounts: accounts.collect(),
        quiet: preferences.quiet.map(Quiet::of),
        do_not_ping: preferences.do_not_ping,
        away: preferences
            .away
            .filter(|away| away.until > now)
            .map(|away| Away { until: Instant::of(away.until), deputies: away.deputies }),
        groups,
        zone: here.zone.iana_name().unwrap_or("UTC").to_owned(),
    };
    answer(&page, StatusCode::OK)
}

/// By what names people see these accounts where they chat, as far as the vendors say it soon.
async fn names<'a>(
    state: &HttpState,
    tenant: &Tenant,
    identities: impl Iterator<Item = &'a Identity>,
) -> Vec<Option<String>> {
    let name = async |identity: &Identity| {
        let surface = state.world.talk(tenant)?.surfaces.get(&identity.surface)?;
        let profile = state.world.waits(PATIENCE, surface.profile(identity)).await.ok()?.ok()??;
        Some(flat(&profile.name)).filter(|name| !name.is_empty())
    };
    futures::future::join_all(identities.map(name)).await
}

impl Quiet {
    fn of(hours: QuietHours) -> Self {
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        Self { from: time(hours.from), to: time(hours.to), zone: hours.zone }
    }
}
