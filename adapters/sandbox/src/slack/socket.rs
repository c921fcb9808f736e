//! Socket Mode: a WebSocket for whoever has a ticket (<https://docs.slack.dev/apis/events-api/using-socket-mode>).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use super::Shared;
use super::pump::Out;
use crate::SandboxError;
use crate::host;

/// How often it asks whether the app is there.
const PING: Duration = Duration::from_secs(10);

/// The listener of Socket Mode; it ends when this is dropped.
pub(super) struct SocketServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl SocketServer {
    pub(super) async fn start(shared: &Arc<Shared>) -> Result<Self, SandboxError> {
        let listen = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
        let taken = |why| SandboxError::Listen { address: listen, why };
        let listener = TcpListener::bind(listen).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let shared = Arc::downgrade(shared);
        Ok(Self { address, task: tokio::spawn(accept(listener, shared)) })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn stop(&self) {
        self.task.abort();
    }
}

impl Drop for SocketServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Its connections end with it.
async fn accept(listener: TcpListener, shared: Weak<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let Some(shared) = shared.upgrade() else { return };
        connections.spawn(serve(stream, shared));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut ticket = String::new();
    #[expect(clippy::result_large_err, reason = "the library wants it so")]
    let read = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        if !host::is_this_machine(request.uri(), request.headers()) {
            return Err(host::misdirected());
        }
        let query = request.uri().query().unwrap_or_default();
        let given = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "ticket");
        ticket = given.map(|(_, ticket)| ticket.into_owned()).unwrap_or_default();
        Ok(response)
    };
    let Ok(socket) = accept_hdr_async(stream, read).await else { return };
    let (out, mut outgoing) = mpsc::unbounded_channel();
    let (mut sink, mut incoming) = socket.split();
    let app = shared.state().bot.app.clone();
    let Some((number, connections)) = shared.pump.join(&ticket, out.clone()) else {
        let _ = sink.send(text(&json!({"type": "disconnect", "reason": "invalid_ticket"}))).await;
        let _ = sink.close().await;
        return;
    };
    let hello = json!({
        "type": "hello", "num_connections": connections, "connection_info": {"app_id": app},
        "debug_info": {"host": "applink-sandbox", "started": "now", "build_number": 1, "approximate_connection_time": 18_060},
    });
    let mut alive = sink.send(text(&hello)).await.is_ok();
    let mut pings = tokio::time::interval(PING);
    while alive {
        tokio::select! {
            Some(out) = outgoing.recv() => match out {
                Out::Text(text) => alive = sink.send(Message::text::<String>(text)).await.is_ok(),
                Out::Cut => alive = false,
            },
            message = incoming.next() => match message {
                Some(Ok(Message::Text(text))) => acknowledge(&shared, &text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => alive = false,
                Some(Ok(_)) => {}
            },
            _ = pings.tick() => alive = sink.send(Message::Ping(vec![].into())).await.is_ok(),
        }
    }
    shared.pump.leave(number);
}

fn acknowledge(shared: &Shared, text: &str) {
    let Ok(answer) = serde_json::from_str::<Value>(text) else { return };
    if let Some(envelope) = answer["envelope_id"].as_str() {
        let payload = answer.get("payload").filter(|payload| !payload.is_null()).cloned();
        shared.pump.acknowledged(envelope, payload);
    }
}

fn text(value: &Value) -> Message {
    Message::text(value.to_string())
}
