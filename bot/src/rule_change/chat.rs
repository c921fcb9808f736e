//! What people say to propose other rules, or to go back to earlier ones.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::question::{About, Offer};
use countersign_domain::rule_change::Fault;
use countersign_domain::words::flat;

use super::{Proposals, Wanted, wording};
use crate::chat::{Chat, Doubt};
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
        self.propose_change(context, Wanted::Rules(rules), None, said.get("reason")).await
    }

    /// Proposes an earlier version once more.
    pub(crate) async fn propose_going_back(
        &self,
        context: &Context,
        said: &Said,
    ) -> Result<Vec<Card>, Failure> {
        let (given, why) = (said.get("version").unwrap_or_default(), said.get("reason"));
        let Ok(version) = given.parse() else { return self.no_such_version(context, given).await };
        let base = said.get("base").map(str::parse::<u64>);
        let Ok(base) = base.transpose() else {
            return self.no_such_version(context, said.get("base").unwrap_or_default()).await;
        };
        let wanted = Wanted::BackTo(version);
        let asked = Proposals::new(self.requests()).asked_first(context, &wanted, base).await?;
        if let Some(Fault::UndoesSeveral { version, now }) = asked {
            let question = wording::going_back_far(version, now);
            let because = why.map(|why| format!(" because {why}")).unwrap_or_default();
            let say = format!("rules back to {version} from {now}{because}");
            let offers = vec![Offer { label: wording::go_back_to(version), say }];
            return self
                .ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers })
                .await;
        }
        self.propose_change(context, wanted, base, why).await
    }

    async fn no_such_version(&self, context: &Context, given: &str) -> Result<Vec<Card>, Failure> {
        let given = flat(given).chars().take(20).collect();
        self.refuse(context, BACK, Violation::from(Fault::UnknownVersion { given })).await
    }

    async fn propose_change(
        &self,
        context: &Context,
        wanted: Wanted,
        base: Option<u64>,
        why: Option<&str>,
    ) -> Result<Vec<Card>, Failure> {
        let decided = Proposals::new(self.requests()).propose(context, wanted, base, why).await?;
        self.answer_to_proposal(context, decided).await
    }
}
