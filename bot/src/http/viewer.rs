//! Who is asking: by bearer token or by the browser's session, and always as the directory knows them now.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use countersign_domain::names::Tenant;
use countersign_domain::tenant::{Person, Role};
use countersign_projections::request::Reader;

use super::onward::Onward;
use super::origin;
use super::problem::Problem;
use super::rate;
use super::refusal;
use super::request_id::RequestId;
use super::sessions::Session;
use super::state::HttpState;
use super::tokens::Holder;
use crate::context::Context;
use crate::engine::Failure;

/// The cookie's name: with the prefix that lets no page of a neighbouring name, and nobody without TLS, set it. Browsers take it
/// by TLS only, so the demo on this machine does without.
pub(super) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-countersign_session" } else { "countersign_session" }
}
/// What is said to who comes with a session that is over.
pub(super) const SESSION_ENDED: &str = "The session has ended: sign in again.";
/// Where a program says what it is. It is only told so: nothing is let pass for it.
const SURFACE: HeaderName = HeaderName::from_static("x-countersign-surface");
/// What it may say: both are programs with a token. Where a browser's session is, we know ourselves.
const PROGRAMS: [&str; 2] = ["terminal", "api"];

/// A person of a tenant who may be here.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    /// Whose data they see.
    pub(crate) tenant: Tenant,
    /// Who they are, as the directory knows them now.
    pub(crate) person: Person,
    /// Where they sit.
    pub(crate) surface: &'static str,
    /// The session they are here by, where not by a token.
    pub(super) session: Option<Session>,
}

impl Viewer {
    /// Whether they see everything of their tenant.
    pub(crate) fn sees_all(&self) -> bool {
        self.person.is(Role::Auditor) || self.person.is(Role::Admin)
    }

    /// The one whose affairs a list is limited to, where they do not see everything of their tenant.
    pub(crate) fn limited(&self) -> Option<&Person> {
        Some(&self.person).filter(|_| !self.sees_all())
    }

    /// Refuses those who do not see everything of their tenant.
    pub(crate) fn must_see_all(&self) -> Result<(), Problem> {
        if self.sees_all() { Ok(()) } else { Err(Problem::forbidden("This takes an auditor or an admin.")) }
    }

    /// As whom they read their own lists; nothing where they see everything.
    pub(crate) async fn own_lists(&self, state: &HttpState) -> Result<Option<Reader>, Problem> {
        if self.sees_all() {
            return Ok(None);
        }
        Ok(Some(Reader { person: self.person.clone(), absent: self.absent(state).await? }))
    }

    /// Those who are away now and whom they may stand in for.
    pub(crate) async fn absent(&self, state: &HttpState) -> Result<Vec<Person>, Failure> {
        let people = state.directory.present(&self.tenant).await?.state;
        Ok(people.absent_for(&self.person, state.world.clock.now()))
    }

    /// The interaction in which they send `content`; the same delivery twice is one.
    pub(crate) fn context(&self, id: &RequestId, content: &[u8]) -> Context {
        let who = format!("{}/{}", self.tenant, self.person.id);
        let interaction = id.interaction(&who, content);
        let begun = Context::begin(self.tenant.clone(), self.person.clone(), self.surface, interaction);
        Context { correlation: id.correlation(&who), ..begun }
    }
}

impl FromRequestParts<HttpState> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let viewer = Self::shown_by(parts, state).await?;
        rate::count(state, parts, &viewer)?;
        Ok(viewer)
    }
}

