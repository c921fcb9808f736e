//! What every request to a sandbox goes through: the ordered trouble, and the list of what was asked.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::faults::{Drop, Fault, Faults};
use crate::line::Cut;

/// How many requests are remembered.
const REMEMBERED: usize = 500;
/// The largest request body, in bytes.
const LARGEST: usize = 1024 * 1024;

/// One request, as `/_sandbox/calls` shows it: never with its credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// When it came.
    pub at: Timestamp,
    /// Method and path, with the query.
    pub request: String,
    /// The `X-Request-ID` it carried.
    pub request_id: Option<String>,
    /// The body, where it was JSON.
    pub body: Option<Value>,
    /// The status of the answer; absent where the connection was cut.
    pub status: Option<u16>,
    /// The trouble that befell it.
    pub fault: Option<Fault>,
}

/// The ordered trouble and the remembered requests of one sandbox.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    faults: Mutex<Faults>,
    /// What was asked, with the body as it came: it is read when somebody looks at it, which is seldom.
    calls: Mutex<VecDeque<(Call, Bytes)>>,
}

impl Traffic {
    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The remembered requests, oldest first.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let read = |(call, body): (Call, Bytes)| Call { body: serde_json::from_slice(&body).ok(), ..call };
        calls.into_iter().map(read).collect()
    }

    fn remember(&self, call: Call, body: Bytes) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() == REMEMBERED {
            calls.pop_front();
        }
        calls.push_back((call, body));
    }
}

/// The middleware around a vendor's API.
pub(crate) async fn pass(
    State(traffic): State<std::sync::Arc<Traffic>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let line = format!("{} {}", parts.method, parts.uri);
    let mut call = noted(&line, &parts.headers);
    let (latency, fault) = {
        let mut faults = traffic.faults();
        (faults.latency_ms, faults.take(&line))
    };
    let delay = latency + fault.as_ref().and_then(|fault| fault.delay_ms).unwrap_or_default();
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    let instead = fault.as_ref().and_then(instead);
    let dropped = fault.as_ref().and_then(|fault| fault.drop);
    let response = match instead {
        Some(response) => response,
        None => next.run(Request::from_parts(parts, Body::from(body.clone()))).await,
    };
    call.fault = fault;
    call.status = dropped.is_none().then_some(response.status().as_u16());
    traffic.remember(call, body);
    if dropped.is_some() {
        cut.now();
    }
    response
}

/// What is answered instead of carrying the request out.
fn instead(fault: &Fault) -> Option<Response> {
    let text = match (&fault.body, fault.fill) {
        (Some(body), _) => Some(body.clone()),
        (None, Some(bytes)) => Some(" ".repeat(bytes)),
        (None, None) => None,
    };
    let dropped_before = fault.drop == Some(Drop::Before);
    if fault.status.is_none() && text.is_none() && !dropped_before {
        return None;
    }
    let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let mut response = (status, text.unwrap_or_else(|| "{}".to_owned())).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    if let Some(seconds) = fault.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(location) = fault.location.as_ref().and_then(|to| to.parse().ok()) {
        headers.insert(header::LOCATION, location);
    }
    Some(response)
}

fn noted(line: &str, headers: &HeaderMap) -> Call {
    let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    Call { at: Timestamp::now(), request: line.to_owned(), request_id, body: None, status: None, fault: None }
}
