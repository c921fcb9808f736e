//! Signing in and out on the page: a token for a session cookie.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, RequestExt as _};
use countersign_domain::envelope::Digest;
use countersign_domain::record::Record;
use serde::Deserialize;

use super::onward::Onward;
use super::problem::Problem;
use super::request_id::RequestId;
use super::sessions::{HOURS, Session};
use super::state::HttpState;
use super::tokens::Holder;
use super::viewer::{self, Viewer, cookie_name};
use super::{origin, web};

#[derive(Deserialize)]
pub(super) struct SignIn {
    token: String,
    /// The page they had opened.
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`: opens a session and leads on to the page that was wanted, or shows the form again with what was wrong.
pub(super) async fn sign_in(State(state): State<HttpState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    origin::must_not_be_foreign(&parts.headers, state.settings.secure_cookies)?;
    let id = RequestId::from_request_parts(&mut parts, &()).await.unwrap_or_else(|never| match never {});
    let earlier = viewer::session_cookie(&state, &parts.headers)?.map(str::to_owned);
    let Form(SignIn { token, next }) = Request::from_parts(parts, body).extract::<Form<SignIn>, _>().await?;
    let onward = Onward::read(&next).unwrap_or_else(Onward::home);
    let viewer = match viewer::by_token(&state, token.trim(), "web", &id).await {
        Ok(viewer) => viewer,
        // Who mistyped, or shares an address with somebody who guesses, is at the door still, and on the way to the same page.
        Err(problem)
            if [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&problem.status()) =>
        {
            return web::sign_in_page(&state, &problem, &onward);
        }
        Err(problem) => return Err(problem),
    };
    let context = viewer.context(&id, b"sign-in");
    let cause = context.cause("sign-in", state.world.clock.now());
    let record = Record::SignedIn { method: "token".to_owned() };
    state.engine.record(&viewer.tenant, &cause.command.to_string(), &cause, &record).await?;
    let Viewer { tenant, person, .. } = viewer;
    let holder = Holder { tenant, principal: person.id };
    let session = Session::begin(cause.command, holder, Digest::of(token.trim().as_bytes()), cause.at);
    if let Some(earlier) = earlier {
        end(&state, &earlier, &id, Some(&session)).await?;
    }
    Ok(on_to(&onward, cookie(&state, &session.sealed(&state.world.seal), HOURS * 3600)))
}

/// `POST /sign-out`: ends the session.
pub(super) async fn sign_out(
    State(state): State<HttpState>,
    id: RequestId,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    origin::must_be_ours(&headers, state.settings.secure_cookies)?;
    if let Some(cookie) = viewer::session_cookie(&state, &headers)? {
        end(&state, cookie, &id, None).await?;
    }
    Ok(on_to(&Onward::home(), cookie(&state, "", 0)))
}

/// Ends the session in a cookie, unless it is over, or the one that a repeated sign-in has just begun anew.
async fn end(state: &HttpState, cookie: &str, id: &RequestId, new: Option<&Session>) -> Result<(), Problem> {
    match Session::present(state, cookie).await? {
        Some(session) if new != Some(&session) => Ok(session.end(state, id).await?),
        _ => Ok(()),
    }
}

fn on_to(onward: &Onward, cookie: HeaderValue) -> Response {
    ([(SET_COOKIE, cookie)], Redirect::to(&onward.to_string())).into_response()
}

/// `Lax` and not `Strict`: who follows a link from a chat comes with their session. Of what begins elsewhere it goes with links alone; one
/// that leads to anything but a page is refused ([`Viewer`]), and what changes anything must come from a page of ours besides ([`origin`]).
fn cookie(state: &HttpState, sealed: &str, seconds: i64) -> HeaderValue {
    let name = cookie_name(state.settings.secure_cookies);
    let secure = if state.settings.secure_cookies { "; Secure" } else { "" };
    let cookie = format!("{name}={sealed}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&cookie).expect("the letters of base64 and our own")
}
