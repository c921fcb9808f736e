//! Interactions: delivered by the gateway or signed over HTTP, answered within three seconds, followed up for fifteen minutes
//! (<https://discord.com/developers/docs/interactions/receiving-and-responding>).

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Shared;
use super::limits;
use super::messages::{self, Answered};
use super::shapes::{self, EPHEMERAL, Refused};
use super::state::{DiscordInteraction, DiscordMessage, DiscordState, time_of};

/// The person sees "failed" after this.
const PATIENCE_MS: u64 = 3_000;
/// A token is good for so long.
const GOOD_MS: u64 = 15 * 60 * 1_000;
const TOKEN: &str = "token-of-interaction-";

/// Somebody does something with the bot: it is written down and delivered. Returns its id.
pub(super) fn begin(
    shared: &Arc<Shared>,
    kind: u8,
    user: &str,
    channel: &str,
    message: Option<&str>,
    data: Option<&Value>,
) -> Result<String, Refused> {
    let (id, payload) = shared.controlled.state.change(|state| {
        let id = state.next_id();
        let interaction = DiscordInteraction {
            id: id.clone(),
            kind,
            user: user.to_owned(),
            channel: channel.to_owned(),
            message: message.map(str::to_owned),
            ..DiscordInteraction::default()
        };
        let payload = payload(state, &interaction, data)?;
        state.interactions.push(Arc::new(interaction));
        Ok::<_, Refused>((id, payload))
    })?;
    shared.deliver(&id, &payload);
    Ok(id)
}

fn payload(
    state: &DiscordState,
    interaction: &DiscordInteraction,
    data: Option<&Value>,
) -> Result<Value, Refused> {
    let mut payload = json!({
        "id": interaction.id, "application_id": state.application, "type": interaction.kind, "version": 1,
        "token": format!("{TOKEN}{}", interaction.id), "locale": "en-US", "entitlements": [], "context": 0,
        "app_permissions": "562949953421311", "attachment_size_limit": 10_485_760,
        "authorizing_integration_owners": {"0": state.guild}, "entitlement_sku_ids": [],
    });
    if interaction.kind == 1 {
        payload["user"] = shapes::user_of(state, &interaction.user);
        return Ok(payload);
    }
    let user = state.user(&interaction.user).ok_or_else(|| Refused::unknown(10_013, "User"))?;
    let unknown = || Refused::unknown(10_003, "Channel");
    let channel = state.find_channel(&interaction.channel).ok_or_else(unknown)?;
    payload["channel_id"] = json!(channel.id);
    payload["channel"] = shapes::channel(state, channel);
    if let Some(data) = data {
        payload["data"] = data.clone();
    }
    if let Some(message) = interaction.message.as_deref().and_then(|id| state.message(id)) {
        payload["message"] = shapes::message(state, message);
    }
    if channel.with.is_some() {
        payload["user"] = shapes::user(user);
        payload["context"] = json!(1);
    } else {
        payload["guild_id"] = json!(state.guild);
        payload["guild"] = json!({"id": state.guild, "locale": "en-US", "features": []});
        payload["guild_locale"] = json!("en-US");
        payload["member"] = shapes::member(state, &user.id);
        payload["member"]["permissions"] = json!("562949953421311");
    }
    Ok(payload)
}

