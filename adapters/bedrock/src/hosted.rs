//! Agents by `InvokeAgent`: they think there, and what they would call comes back (return of control), for us to decide. What came of
//! it is handed in with the next step, by the same session and invocation; what a person said is then not said again.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::types::{
    ContentBody, FunctionResult, InvocationInputMember, InvocationResultMember, ResponseState,
    ResponseStream, ReturnControlPayload, SessionState, StreamingConfigurations,
};
use countersign_domain::digest::Digest;
use countersign_domain::ports::{
    Ended, Message, Model, ModelFault, ModelFaultKind, ModelName, Pieces, Step, StepDone, Stop,
};
use countersign_models::{Collected, Room, question};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::fault::{fault, malformed, of, silent};
use crate::{Access, VENDOR};

/// What an id of a call is made of: the invocation, the action group, and which call it is.
const BETWEEN: char = '|';

/// Which agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostedSettings {
    /// Its id.
    pub agent: String,
    /// The alias, which names a version.
    pub alias: String,
    /// What every session is told, by name.
    #[serde(default)]
    pub attributes: HashMap<String, String>,
}

/// An agent of Bedrock's.
#[derive(Debug)]
pub struct HostedAgent {
    client: Client,
    access: Access,
    settings: HostedSettings,
}

impl HostedAgent {
    /// By this way.
    pub fn new(access: Access, settings: HostedSettings) -> Self {
        Self { client: Client::new(&access.config), access, settings }
    }

    async fn hear_all(&self, step: &Step, collected: &mut Collected<'_>) -> Result<Ended, ModelFault> {
        let patience = self.access.patience;
        let request = self
            .client
            .invoke_agent()
            .agent_id(&self.settings.agent)
            .agent_alias_id(&self.settings.alias)
            .session_id(step.session.to_string())
            // Without it an answer comes all at once, at its end.
            .streaming_configurations(StreamingConfigurations::builder().stream_final_response(true).build())
            .session_state(self.state(step)?)
            .input_text(question(step));
        let sent = timeout(patience.first, request.send()).await.map_err(|_| silent(false))?;
        let mut stream = sent.map_err(|error| of(&error))?.completion;
        loop {
            let begun = collected.has_begun();
            let patience = if begun { patience.between } else { patience.first };
            let event = timeout(patience, stream.recv()).await.map_err(|_| silent(begun))?;
            match event.map_err(|error| of(&error))? {
                Some(ResponseStream::Chunk(part)) => {
                    let bytes = part.bytes.map(aws_sdk_bedrockagentruntime::primitives::Blob::into_inner);
                    let text = String::from_utf8(bytes.unwrap_or_default());
                    let text = text.map_err(|_| malformed("it said something that is no text"))?;
                    if collected.text(&text) == Room::None {
                        return Ok(Ended::Length);
                    }
                }
                Some(ResponseStream::ReturnControl(wanted)) => wants(&wanted, collected)?,
                Some(_) => {}
                None => return Ok(Ended::Said),
            }
        }
    }

    /// What the session is told: its attributes, and what came of the calls that were wanted last.
    fn state(&self, step: &Step) -> Result<SessionState, ModelFault> {
        let mut state = SessionState::builder();
        for (name, value) in &self.settings.attributes {
            state = state.session_attributes(name, value);
        }
        let last = step.messages.iter().rev().take_while(|message| matches!(message, Message::Tool { .. }));
        let mut results = Vec::new();
        for message in last {
            let Message::Tool { call, text, failed } = message else { continue };
            let mut parts = call.splitn(4, BETWEEN);
            let (Some(invocation), Some(group), Some(function)) = (parts.next(), parts.next(), parts.next())
            else {
                return Err(malformed("a call was made that this agent did not want"));
            };
            state = state.invocation_id(invocation);
            let body = ContentBody::builder().body(text).build();
            let result = FunctionResult::builder()
                .action_group(group)
                .function(function)
                .response_body("TEXT", body)
                .set_response_state(failed.then_some(ResponseState::Reprompt));
            let result = result.build().map_err(|error| malformed(&error.to_string()))?;
            results.insert(0, InvocationResultMember::FunctionResult(result));
        }
        Ok(state.set_return_control_invocation_results((!results.is_empty()).then_some(results)).build())
    }
}

/// The calls that it wants made. Their ids say where the results belong.
fn wants(wanted: &ReturnControlPayload, collected: &mut Collected<'_>) -> Result<(), ModelFault> {
    let invocation = wanted.invocation_id.as_deref().unwrap_or_default();
    for input in wanted.invocation_inputs() {
        let nth = collected.next_place();
        let (group, function, arguments) = match input {
            InvocationInputMember::FunctionInvocationInput(input) => {
                let parameters = input.parameters().iter().map(|one| (one.name.clone(), one.value.clone()));
                (&input.action_group, input.function.clone().unwrap_or_default(), arguments(parameters))
            }
            InvocationInputMember::ApiInvocationInput(input) => {
                let body = input.request_body.as_ref().and_then(|body| body.content.as_ref());
                let body =
                    body.into_iter().flat_map(HashMap::values).flat_map(|content| content.properties());
                let body = body.map(|one| (one.name.clone(), one.value.clone()));
                let parameters = input.parameters().iter().map(|one| (one.name.clone(), one.value.clone()));
                let path = input.api_path.as_deref().unwrap_or_default().trim_matches('/').replace('/', "_");
                (&input.action_group, path, arguments(parameters.chain(body)))
            }
            _ => return Err(malformed("it wants something called that has no name")),
        };
        let id = [invocation, group, &function, &nth.to_string()].join(&BETWEEN.to_string());
        collected.call(nth, &id, &function, &arguments.to_string())?;
    }
    Ok(())
}

/// Its arguments are texts; what reads as JSON is what it reads as.
fn arguments(all: impl Iterator<Item = (Option<String>, Option<String>)>) -> Value {
    let value = |text: String| match serde_json::from_str::<Value>(&text) {
        Ok(value) if !value.is_string() => value,
        _ => Value::String(text),
    };
    let fields = all.filter_map(|(name, text)| Some((name?, value(text.unwrap_or_default()))));
    Value::Object(fields.collect::<Map<_, _>>())
}

#[async_trait]
impl Model for HostedAgent {
    fn name(&self) -> ModelName {
        let settings = serde_json::to_value(&self.settings).unwrap_or_default().to_string();
        ModelName {
            backend: "bedrock_agent".to_owned(),
            model: format!("{}@{}", self.settings.agent, self.settings.alias),
            settings: Digest::of(settings.as_bytes()),
        }
    }

    fn calls_tools(&self) -> bool {
        true
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        let mut collected = Collected::new(VENDOR, step, pieces);
        let ended = tokio::select! {
            biased;
            () = stop.wanted() => Ok(Ended::Stopped),
            ended = timeout(self.access.patience.whole, self.hear_all(step, &mut collected)) => {
                ended.unwrap_or_else(|_| Err(fault(ModelFaultKind::SilentBetween, "it did not come to an end in time")))
            }
        };
        collected.done(ended?)
    }
}
