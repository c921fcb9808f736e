//! A guardrail behind another one: what the first lets over, the second looks at as well. It can only take more away, for whatever the
//! first has found counts, also where the second does not answer.

use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::ports::{CallError, Finding, Guardrail, PolicyName, Screened, Verdict};

/// Two guardrails, one behind the other.
#[derive(Clone)]
pub struct Behind {
    first: Arc<dyn Guardrail>,
    then: Arc<dyn Guardrail>,
}

impl Behind {
    /// `then` looks at what `first` lets over.
    pub const fn new(first: Arc<dyn Guardrail>, then: Arc<dyn Guardrail>) -> Self {
        Self { first, then }
    }
}

#[async_trait]
impl Guardrail for Behind {
    fn policy(&self) -> PolicyName {
        let (first, then) = (self.first.policy(), self.then.policy());
        PolicyName {
            by: format!("{}+{}", first.by, then.by),
            version: format!("{}+{}", first.version, then.version),
        }
    }

    async fn screen(&self, screened: Screened<'_>) -> Result<Verdict, CallError> {
        let first = self.first.screen(screened).await?;
        let text = match &first {
            Verdict::Refused { .. } => return Ok(first),
            Verdict::Passed => screened.text,
            Verdict::Masked { text, .. } => text.as_str(),
        };
        match self.then.screen(Screened { text, ..screened }).await {
            Ok(then) => Ok(both(first, then)),
            Err(error) if screened.at.shuts_on_failure() => Err(error),
            // What comes in goes over while nobody can look, but never with what the first has masked.
            Err(error) => {
                tracing::warn!(at = ?screened.at, "only one guardrail has looked at what goes over: {error}");
                Ok(first)
            }
        }
    }
}

/// What both say of a text of which the second saw what the first had left.
fn both(first: Verdict, then: Verdict) -> Verdict {
    let Verdict::Masked { what: found, .. } = &first else { return then };
    match then {
        Verdict::Passed => first,
        Verdict::Masked { text, what } => Verdict::Masked { text, what: joined(found, what) },
        Verdict::Refused { what } => Verdict::Refused { what: joined(found, what) },
    }
}

/// Where the second found something is told of a text that nobody else has, so it is said of the whole.
fn joined(found: &[Finding], more: Vec<Finding>) -> Vec<Finding> {
    let more = more.into_iter().map(|finding| Finding { at: None, ..finding });
    found.iter().cloned().chain(more).collect()
}
