//! One connection of Socket Mode.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use countersign_outbound::{Trouble, Troubles, is_guarded};
use futures::stream::FuturesUnordered;
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use url::Url;

use crate::delivery::{Delivery, Unreadable};
use crate::read::{Envelope, Reader};

/// How long connecting may take, hello included.
const PATIENCE: Duration = Duration::from_secs(20);
/// After so much silence we ask whether anybody is there, and after as much again nobody is. Slack asks more often.
const SILENCE: Duration = Duration::from_secs(30);
/// The largest message, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// How many deliveries are worked on at a time; the rest waits at Slack.
const AT_ONCE: usize = 100;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A connection over which Slack has said hello.
pub(super) struct Line(Socket);

/// Why another connection is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Slack will close this one soon.
    Soon,
    /// It is closed.
    Closed {
        /// Whether anything came over it before.
        served: bool,
    },
}

/// A message of Slack's.
#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type")]
    kind: String,
    reason: Option<String>,
    envelope_id: Option<String>,
    #[serde(default)]
    accepts_response_payload: bool,
    #[serde(default)]
    payload: Value,
}

impl Frame {
    /// Whether it says that the connection will be closed in a while, and not at once.
    fn closes_soon(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or_default();
        tracing::info!(reason, "Slack will close the connection");
        matches!(reason, "warning" | "refresh_requested")
    }
}

impl Line {
    /// Connects, and waits for hello.
    pub(super) async fn open(address: &str) -> Result<Self, String> {
        guarded(address)?;
        let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
        let hello = async {
            let connected = connect_async_with_config(address, Some(config), false).await;
            // The error may name the address, which holds a ticket.
            let (mut socket, _) = connected.map_err(|error| said(&error))?;
            while let Some(message) = socket.next().await {
                if let Message::Text(text) = message.map_err(|error| said(&error))? {
                    let frame: Frame =
                        serde_json::from_str(&text).map_err(|_| "it says no hello".to_owned())?;
                    return match (frame.kind.as_str(), frame.reason) {
                        ("hello", _) => Ok(Self(socket)),
                        (_, reason) => Err(format!("it does not want us: {}", reason.unwrap_or_default())),
                    };
                }
            }
            Err("it was closed before hello".to_owned())
        };
        timeout(PATIENCE, hello).await.map_err(|_| "it did not say hello in time".to_owned())?
    }

    /// Takes what comes until the connection is closed, and says on `ends` when another one is needed.
    pub(super) async fn listen<H, F, E>(
        self,
        number: u64,
        (reader, troubles): (&Reader, &Troubles),
        handler: &H,
        ends: UnboundedSender<(u64, End)>,
    ) where
        H: Fn(Result<Delivery, Unreadable>) -> F + Send + Sync,
        F: Future<Output = Result<Option<Value>, E>> + Send,
        E: Display,
    {
        let (mut out, mut incoming) = self.0.split();
        let (mut work, mut asked, mut served) = (FuturesUnordered::new(), false, false);
        let failed = loop {
            let busy = work.len() >= AT_ONCE;
            tokio::select! {
                Some(acknowledged) = work.next() => {
                    if let Some(text) = acknowledged && out.send(Message::text::<String>(text)).await.is_err() {
                        break !served;
                    }
                }
                received = timeout(SILENCE, incoming.next()), if !busy => match received {
                    Err(_) if asked => break !served,
                    Err(_) => {
                        asked = true;
                        if out.send(Message::Ping(vec![].into())).await.is_err() {
                            break !served;
                        }
                    }
                    Ok(Some(Ok(Message::Text(text)))) => {
                        asked = false;
                        match serde_json::from_str::<Frame>(&text) {
                            Ok(frame) if frame.kind == "disconnect" => {
                                if !frame.closes_soon() {
                                    break !served;
                                }
                                served = true;
                                let _ = ends.send((number, End::Soon));
                            }
                            Ok(frame) if frame.envelope_id.is_some() => {
                                served = true;
                                work.push(answer(frame, reader, handler));
                            }
                            // Slack may say more than we know.
                            Ok(_) => {}
                            Err(error) => {
                                troubles.tell(Trouble::Unreadable, &format!("what came is no message of Slack's: {error}"));
                            }
                        }
                    }
                    // Pings are answered beneath.
                    Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => break !served,
                    Ok(Some(Ok(_))) => asked = false,
                },
            }
        };
        let _ = ends.send((number, End::Closed { served: !failed }));
        // What is being worked on is done to its end; Slack will send it again, and it is the same then.
        while work.next().await.is_some() {}
    }
}

/// Has a delivery handled; what acknowledges it, or nothing.
async fn answer<H, F, E>(frame: Frame, reader: &Reader, handler: &H) -> Option<String>
where
    H: Fn(Result<Delivery, Unreadable>) -> F,
    F: Future<Output = Result<Option<Value>, E>>,
    E: Display,
{
    let id = frame.envelope_id?;
    let delivery = match frame.kind.as_str() {
        "events_api" => reader.socket(Envelope::EventsApi, &frame.payload),
        "interactive" => reader.socket(Envelope::Interactive, &frame.payload),
        "slash_commands" => reader.socket(Envelope::SlashCommands, &frame.payload),
        other => Err(Unreadable::UnknownKind(other.chars().take(80).collect())),
    };
    match handler(delivery).await {
        Ok(Some(payload)) if frame.accepts_response_payload => {
            Some(json!({"envelope_id": id, "payload": payload}).to_string())
        }
        Ok(_) => Some(json!({"envelope_id": id}).to_string()),
        Err(error) => {
            tracing::warn!(%error, envelope = id, "a delivery of Slack is left for its repetition");
            None
        }
    }
}

/// Nothing goes over a network in clear.
fn guarded(address: &str) -> Result<(), String> {
    let url = Url::parse(address).map_err(|_| "it gave no address".to_owned())?;
    if is_guarded(&url) { Ok(()) } else { Err("it gave an address without TLS".to_owned()) }
}

/// What went wrong, without the address.
fn said(error: &Error) -> String {
    match error {
        Error::Http(answer) => format!("it answered {}", answer.status()),
        Error::Url(_) => "it gave an address that cannot be used".to_owned(),
        other => other.to_string(),
    }
}
