//! The guardrail that asks nobody.

use async_trait::async_trait;
use countersign_domain::ports::{CallError, Finding, Guardrail, PolicyName, Screened, Verdict};

use crate::find::{self, Topics};
use crate::policy::{BadPolicy, Policy};
use crate::verdict;

/// What finds, with its version: the same policy may find more after an update, and the log says by which.
const FINDS: u32 = 1;

/// The guardrail that asks nobody.
#[derive(Debug, Clone)]
pub struct BuiltIn {
    policy: Policy,
    topics: Topics,
}

impl BuiltIn {
    /// By this policy.
    pub fn new(policy: Policy) -> Result<Self, BadPolicy> {
        Ok(Self { topics: Topics::new(&policy.topics)?, policy })
    }

    /// Everything that can be found in a text, whatever the policy says of it; in order.
    pub fn findings(&self, text: &str) -> Vec<Finding> {
        find::all(text, &self.topics)
    }

    /// What becomes of a text.
    pub fn judge(&self, screened: Screened<'_>) -> Verdict {
        verdict::of(&self.policy, screened.at, screened.text, self.findings(screened.text))
    }
}

#[async_trait]
impl Guardrail for BuiltIn {
    fn policy(&self) -> PolicyName {
        PolicyName { by: "built_in".to_owned(), version: format!("{}.{FINDS}", self.policy.version) }
    }

    async fn screen(&self, screened: Screened<'_>) -> Result<Verdict, CallError> {
        Ok(self.judge(screened))
    }
}
