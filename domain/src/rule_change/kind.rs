//! Changing the rules as a kind of request.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::annotations::most_denied;
use super::{
    Compared, Draft, FateEvent, Fault, Phase, Proposal, PublishCommand, RuleChangeEvent, RuleChangeNews,
    RuleChangeRequest, question,
};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::request::{
    Carried, Content as _, Kind, Leaver, Life, Meaning, Never, Nothing, Proposed, RequestEvent, Review,
    Stage, Thing, Unsigned,
};
use crate::rules::{Question, Refusal, Ruling, Terms, Warning};
use crate::tenant::People;

/// What came of a change of the rules.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleChange {
    /// What became of the rules once they were countersigned.
    pub fate: Option<FateEvent>,
}

impl RuleChange {
    /// The version as which they were published.
    pub const fn published(&self) -> Option<u64> {
        match self.fate {
            Some(FateEvent::Published { version }) => Some(version),
            _ => None,
        }
    }
}

impl Kind for RuleChange {
    const NAME: &'static str = "rule_change";
    type Content = Draft;
    type Evidence = Compared;
    type Proposal = Proposal;
    type Fixed = Nothing;
    type Phase = Phase;
    type Past = ();
    type Command = PublishCommand;
    type Event = FateEvent;
    type Due = Never;
    type News = RuleChangeNews;
    type Errand = std::convert::Infallible;

    const FIRST: Proposal = Proposal::Publish;
    const CHECKING: Phase = Phase::Comparing;
    /// Whoever is the only administrator left proposes alone what they want; what they had proposed to others does not come into force
    /// because those others are gone.
    const LIFE: Life = Life {
        over: "not_published",
        alone_after_others: Some(|| Fault::OthersWereAsked.into()),
        ..Life::once("publishing", "published")
    };