/// The bot answers at once: by a call, or as the body of its HTTP answer.
pub(super) fn answer(shared: &Shared, id: &str, token: &str, body: &Value) -> Answered {
    let told = shared.controlled.state.change(|state| {
        let after = age(id);
        let unknown = || Refused::unknown(10_062, "interaction");
        let interaction = state.interactions.iter_mut().find(|interaction| interaction.id == id);
        let interaction = interaction.ok_or_else(unknown)?;
        if token != format!("{TOKEN}{id}") || after > PATIENCE_MS || interaction.expired {
            return Err(unknown());
        }
        if interaction.answer.is_some() {
            return Err(Refused::new(400, 40_060, "Interaction has already been acknowledged."));
        }
        let interaction = DiscordInteraction {
            answer: Some(body.clone()),
            answered_after_ms: Some(after),
            ..DiscordInteraction::clone(interaction)
        };
        let message = carry_out(state, &interaction, body)?;
        if let Some(kept) = state.interactions.iter_mut().find(|kept| kept.id == id) {
            *kept = Arc::new(interaction);
        }
        Ok(message)
    })?;
    if let Some((event, message)) = told {
        shared.tell_message(event, &message);
    }
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

type Told = Option<(&'static str, DiscordMessage)>;

fn carry_out(
    state: &mut DiscordState,
    interaction: &DiscordInteraction,
    body: &Value,
) -> Result<Told, Refused> {
    let data = &body["data"];
    let fits = |kinds: &[u8]| kinds.contains(&interaction.kind);
    match body["type"].as_u64() {
        Some(1) if fits(&[1]) => Ok(None),
        Some(kind @ (4 | 5)) if fits(&[2, 3, 5]) => {
            let mut message = own(state, interaction, data);
            message.thinking = kind == 5;
            if kind == 4 {
                messages::fill(&mut message, data)?;
            }
            state.keep(Arc::new(message.clone()));
            Ok(Some(("MESSAGE_CREATE", message)))
        }
        // A form's answer may be that, where a button opened the form.
        Some(6) if fits(&[3]) || fits(&[5]) && interaction.message.is_some() => Ok(None),
        Some(7) if fits(&[3]) => {
            let id = interaction.message.clone().unwrap_or_default();
            let message = state.message_mut(&id).ok_or_else(|| Refused::unknown(10_008, "Message"))?;
            messages::fill(message, data)?;
            message.edited = Some(Timestamp::now());
            Ok(Some(("MESSAGE_UPDATE", message.clone())))
        }
        Some(8) if fits(&[4]) => limits::suggestions(&data["choices"]).map(|()| None),
        Some(9) if fits(&[2, 3]) => limits::form(data).map(|()| None),
        _ => Err(Refused::form("type", "BASE_TYPE_CHOICES", "This interaction cannot be answered so.")),
    }
}

/// A new message in answer to an interaction.
fn own(state: &mut DiscordState, interaction: &DiscordInteraction, data: &Value) -> DiscordMessage {
    let ephemeral = data["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0;
    DiscordMessage {
        id: state.next_id(),
        channel: interaction.channel.clone(),
        author: state.application.clone(),
        only: ephemeral.then(|| interaction.user.clone()),
        answers: Some(interaction.id.clone()),
        ..DiscordMessage::default()
    }
}

/// The interaction that a webhook's token stands for.
fn of_token(state: &DiscordState, token: &str) -> Result<DiscordInteraction, Refused> {
    let id = token.strip_prefix(TOKEN).unwrap_or_default();
    let found = state.interactions.iter().find(|interaction| interaction.id == id);
    let found = found.ok_or_else(|| Refused::unknown(10_015, "Webhook"))?;
    if found.expired || age(id) > GOOD_MS {
        return Err(Refused::new(401, 50_027, "Invalid Webhook Token"));
    }
    Ok(DiscordInteraction::clone(found))
}

/// One more message in answer; the first one after "the bot is at it" takes that one's place.
pub(super) fn follow_up(shared: &Shared, token: &str, body: &Value) -> Answered {
    let (shape, told) = shared.controlled.state.change(|state| {
        let interaction = of_token(state, token)?;
        if interaction.answer.is_none() {
            return Err(Refused::unknown(10_015, "Webhook"));
        }
        let waiting =
            |message: &DiscordMessage| message.thinking && message.answers.as_ref() == Some(&interaction.id);
        if let Some(message) = state.messages.find_mut(waiting) {
            message.thinking = false;
            messages::fill(message, body)?;
            let message = message.clone();
            return Ok((shapes::message(state, &message), ("MESSAGE_UPDATE", message)));
        }
        let mut message = own(state, &interaction, body);
        messages::fill(&mut message, body)?;
        state.keep(Arc::new(message.clone()));
        Ok((shapes::message(state, &message), ("MESSAGE_CREATE", message)))
    })?;
    shared.tell_message(told.0, &told.1);
    Ok((StatusCode::OK, shape))
}

/// Reads, changes (with a body) or deletes an answer.
pub(super) fn answered(shared: &Shared, method: &str, token: &str, id: &str, body: &Value) -> Answered {
    let (answer, told) = shared.controlled.state.change(|state| {
        let interaction = of_token(state, token)?;
        let first = state.messages.iter().find(|message| message.answers.as_ref() == Some(&interaction.id));
        // The first answer to a pressed button is the message itself.
        let original = first.map(|message| message.id.clone()).or_else(|| interaction.message.clone());
        let id = if id == "@original" { original.unwrap_or_default() } else { id.to_owned() };
        let unknown = || Refused::unknown(10_008, "Message");
        let message = state.message_mut(&id).ok_or_else(unknown)?;
        match method {
            "PATCH" => {
                message.thinking = false;
                messages::fill(message, body)?;
                message.edited = Some(Timestamp::now());
                let message = message.clone();
                Ok::<_, Refused>(((StatusCode::OK, shapes::message(state, &message)), Some(message)))
            }
            "DELETE" => {
                state.messages.remove(|message| message.id == id);
                Ok(((StatusCode::NO_CONTENT, Value::Null), None))
            }
            _ => {
                let message = message.clone();
                Ok(((StatusCode::OK, shapes::message(state, &message)), None))
            }
        }
    })?;
    if let Some(message) = told {
        shared.tell_message("MESSAGE_UPDATE", &message);
    }
    Ok(answer)
}

/// How old an interaction is, in milliseconds.
fn age(id: &str) -> u64 {
    let age = Timestamp::now().as_millisecond() - time_of(id).as_millisecond();
    u64::try_from(age).unwrap_or_default()
}

/// The token of an interaction.
pub(super) fn token(id: &str) -> String {
    format!("{TOKEN}{id}")
}
