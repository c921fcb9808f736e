//! Models by `ConverseStream`: whichever there are, in one shape.

use async_trait::async_trait;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ContentBlockStart, ConversationRole, ConverseStreamOutput,
    GuardrailStreamConfiguration, InferenceConfiguration, Message as Said, StopReason, SystemContentBlock,
    Tool, ToolConfiguration, ToolInputSchema, ToolResultBlock, ToolResultContentBlock, ToolResultStatus,
    ToolSpecification, ToolUseBlock,
};
use countersign_domain::digest::Digest;
use countersign_domain::ports::{
    Ended, Message, Model, ModelFault, ModelFaultKind, ModelName, Pieces, Step, StepDone, Stop, Usage,
};
use countersign_models::{Collected, Room, system};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::entered::left_alone;
use crate::fault::{fault, malformed, of, silent};
use crate::value::object;
use crate::{Access, VENDOR};

/// What is set for a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConverseSettings {
    /// The model, or the profile by which it is reached: `eu.anthropic.claude-…`.
    pub model: String,
    /// How freely it speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// Whether it can call tools.
    #[serde(default)]
    pub tools: bool,
    /// A guardrail there, with its version, that looks while it speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail: Option<(String, String)>,
}

/// A model of Bedrock's.
#[derive(Debug)]
pub struct Converse {
    client: Client,
    access: Access,
    settings: ConverseSettings,
}

impl Converse {
    /// By this way.
    pub fn new(access: Access, settings: ConverseSettings) -> Self {
        Self { client: Client::new(&access.config), access, settings }
    }

    async fn hear_all(
        &self,
        step: &Step,
        collected: &mut Collected<'_>,
    ) -> Result<Option<Ended>, ModelFault> {
        let patience = self.access.patience;
        let mut request = self
            .client
            .converse_stream()
            .model_id(&self.settings.model)
            .system(SystemContentBlock::Text(system(step)))
            .set_messages(Some(messages(step)?))
            .inference_config(self.inference(step));
        if self.settings.tools && !step.tools.is_empty() {
            request = request.tool_config(tools(step)?);
        }
        if let Some((id, version)) = &self.settings.guardrail {
            let guardrail =
                GuardrailStreamConfiguration::builder().guardrail_identifier(id).guardrail_version(version);
            request = request.guardrail_config(guardrail.build());
        }
        let sent = timeout(patience.first, request.send()).await.map_err(|_| silent(false))?;
        let mut stream = sent.map_err(|error| of(&error))?.stream;
        loop {
            let begun = collected.has_begun();
            let patience = if begun { patience.between } else { patience.first };
            let event = timeout(patience, stream.recv()).await.map_err(|_| silent(begun))?;
            match event.map_err(|error| of(&error))? {
                Some(event) => {
                    if hear(&event, collected)? == Room::None {
                        return Ok(Some(Ended::Length));
                    }
                }
                None => return Ok(collected.why),
            }
        }
    }

    fn inference(&self, step: &Step) -> InferenceConfiguration {
        InferenceConfiguration::builder()
            .max_tokens(i32::try_from(step.most_tokens).unwrap_or(i32::MAX))
            .set_temperature(self.settings.temperature)
            .build()
    }
}

/// Takes what an event says.
fn hear(event: &ConverseStreamOutput, collected: &mut Collected<'_>) -> Result<Room, ModelFault> {
    let place = |index: i32| u64::try_from(index).unwrap_or_default();
    match event {
        ConverseStreamOutput::ContentBlockStart(begun) => {
            if let Some(ContentBlockStart::ToolUse(call)) = &begun.start {
                collected.call(place(begun.content_block_index), &call.tool_use_id, &call.name, "")?;
            }
        }
        ConverseStreamOutput::ContentBlockDelta(more) => match &more.delta {
            Some(ContentBlockDelta::Text(text)) => return Ok(collected.text(text)),
            Some(ContentBlockDelta::ToolUse(call)) => {
                collected.call(place(more.content_block_index), "", "", &call.input)?;
            }
            _ => {}
        },
        ConverseStreamOutput::MessageStop(stopped) => collected.why = Some(ended(&stopped.stop_reason)?),
        ConverseStreamOutput::Metadata(told) => {
            if let Some(usage) = &told.usage {
                let count = |tokens: i32| u64::try_from(tokens).unwrap_or_default();
                let (read, written) = (count(usage.input_tokens), count(usage.output_tokens));
                collected.usage = Some(Usage { read, written, said: true });
            }
        }
        _ => {}
    }
    Ok(Room::Left)
}

