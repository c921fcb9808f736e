//! The manifest (<https://learn.microsoft.com/en-us/microsoft-365/extensibility/schema/?view=m365-app-1.17>).

use serde_json::{Value, json};

use super::{PackageError, PackageInput};
use crate::form;

/// How many commands Teams suggests.
const COMMANDS: usize = 10;
/// A command's title at most.
const COMMAND: usize = 32;
/// What a command does, at most.
const SUMMARY: usize = 128;
/// The name of the bot at most.
const NAME: usize = 30;
/// The name of whose bot it is at most.
const DEVELOPER: usize = 32;

const SHORT: &str = "Ask for access where you talk; others countersign it.";
const FULL: &str = "Countersign takes requests for access in chats, channels and forms. Whoever may decide sees who asks, \
    for what, for how long and why, and countersigns with a button, a reaction or a sentence. The access is given, read \
    back, and ended when its time is over. Every step is told to who asked, and kept.";

pub(super) fn manifest(input: &PackageInput<'_>, host: &str) -> Result<Value, PackageError> {
    check("the name", input.name, NAME)?;
    check("the developer", input.developer, DEVELOPER)?;
    let numbers: Vec<_> = input.version.split('.').collect();
    if numbers.len() != 3 || !numbers.iter().all(|number| number.parse::<u16>().is_ok()) {
        return Err(PackageError::Version);
    }
    let site = input.site.trim().trim_end_matches('/');
    let app = input.app_id.to_string();
    Ok(json!({
        "$schema": "https://developer.microsoft.com/en-us/json-schemas/teams/v1.17/MicrosoftTeams.schema.json",
        "manifestVersion": "1.17",
        "version": input.version,
        "id": app,
        "developer": {
            "name": input.developer,
            "websiteUrl": site,
            "privacyUrl": format!("{site}/privacy"),
            "termsOfUseUrl": format!("{site}/terms"),
        },
        "name": { "short": input.name, "full": format!("{}: access that others countersign", input.name) },
        "description": { "short": SHORT, "full": FULL },
        "icons": { "color": "color.png", "outline": "outline.png" },
        "accentColor": "#1F4B99",
        "bots": [{
            "botId": app,
            "scopes": ["personal", "team", "groupChat"],
            "supportsFiles": true,
            "isNotificationOnly": false,
            "commandLists": [{ "scopes": ["personal", "team", "groupChat"], "commands": commands(input.commands) }],
        }],
        "composeExtensions": [{ "botId": app, "commands": extensions() }],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [host],
        "webApplicationInfo": { "id": app, "resource": format!("api://{host}/{app}") },
    }))
}

fn commands(commands: &[(&str, &str)]) -> Vec<Value> {
    let commands = commands.iter().take(COMMANDS);
    let cut = |text: &str, most| text.chars().take(most).collect::<String>();
    commands
        .map(|(title, summary)| json!({ "title": cut(title, COMMAND), "description": cut(summary, SUMMARY) }))
        .collect()
}

/// The form, also from a message, and the search for requests.
fn extensions() -> Value {
    json!([
        {
            "id": "request",
            "type": "action",
            "title": "Ask for access",
            "description": "Fill in what you need; a message can be where it begins",
            "context": ["compose", "commandBox", "message"],
            "fetchTask": true,
        },
        {
            "id": form::REQUESTS,
            "type": "query",
            "title": "Find a request",
            "description": "Put a request into a message",
            "context": ["compose", "commandBox"],
            "initialRun": true,
            "parameters": [{
                "name": "text",
                "title": "Request",
                "description": "A code, a repository or a name",
                "inputType": "text",
            }],
        },
    ])
}

/// Teams counts UTF-16.
fn check(what: &'static str, text: &str, most: usize) -> Result<(), PackageError> {
    let length = text.encode_utf16().count();
    if (1..=most).contains(&length) { Ok(()) } else { Err(PackageError::Length { what, most }) }
}
