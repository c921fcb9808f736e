//! What scenarios of typed sentences share: the Wednesday on which they are typed, what was born of them, and the buttons that are
//! offered.

use countersign_domain::card::Card;
use jiff::Timestamp;

use crate::stage::Stage;

/// Wednesday, 2026-12-02, ten in the morning in Berlin, where everybody of the demo lives.
pub fn wednesday() -> Timestamp {
    "2026-12-02T09:00:00Z".parse().expect("a valid instant")
}

/// The same stage on that day.
pub async fn in_december(stage: Stage) -> Stage {
    stage.later(wednesday().duration_since(stage.clock_now())).await;
    stage
}

/// What the request of a card says of itself: permission, repository, for whom, until when or for how long, and the ticket.
pub async fn born(stage: &Stage, card: &Card) -> String {
    let request = request(stage, card).await;
    let text = |key: &str| request[key].as_str().unwrap_or("-").to_owned();
    // It is written in the time of who said it.
    let until = request["access"]["asked"]["until"].as_str();
    let until = until.map(|until| until.parse::<Timestamp>().expect("an instant"));
    let until = until.map(|until| format!(" until {until}"));
    let minutes = request["access"]["asked"]["minutes"].as_u64().map(|minutes| format!(" {minutes} minutes"));
    let lasting = until.or(minutes).unwrap_or_default();
    let [permission, repository, user, ticket] = ["permission", "repository", "user", "ticket"].map(text);
    format!("{permission} on {repository} for {user}{lasting} ticket {ticket}")
}

/// The request of a card, as the API tells it.
pub async fn request(stage: &Stage, card: &Card) -> serde_json::Value {
    let code = card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string();
    stage.get("demo-admin", &format!("/api/v1/access-requests/{code}")).await
}

/// How many requests there are.
pub async fn requests(stage: &Stage) -> usize {
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=100").await;
    page["items"].as_array().map_or(0, Vec::len)
}

/// What stands on the buttons of a card.
pub fn labels(card: &Card) -> Vec<&str> {
    card.buttons.iter().map(|button| button.label.as_str()).collect()
}

/// Somebody presses a button of a card; the answer.
pub async fn press(stage: &Stage, token: &str, card: &Card, label: &str) -> Card {
    let button = card.buttons.iter().find(|button| button.label == label);
    let button = button.unwrap_or_else(|| panic!("no button “{label}” on {}", card.text));
    stage.says(token, &button.say).await
}
