//! What the bot hears of what people do in the sandbox's Teams.

use serde_json::{Value, json};

use super::acts::{ActError, TeamsAct};
use super::connector::join;
use super::deliver::Delivered;
use super::{Shared, Talk, TalkKind, TeamsMessage, TeamsState, TeamsUser, files};

/// Where an activity comes from.
struct Scene {
    user: TeamsUser,
    talk: Talk,
    thread: Option<String>,
    message: Option<TeamsMessage>,
}

impl Shared {
    /// Does it, tells the bot, and shows its answer.
    pub(super) async fn act(&self, act: TeamsAct) -> Result<Delivered, ActError> {
        let base = self.service_url();
        let (scene, mut activity) = self.controlled.state.change(|state| begun(state, &act, &base))?;
        self.frame(&scene, &mut activity);
        let delivered = self.deliver(activity).await;
        if let Some(answer) = &delivered.answer
            && let Some(message) = &scene.message
            && answer["type"] == "application/vnd.microsoft.card.adaptive"
        {
            self.controlled.state.change(|state| {
                // It may have been changed for all by now, which counts more.
                if let Some(kept) = state.message_mut(&message.id).filter(|kept| kept.card == message.card) {
                    kept.seen.insert(scene.user.id.clone(), answer["value"].clone());
                }
                Ok::<_, ActError>(())
            })?;
        }
        Ok(delivered)
    }

    /// What every activity of Teams has.
    fn frame(&self, scene: &Scene, activity: &mut Value) {
        let state = self.controlled.state.get();
        let Scene { user, talk, thread, message } = scene;
        activity["timestamp"] = self.now().to_string().into();
        activity["channelId"] = "msteams".into();
        activity["serviceUrl"] = self.service_url().into();
        activity["from"] = json!({ "id": user.id, "name": user.name, "aadObjectId": user.object });
        activity["recipient"] = json!({ "id": state.bot(), "name": state.bot_name });
        activity["conversation"] = json!({
            "id": join(talk, thread.as_deref()),
            "conversationType": talk.kind,
            "tenantId": state.tenant,
        });
        activity["channelData"] = json!({ "tenant": { "id": state.tenant } });
        if talk.kind != TalkKind::Personal {
            activity["conversation"]["isGroup"] = true.into();
        }
        if talk.kind == TalkKind::Channel {
            activity["channelData"]["channel"] = json!({ "id": talk.id });
            activity["channelData"]["team"] = json!({ "id": talk.id });
        }
        if let (Some(message), true) = (message, activity["replyToId"].is_null()) {
            activity["replyToId"] = message.id.clone().into();
        }
    }
}

/// Finds who and where it is, changes what people see, and begins the activity.
fn begun(state: &mut TeamsState, act: &TeamsAct, base: &str) -> Result<(Scene, Value), ActError> {
    match act {
        TeamsAct::Install { user, talk } => {
            let scene = at(state, user, talk.as_deref())?;
            let bot = state.bot();
            let activity = json!({ "type": "conversationUpdate", "membersAdded": [{ "id": bot }] });
            Ok((scene, numbered(state, activity)))
        }
        TeamsAct::Leave { user, talk } => gone(state, user, talk),
        TeamsAct::Say { user, talk, thread, text } => {
            said(state, user, talk.as_deref(), thread.clone(), text)
        }
        TeamsAct::Share { user, talk, text, file } => {
            let (scene, mut activity) = said(state, user, talk.as_deref(), None, text)?;
            activity["attachments"] = files::attached(state, &scene.talk, file, base);
            Ok((scene, activity))
        }
        TeamsAct::Press { user, message, button, inputs } => {
            let scene = on(state, user, message)?;
            let action = pressable(&scene, button).and_then(|action| opened(action, inputs));
            let action = action.ok_or_else(|| no_button(user, button))?;
            let value = json!({ "action": action, "trigger": "manual" });
            Ok((scene, invoke(state, "adaptiveCard/action", &value)))
        }
        TeamsAct::Look { user, message } => {
            let scene = on(state, user, message)?;
            let action =
                scene.message.as_ref().and_then(|message| message.card.as_ref()?.pointer("/refresh/action"));
            let action = action.cloned().ok_or_else(|| no_button(user, "Refresh"))?;
            let value = json!({ "action": action, "trigger": "automatic" });
            Ok((scene, invoke(state, "adaptiveCard/action", &value)))
        }
        TeamsAct::React { user, message, kind, back } => reacted(state, user, message, kind, *back),
        TeamsAct::Edit { user, message, text } => edited(state, user, message, text),
        TeamsAct::Delete { user, message } => {
            let mut scene = on(state, user, message)?;
            state.messages.remove(|other| other.id == *message);
            scene.message = None;
            Ok((scene, json!({ "type": "messageDelete", "id": message })))
        }
        TeamsAct::OpenForm { user, talk, about } => {
            opens_form(state, user, talk.as_deref(), about.as_deref())
        }
        TeamsAct::SubmitForm { user, talk, data } => {
            let scene = at(state, user, talk.as_deref())?;
            let value = json!({ "commandId": "request", "commandContext": "compose", "data": data });
            Ok((scene, invoke(state, "composeExtension/submitAction", &value)))
        }
        TeamsAct::Search { user, talk, list, text } => {
            let scene = at(state, user, talk.as_deref())?;
            let options = json!({ "skip": 0, "top": 15 });
            let value = json!({ "queryText": text, "queryOptions": options, "dataset": list });
            Ok((scene, invoke(state, "application/search", &value)))
        }
    }
}

