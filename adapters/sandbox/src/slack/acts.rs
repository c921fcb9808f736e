//! What people do in Slack, as Rust calls and as `POST /_sandbox/act`.

mod forms;
mod talk;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::pump::{Kind, SlackAnswer};
use super::{Shared, SlackSandbox, SlackState, files};
use crate::SharedFile;

/// Something that somebody does. A channel that is left out is the private talk with the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "user, channel, ts, view, block: whose, where, and what, by their ids")]
pub enum SlackAct {
    /// They say something.
    Say { user: String, channel: Option<String>, text: String, thread: Option<String> },
    /// They share a file, and say something with it.
    Share { user: String, channel: Option<String>, text: String, file: SharedFile },
    /// They change what they said.
    Edit { channel: String, ts: String, text: String },
    /// They take back what they said.
    Delete { channel: String, ts: String },
    /// They react to a message.
    React { user: String, channel: String, ts: String, name: String },
    /// They take a reaction back.
    Unreact { user: String, channel: String, ts: String, name: String },
    /// They press a button of a message, by its label or action; on their Home tab where there is no message.
    Press { user: String, channel: Option<String>, ts: Option<String>, button: String },
    /// They send the slash command with this after it.
    Command { user: String, channel: Option<String>, text: String },
    /// They use a global shortcut, or one on a message.
    Shortcut { user: String, callback: String, channel: Option<String>, ts: Option<String> },
    /// They type into a list of the form that is searched by the app.
    Search { user: String, view: String, block: String, query: String },
    /// They fill in a field of the form.
    Fill { user: String, view: String, block: String, value: String },
    /// They send the form.
    Submit { user: String, view: String },
    /// They look at their Home tab.
    Home { user: String },
    /// Somebody changes who is in a user group.
    Group { group: String, users: Vec<String> },
}

/// What came of an act.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SlackActed {
    /// The message that was made.
    pub ts: Option<String>,
    /// Where.
    pub channel: Option<String>,
    /// What the app answered, where Slack waits for it.
    pub answer: Option<SlackAnswer>,
}

impl SlackSandbox {
    /// Does something in somebody's place; why it cannot be done.
    pub async fn act(&self, act: SlackAct) -> Result<SlackActed, String> {
        run(&self.shared, act).await
    }

    /// Somebody says something: in a channel, or in private. The message's id.
    pub async fn say(&self, user: &str, channel: Option<&str>, text: &str) -> Result<SlackActed, String> {
        let (user, text) = (user.to_owned(), text.to_owned());
        self.act(SlackAct::Say { user, channel: channel.map(str::to_owned), text, thread: None }).await
    }

    /// Somebody presses a button of a message.
    pub async fn press(
        &self,
        user: &str,
        channel: &str,
        ts: &str,
        button: &str,
    ) -> Result<SlackActed, String> {
        let [user, button] = [user, button].map(str::to_owned);
        self.act(SlackAct::Press { user, channel: Some(channel.to_owned()), ts: Some(ts.to_owned()), button })
            .await
    }
}

