//! `GET` and `PUT /api/v1/rules`: the rules in force, as text, and new ones, with every fault and its line; and the versions there
//! were.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use countersign_domain::denied::Violation;
use countersign_domain::tenant::{Rulebook, RulebookCommand};
use countersign_domain::words::violation;
use countersign_projections::ProjectionError;
use serde_json::{Value, json};

use crate::aside::aside;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::rule_change::versions::{self, Version};

/// The rules in force. Everybody may read them: they say who may approve what.
pub(in crate::http) async fn show(
    State(state): State<HttpState>,
    viewer: Viewer,
) -> Result<Json<Value>, Problem> {
    let present = state.directory.present(&viewer.tenant).await?;
    let rules = present.rulebook.in_force.as_ref();
    let (version, text) = rules.map_or((0, ""), |rules| (rules.version, rules.text.as_str()));
    Ok(Json(json!({ "version": version, "text": text })))
}

/// Every version there was, the newest first.
pub(in crate::http) async fn versions(
    State(state): State<HttpState>,
    viewer: Viewer,
) -> Result<Json<Value>, Problem> {
    let mut items = versions::versions(&*state.world.store, &viewer.tenant).await?;
    items.reverse();
    Ok(Json(json!({ "items": items, "next": null })))
}

/// One of them, with its text.
pub(in crate::http) async fn version(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let mut all = versions::versions(&*state.world.store, &viewer.tenant).await?.into_iter();
    let found = all.find(|version| version.version.to_string() == number);
    let given = || Violation::UnknownVersion { given: number.chars().take(20).collect() };
    let Version { version, at, by, text } = found.ok_or_else(|| Problem::not_found(violation(&given())))?;
    Ok(Json(json!({ "version": version, "at": at, "by": by, "text": text })))
}

/// Publishes the text in the body, and answers with what is in force then.
pub(in crate::http) async fn publish(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let body = body?;
    if headers.get(CONTENT_TYPE).is_some_and(|media| media.as_bytes().starts_with(b"application/json")) {
        return Err(Problem::bad_request("Send the rules as they are, as text/plain, and not as JSON."));
    }
    let text =
        std::str::from_utf8(&body).map_err(|_| Problem::bad_request("The rules must be text in UTF-8."))?;
    let cause = viewer.context(&id, &body).cause("publish rules", state.world.clock.now());
    let by = Some(viewer.person.clone());
    let (engine, tenant, text) = (state.engine.clone(), viewer.tenant.clone(), text.to_owned());
    // Whether rules can be used takes as long to find out as their author likes.
    let publish = async move {
        let command = || RulebookCommand::Publish { by: by.clone(), text: text.clone() };
        engine.execute::<Rulebook>(&tenant, tenant.as_str(), &cause, "publish rules", command).await
    };
    let done = aside(publish).await.map_err(|error| ProjectionError::Interrupted(error.to_string()))??;
    let done = done.map_err(|denied| Problem::denied(&denied))?;
    let rules = done.state.in_force;
    Ok(Json(
        json!({ "version": rules.as_ref().map(|rules| rules.version), "text": rules.map(|rules| rules.text) }),
    ))
}
