//! Agents by `InvokeAgent`: they think there, and what they would call comes back (return of control), for us to decide. What came of
//! it is handed in with the next step, by the same session and invocation; what a person said is then not said again.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::types::{
    ContentBody, FunctionResult, InvocationInputMember, InvocationResultMember, PropertyParameters,
    ResponseState, ResponseStream, ReturnControlPayload, SessionState, StreamingConfigurations,
};
use countersign_domain::digest::Digest;
use countersign_domain::ports::{
    Ended, Message, Model, ModelFault, ModelFaultKind, ModelName, Pieces, RUN_ELSEWHERE, Step, StepDone, Stop,
};
use countersign_models::{Collected, Room, material, question};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::entered::left_alone;
use crate::fault::{fault, malformed, of, silent};
use crate::trace::Traced;
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
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Whether it tells what it does on the way: only so is known how many tokens it takes.
    #[serde(default = "yes")]
    pub trace: bool,
}

impl HostedSettings {
    /// What it is called in the log, and priced by.
    pub fn name(&self) -> String {
        format!("{}@{}", self.agent, self.alias)
    }
}

const fn yes() -> bool {
    true
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

    async fn hear_all(
        &self,
        step: &Step,
        collected: &mut Collected<'_>,
        traced: &mut Traced,
    ) -> Result<Ended, ModelFault> {
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
            .enable_trace(self.settings.trace)
            .input_text(input(step));
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
                Some(ResponseStream::Trace(part)) => traced.take(&part),
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
        if let Some(language) = &step.language {
            state = state.prompt_session_attributes("language", language);
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

/// What the person said, behind what it may answer from: what it is to be, it is told there.
fn input(step: &Step) -> String {
    format!("{}\n\n{}", material(step), question(step)).trim().to_owned()
}

/// The calls that it wants made. Their ids say where the results belong.
fn wants(wanted: &ReturnControlPayload, collected: &mut Collected<'_>) -> Result<(), ModelFault> {
    let invocation = wanted.invocation_id.as_deref().unwrap_or_default();
    for input in wanted.invocation_inputs() {
        let nth = collected.next_place();
        let (group, function, arguments) = match input {
            InvocationInputMember::FunctionInvocationInput(input) => {
                let parameters = input.parameters().iter();
                let parameters = parameters.map(|one| argument(one.name(), one.r#type(), one.value()));
                (&input.action_group, input.function.clone().unwrap_or_default(), arguments(parameters))
            }
            InvocationInputMember::ApiInvocationInput(input) => {
                let body = input.request_body.as_ref().and_then(|body| body.content.as_ref());
                let body =
                    body.into_iter().flat_map(HashMap::values).flat_map(PropertyParameters::properties);
                let body = body.map(|one| argument(one.name(), one.r#type(), one.value()));
                let parameters = input.parameters().iter();
                let parameters = parameters.map(|one| argument(one.name(), one.r#type(), one.value()));
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

/// An argument. All come as texts; what is no text by its type, and reads as JSON, is what it reads as.
fn argument(name: Option<&str>, kind: Option<&str>, text: Option<&str>) -> Option<(String, Value)> {
    let text = text.unwrap_or_default();
    let is_text = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("string"));
    let value = match serde_json::from_str::<Value>(text) {
        Ok(value) if !is_text && !value.is_string() => value,
        _ => Value::String(text.to_owned()),
    };
    Some((name?.to_owned(), value))
}

fn arguments(all: impl Iterator<Item = Option<(String, Value)>>) -> Value {
    Value::Object(all.flatten().collect::<Map<_, _>>())
}

#[async_trait]
impl Model for HostedAgent {
    fn name(&self) -> ModelName {
        let settings = serde_json::to_value(&self.settings).unwrap_or_default().to_string();
        ModelName {
            backend: RUN_ELSEWHERE.to_owned(),
            model: self.settings.name(),
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
        let entered = self.access.enter(&self.settings.agent).map_err(left_alone)?;
        let (mut collected, mut traced) = (Collected::new(VENDOR, step, pieces), Traced::default());
        let all = self.hear_all(step, &mut collected, &mut traced);
        let ended = tokio::select! {
            biased;
            () = stop.wanted() => Ok(Ended::Stopped),
            ended = timeout(self.access.patience.whole, all) => {
                ended.unwrap_or_else(|_| Err(fault(ModelFaultKind::SilentBetween, "it did not come to an end in time")))
            }
        };
        entered.tell_step(&ended);
        let ended = ended?;
        collected.usage = traced.usage();
        collected.response = traced.id.take();
        let done = collected.done(ended)?;
        Ok(StepDone { notes: traced.notes(), ..done })
    }
}
