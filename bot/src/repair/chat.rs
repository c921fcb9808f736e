//! What people say about plans: proposing one, and deciding on one by its code.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::request::{Code, Common, Facets as _};
use countersign_domain::tenant::{Person, Role};
use jiff::{SignedDuration, Timestamp};

use super::{NotAWish, Repairs, State, Touched, Wish, card};
use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::grammar::Said;
use crate::moment::{self, Edge};

/// The sentence by which a plan is proposed.
pub(crate) const NAME: &str = "repair access";

/// For so long an answer waits until the plan was looked at, or carried out.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

impl Chat {
    /// Proposes a plan: what is to be done about which difference, until when what is ignored is ignored, and why.
    pub(crate) async fn propose_repair(&self, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
        let repairs = self.repairs();
        let until = match said.get("time") {
            Some(given) => match moment::read(given, &self.here(context).await?, Edge::End).certain() {
                Some(until) => Some(until),
                None => {
                    let given = given.chars().take(40).collect();
                    return self.refuse(context, NAME, Violation::BadMoment { given }).await;
                }
            },
            None => None,
        };
        let wishes = match Wish::read(said.get("command").unwrap_or_default(), until) {
            Ok(wishes) => wishes,
            Err(NotAWish::NoRemedy(said) | NotAWish::NoDifference(said)) => {
                let nearest = vec![
                    "repair access revert all".to_owned(),
                    "repair access ignore all until Friday".to_owned(),
                ];
                return self.refuse(context, NAME, Violation::NotUnderstood { said, nearest }).await;
            }
        };
        let decided = repairs.propose(context, &wishes, said.get("reason")).await?;
        self.answer_of_repair(&repairs, context, decided).await
    }

    /// What is said of a plan by its code; nothing where the code is no plan's, or the sentence is none about requests.
    pub(crate) async fn on_a_plan(
        &self,
        context: &Context,
        name: &'static str,
        said: &Said,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let Some(code) = said.get("code").and_then(|code| code.parse::<Code>().ok()) else { return Ok(None) };
        let repairs = self.repairs();
        let Some(state) = repairs.find(&context.tenant, &code).await? else { return Ok(None) };
        if !sees(&state, &context.person) {
            // To everybody else it is as if there were none.
            return Ok(None);
        }
        let receipt = said.get("receipt").map(|given| shown(&state, given));
        let (by, assurance) = (context.person.clone(), context.assurance);
        let decided = match name {
            "approve" => repairs.countersign(context, &code, receipt).await?,
            "deny" | "deny without a reason" => {
                let absent = repairs.absent_for(context).await?;
                let reason = said.get("reason").map(str::to_owned);
                repairs.common(context, "deny", &code, Common::Deny { by, absent, receipt, reason }).await?
            }
            "withdraw" => repairs.common(context, "withdraw", &code, Common::Withdraw { by }).await?,
            "take back" => {
                repairs.common(context, "take back", &code, Common::TakeBack { by, assurance }).await?
            }
            "ask everybody" => {
                repairs.common(context, "ask everybody", &code, Common::Announce { by }).await?
            }
            "status" | "why" | "who can approve" => {
                return Ok(Some(vec![card::repair(&code, &state, &context.person)]));
            }
            _ => return Ok(None),
        };
        self.answer_of_repair(&repairs, context, decided).await.map(Some)
    }

    /// How a plan stands, as soon as nothing is under way, or after a while; or why nothing was done.
    async fn answer_of_repair(
        &self,
        repairs: &Repairs,
        context: &Context,
        decided: Decided<Touched>,
    ) -> Result<Vec<Card>, Failure> {
        let touched = match decided {
            Ok(touched) => touched,
            Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
        };
        let state = repairs.settled(&context.tenant, &touched).await?;
        let mut card = card::repair(&touched.code, &state, &context.person);
        card.refused = state.denial.as_ref().is_some_and(|denial| denial.by.is_none());
        Ok(vec![card])
    }
}

impl Repairs {
    /// How a plan stands once nothing is under way any more, or when the answer cannot wait any longer.
    pub(crate) async fn settled(&self, tenant: &Tenant, touched: &Touched) -> Result<State, Failure> {
        let wait = async {
            let mut changed = self.world.projections.changed();
            loop {
                changed.borrow_and_update();
                let state = self.find(tenant, &touched.code).await?.unwrap_or_else(|| touched.state.clone());
                if !state.is_under_way() || changed.changed().await.is_err() {
                    return Ok(state);
                }
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(state) => state,
            Err(_) => Ok(self.find(tenant, &touched.code).await?.unwrap_or_else(|| touched.state.clone())),
        }
    }
}

/// Whether somebody may see a plan: administrators, auditors, whom it concerns, and who may countersign it.
pub(crate) fn sees(state: &State, person: &Person) -> bool {
    person.is(Role::Admin) || state.is_seen_by(person, &[])
}

/// The receipt that a sentence names: the present one where its beginning was said, as a person does; else one of nothing.
fn shown(state: &State, given: &str) -> Digest {
    let given = given.to_lowercase();
    let present =
        state.receipt().filter(|receipt| given.len() >= 8 && receipt.to_string().starts_with(&given));
    present.or_else(|| Digest::try_from(given.clone()).ok()).unwrap_or_else(|| Digest::of(given.as_bytes()))
}

/// Until when what a button ignores is ignored: a week.
pub(crate) fn a_week(now: Timestamp) -> String {
    let until = now.checked_add(SignedDuration::from_hours(7 * 24)).unwrap_or(now);
    until.strftime("%Y-%m-%d").to_string()
}
