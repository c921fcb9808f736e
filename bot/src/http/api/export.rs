//! `GET /api/v1/export`: whole envelopes of the tenant as JSON Lines, for the audit tools of auditors; before them a notice, where
//! there is something that each of them should know.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::ports::StoreError;
use countersign_domain::tenant::Person;
use futures::stream::{self, Stream, StreamExt as _};

use crate::http::heavy::Turn;
use crate::http::problem::Problem;
use crate::http::query::{Parameter, Query};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::notice;
use crate::tickets;

/// What it takes.
pub(in crate::http) const PARAMETERS: &[Parameter] =
    &[Parameter { name: "after", about: "the position of the last event that is known already" }];

/// So few that writing them down keeps nobody waiting.
const PAGE: usize = 256;

/// Everything up to where the log was when this was asked, in order, one envelope a line.
pub(in crate::http) async fn export(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    uri: Uri,
) -> Result<Response, Problem> {
    viewer.must_see_all()?;
    let after: Option<Position> = Query::read(&uri, PARAMETERS)?.value("after", "give a position")?;
    let what = after.map_or_else(|| "an export".to_owned(), |after| format!("an export after {after}"));
    let people = state.directory.present(&viewer.tenant).await?.state;
    let notice = notice::line(&people).map(|line| Ok(Bytes::from(line)));
    let head = state.world.store.head().await?;
    let turn = Turn::take(&state, &viewer, &id, &what).await?;
    let body = Body::from_stream(stream::iter(notice).chain(lines(state, viewer, turn, after, head)));
    Ok(([(CONTENT_TYPE, "application/jsonl")], body).into_response())
}

/// A page of lines at a time. An error cuts the stream off, so that half an export is never taken for a whole one.
fn lines(
    state: HttpState,
    viewer: Viewer,
    turn: Turn,
    after: Option<Position>,
    head: Option<Position>,
) -> impl Stream<Item = Result<Bytes, StoreError>> {
    let turn = Arc::new(turn);
    stream::try_unfold(after, move |after| {
        let (state, viewer, turn) = (state.clone(), viewer.clone(), Arc::clone(&turn));
        async move {
            if after >= head {
                return Ok(None);
            }
            if !turn.goes_on(state.world.clock.now()) {
                return Err(StoreError::Unavailable("nobody took what was read for too long".into()));
            }
            let page = state.world.store.read_all(after, PAGE).await?;
            let Some(last) = page.last().map(|envelope| envelope.pos) else { return Ok(None) };
            let own =
                page.iter().filter(|envelope| envelope.tenant == viewer.tenant && Some(envelope.pos) <= head);
            let text: String = own.map(|envelope| line(envelope, &viewer.person)).collect();
            Ok(Some((Bytes::from(text), Some(last))))
        }
    })
}

/// An auditor reads every envelope as it stands in the log, and can prove that it does. For an admin, what they cannot see of a
/// ticket is left out; such a line does not fit its hash any more.
fn line(envelope: &Envelope, viewer: &Person) -> String {
    let plain = "envelopes are plain data with text keys";
    let mut told = serde_json::to_value(envelope).expect(plain);
    let mut line = if tickets::sees_whole(&told, viewer) {
        serde_json::to_string(envelope).expect(plain)
    } else {
        tickets::hide(&mut told, viewer);
        told.to_string()
    };
    line.push('\n');
    line
}
