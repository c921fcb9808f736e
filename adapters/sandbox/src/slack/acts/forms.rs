//! Forms: searching, filling in, sending.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::{Shared, SlackState, SlackView, shapes};
use super::{SlackActed, interaction, used};

pub(super) async fn search(
    shared: &Arc<Shared>,
    user: &str,
    view: &str,
    block: &str,
    query: &str,
) -> Result<SlackActed, String> {
    let state = shared.state();
    let kept = open(&state, user, view)?;
    let mut payload = interaction(shared, &state, "block_suggestion", user)?;
    payload["view"] = shapes::view(&state, kept);
    payload["container"] = json!({"type": "view", "view_id": view});
    payload["block_id"] = block.into();
    payload["action_id"] = field(kept, block)?["action_id"].clone();
    payload["value"] = query.into();
    used(shared, payload).await
}

/// Fills in a field; where the field says what is entered (`dispatch_action`), the app is told.
pub(super) async fn fill(
    shared: &Arc<Shared>,
    user: &str,
    view: &str,
    block: &str,
    value: &str,
) -> Result<SlackActed, String> {
    open(&shared.state(), user, view)?;
    let kept = shared.change(|state| {
        let kept = state.views.get_mut(view).map(Arc::make_mut).ok_or("view_not_found")?;
        kept.filled.insert(block.to_owned(), value.to_owned());
        Ok(kept.clone())
    })?;
    let blocks = kept.view["blocks"].as_array().into_iter().flatten();
    let told = blocks.filter(|one| one["block_id"] == block).any(|one| one["dispatch_action"] == true);
    if !told {
        return Ok(SlackActed::default());
    }
    let state = shared.state();
    let mut payload = interaction(shared, &state, "block_actions", user)?;
    let element = field(&kept, block)?;
    payload["view"] = shapes::view(&state, &kept);
    payload["container"] = json!({"type": "view", "view_id": view});
    let held = &payload["view"]["state"]["values"][block];
    let mut action = held.as_object().and_then(|held| held.values().next()).cloned().unwrap_or_default();
    action["action_id"] = element["action_id"].clone();
    action["block_id"] = block.into();
    action["action_ts"] = "1548426417.840180".into();
    payload["actions"] = json!([action]);
    used(shared, payload).await
}

/// Sends the form: it closes, or shows what is wrong.
pub(super) async fn submit(shared: &Arc<Shared>, user: &str, view: &str) -> Result<SlackActed, String> {
    let state = shared.state();
    let kept = open(&state, user, view)?;
    let mut payload = interaction(shared, &state, "view_submission", user)?;
    payload["view"] = shapes::view(&state, kept);
    payload["response_urls"] = json!([]);
    let acted = used(shared, payload).await?;
    let answer = acted.answer.clone().unwrap_or_default();
    if answer.acknowledged {
        let body = answer.body.unwrap_or_default();
        shared.change(|state| {
            let kept = state.views.get_mut(view).map(Arc::make_mut).ok_or("view_not_found")?;
            match body["response_action"].as_str() {
                Some("errors") => {
                    kept.errors =
                        serde_json::from_value(body["errors"].clone()).map_err(|_| "invalid_errors")?;
                }
                Some("update") => kept.view = body["view"].clone(),
                _ => drop(state.views.remove(view)),
            }
            Ok(())
        })?;
    }
    Ok(acted)
}

fn open<'a>(state: &'a SlackState, user: &str, view: &str) -> Result<&'a SlackView, String> {
    let found = state.views.get(view).map(Arc::as_ref);
    found.filter(|view| view.user == user).ok_or_else(|| "view_not_found".to_owned())
}

/// The element of a block of a form.
fn field<'a>(view: &'a SlackView, block: &str) -> Result<&'a Value, String> {
    let blocks = view.view["blocks"].as_array().into_iter().flatten();
    let found = blocks.filter(|one| one["block_id"] == block).map(|one| &one["element"]).next();
    found.ok_or_else(|| "no_such_block".to_owned())
}
