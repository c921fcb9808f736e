//! The app's manifest, ready to be pasted at "Create an app from a manifest"
//! (<https://docs.slack.dev/reference/app-manifest>).

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::card::cut;
use crate::form::{MAKE_REQUEST, OPEN_FORM};

/// What the bot does with its token, and the scope for it (<https://docs.slack.dev/reference/scopes>).
pub(crate) const SCOPES: [&str; 15] = [
    "app_mentions:read", // hear mentions
    "channels:history",  // find a card again, read what was missed
    "channels:read",     // see whether the channels that the configuration names are there
    "chat:write",        // post and update cards
    "commands",          // the slash command and the shortcuts
    "files:read",        // read rules that somebody shares as a file
    "groups:history",    // the same in private channels
    "groups:read",       // the same of private channels
    "im:history",        // hear and read direct messages
    "im:write",          // begin a direct message
    "mpim:history",      // the same in group messages
    "reactions:read",    // hear reactions to cards
    "usergroups:read",   // who is in an approver group
    "users:read",        // who is a guest or a bot
    "users:read.email",  // bind people by their address, where the tenant allows it
];
/// What the bot is told of (<https://docs.slack.dev/reference/events>).
const EVENTS: [&str; 9] = [
    "app_home_opened",
    "app_mention",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "subteam_created",
    "subteam_members_changed",
    "subteam_updated",
    "user_change",
];
/// The least that Slack takes as a long description.
const LONG: usize = 174;

/// What the manifest is made from.
#[derive(Debug, Clone)]
pub struct ManifestInput {
    /// The app's name.
    pub name: String,
    /// The command table: what can be said, and what it does.
    pub commands: Vec<(String, String)>,
    /// Where Slack delivers to, without Socket Mode: `https://countersign.example/slack`.
    pub url: Option<String>,
    /// Whether deliveries come over a WebSocket that the bot opens.
    pub socket_mode: bool,
}

/// The manifest, as JSON.
pub fn manifest(input: &ManifestInput) -> String {
    let url = input.url.as_deref().filter(|_| !input.socket_mode);
    let mut manifest = json!({
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": cut(&input.name, 35),
            "description": "Ask for access, countersign, give it back",
            "long_description": long(&input.commands),
            "background_color": "#1f3a5f",
        },
        "features": features(input),
        "oauth_config": {"scopes": {"bot": SCOPES}},
        "settings": {
            "event_subscriptions": {"bot_events": EVENTS},
            "interactivity": {"is_enabled": true},
            "org_deploy_enabled": false,
            "socket_mode_enabled": input.socket_mode,
            "token_rotation_enabled": false,
        },
    });
    if let Some(url) = url {
        manifest["settings"]["event_subscriptions"]["request_url"] = url.into();
        manifest["settings"]["interactivity"]["request_url"] = url.into();
        manifest["settings"]["interactivity"]["message_menu_options_url"] = url.into();
        manifest["features"]["slash_commands"][0]["url"] = url.into();
    }
    // A value of ours that serde_json made itself.
    serde_json::to_string_pretty(&manifest).unwrap_or_default()
}

fn features(input: &ManifestInput) -> Value {
    let names: Vec<&str> = input.commands.iter().map(|(name, _)| name.as_str()).collect();
    json!({
        "app_home": {
            "home_tab_enabled": true,
            "messages_tab_enabled": true,
            "messages_tab_read_only_enabled": false,
        },
        "bot_user": {"display_name": cut(&input.name, 80), "always_online": true},
        "shortcuts": [
            {"name": "Ask for access", "type": "global", "callback_id": OPEN_FORM,
                "description": "Opens the request form"},
            {"name": "Make this a request", "type": "message", "callback_id": MAKE_REQUEST,
                "description": "Opens the request form with this message as the reason"},
        ],
        "slash_commands": [{
            "command": "/countersign",
            "description": "Ask for access, countersign, give it back; alone, it opens the form",
            "usage_hint": cut(&format!("[{}]", names.join(" | ")), 1_000),
            // So that people and channels come by their ids.
            "should_escape": true,
        }],
    })
}

fn long(commands: &[(String, String)]) -> String {
    let mut text = "People ask for access to a repository where they already talk, others countersign, and the \
        permission is changed, read back and ended again when its time is over. Every step is kept in a log.\n\n\
        What it understands:\n"
        .to_owned();
    for (name, summary) in commands {
        let _ = writeln!(text, "• {name}: {summary}");
    }
    debug_assert!(text.chars().count() >= LONG, "Slack refuses a shorter one");
    cut(text.trim_end(), 4_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(socket_mode: bool) -> ManifestInput {
        ManifestInput {
            name: "Countersign".to_owned(),
            commands: vec![
                ("approve".to_owned(), "countersign a request".to_owned()),
                ("grant".to_owned(), "ask for access".to_owned()),
            ],
            url: Some("https://countersign.example/slack".to_owned()),
            socket_mode,
        }
    }

    #[test]
    fn a_manifest_for_socket_mode_names_no_address() {
        let text = manifest(&input(true));
        assert!(!text.contains("countersign.example"), "{text}");
        insta::assert_snapshot!("socket_mode", text);
    }

    #[test]
    fn a_manifest_for_http_names_the_address_wherever_slack_calls() {
        assert_eq!(manifest(&input(false)).matches("https://countersign.example/slack").count(), 4);
    }

    #[test]
    fn slack_and_slacks_library_take_it_within_the_limits() {
        let text = manifest(&ManifestInput {
            name: "n".repeat(200),
            commands: vec![("c".repeat(40), "s".repeat(100)); 500],
            ..input(false)
        });
        let read: slack_morphism::prelude::SlackAppManifest = serde_json::from_str(&text).unwrap();
        let about = read.display_information;
        assert_eq!(about.name.chars().count(), 35);
        assert_eq!(about.long_description.unwrap().chars().count(), 4_000);
        let bare = manifest(&ManifestInput { commands: vec![], ..input(true) });
        let read: slack_morphism::prelude::SlackAppManifest = serde_json::from_str(&bare).unwrap();
        assert!(read.display_information.long_description.unwrap().chars().count() >= LONG);
        let features = read.features.unwrap();
        assert!(features.shortcuts.unwrap().iter().all(|shortcut| shortcut.name.len() <= 24));
    }
}
