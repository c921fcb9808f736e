//! Amazon Bedrock's runtimes in miniature: `ConverseStream` and `InvokeAgent` in the vendor's own event stream, `ApplyGuardrail`, and
//! `Retrieve`. What it answers is said to it beforehand.

mod frames;
mod state;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures::stream::{self, StreamExt as _};
use serde_json::{Value, json};

pub use state::{BedrockState, StoredChunk, StreamEvent, StreamReply};

use crate::control::{self, Controlled};
use crate::kept::Kept;
use crate::server::Server;
use crate::traffic::{self, Traffic};
use crate::{Call, Faults, SandboxError};

/// How Bedrock in miniature starts.
#[derive(Debug, Clone)]
pub struct BedrockOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The state to begin with.
    pub seed: BedrockState,
}

impl BedrockOptions {
    /// On a free port of this machine.
    pub const fn new(seed: BedrockState) -> Self {
        Self { listen: SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0), seed }
    }
}

type Shared = Arc<Controlled<BedrockState>>;

/// Bedrock in miniature, running; it ends when this is dropped.
#[derive(Debug)]
pub struct BedrockSandbox {
    server: Server,
    shared: Shared,
}

impl BedrockSandbox {
    /// Starts it.
    pub async fn start(options: BedrockOptions) -> Result<Self, SandboxError> {
        let state = Kept::open(options.seed, None)?;
        let shared = Arc::new(Controlled { state, traffic: Arc::<Traffic>::default() });
        let router = Router::new()
            .route("/model/{model}/converse-stream", post(converse))
            .route("/agents/{agent}/agentAliases/{alias}/sessions/{session}/text", post(invoke))
            .route("/guardrail/{guardrail}/version/{version}/apply", post(apply))
            .route("/knowledgebases/{knowledge}/retrieve", post(retrieve))
            .with_state(Arc::clone(&shared))
            .layer(from_fn_with_state(Arc::clone(&shared.traffic), traffic::pass))
            .merge(control::router(Arc::clone(&shared)));
        let server = Server::start(options.listen, router).await?;
        Ok(Self { server, shared })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The address for an adapter: `http://127.0.0.1:8096`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Says what it answers next, behind what it was told already.
    pub fn will_say(&self, reply: StreamReply) -> Result<(), SandboxError> {
        self.shared.state.change(|state| {
            state.next.push_back(reply);
            Ok(())
        })
    }

    /// Has this found from now on, of whatever is asked.
    pub fn will_find(&self, chunk: StoredChunk) -> Result<(), SandboxError> {
        self.shared.state.change(|state| {
            state.chunks.push(chunk);
            Ok(())
        })
    }

    /// Orders trouble before it answers at all.
    pub fn order(&self, faults: Faults) {
        *self.shared.traffic.faults() = faults;
    }

    /// What was asked of it, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.traffic.calls()
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl control::Shown for BedrockState {}

async fn converse(
    State(shared): State<Shared>,
    Path(model): Path<String>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Response {
    if let Some(refused) = refused(&shared, &headers) {
        return refused;
    }
    if shared.state.look(|state| state.model != model) {
        return wrong(StatusCode::NOT_FOUND, "ResourceNotFoundException", "there is no such model");
    }
    let turns = asked["messages"].as_array().cloned().unwrap_or_default();
    let alternate = turns.windows(2).all(|two| two[0]["role"] != two[1]["role"]);
    if turns.first().is_none_or(|first| first["role"] != "user") || !alternate {
        return wrong(
            StatusCode::BAD_REQUEST,
            "ValidationException",
            "roles must alternate, the user's first",
        );
    }
    let usual = StreamReply::said("I was not told what to say.");
    streamed(&next(&shared, usual))
}

async fn invoke(
    State(shared): State<Shared>,
    Path((_, _, session)): Path<(String, String, String)>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Response {
    if let Some(refused) = refused(&shared, &headers) {
        return refused;
    }
    let are_texts = |all: &Value| all.as_object().is_none_or(|all| all.values().all(Value::is_string));
    let state = &asked["sessionState"];
    if !are_texts(&state["sessionAttributes"]) || !are_texts(&state["promptSessionAttributes"]) {
        return wrong(StatusCode::BAD_REQUEST, "ValidationException", "attributes are texts");
    }
    if asked["inputText"].as_str().is_none()
        && !asked["sessionState"]["returnControlInvocationResults"].is_array()
    {
        return wrong(StatusCode::BAD_REQUEST, "ValidationException", "inputText is required");
    }
    let usual = StreamReply::chunks(&["I was not told ", "what to say."]);
    let about = [
        ("x-amzn-bedrock-agent-content-type", "application/json"),
        ("x-amz-bedrock-agent-session-id", &*session),
    ];
    (AppendHeaders(about), streamed(&next(&shared, usual))).into_response()
}

async fn apply(State(shared): State<Shared>, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    if let Some(refused) = refused(&shared, &headers) {
        return refused;
    }
    let texts = asked["content"].as_array().into_iter().flatten();
    let text: String = texts.filter_map(|block| block["text"]["text"].as_str()).collect();
    let found = shared.state.look(|state| {
        state.guardrail.iter().find(|(part, _)| text.contains(*part)).map(|(_, told)| told.clone())
    });
    let nothing = json!({"action": "NONE", "outputs": [], "assessments": [], "usage": usage()});
    Json(found.unwrap_or(nothing)).into_response()
}

/// Finds what it has among the editions that may be looked at, the best first.
async fn retrieve(State(shared): State<Shared>, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    if let Some(refused) = refused(&shared, &headers) {
        return refused;
    }
    if asked["retrievalQuery"]["text"].as_str().is_none_or(str::is_empty) {
        return wrong(StatusCode::BAD_REQUEST, "ValidationException", "retrievalQuery.text is required");
    }
    let search = &asked["retrievalConfiguration"]["vectorSearchConfiguration"];
    let (most, among) =
        (search["numberOfResults"].as_u64().unwrap_or(5), search["filter"]["in"]["value"].as_array());
    if !(1..=100).contains(&most) {
        return wrong(StatusCode::BAD_REQUEST, "ValidationException", "numberOfResults must be 1 to 100");
    }
    let mut found = shared.state.look(|state| state.chunks.clone());
    found.retain(|chunk| among.is_none_or(|among| among.iter().any(|name| *name == *chunk.edition)));
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(usize::try_from(most).unwrap_or_default());
    let results: Vec<_> = found
        .iter()
        .map(|StoredChunk { edition, text, score }| {
            json!({ "content": { "text": text }, "score": score, "metadata": { "edition": edition } })
        })
        .collect();
    Json(json!({ "retrievalResults": results })).into_response()
}

/// What a guardrail counts.
fn usage() -> Value {
    json!({"topicPolicyUnits": 1, "contentPolicyUnits": 1, "wordPolicyUnits": 1, "sensitiveInformationPolicyUnits": 1,
        "sensitiveInformationPolicyFreeUnits": 0, "contextualGroundingPolicyUnits": 0})
}

fn next(shared: &Shared, usual: StreamReply) -> StreamReply {
    let taken = shared.state.change(|state| Ok::<_, SandboxError>(state.next.pop_front()));
    taken.ok().flatten().unwrap_or(usual)
}

fn streamed(reply: &StreamReply) -> Response {
    let frames: Vec<u8> = reply.events.iter().flat_map(frames::frame).collect();
    let whole = reply.cut_after.is_none_or(|at| at >= frames.len());
    let sent = frames[..reply.cut_after.unwrap_or(frames.len()).min(frames.len())].to_vec();
    let silent = reply.silent;
    let first = stream::iter([Ok(Bytes::from(sent))]);
    let body = if silent {
        Body::from_stream(first.chain(stream::pending::<std::io::Result<Bytes>>()))
    } else if whole {
        Body::from_stream(first.chain(stream::empty::<std::io::Result<Bytes>>()))
    } else {
        let pause = stream::once(async {
            tokio::task::yield_now().await;
            Ok(Bytes::new())
        });
        let lost = stream::iter([Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))]);
        Body::from_stream(first.chain(pause).chain(lost))
    };
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/vnd.amazon.eventstream")], body).into_response()
}

/// Who is not let in: whoever signs with no key, or with another.
fn refused(shared: &Shared, headers: &HeaderMap) -> Option<Response> {
    let wanted = shared.state.look(|state| format!("AWS4-HMAC-SHA256 Credential={}/", state.key_id));
    let shown = headers.get(header::AUTHORIZATION).and_then(|shown| shown.to_str().ok()).unwrap_or_default();
    let signed = shown.starts_with(&wanted) && shown.contains("Signature=");
    (!signed)
        .then(|| wrong(StatusCode::FORBIDDEN, "UnrecognizedClientException", "The security token is invalid"))
}

fn wrong(status: StatusCode, name: &str, message: &str) -> Response {
    let headers = [(header::CONTENT_TYPE.as_str(), "application/json"), ("x-amzn-errortype", name)];
    (status, headers, json!({ "message": message }).to_string()).into_response()
}