fn edited(state: &mut TeamsState, user: &str, message: &str, text: &str) -> Result<(Scene, Value), ActError> {
    let scene = on(state, user, message)?;
    if let Some(kept) = state.message_mut(message) {
        text.clone_into(&mut kept.text);
        kept.edited = true;
    }
    let activity = json!({ "type": "messageUpdate", "id": message, "text": text });
    Ok((Scene { message: None, ..scene }, activity))
}

fn opens_form(
    state: &mut TeamsState,
    user: &str,
    talk: Option<&str>,
    about: Option<&str>,
) -> Result<(Scene, Value), ActError> {
    let scene = at(state, user, talk)?;
    let mut value = json!({ "commandId": "request", "commandContext": "compose" });
    if let Some(message) = about.and_then(|id| state.message(id)) {
        let body = json!({ "contentType": "text", "content": message.text });
        value["commandContext"] = "message".into();
        value["messagePayload"] = json!({ "id": message.id, "body": body });
    }
    Ok((scene, invoke(state, "composeExtension/fetchTask", &value)))
}

fn gone(state: &mut TeamsState, user: &str, talk: &str) -> Result<(Scene, Value), ActError> {
    let scene = at(state, user, Some(talk))?;
    let own = state.talks.iter_mut().filter(|own| own.id == scene.talk.id);
    own.for_each(|own| own.members.retain(|member| *member != scene.user.id));
    let account = json!({ "id": scene.user.id, "aadObjectId": scene.user.object });
    let activity = json!({ "type": "conversationUpdate", "membersRemoved": [account] });
    Ok((scene, numbered(state, activity)))
}

fn said(
    state: &mut TeamsState,
    user: &str,
    talk: Option<&str>,
    thread: Option<String>,
    text: &str,
) -> Result<(Scene, Value), ActError> {
    let mut scene = at(state, user, talk)?;
    let (id, bot, name) = (state.next(), state.bot(), state.bot_name.clone());
    // In a channel a message that answers none begins a thread of its own.
    scene.thread =
        (scene.talk.kind == TalkKind::Channel).then(|| thread.clone().unwrap_or_else(|| id.clone()));
    state.keep(TeamsMessage {
        id: id.clone(),
        talk: scene.talk.id.clone(),
        thread: thread.filter(|_| scene.talk.kind == TalkKind::Channel),
        from: scene.user.id.clone(),
        text: text.to_owned(),
        ..TeamsMessage::default()
    });
    let mut activity = json!({ "type": "message", "id": id, "text": text, "textFormat": "plain" });
    let mention = |id: &str, name: &str| {
        let mentioned = json!({ "id": id, "name": name });
        json!({ "type": "mention", "text": format!("<at>{name}</at>"), "mentioned": mentioned })
    };
    // Of a person who is mentioned Teams tells no more than the id in Teams.
    let named = state.users.iter().filter(|user| text.contains(&format!("<at>{}</at>", user.name)));
    let mut entities: Vec<_> = named.map(|user| mention(&user.id, &user.name)).collect();
    if scene.talk.kind != TalkKind::Personal {
        activity["text"] = format!("<at>{name}</at> {text}").into();
        entities.push(mention(&bot, &name));
    }
    if !entities.is_empty() {
        activity["entities"] = entities.into();
    }
    Ok((scene, activity))
}

