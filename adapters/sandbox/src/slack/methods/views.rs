//! Forms and Home tabs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::slack::api::Answer;
use crate::slack::arguments::Arguments;
use crate::slack::{Shared, SlackState, SlackView, blocks, shapes};

pub(in crate::slack) fn open(shared: &Shared, arguments: &Arguments) -> Answer {
    let view = wanted(arguments, "modal")?;
    let user = shared.triggers.exchange(&arguments.needed("trigger_id")?)?;
    shared.change(|state| {
        let id = state.id("V");
        let view = made(state, &id, &user, view);
        let shape = shapes::view(state, &view);
        state.views.insert(id, Arc::new(view));
        Ok(json!({"view": shape}))
    })
}

pub(in crate::slack) fn update(shared: &Shared, arguments: &Arguments) -> Answer {
    let (id, view) = (arguments.needed("view_id")?, wanted(arguments, "modal")?);
    let hash = arguments.text("hash");
    shared.change(|state| {
        let before = state.views.get(&id).ok_or("not_found")?.clone();
        if hash.is_some_and(|hash| hash != before.hash) {
            return Err("hash_conflict");
        }
        let view = SlackView { filled: before.filled.clone(), ..made(state, &id, &before.user, view) };
        let shape = shapes::view(state, &view);
        state.views.insert(id, Arc::new(view));
        Ok(json!({"view": shape}))
    })
}

pub(in crate::slack) fn publish(shared: &Shared, arguments: &Arguments) -> Answer {
    let (user, view) = (arguments.needed("user_id")?, wanted(arguments, "home")?);
    shared.change(|state| {
        state.user(&user).ok_or("user_not_found")?;
        let id = state.homes.get(&user).map(|home| home.id.clone());
        let id = id.unwrap_or_else(|| state.id("V"));
        let view = made(state, &id, &user, view);
        let shape = shapes::view(state, &view);
        state.homes.insert(user, Arc::new(view));
        Ok(json!({"view": shape}))
    })
}

fn wanted(arguments: &Arguments, kind: &str) -> Result<Value, &'static str> {
    let view = arguments.json("view")?.ok_or("invalid_arguments")?;
    blocks::view(&view)?;
    if view["type"] == kind { Ok(view) } else { Err("invalid_arguments") }
}

fn made(state: &mut SlackState, id: &str, user: &str, view: Value) -> SlackView {
    SlackView {
        id: id.to_owned(),
        user: user.to_owned(),
        hash: state.ts(),
        view,
        filled: BTreeMap::new(),
        errors: BTreeMap::new(),
    }
}