impl Viewer {
    /// Whoever a request shows to be asking.
    async fn shown_by(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        if let Some(token) = bearer(&parts.headers)? {
            let surface = surface(&parts.headers)?;
            let token = token.to_owned();
            let id = RequestId::from_request_parts(parts, state).await.unwrap_or_else(|never| match never {});
            return by_token(state, &token, surface, &id).await;
        }
        let Some(cookie) = session_cookie(state, &parts.headers)? else {
            return Err(Problem::sign_in_needed(
                "Send the header Authorization: Bearer <token>, or sign in on the page.",
            ));
        };
        let (is_looked_at, by_tls) =
            (matches!(parts.method, Method::GET | Method::HEAD), state.settings.secure_cookies);
        match Onward::of(&parts.uri) {
            Some(_) if is_looked_at => {}
            // A link from elsewhere leads to a page. All else is read by our own: reading it can stand in the log, and take a turn.
            None if is_looked_at => origin::must_not_be_foreign(&parts.headers, by_tls)?,
            _ => origin::must_be_ours(&parts.headers, by_tls)?,
        }
        let ended = || Problem::sign_in_needed(SESSION_ENDED);
        let session = Session::present(state, cookie).await?.ok_or_else(ended)?;
        let viewer = look_up(state, &session.holder(), "web").await?.ok_or_else(ended)?;
        Ok(Self { session: Some(session), ..viewer })
    }
}

/// Who a token stands for. A refusal is an event.
pub(super) async fn by_token(
    state: &HttpState,
    token: &str,
    surface: &'static str,
    id: &RequestId,
) -> Result<Viewer, Problem> {
    let holder = state.settings.tokens.holder(token).cloned();
    let viewer = match &holder {
        Some(holder) => look_up(state, holder, surface).await?,
        None => None,
    };
    if let Some(viewer) = viewer {
        return Ok(viewer);
    }
    let why = holder.as_ref().map_or_else(
        || "the token is unknown".to_owned(),
        |holder| format!("{} does not belong to the tenant any more", holder.principal),
    );
    refusal::of_sign_in(state, holder.as_ref().map(|holder| &holder.tenant), why, id, surface).await?;
    braked(state, id)?;
    Err(Problem::sign_in_needed("This token is not good: ask an admin for one that is."))
}

/// Counts a wrong token. Where there were too many from where this one came, when to come again.
pub(super) fn braked(state: &HttpState, id: &RequestId) -> Result<(), Problem> {
    let Some(seconds) = state.brake.wrong(id.sender(), state.world.clock.now()) else { return Ok(()) };
    let detail = format!(
        "This token is not good, and too many came from your address that are not: try again in {seconds} seconds, or ask an \
         admin for one that is good. It is taken at once."
    );
    Err(Problem::too_many(detail, seconds))
}

async fn look_up(
    state: &HttpState,
    holder: &Holder,
    surface: &'static str,
) -> Result<Option<Viewer>, Problem> {
    let person = state.directory.person(&holder.tenant, &holder.principal).await?;
    Ok(person.map(|person| Viewer { tenant: holder.tenant.clone(), person, surface, session: None }))
}

pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() {
        return Ok(Some(token.trim()));
    }
    Err(Problem::sign_in_needed("The header Authorization must be `Bearer <token>`."))
}

fn surface(headers: &HeaderMap) -> Result<&'static str, Problem> {
    let Some(value) = headers.get(SURFACE) else { return Ok("api") };
    let known = value.to_str().ok().and_then(|text| PROGRAMS.into_iter().find(|own| *own == text));
    known.ok_or_else(|| {
        Problem::bad_request(
            "`X-Countersign-Surface` must be terminal or api: what comes with a token comes from a program. The console is where \
             somebody has signed in.",
        )
    })
}

/// The session among the cookies, sealed as it is. Of two, one could have been planted.
pub(super) fn session_cookie<'h>(
    state: &HttpState,
    headers: &'h HeaderMap,
) -> Result<Option<&'h str>, Problem> {
    let own = cookie_name(state.settings.secure_cookies);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut own = pairs.filter(|(name, _)| *name == own).map(|(_, sealed)| sealed);
    match (own.next(), own.next()) {
        (_, Some(_)) => Err(Problem::bad_request(
            "The cookie of the session came twice, and only one of them could count, so nothing was done: delete this site's \
             cookies, and sign in again.",
        )),
        (session, None) => Ok(session),
    }
}
