//! What people say to propose other rules, or to go back to earlier ones.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::question::{About, Offer};
use countersign_domain::rule_change::Fault;
use countersign_domain::words::flat;

use super::{Proposals, Wanted, may_propose, wording};
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
        let present = self.requests().directory.present(&context.tenant).await?;
        let now = present.rulebook.version();
        let is_asked = base.is_none() && may_propose(&context.person, &present).is_ok();
        if is_asked && undoes_several(version, now) {
            let question = wording::going_back_far(version, now);
            let because = why.map(|why| format!(" because {why}")).unwrap_or_default();
            let say = format!("rules back to {version} from {now}{because}");
            let offers = vec![Offer { label: wording::go_back_to(version), say }];
            return self
                .ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers })
                .await;
        }
        self.propose_change(context, Wanted::BackTo(version), base, why).await
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

/// Whether going back to this version undoes more than the change that is in force: an old card says nothing of the rest.
const fn undoes_several(version: u64, now: u64) -> bool {
    version > 0 && version.saturating_add(1) < now
}
