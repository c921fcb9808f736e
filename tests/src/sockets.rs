//! Somebody at the other end of a WebSocket of the bot's.

use futures::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::stage::Stage;

/// An open WebSocket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one with these headers, and hears hello; the status where it is not opened.
    pub async fn open(stage: &Stage, headers: &[(&'static str, &str)]) -> Result<(Self, Value), u16> {
        let mut request =
            format!("ws://{}/api/v1/ws", stage.address).into_client_request().expect("a request");
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a header");
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        match connect_async(request).await {
            Ok((socket, _)) => {
                let mut own = Self(socket);
                let hello = own.hears().await.expect("hello");
                assert_eq!(hello["type"], "hello", "{hello:#}");
                Ok((own, hello))
            }
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("it is neither opened nor refused: {error}"),
        }
    }

    /// The same of somebody with this token.
    pub async fn of(stage: &Stage, token: &str) -> Self {
        let opened = Self::open(stage, &[("authorization", &format!("Bearer {token}"))]).await;
        opened.unwrap_or_else(|status| panic!("it is refused: {status}")).0
    }

    /// Says something.
    pub async fn says(&mut self, said: &Value) {
        self.sends(Message::text(said.to_string())).await;
    }

    /// Sends anything, to who may have closed it meanwhile.
    pub async fn sends(&mut self, message: Message) {
        let _ = self.0.send(message).await;
    }

    /// What it is told next; how it was closed, where it was, and with which code.
    pub async fn hears(&mut self) -> Result<Value, Option<u16>> {
        loop {
            // Real time: what never comes is a fault to be told, not waited for.
            let next = tokio::time::timeout(std::time::Duration::from_secs(20), self.0.next()).await;
            match next.expect("something comes, or it ends") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next of this type, whatever comes before it.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            let told =
                self.hears().await.unwrap_or_else(|code| panic!("it is closed before {kind}: {code:?}"));
            if told["type"] == kind {
                return told;
            }
        }
    }

    /// How it ends, whatever comes before that.
    pub async fn end(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.hears().await {
                return code;
            }
        }
    }
}
