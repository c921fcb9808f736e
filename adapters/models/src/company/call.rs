//! What a call says: the template with what is asked.

use countersign_domain::ports::{Message, SecretError, Secrets, Step};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::fill::{Part, Values, fill, parts};
use super::set::{Set, secret};
use crate::prompt;

/// What placeholders stand for in one step.
struct OfStep<'a> {
    set: &'a Set,
    step: &'a Step,
}

/// The body of a call.
pub(super) fn body(set: &Set, step: &Step) -> Value {
    fill(&set.template, &OfStep { set, step })
}

/// The head of a call: each value with its secrets, read now.
pub(super) async fn head(
    set: &Set,
    secrets: &dyn Secrets,
) -> Result<Vec<(String, SecretString)>, SecretError> {
    let mut read = std::collections::BTreeMap::new();
    for name in set.secrets() {
        read.insert(name, secrets.get(name).await?);
    }
    let value = |written: &String| {
        let words = parts(written).unwrap_or_default().into_iter().map(|part| match part {
            Part::Text(text) => text.to_owned(),
            Part::Named(_) => secret(&part)
                .and_then(|name| read.get(name))
                .map_or_else(String::new, |secret| secret.expose_secret().to_owned()),
        });
        SecretString::from(words.collect::<String>())
    };
    Ok(set.header.iter().map(|(name, written)| (name.clone(), value(written))).collect())
}

impl Values for OfStep<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        let Self { set, step } = self;
        if let Some((of, name)) = name.split_once('.') {
            return match of {
                "parameters" => set.config.parameters.get(name).cloned(),
                "system_prompts" => set.prompts.system_prompts.get(name).cloned().map(Value::from),
                "custom_prompts" => set.prompts.custom_prompts.get(name).cloned().map(Value::from),
                _ => None,
            };
        }
        Some(match name {
            "model" => set.config.model.clone().into(),
            "system" => self.system().into(),
            "instruction" => step.instruction.clone().into(),
            "prompt" => prompt::question(step).into(),
            "messages" => step.messages.iter().map(crate::openai::message).collect(),
            "transcript" => transcript(&step.messages).into(),
            "passages" => prompt::passages(&step.passages).into(),
            "tools" => tools(step),
            "language" => step.language.clone().into(),
            "most_tokens" => step.most_tokens.into(),
            "session" => step.session.to_string().into(),
            "custom_prompt" => set.prompts.custom_prompts.get("default").cloned().unwrap_or_default().into(),
            _ => return None,
        })
    }
}

impl OfStep<'_> {
    fn system(&self) -> String {
        let always = self.set.prompts.system_instructions.trim();
        let own = prompt::system(self.step);
        if always.is_empty() { own } else { format!("{always}\n\n{own}") }
    }
}

fn tools(step: &Step) -> Value {
    let one = |tool: &countersign_domain::ports::Tool| json!({"name": tool.name, "description": tool.description, "parameters": tool.arguments});
    step.tools.iter().map(one).collect()
}

/// What was said, for a model that knows of one text only.
fn transcript(messages: &[Message]) -> String {
    let line = |message: &Message| match message {
        Message::Person { text } => format!("Person: {text}"),
        Message::Agent { text, .. } => format!("Assistant: {text}"),
        Message::Tool { text, .. } => format!("Tool: {text}"),
    };
    messages.iter().map(line).collect::<Vec<_>>().join("\n\n")
}
