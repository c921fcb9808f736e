//! Repairs as a kind of request.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::cap::beyond;
use super::state::called_off;
use super::{
    Drift, Elsewhere, Fault, Found, MOST_ITEMS, Phase, Plan, Proposal, Remedy, Repair, RepairCommand,
    RepairEvent, RepairNews, RepairRequest, settle,
};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::request::{
    Carried, Kind, Leaver, Life, Meaning, Never, Nothing, Proposed, RequestEvent, Review, Stage, Thing,
    Unsigned, closed,
};
use crate::rules::{Question, Refusal, Ruling, Terms};
use crate::tenant::{People, Person};

/// What nobody speaks of is spoken of again after so many days at the latest: to ignore it for ever is to adopt it and not to say so.
pub const IGNORED_DAYS: i64 = 90;

impl<D: Drift> Kind for Repair<D> {
    const NAME: &'static str = "repair";
    type Content = Plan<D>;
    type Evidence = Found<D>;
    type Proposal = Proposal;
    type Fixed = Nothing;
    type Phase = Phase;
    type Past = Elsewhere;
    type Command = RepairCommand<D>;
    type Event = RepairEvent<D>;
    /// What is ignored is found again by who compares.
    type Due = Never;
    type News = RepairNews;
    type Errand = std::convert::Infallible;

    const FIRST: Proposal = Proposal::Repair;
    const CHECKING: Phase = Phase::Checking;
    const LIFE: Life = Life { over: "called_off", ..Life::once("repairing", "repaired") };

