//! The demo's help desk: who looks after tickets and when, and twelve short documents of its company, brought and countersigned as
//! people do it, over the bot's own addresses.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use countersign_domain::support::{Calendar, ServiceLevel};
use serde_json::{Value, json};

use crate::config::HelpConfig;
use crate::help::MirrorTo;

/// Who brings them, and who countersigns; their names are their tokens.
const BRINGS: &str = "demo-employee";
const COUNTERSIGNS: &str = "demo-admin";

/// What each is called as a file and by people, and who may read it.
const DOCUMENTS: [(&str, &str, &str, &str); 12] = [
    ("vpn.md", "The VPN", "*", include_str!("../../assets/demo/documents/vpn.md")),
    ("passwords.md", "Passwords", "*", include_str!("../../assets/demo/documents/passwords.md")),
    ("printers.md", "Printers", "*", include_str!("../../assets/demo/documents/printers.md")),
    ("travel.md", "Travel", "*", include_str!("../../assets/demo/documents/travel.md")),
    ("holidays.md", "Holidays", "*", include_str!("../../assets/demo/documents/holidays.md")),
    ("sick_leave.md", "Sick leave", "*", include_str!("../../assets/demo/documents/sick_leave.md")),
    ("onboarding.md", "The first day", "*", include_str!("../../assets/demo/documents/onboarding.md")),
    ("laptops.md", "Laptops", "*", include_str!("../../assets/demo/documents/laptops.md")),
    ("payments.md", "Releasing payments-api", "*", include_str!("../../assets/demo/documents/payments.md")),
    ("incidents.md", "Incidents", "*", include_str!("../../assets/demo/documents/incidents.md")),
    ("meeting_rooms.md", "Meeting rooms", "*", include_str!("../../assets/demo/documents/meeting_rooms.md")),
    ("bonus.md", "Bonus", "approvers", include_str!("../../assets/demo/documents/bonus.md")),
];

/// What answers the questions of the demo's people: it only quotes, and asks nobody. The desk's tickets stand in its Jira as well.
pub(super) fn config() -> HelpConfig {
    let mut help = HelpConfig::default();
    let calendar = Calendar { zone: "Europe/Berlin".to_owned(), ..help.desk.calendar };
    help.desk = ServiceLevel { staff: ["approvers".to_owned()].into(), calendar, ..help.desk };
    help.mirror = Some(MirrorTo { project: super::PROJECT.to_owned(), kind: "Task".to_owned() });
    help
}

/// Brings those that are not there yet, to the bot at this address, and says what became of each.
pub(super) async fn bring(bot: &str) -> (StatusCode, Json<Value>) {
    match brought(bot).await {
        Ok(all) => (StatusCode::OK, Json(json!({ "documents": all }))),
        Err(error) => (StatusCode::BAD_GATEWAY, Json(json!({ "error": error.to_string() }))),
    }
}

async fn brought(bot: &str) -> reqwest::Result<Vec<Value>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let listed: Value = client
        .get(format!("{bot}/api/v1/documents"))
        .bearer_auth(COUNTERSIGNS)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let is_there = |title: &str| {
        listed["items"].as_array().is_some_and(|items| items.iter().any(|item| item["title"] == title))
    };
    let mut all = Vec::new();
    for (name, title, groups, text) in DOCUMENTS {
        if is_there(title) {
            continue;
        }
        let brought: Value = client
            .post(format!("{bot}/api/v1/documents"))
            .query(&[("name", name), ("title", title), ("groups", groups)])
            .bearer_auth(BRINGS)
            .header("content-type", "application/octet-stream")
            .body(text)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let code = brought["code"].as_str().unwrap_or_default();
        stands(&client, bot, code, "reading").await?;
        let say = json!({ "text": format!("approve {code}") });
        let said = client.post(format!("{bot}/api/v1/chat")).bearer_auth(COUNTERSIGNS).json(&say);
        said.send().await?.error_for_status()?;
        let status = stands(&client, bot, code, "publishing").await?;
        all.push(json!({ "title": title, "code": code, "status": status }));
    }
    Ok(all)
}

/// How a document stands that is not like this any more; a file takes a moment to be read, and no longer than this.
async fn stands(client: &reqwest::Client, bot: &str, code: &str, passing: &str) -> reqwest::Result<Value> {
    const LOOKS: u32 = 600;
    const PAUSE: Duration = Duration::from_millis(100);
    let mut status = Value::Null;
    for _ in 0..LOOKS {
        let looked = client.get(format!("{bot}/api/v1/documents/{code}")).bearer_auth(COUNTERSIGNS);
        let document: Value = looked.send().await?.error_for_status()?.json().await?;
        status = document["status"].clone();
        if status != passing {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(status)
}