    fn question<'a>(
        draft: &'a Draft,
        found: Option<&'a Compared>,
        people: &'a People,
    ) -> Option<Question<'a>> {
        let extent = found.map(Compared::extent).unwrap_or_default();
        Some(question(people.people.get(&draft.requester().id)?, extent, people))
    }

    fn violations(draft: &Draft, found: &Compared, ruling: Option<&Ruling>) -> Vec<Violation> {
        match ruling {
            Some(ruling) => Self::ruled_out(draft, Some(found), ruling),
            None => vec![Violation::from(Fault::MayNotChangeRules)],
        }
    }

    /// Whatever the rules say: they are others by now than those in whose place the draft was to be.
    fn ruled_out(draft: &Draft, found: Option<&Compared>, ruling: &Ruling) -> Vec<Violation> {
        let moved_on = moved_on(draft, ruling.version());
        let said = match ruling {
            Ruling::Allowed(terms) => too_many_denied(found, terms).or_else(|| locks_out(found)),
            Ruling::Forbidden(Refusal { policies, messages, .. })
                if policies.is_empty() && messages.is_empty() =>
            {
                Some(Violation::from(Fault::MayNotChangeRules))
            }
            Ruling::Forbidden(Refusal { policies, messages, .. }) => {
                Some(Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() })
            }
        };
        moved_on.into_iter().chain(said).collect()
    }

    fn unmet(draft: &Draft, found: &Compared, terms: &Terms) -> Vec<Violation> {
        let beyond = too_many_denied(Some(found), terms).or_else(|| locks_out(Some(found)));
        moved_on(draft, terms.version).into_iter().chain(beyond).collect()
    }

    /// What is proposed takes the place of one version, and of no other that says the same.
    fn say_the_same(shown: &Terms, now: &Terms) -> bool {
        shown == now
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
    }

    /// What was approved is looked at once more before it is published: whoever proposed or countersigned it may not be one any
    /// more who may; and as many must have countersigned as by the people there are now, where others have come since. Where other
    /// rules are in force by then, which may be these very ones, whoever publishes them finds that out.
    fn reviewed(
        change: &RuleChangeRequest,
        review: &Review<Self>,
        gone: Option<&Leaver>,
        now: Timestamp,
    ) -> Vec<RuleChangeEvent> {
        let Some(draft) = change.asked.as_ref().filter(|_| change.is_approved() && gone.is_none()) else {
            return vec![];
        };
        let version = review.granted.as_ref().map_or(draft.base, Ruling::version);
        if version != draft.base {
            return vec![];
        }
        let asks = matches!(review.granted, Some(Ruling::Forbidden(_))).then_some(&draft.requester.id);
        let unsigned = change.unsigned(&review.people, now);
        if let Some(Unsigned::By(id)) = asks.map(Unsigned::By).or(unsigned) {
            let Leaver { who, name } = Leaver::of(id, &review.people);
            return vec![RequestEvent::Own(FateEvent::CalledOff { who, name })];
        }
        match (&review.granted, change.terms()) {
            (Some(Ruling::Allowed(terms)), shown) if !terms.auto && shown != Some(terms) => {
                change.asked_anew(terms.clone(), now)
            }
            (_, Some(terms)) if unsigned.is_some() => change.asked_anew(terms.clone(), now),
            _ => vec![],
        }
    }

    fn decide(
        change: &RuleChangeRequest,
        command: PublishCommand,
        _: Timestamp,
    ) -> Result<Vec<RuleChangeEvent>, Denied> {
        let event = match command {
            // What is in force is in force, also where it was called off at that very moment.
            PublishCommand::Confirm { version }
                if change.fixed.is_some() && change.own.published().is_none() =>
            {
                FateEvent::Published { version }
            }
            PublishCommand::Overtake { now } if change.is_approved() => FateEvent::Overtaken { now },
            PublishCommand::Confirm { .. } | PublishCommand::Overtake { .. } => return Ok(vec![]),
        };
        Ok(vec![RequestEvent::Own(event)])
    }

    fn evolve(&mut self, event: &FateEvent, _: Timestamp) -> Option<Stage> {
        self.fate = Some(event.clone());
        Some(match event {
            FateEvent::Published { .. } => Stage::Standing,
            FateEvent::Overtaken { .. } | FateEvent::CalledOff { .. } => Stage::Over,
        })
    }

    fn meaning(event: &FateEvent) -> Meaning<'_, RuleChangeNews> {
        let (news, because_of) = match event {
            FateEvent::Published { .. } => (RuleChangeNews::Published, None),
            FateEvent::Overtaken { .. } => (RuleChangeNews::Overtaken, None),
            FateEvent::CalledOff { who, .. } => (RuleChangeNews::CalledOff, Some(who)),
        };
        Meaning { news: Some(news), because_of, ..Meaning::default() }
    }

    /// It is about nothing but the tenant itself.
    fn things(_: &RuleChangeRequest) -> Vec<Thing> {
        vec![Thing { kind: "rules", id: "rules".to_owned() }]
    }
}

/// That other rules are in force by now.
fn moved_on(draft: &Draft, now: u64) -> Option<Violation> {
    (now != draft.base).then_some(Violation::RulesMovedOn { base: draft.base, now })
}

/// That nobody could change them any more. However many countersign that, there is no way back: so it is nobody's to decide.
fn locks_out(found: Option<&Compared>) -> Option<Violation> {
    let warnings = &found?.warnings;
    warnings.contains(&Warning::LocksEverybodyOut).then(|| Fault::LocksEverybodyOut.into())
}