fn reacted(
    state: &mut TeamsState,
    user: &str,
    message: &str,
    kind: &str,
    back: bool,
) -> Result<(Scene, Value), ActError> {
    let scene = on(state, user, message)?;
    let mark = (scene.user.id.clone(), kind.to_owned());
    if let Some(kept) = state.message_mut(message) {
        kept.reactions.retain(|other| *other != mark);
        if !back {
            kept.reactions.push(mark);
        }
    }
    let list = if back { "reactionsRemoved" } else { "reactionsAdded" };
    let activity = json!({ "type": "messageReaction", list: [{ "type": kind }] });
    Ok((scene, numbered(state, activity)))
}

/// Somebody at a place.
fn at(state: &mut TeamsState, user: &str, talk: Option<&str>) -> Result<Scene, ActError> {
    let user = known(state, user)?;
    let talk = match talk {
        None => state.personal(&user),
        Some(name) => state.talk(name).cloned().ok_or_else(|| unknown("talk", name))?,
    };
    Ok(Scene { user, talk, thread: None, message: None })
}

/// Somebody and a message.
fn on(state: &TeamsState, user: &str, message: &str) -> Result<Scene, ActError> {
    let user = known(state, user)?;
    let message = state.message(message).cloned().ok_or_else(|| unknown("message", message))?;
    let talk = state.talk(&message.talk).cloned().ok_or_else(|| unknown("talk", &message.talk))?;
    let root = message.thread.clone().unwrap_or_else(|| message.id.clone());
    let thread = (talk.kind == TalkKind::Channel).then_some(root);
    Ok(Scene { user, talk, thread, message: Some(message) })
}

fn known(state: &TeamsState, user: &str) -> Result<TeamsUser, ActError> {
    state.user(user).cloned().ok_or_else(|| unknown("user", user))
}

/// The button with this title, on the card as this person sees it.
fn pressable(scene: &Scene, title: &str) -> Option<Value> {
    let message = scene.message.as_ref()?;
    let card = message.seen.get(&scene.user.id).or(message.card.as_ref())?;
    let body = card["body"].as_array().into_iter().flatten();
    let sets = body.filter_map(|block| block["actions"].as_array()).chain(card["actions"].as_array());
    sets.flatten().find(|action| action["title"] == title).cloned()
}

/// What is sent in the end: of a button that opens a card, the button of that card, with what was written into its fields.
fn opened(action: Value, inputs: &std::collections::BTreeMap<String, String>) -> Option<Value> {
    if action["type"] != "Action.ShowCard" {
        return Some(action);
    }
    let mut press = action.pointer("/card/actions/0")?.clone();
    for field in action.pointer("/card/body")?.as_array()?.iter().filter_map(|field| field["id"].as_str()) {
        press["data"][field] = inputs.get(field).cloned().unwrap_or_default().into();
    }
    Some(press)
}

fn invoke(state: &mut TeamsState, name: &str, value: &Value) -> Value {
    numbered(state, json!({ "type": "invoke", "name": name, "value": value }))
}

fn numbered(state: &mut TeamsState, mut activity: Value) -> Value {
    activity["id"] = format!("f:{}", state.next()).into();
    activity
}

fn unknown(what: &'static str, name: &str) -> ActError {
    ActError::Unknown { what, name: name.to_owned() }
}

fn no_button(user: &str, button: &str) -> ActError {
    ActError::NoButton { user: user.to_owned(), button: button.to_owned() }
}