pub(super) async fn run(shared: &Arc<Shared>, act: SlackAct) -> Result<SlackActed, String> {
    match act {
        SlackAct::Say { user, channel, text, thread } => {
            talk::say(shared, &user, channel, &text, (thread, vec![]))
        }
        SlackAct::Share { user, channel, text, file } => {
            let shared_file = files::keep(shared, &user, file)?;
            talk::say(shared, &user, channel, &text, (None, vec![shared_file]))
        }
        SlackAct::Edit { channel, ts, text } => talk::edit(shared, &channel, &ts, Some(text)),
        SlackAct::Delete { channel, ts } => talk::edit(shared, &channel, &ts, None),
        SlackAct::React { user, channel, ts, name } => talk::react(shared, &user, &channel, &ts, &name, true),
        SlackAct::Unreact { user, channel, ts, name } => {
            talk::react(shared, &user, &channel, &ts, &name, false)
        }
        SlackAct::Home { user } => {
            let channel = shared.change(|state| Ok(state.direct(&user)))?;
            tell(
                shared,
                json!({"type": "app_home_opened", "user": user, "channel": channel, "tab": "home"}),
                false,
            );
            Ok(SlackActed::default())
        }
        SlackAct::Group { group, users } => {
            shared.change(|state| {
                state.groups.get_mut(&group).ok_or("no_such_subteam")?.users.clone_from(&users);
                Ok(())
            })?;
            let team = shared.state().team.clone();
            tell(
                shared,
                json!({"type": "subteam_members_changed", "subteam_id": group, "team_id": team}),
                false,
            );
            Ok(SlackActed::default())
        }
        SlackAct::Press { user, channel, ts, button } => {
            talk::press(shared, &user, channel.zip(ts), &button).await
        }
        SlackAct::Command { user, channel, text } => talk::command(shared, &user, channel, &text).await,
        SlackAct::Shortcut { user, callback, channel, ts } => {
            talk::shortcut(shared, &user, &callback, channel.zip(ts)).await
        }
        SlackAct::Search { user, view, block, query } => {
            forms::search(shared, &user, &view, &block, &query).await
        }
        SlackAct::Fill { user, view, block, value } => {
            forms::fill(shared, &user, &view, &block, &value).await
        }
        SlackAct::Submit { user, view } => forms::submit(shared, &user, &view).await,
    }
}

/// Delivers an event as it is.
pub(super) async fn event(shared: &Arc<Shared>, event: Value) -> SlackAnswer {
    let payload = envelope(shared, event, false);
    shared.pump.deliver(Kind::EventsApi, payload).await
}

/// Delivers an event in the background, as Slack does.
fn tell(shared: &Arc<Shared>, event: Value, in_shared_channel: bool) {
    let payload = envelope(shared, event, in_shared_channel);
    shared.pump.begin();
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        shared.pump.deliver(Kind::EventsApi, payload).await;
        shared.pump.end();
    });
}

fn envelope(shared: &Arc<Shared>, mut event: Value, in_shared_channel: bool) -> Value {
    let (state, id) = (shared.state(), uuid::Uuid::new_v4().simple().to_string().to_uppercase());
    if event["event_ts"].is_null() {
        event["event_ts"] = format!("{}.000000", jiff::Timestamp::now().as_second()).into();
    }
    json!({
        "token": "sandbox", "team_id": state.team, "api_app_id": state.bot.app, "event": event, "type": "event_callback",
        "event_id": format!("Ev{}", &id[..10]), "event_time": jiff::Timestamp::now().as_second(),
        "authorizations": [{"enterprise_id": null, "team_id": state.team, "user_id": state.bot.user, "is_bot": true,
            "is_enterprise_install": false}],
        "is_ext_shared_channel": in_shared_channel, "event_context": "4-sandbox",
    })
}

/// Delivers what somebody used, and waits for the answer.
async fn used(shared: &Arc<Shared>, payload: Value) -> Result<SlackActed, String> {
    let answer = shared.pump.deliver(Kind::Interactive, payload).await;
    Ok(SlackActed { answer: Some(answer), ..SlackActed::default() })
}

/// What stands in every interaction: who, and in which workspace.
fn interaction(shared: &Arc<Shared>, state: &SlackState, kind: &str, user: &str) -> Result<Value, String> {
    let person = state.user(user).ok_or("user_not_found")?;
    let theirs = super::shapes::user(state, person)["team_id"].clone();
    Ok(json!({
        "type": kind, "team": {"id": state.team, "domain": "acme"}, "api_app_id": state.bot.app, "token": "sandbox",
        "user": {"id": user, "username": person.name.to_lowercase(), "name": person.name.to_lowercase(), "team_id": theirs},
        "trigger_id": shared.triggers.make(user), "is_enterprise_install": false, "enterprise": null,
    }))
}