fn ended(reason: &StopReason) -> Result<Ended, ModelFault> {
    Ok(match reason {
        StopReason::ToolUse => Ended::Calls,
        StopReason::MaxTokens => Ended::Length,
        StopReason::GuardrailIntervened | StopReason::ContentFiltered => Ended::Screened,
        StopReason::ModelContextWindowExceeded => {
            return Err(fault(ModelFaultKind::Refused, "it was told more than it can read"));
        }
        StopReason::MalformedModelOutput | StopReason::MalformedToolUse => {
            return Err(malformed("it said something that cannot be read"));
        }
        _ => Ended::Said,
    })
}

/// What was said, one side after the other: what one side said in several messages is one.
fn messages(step: &Step) -> Result<Vec<Said>, ModelFault> {
    let mut turns: Vec<(ConversationRole, Vec<ContentBlock>)> = Vec::new();
    for message in &step.messages {
        let (role, blocks) = match message {
            Message::Person { text } => (ConversationRole::User, vec![ContentBlock::Text(spoken(text))]),
            Message::Agent { text, calls } => {
                let text = (!text.trim().is_empty()).then(|| ContentBlock::Text(text.clone()));
                let calls = calls.iter().map(|call| {
                    let block = ToolUseBlock::builder()
                        .tool_use_id(&call.id)
                        .name(&call.tool)
                        .input(object(&call.arguments))
                        .build();
                    block.map(ContentBlock::ToolUse).map_err(unmade)
                });
                let calls = calls.collect::<Result<Vec<_>, _>>()?;
                (ConversationRole::Assistant, text.into_iter().chain(calls).collect())
            }
            Message::Tool { call, text, failed } => {
                let status = if *failed { ToolResultStatus::Error } else { ToolResultStatus::Success };
                let result = ToolResultBlock::builder()
                    .tool_use_id(call)
                    .content(ToolResultContentBlock::Text(spoken(text)))
                    .status(status);
                (ConversationRole::User, vec![ContentBlock::ToolResult(result.build().map_err(unmade)?)])
            }
        };
        match turns.last_mut() {
            Some((last, said)) if *last == role => said.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    let one = |(role, blocks)| Said::builder().role(role).set_content(Some(blocks)).build().map_err(unmade);
    turns.into_iter().filter(|(_, blocks)| !blocks.is_empty()).map(one).collect()
}

/// A text without a word is refused there.
fn spoken(text: &str) -> String {
    if text.trim().is_empty() { "(nothing)".to_owned() } else { text.to_owned() }
}

fn tools(step: &Step) -> Result<ToolConfiguration, ModelFault> {
    let one = |tool: &countersign_domain::ports::Tool| {
        let spec = ToolSpecification::builder()
            .name(&tool.name)
            .description(&tool.description)
            .input_schema(ToolInputSchema::Json(object(&tool.arguments)));
        spec.build().map(Tool::ToolSpec).map_err(unmade)
    };
    let tools = step.tools.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    ToolConfiguration::builder().set_tools(Some(tools)).build().map_err(unmade)
}

fn unmade(error: impl std::fmt::Display) -> ModelFault {
    fault(ModelFaultKind::Refused, &format!("the request cannot be made: {error}"))
}

#[async_trait]
impl Model for Converse {
    fn name(&self) -> ModelName {
        let settings = serde_json::to_string(&self.settings).unwrap_or_default();
        ModelName {
            backend: "bedrock_converse".to_owned(),
            model: self.settings.model.clone(),
            settings: Digest::of(settings.as_bytes()),
        }
    }

    fn calls_tools(&self) -> bool {
        self.settings.tools
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        let entered = self.access.enter(&self.settings.model).map_err(left_alone)?;
        let mut collected = Collected::new(VENDOR, step, pieces);
        let ended = tokio::select! {
            biased;
            () = stop.wanted() => Ok(Some(Ended::Stopped)),
            ended = timeout(self.access.patience.whole, self.hear_all(step, &mut collected)) => {
                ended.unwrap_or_else(|_| Err(silent(true)))
            }
        };
        let unfinished = || fault(ModelFaultKind::Cut, "its answer ended before it was done");
        let ended = ended.and_then(|why| why.ok_or_else(unfinished));
        entered.tell_step(&ended);
        collected.done(ended?)
    }
}
