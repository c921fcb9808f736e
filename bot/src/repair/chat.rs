//! What people say to propose a plan.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::ports::beginning;
use countersign_domain::repair::Fault;
use jiff::{SignedDuration, Timestamp};

use super::{NotAWish, Repairs, Wish};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment::{self, Edge};

/// The sentence by which a plan is proposed.
pub(crate) const NAME: &str = "repair access";

impl Chat {
    /// The operations on repairs.
    pub(crate) fn repairs(&self) -> Repairs<'_> {
        Repairs::new(self.requests())
    }

    /// Proposes a plan: what is to be done about which difference, until when what is ignored is ignored, and why.
    pub(crate) async fn propose_repair(&self, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
        let given = said.get("time");
        let here = self.here(context).await?;
        let until = given.and_then(|given| moment::read(given, &here, Edge::End).certain());
        if let (Some(given), None) = (given, until) {
            let given = beginning(given, 40);
            return self.refuse(context, NAME, Violation::BadMoment { given }).await;
        }
        let wishes = match Wish::read(said.get("command").unwrap_or_default(), until) {
            Ok(wishes) => wishes,
            Err(NotAWish::NoEnd) => {
                return self.refuse(context, NAME, Violation::from(Fault::IgnoredUntilWhen)).await;
            }
            Err(NotAWish::NoRemedy(said) | NotAWish::NoDifference(said)) => {
                let nearest = vec![
                    "repair access revert all".to_owned(),
                    "repair access ignore all until Friday".to_owned(),
                ];
                return self.refuse(context, NAME, Violation::NotUnderstood { said, nearest }).await;
            }
        };
        let decided = self.repairs().propose(context, &wishes, said.get("reason")).await?;
        self.answer_to_proposal(context, decided).await
    }
}

/// Until when what a button ignores is ignored: a week.
pub(crate) fn a_week(now: Timestamp) -> String {
    let until = now.checked_add(SignedDuration::from_hours(7 * 24)).unwrap_or(now);
    until.strftime("%Y-%m-%d").to_string()
}
