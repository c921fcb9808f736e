//! Slack's deliveries over HTTP, as its documentation shows them (<https://docs.slack.dev/reference/interaction-payloads>,
//! <https://docs.slack.dev/apis/events-api>), signed by the stage's clock.

use countersign::demo::chats::SLACK_TEAM;
use countersign_domain::ports::Clock as _;
use countersign_sandbox::slack::SlackTokens;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::stage::Stage;

/// The media type of events.
pub const JSON: &str = "application/json";
/// The media type of everything else.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The value of `X-Slack-Signature` that fits this body, signed at this second.
pub fn slack_signature(at: i64, body: &[u8]) -> String {
    let secret = SlackTokens::example().signing_secret;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(format!("v0:{at}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// An event around its content.
pub fn event(id: &str, event: &Value) -> Value {
    json!({
        "token": "z26uFbvR1xHJEdHE1OQiO6t8", "team_id": SLACK_TEAM, "api_app_id": "A0APP", "event": event,
        "type": "event_callback", "event_id": id, "event_time": 1_772_442_000,
        "authorizations": [{"enterprise_id": null, "team_id": SLACK_TEAM, "user_id": "U0BOT", "is_bot": true,
            "is_enterprise_install": false}],
        "is_ext_shared_channel": false, "event_context": "4-eyJldCI6Im1lc3NhZ2UifQ",
    })
}

/// Somebody said something in private.
pub fn message(user: &str, ts: &str, text: &str) -> Value {
    event(
        &format!("Ev{ts}"),
        &json!({"type": "message", "channel": "D0TALK", "user": user, "text": text, "ts": ts, "event_ts": ts,
            "channel_type": "im", "team": SLACK_TEAM}),
    )
}

/// Somebody pressed a button that holds this reference.
pub fn press(user: &str, channel: &str, ts: &str, reference: &str, trigger: &str) -> Value {
    json!({
        "type": "block_actions", "team": {"id": SLACK_TEAM, "domain": "acme"}, "api_app_id": "A0APP",
        "token": "z26uFbvR1xHJEdHE1OQiO6t8", "trigger_id": trigger, "enterprise": null,
        "user": {"id": user, "username": "somebody", "name": "somebody", "team_id": SLACK_TEAM},
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": false},
        "channel": {"id": channel, "name": "approvals"}, "is_enterprise_install": false,
        "message": {"type": "message", "user": "U0BOT", "ts": ts, "text": "a card", "bot_id": "B0BOT"},
        "actions": [{"type": "button", "action_id": "press.0", "block_id": "b1", "value": reference,
            "text": {"type": "plain_text", "text": "Approve"}, "action_ts": "1548426417.840180"}],
        "response_url": "https://hooks.slack.example/actions/sandbox",
    })
}

/// Somebody sent the form.
pub fn submission(user: &str, trigger: &str) -> Value {
    let text = |value: &str| json!({"type": "plain_text_input", "value": value});
    let chosen = |value: &str| {
        json!({"type": "static_select", "selected_option":
            {"text": {"type": "plain_text", "text": value}, "value": value}})
    };
    json!({
        "type": "view_submission", "team": {"id": SLACK_TEAM, "domain": "acme"}, "api_app_id": "A0APP",
        "token": "z26uFbvR1xHJEdHE1OQiO6t8", "trigger_id": trigger,
        "user": {"id": user, "username": "somebody", "name": "somebody", "team_id": SLACK_TEAM},
        "view": {
            "id": "V0FORM", "team_id": SLACK_TEAM, "type": "modal", "callback_id": "countersign.request",
            "private_metadata": "", "hash": "156772938.1827394", "blocks": [],
            "state": {"values": {
                "permission": {"form.permission": chosen("write")},
                "repository": {"form.repository": chosen("payments-api")},
                "duration": {"form.duration": text("2 days")},
                "ticket": {"form.ticket": text("OPS-17")},
                "reason": {"form.reason": text("rollout")},
                "user": {"form.user": {"type": "users_select", "selected_user": null}},
            }},
        },
    })
}

/// Somebody sent the slash command.
pub fn command(user: &str, text: &str, trigger: &str) -> Value {
    json!({
        "token": "gIkuvaNzQIHg97ATvDxqgjtO", "team_id": SLACK_TEAM, "team_domain": "acme", "channel_id": "C0APPROVALS",
        "channel_name": "approvals", "user_id": user, "user_name": "somebody", "command": "/countersign", "text": text,
        "response_url": "https://hooks.slack.example/commands/sandbox", "trigger_id": trigger, "api_app_id": "A0APP",
        "is_enterprise_install": "false",
    })
}

/// The body of an interactive payload.
pub fn payload(payload: &Value) -> Vec<u8> {
    fields(&[("payload", &payload.to_string())])
}

/// The body of a slash command.
pub fn form(command: &Value) -> Vec<u8> {
    let pairs = command.as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs: Vec<_> = pairs.map(|(name, value)| (name.clone(), text(value))).collect();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields(&pairs)
}

fn fields(pairs: &[(&str, &str)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}

impl Stage {
    /// A delivery to the bot, without a signature.
    pub fn slack_delivery(&self, content: &str, body: Vec<u8>) -> RequestBuilder {
        self.slack_delivery_to("acme", content, body)
    }

    /// A delivery to the bot for a tenant, without a signature.
    pub fn slack_delivery_to(&self, tenant: &str, content: &str, body: Vec<u8>) -> RequestBuilder {
        let request = self.http.post(self.url(&format!("/webhooks/slack/{tenant}")));
        request.header("content-type", content).body(body)
    }

    /// A delivery that Slack signs now.
    pub fn slack_signed(&self, content: &str, body: Vec<u8>) -> RequestBuilder {
        self.slack_signed_to("acme", content, body)
    }

    /// A delivery for a tenant that Slack signs now.
    pub fn slack_signed_to(&self, tenant: &str, content: &str, body: Vec<u8>) -> RequestBuilder {
        let at = self.clock.now().as_second();
        let signature = slack_signature(at, &body);
        self.slack_delivery_to(tenant, content, body)
            .header("x-slack-request-timestamp", at)
            .header("x-slack-signature", signature)
    }

    /// Sends it, and lets everything happen that follows; the status of the answer.
    pub async fn delivered(&self, request: RequestBuilder) -> u16 {
        let status = request.send().await.expect("the bot answers").status().as_u16();
        self.settle().await;
        status
    }
}