    /// Of the first thing that a plan touches; of all of them together, [`ruling`](super::ruling) asks.
    fn question<'a>(plan: &'a Plan<D>, _: Option<&'a Found<D>>, people: &'a People) -> Option<Question<'a>> {
        super::question::first(plan, people)
    }

    /// A plan is made of what was found outside, by its identity: there is nothing that was typed.
    fn is_own(repair: &RepairRequest<D>, person: &Person) -> bool {
        let planned = repair.asked.iter().flat_map(|plan| &plan.items).map(|item| &item.drift);
        let found = repair.findings.iter().flat_map(|found| found.items.iter().flatten());
        planned.chain(found).any(|drift| drift.is_of(person))
    }

    /// With whoever is gone, what they hold is ended; what is different then is for another plan. What a plan says of others stands:
    /// only where it is about nobody else, it is over.
    fn gone(repair: &RepairRequest<D>, people: &People) -> Option<Leaver> {
        let items = &repair.asked.as_ref()?.items;
        let mut gone = items.iter().map(|item| item.left(people));
        let first = gone.next().flatten()?;
        gone.all(|one| one.is_some()).then_some(first)
    }

    fn violations(plan: &Plan<D>, found: &Found<D>, ruling: Option<&Ruling>) -> Vec<Violation> {
        let mut violations = Vec::new();
        if plan.items.len() > MOST_ITEMS {
            violations.push(Fault::TooManyItems { items: plan.items.len(), max: MOST_ITEMS }.into());
        }
        let mut places = BTreeSet::new();
        for item in &plan.items {
            if !places.insert(item.drift.place()) {
                violations.push(Fault::TwiceInPlan { what: item.drift.title() }.into());
            }
        }
        violations.extend(nothing_differs(plan, found));
        violations.extend(ruling.into_iter().flat_map(|ruling| Self::ruled_out(plan, Some(found), ruling)));
        violations
    }

    fn ruled_out(_: &Plan<D>, _: Option<&Found<D>>, ruling: &Ruling) -> Vec<Violation> {
        match ruling {
            Ruling::Allowed(_) => vec![],
            Ruling::Forbidden(Refusal { policies, messages, .. })
                if policies.is_empty() && messages.is_empty() =>
            {
                vec![no_proposer()]
            }
            Ruling::Forbidden(Refusal { policies, messages, .. }) => {
                vec![Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() }]
            }
        }
    }

    fn unmet(plan: &Plan<D>, found: &Found<D>, _: &Terms) -> Vec<Violation> {
        nothing_differs(plan, found).into_iter().collect()
    }

    fn limits(&self, proposed: Proposed<'_, Self>, elsewhere: &Elsewhere, now: Timestamp) -> Vec<Violation> {
        let last =
            now.saturating_add(SignedDuration::from_hours(24 * IGNORED_DAYS)).unwrap_or(Timestamp::MAX);
        let times = proposed.asked.items.iter().filter_map(|item| match item.remedy {
            Remedy::Ignore { until } if until <= now => {
                Some(Violation::BadMoment { given: until.to_string() })
            }
            Remedy::Ignore { until } if until > last => {
                Some(Violation::from(Fault::IgnoredTooLong { days: IGNORED_DAYS }))
            }
            _ => None,
        });
        let mut violations: Vec<_> = Vec::new();
        for violation in times.chain(beyond(proposed.asked, proposed.found, elsewhere)) {
            if !violations.contains(&violation) {
                violations.push(violation);
            }
        }
        violations
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
    }

    fn has_begun(&self) -> bool {
        self.has_begun_to_settle()
    }

    /// What was approved is not begun any more where somebody who countersigned it is gone or might not any more, or where with what was
    /// approved before it in the same moment it is too much at once.
    fn reviewed(
        repair: &RepairRequest<D>,
        review: &Review<Self>,
        gone: Option<&Leaver>,
        now: Timestamp,
    ) -> Vec<RequestEvent<Self>> {
        if !repair.is_approved() {
            return vec![];
        }
        if let Some(leaver) = gone {
            return vec![closed(Self::FIRST, leaver.clone())];
        }
        match (repair.unsigned(&review.people, now), repair.terms_anew(review.granted.as_ref())) {
            (Some(Unsigned::By(id)), _) => {
                vec![RequestEvent::Own(called_off(Leaver::of(id, &review.people)))]
            }
            (Some(Unsigned::Anew), Some(terms)) => repair.asked_anew(terms.clone(), now),
            _ => too_much_by_now(repair, &review.past).into_iter().collect(),
        }
    }

    fn decide(
        repair: &RepairRequest<D>,
        command: RepairCommand<D>,
        _: Timestamp,
    ) -> Result<Vec<RequestEvent<Self>>, Denied> {
        Ok(settle::decide(repair, command))
    }

    fn evolve(&mut self, event: &RepairEvent<D>, at: Timestamp) -> Option<Stage> {
        self.apply(event, at)
    }

    fn meaning(event: &RepairEvent<D>) -> Meaning<'_, RepairNews> {
        match event {
            RepairEvent::Finished {} => Meaning { news: Some(RepairNews::Repaired), ..Meaning::default() },
            RepairEvent::CalledOff { who, .. } => {
                Meaning { news: Some(RepairNews::CalledOff), because_of: Some(who), ..Meaning::default() }
            }
            _ => Meaning::default(),
        }
    }

    fn things(repair: &RepairRequest<D>) -> Vec<Thing> {
        let drifts = repair.asked.iter().flat_map(|plan| &plan.items).flat_map(|item| item.drift.things());
        drifts.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// That it is not begun, for with the plans that were approved before it, it changes more than may be at once: whoever
/// countersigned the last of several plans at the same moment did not know of the others.
fn too_much_by_now<D: Drift>(
    repair: &RepairRequest<D>,
    before: &Elsewhere,
) -> Option<RequestEvent<Repair<D>>> {
    let violation = beyond(repair.asked.as_ref()?, repair.findings.as_ref(), before)?;
    Some(RequestEvent::Denied {
        proposal: Proposal::Repair,
        by: None,
        reason: None,
        violations: vec![violation],
        rules: None,
    })
}

/// That somebody may not propose a repair, and who may.
pub fn no_proposer() -> Violation {
    let role = "an administrator, or whoever the rules let propose one".to_owned();
    Violation::RoleRequired { action: "propose a repair".to_owned(), role }
}

/// That nothing of what the plan is about is different any more, or that it is about nothing.
fn nothing_differs<D: Drift>(plan: &Plan<D>, found: &Found<D>) -> Option<Violation> {
    let differs = (0..plan.items.len()).any(|item| plan.found(item, Some(found)).is_some());
    (!differs).then(|| Fault::NothingDiffers.into())
}

#[cfg(test)]
mod tests;
