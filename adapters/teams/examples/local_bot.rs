//! A bot of this adapter's parts and nothing else, with `auth = "none"`, for the Agents Playground: it shows a card with what
//! was said, and another one when it is pressed. `cargo run -p countersign-teams --example local_bot 3978`.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use countersign_domain::card::{Button, ButtonStyle, Card, Tone};
use countersign_domain::ports::{Act, CallError, Clock, Surface};
use countersign_outbound::{MemorySecrets, Outbound, OutboundConfig};
use countersign_teams::activity::Activity;
use countersign_teams::card::content;
use countersign_teams::inbound::{may_listen, without_token};
use countersign_teams::interaction::Heard;
use countersign_teams::{Auth, Teams, TeamsConfig, answer};
use jiff::Timestamp;
use uuid::Uuid;

const HOME: Uuid = Uuid::from_u128(0x8f0c_3e57_5c1b_4f55_9a46_0d2a_7c1e_9b10);

struct MachineClock;

#[async_trait]
impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

struct Bot {
    teams: Teams,
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).unwrap_or_default().parse()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let listen = listener.local_addr()?;
    may_listen(Auth::None, &[listen])?;
    let config = TeamsConfig {
        auth: Auth::None,
        ..TeamsConfig::new("f0e7b3c1-1111-4222-8333-444455556666", HOME, "")
    };
    let clock = Arc::new(MachineClock);
    let outbound = Arc::new(Outbound::new(OutboundConfig::default(), Arc::clone(&clock) as _)?);
    let tenant = "acme".to_owned().try_into()?;
    let teams = Teams::new(config, &tenant, &outbound, Arc::new(MemorySecrets::default()), clock)?;
    let router = Router::new().route("/api/messages", post(hear)).with_state(Arc::new(Bot { teams, listen }));
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

async fn hear(
    State(bot): State<Arc<Bot>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let activity = match Activity::read(&body) {
        Ok(activity) => activity,
        Err(fault) => return (fault.status(), fault.to_string()).into_response(),
    };
    let proof = match without_token(Auth::None, &[bot.listen], peer, &headers, activity.origin()) {
        Ok(proof) => proof,
        Err(refusal) => return (StatusCode::FORBIDDEN, refusal.to_string()).into_response(),
    };
    let delivery = match activity.delivery(&proof) {
        Ok(delivery) => {
            bot.teams.meet(&delivery);
            delivery
        }
        Err(fault) => return (fault.status(), fault.to_string()).into_response(),
    };
    match delivery.heard(HOME) {
        Ok(heard) => bot
            .attend(heard)
            .await
            .unwrap_or_else(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()),
        Err(error) => (StatusCode::FORBIDDEN, error.to_string()).into_response(),
    }
}

impl Bot {
    async fn attend(&self, heard: Heard) -> Result<Response, CallError> {
        let Heard::Did(all) = heard else { return Ok(Json(serde_json::json!({})).into_response()) };
        for done in all {
            match done.act {
                Act::Said(text) | Act::Attached { text, .. } => {
                    let posted = self.teams.post(&done.place, &card(&text), Uuid::nil()).await?;
                    self.teams.update(&posted, &card(&format!("{text}, indeed"))).await?;
                }
                Act::Pressed(reference) | Act::Explained { reference, .. } => {
                    let shown = content(&card(&reference), |button| button.say.clone(), None);
                    return Ok(Json(answer::card(&shown)).into_response());
                }
                Act::Filled(_) | Act::Reacted { .. } => {}
            }
        }
        Ok(Json(serde_json::json!({})).into_response())
    }
}

fn card(text: &str) -> Card {
    let approve = Button {
        label: "Approve".to_owned(),
        style: ButtonStyle::Primary,
        say: "the-reference".to_owned(),
        proof: false,
        asks_why: false,
    };
    Card {
        text: text.to_owned(),
        title: text.to_owned(),
        tone: Tone::Neutral,
        code: None,
        status: None,
        refused: false,
        live: false,
        fields: vec![],
        lines: vec![],
        buttons: vec![approve],
        refresh: None,
    }
}
