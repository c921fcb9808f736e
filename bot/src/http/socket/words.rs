//! What is said over a WebSocket, and what is told: one JSON object each.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::http::answers::feed::Told;

/// The same, for those who write a client.
pub(in crate::http) const SPOKEN: &str = "A WebSocket of the protocol `countersign.v1`. Who cannot send Authorization, as a page's script, offers \
    its token as a second protocol: `bearer.` and the token in base64url, without padding. Pages of other sites come only from http.origins. \
    Said, one JSON object a message, 256 KiB at most: {\"type\": \"chat\", \"id\", \"text\", \"conversation\"}, where what has the same id and text has one \
    effect, as with Idempotency-Key; {\"type\": \"stop\", \"id\"}; {\"type\": \"resume\", \"id\", \"after\", \"conversation\"}, which tells what came \
    after the event with the seq that `after` names, or begins with the last turn. Only `type` and `text` must be there. \
    Told: {\"type\": \"hello\", \"data\": {\"conversation\"}} at first; `snapshot`, `piece` and `turn` with `seq` and the `data` that \
    /api/v1/conversations/{id}/events has, of what is answered from now on; `cards`, `stopped` and `resumed` with the `id` of what was \
    said; `problem` with the problem document. It closes with 1001 where it is to be opened anew, 1003 and 1009 for what is no text or too long, and 1008 \
    where nobody may look any more.";

/// What can be said.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Said {
    /// A sentence.
    Chat { id: Option<String>, text: String, conversation: Option<Uuid> },
    /// No more of the answer that is being given.
    Stop { id: Option<String> },
    /// To go on where somebody was.
    Resume { id: Option<String>, after: Option<String>, conversation: Option<Uuid> },
}

impl Said {
    /// What whoever says it calls it.
    pub(super) fn id(&self) -> Option<&str> {
        let (Self::Chat { id, .. } | Self::Stop { id } | Self::Resume { id, .. }) = self;
        id.as_deref()
    }
}

/// What came of something that was said.
pub(super) fn answer(kind: &str, id: Option<&str>, data: &Value) -> Message {
    Message::text(json!({ "type": kind, "id": id, "data": data }).to_string())
}

/// What is told of a turn.
pub(super) fn told(told: &Told) -> Message {
    Message::text(json!({ "type": told.kind, "seq": told.reached.id(), "data": told.data }).to_string())
}
