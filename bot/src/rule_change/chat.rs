//! What people say to propose other rules, or to go back to earlier ones.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::rule_change::Fault;
use countersign_domain::words::flat;

use super::{Proposals, Wanted};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// The sentence by which rules are proposed.
pub(crate) const PROPOSE: &str = "rules propose";
/// The sentence by which an earlier version is proposed once more.
pub(crate) const BACK: &str = "rules back";

impl Chat {
    /// Proposes the rules that stand in the code block.
    pub(crate) async fn propose_rules(&self, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
        let rules = said.get("rules").unwrap_or_default().to_owned();
        self.propose_change(context, Wanted::Rules(rules), said.get("reason")).await
    }

    /// Proposes an earlier version once more.
    pub(crate) async fn propose_going_back(
        &self,
        context: &Context,
        said: &Said,
    ) -> Result<Vec<Card>, Failure> {
        let given = said.get("version").unwrap_or_default();
        let Ok(version) = given.parse() else {
            let given = flat(given).chars().take(20).collect();
            return self.refuse(context, BACK, Violation::from(Fault::UnknownVersion { given })).await;
        };
        self.propose_change(context, Wanted::BackTo(version), said.get("reason")).await
    }

    async fn propose_change(
        &self,
        context: &Context,
        wanted: Wanted,
        why: Option<&str>,
    ) -> Result<Vec<Card>, Failure> {
        let decided = Proposals::new(self.requests()).propose(context, wanted, None, why).await?;
        self.answer_to_proposal(context, decided).await
    }
}