/// That more requests would be denied than the rules let be.
fn too_many_denied(found: Option<&Compared>, terms: &Terms) -> Option<Violation> {
    let (max, denied) = (most_denied(terms)?, found.map_or(0, Compared::denied));
    (denied > max).then(|| Fault::TooManyDenied { denied, max }.into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::RuleChangeCommand;
    use super::super::example::{admin, terms, waiting};
    use super::*;
    use crate::access::example::{DEPUTIES, person, staff, staff_without};
    use crate::envelope::{ActorKind, Digest};
    use crate::request::Assurance;
    use crate::rules::Approvers;
    use crate::tenant::Person;
    use crate::testing::{given, noon};

    /// Whether what this one countersigned is put in force with these people.
    fn goes_on(by: &Person, people: People) -> bool {
        goes_on_after(vec![], terms(), by, people)
    }

    /// The same of what they countersigned in the place of somebody.
    fn goes_on_for(absent: &Person, by: &Person, people: People) -> bool {
        goes_on_after(vec![signed_for(absent, by)], terms(), by, people)
    }

    fn signed_for(absent: &Person, by: &Person) -> RuleChangeEvent {
        RequestEvent::Countersigned {
            by: by.id.clone(),
            receipt: Digest::of(b"what was shown"),
            assurance: Assurance::Said,
            stands_in_for: Some(absent.id.clone()),
        }
    }

    fn waits_for_publishing() -> RuleChangeEvent {
        crate::request::waiting(Proposal::Publish, &admin("zoe").id, terms(), noon())
    }

    fn goes_on_after(before: Vec<RuleChangeEvent>, terms: Terms, by: &Person, people: People) -> bool {
        reviewed_after(before, terms, by, people).is_empty()
    }

    fn reviewed_after(
        before: Vec<RuleChangeEvent>,
        terms: Terms,
        by: &Person,
        people: People,
    ) -> Vec<RuleChangeEvent> {
        let mut history = waiting(&terms);
        history.extend(before);
        history.push(RuleChangeEvent::Approved { by: vec![by.id.clone()], fixed: Nothing {} });
        let (people, ruling) = (Arc::new(people), Some(Ruling::Allowed(terms)));
        let review = Review { people, open: ruling.clone(), granted: ruling, past: () };
        given::<RuleChangeRequest>(history).when(RuleChangeCommand::Review(Box::new(review))).events()
    }

    #[test]
    fn whoever_stood_in_counts_while_somebody_is_away_who_may_and_did_not_propose_it() {
        let kim = person("kim", &[DEPUTIES]);
        let with = |kim: &Person| [admin("zoe"), admin("yan"), kim.clone()];
        let (yan, zoe) = (admin("yan"), admin("zoe"));
        assert!(goes_on_for(&yan, &kim, staff_without(&with(&kim), &[admin("yan")])));
        assert!(!goes_on(&kim, staff_without(&with(&kim), &[admin("yan")])), "it was in nobody's place");
        assert!(!goes_on_for(&yan, &kim, staff(&with(&kim))), "everybody is back");
        let back = reviewed_after(vec![signed_for(&yan, &kim)], terms(), &kim, staff(&with(&kim)));
        let anew = [RequestEvent::Rechecked { terms: Box::new(terms()) }, waits_for_publishing()];
        assert_eq!(
            back, anew,
            "nothing was wrong when it was countersigned: it is asked anew, and not called off"
        );
        let demoted = staff_without(&with(&kim), &[person("yan", &[])]);
        assert!(!goes_on_for(&yan, &kim, demoted), "who is away may no more");
        let away = staff_without(&with(&kim), &[admin("zoe")]);
        assert!(!goes_on_for(&zoe, &kim, away), "it is for who proposed it");
        let agent = Person { kind: ActorKind::Agent, ..kim.clone() };
        assert!(
            !goes_on_for(&yan, &kim, staff_without(&with(&agent), &[admin("yan")])),
            "a program is nobody"
        );
    }

    #[test]
    fn whoever_proposed_it_never_puts_it_in_force_alone() {
        assert!(goes_on(&admin("yan"), staff(&[admin("zoe"), admin("yan")])));
        assert!(!goes_on(&admin("zoe"), staff(&[admin("zoe"), admin("yan")])));
    }

    #[test]
    fn whoever_was_asked_once_nobody_had_answered_still_counts() {
        let lee = person("lee", &["leads"]);
        let approvers_when_escalated = vec![Approvers(["group:leads".to_owned()].into())];
        let terms = Terms { approvers_when_escalated, ..terms() };
        let people = || staff(&[admin("zoe"), admin("yan"), lee.clone()]);
        let escalated = || vec![RequestEvent::Escalated { to: vec!["group:leads".to_owned()] }];
        assert!(goes_on_after(escalated(), terms.clone(), &lee, people()));
        assert!(!goes_on_after(vec![], terms.clone(), &lee, people()), "somebody had answered");
        assert!(goes_on_after(escalated(), terms, &admin("yan"), people()));
    }
}
