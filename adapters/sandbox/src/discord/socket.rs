//! The gateway's sockets (<https://discord.com/developers/docs/events/gateway>): hello, identify or resume, heartbeats, events.

use std::net::SocketAddr;
use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message};

use super::hub::Down;
use super::{Shared, shapes};
use crate::SandboxError;
use crate::host;

/// Privileged intents are refused unless somebody allows them: members, presences, content.
const GUILDS: u64 = 1;

/// The gateway; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Gateway {
    pub(super) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Gateway {
    pub(super) fn start(listener: TcpListener, shared: Arc<Shared>) -> Result<Self, SandboxError> {
        let taken = |why| SandboxError::Listen { address: SocketAddr::from(([127, 0, 0, 1], 0)), why };
        let address = listener.local_addr().map_err(taken)?;
        let task = tokio::spawn(async move {
            let mut sockets = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                while sockets.try_join_next().is_some() {}
                let shared = Arc::clone(&shared);
                sockets.spawn(async move {
                    if shared.hub.is_away() {
                        return;
                    }
                    // Who does not speak WebSocket is not served.
                    if let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, for_this_machine).await {
                        let number = shared.hub.socket();
                        serve(socket, &shared, number).await;
                        shared.hub.lost(number);
                    }
                });
            }
        });
        Ok(Self { address, task })
    }
}

#[expect(clippy::result_large_err, reason = "the library wants it so")]
fn for_this_machine(request: &Request, response: Response) -> Result<Response, ErrorResponse> {
    if host::is_this_machine(request.uri(), request.headers()) {
        Ok(response)
    } else {
        Err(host::misdirected())
    }
}

async fn serve(mut socket: WebSocketStream<TcpStream>, shared: &Arc<Shared>, number: u64) {
    let (sender, mut down) = mpsc::unbounded_channel();
    let hello = json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": shared.heartbeat_ms, "_trace": []}});
    let _ = sender.send(Down::Send(hello));
    loop {
        tokio::select! {
            order = down.recv() => match order {
                Some(Down::Send(payload)) => {
                    if socket.send(Message::text(payload.to_string())).await.is_err() {
                        return;
                    }
                }
                Some(Down::Close(code)) => {
                    let frame = CloseFrame { code: code.into(), reason: "ordered".into() };
                    let _ = socket.close(Some(frame)).await;
                    return;
                }
                // Dropping the stream without a close frame is how networks break.
                Some(Down::Break) | None => return,
            },
            up = socket.next() => match up {
                Some(Ok(Message::Text(text))) => match serde_json::from_str::<Value>(&text) {
                    Ok(payload) => heard(&payload, shared, number, &sender),
                    Err(_) => drop(sender.send(Down::Close(4002))),
                },
                Some(Ok(Message::Close(_))) => {
                    // Answers the close, which the library does as it is read once more.
                    let _ = socket.next().await;
                    return;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}

fn heard(payload: &Value, shared: &Arc<Shared>, number: u64, sender: &mpsc::UnboundedSender<Down>) {
    let data = &payload["d"];
    match payload["op"].as_u64() {
        Some(1) if shared.hub.is_zombie() => {}
        Some(1) => drop(sender.send(Down::Send(json!({"op": 11, "d": null, "s": null, "t": null})))),
        Some(2) => identify(data, shared, number, sender),
        Some(6) => {
            let session = data["session_id"].as_str().unwrap_or_default();
            let seen = data["seq"].as_u64().unwrap_or_default();
            if !permitted(data, shared) {
                let _ = sender.send(Down::Close(4004));
            } else if !shared.hub.resume(session, seen, number, sender) {
                let _ = sender.send(Down::Send(json!({"op": 9, "d": false, "s": null, "t": null})));
            }
        }
        // Presence, voice and members: the bot has none to speak of.
        Some(3 | 4 | 8) => {}
        _ => drop(sender.send(Down::Close(4001))),
    }
}

fn permitted(data: &Value, shared: &Shared) -> bool {
    data["token"].as_str().is_some_and(|token| token.trim_start_matches("Bot ") == shared.token)
}

fn identify(data: &Value, shared: &Arc<Shared>, number: u64, sender: &mpsc::UnboundedSender<Down>) {
    if !permitted(data, shared) {
        let _ = sender.send(Down::Close(4004));
        return;
    }
    let intents = data["intents"].as_u64().unwrap_or_default();
    let session = uuid::Uuid::new_v4().simple().to_string();
    let state = shared.controlled.state.get();
    shared.hub.begin(&session, intents, number, sender.clone());
    let ready = json!({
        "v": 10, "user": shapes::user_of(&state, &state.application), "user_settings": {}, "session_type": "normal",
        "guilds": [{"id": state.guild, "unavailable": true}], "session_id": session, "shard": [0, 1],
        "resume_gateway_url": shared.gateway_url(), "private_channels": [], "relationships": [], "presences": [],
        "application": {"id": state.application, "flags": 0}, "guild_join_requests": [], "geo_ordered_rtc_regions": [],
    });
    shared.hub.tell(&session, "READY", &ready);
    if intents & GUILDS != 0 {
        let mut guild = shapes::guild(&state);
        let server = |thread: bool| {
            let found = state
                .channels
                .iter()
                .filter(move |channel| channel.with.is_none() && channel.thread_of.is_some() == thread);
            found.map(|channel| shapes::channel(&state, channel)).collect::<Vec<_>>()
        };
        let here: Vec<&str> =
            state.users.iter().filter(|user| !user.elsewhere).map(|user| user.id.as_str()).collect();
        let members: Vec<Value> = here.iter().map(|id| shapes::member(&state, id)).collect();
        for (name, value) in [
            ("channels", json!(server(false))),
            ("threads", json!(server(true))),
            ("members", json!(members)),
            ("member_count", json!(here.len())),
            ("joined_at", json!("2020-01-01T00:00:00.000000+00:00")),
            ("large", json!(false)),
            ("unavailable", json!(false)),
            ("voice_states", json!([])),
            ("presences", json!([])),
            ("stage_instances", json!([])),
            ("guild_scheduled_events", json!([])),
            ("soundboard_sounds", json!([])),
        ] {
            guild[name] = value;
        }
        shared.hub.tell(&session, "GUILD_CREATE", &guild);
    }
}
