//! What an agent tells of its way to an answer (its trace), as far as it is of use here: how many tokens its models took, under which id
//! the vendor knows it, and whether a guardrail there stepped in. What it thought stays with the vendor.

use aws_sdk_bedrockagentruntime::types::{
    GuardrailAction, Metadata, OrchestrationTrace, PostProcessingTrace, PreProcessingTrace,
    RoutingClassifierTrace, Trace, TracePart,
};
use countersign_domain::ports::Usage;

/// What is said under an answer that a guardrail there has looked at, and stepped in.
const STEPPED_IN: &str = "A guardrail of the model's vendor stepped in here.";

/// What was told so far.
#[derive(Debug, Default)]
pub(crate) struct Traced {
    read: u64,
    written: u64,
    /// Whether it was said what it took.
    counted: bool,
    stepped_in: bool,
    /// The vendor's id of it, for whoever asks the vendor about it.
    pub(crate) id: Option<String>,
}

impl Traced {
    pub(crate) fn take(&mut self, part: &TracePart) {
        match &part.trace {
            Some(Trace::OrchestrationTrace(OrchestrationTrace::ModelInvocationOutput(told))) => {
                self.id.clone_from(&told.trace_id);
                self.count(told.metadata.as_ref());
            }
            Some(Trace::PreProcessingTrace(PreProcessingTrace::ModelInvocationOutput(told))) => {
                self.count(told.metadata.as_ref());
            }
            Some(Trace::PostProcessingTrace(PostProcessingTrace::ModelInvocationOutput(told))) => {
                self.count(told.metadata.as_ref());
            }
            Some(Trace::RoutingClassifierTrace(RoutingClassifierTrace::ModelInvocationOutput(told))) => {
                self.count(told.metadata.as_ref());
            }
            Some(Trace::GuardrailTrace(told)) => {
                self.stepped_in |= told.action == Some(GuardrailAction::Intervened);
            }
            Some(Trace::FailureTrace(told)) => {
                // Its words repeat what was said; the number does not.
                tracing::debug!(code = told.failure_code, "an agent of Bedrock's tells of a failure");
                self.id.clone_from(&told.trace_id);
            }
            _ => {}
        }
    }

    fn count(&mut self, metadata: Option<&Metadata>) {
        let Some(usage) = metadata.and_then(|metadata| metadata.usage.as_ref()) else { return };
        let tokens =
            |tokens: Option<i32>| tokens.and_then(|tokens| u64::try_from(tokens).ok()).unwrap_or_default();
        self.read = self.read.saturating_add(tokens(usage.input_tokens));
        self.written = self.written.saturating_add(tokens(usage.output_tokens));
        self.counted = true;
    }

    /// What it took; nothing where it was not said.
    pub(crate) fn usage(&self) -> Option<Usage> {
        self.counted.then_some(Usage { read: self.read, written: self.written, said: true })
    }

    /// What is to be said to the person.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.stepped_in.then(|| STEPPED_IN.to_owned()).into_iter().collect()
    }
}
