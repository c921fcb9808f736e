//! What is said of plans.

use super::{Became, Changed, Drift, Fault, Found, Plan, Remedy, Repair, RepairEvent, RepairRequest, Step};
use crate::names::PrincipalId;
use crate::request::RequestEvent;
use crate::words::{self, countersigners, instant, list, plain, prose};

/// A plan in one line: `set back 2 and adopt 1`.
pub fn summary<D: Drift>(plan: &Plan<D>) -> String {
    let mut parts = Vec::new();
    for (word, is) in [("set back", 0), ("adopt", 1), ("ignore", 2)] {
        let many = plan.items.iter().filter(|item| order(item.remedy) == is).count();
        if many > 0 {
            parts.push(format!("{word} {many}"));
        }
    }
    let on: std::collections::BTreeSet<_> = plan.items.iter().map(|item| plain(item.drift.on())).collect();
    let on: Vec<_> = on.into_iter().collect();
    let differences = if plan.items.len() == 1 { "difference" } else { "differences" };
    format!("{} {differences} on {}", list(&parts), list(&on))
}

const fn order(remedy: Remedy) -> u8 {
    match remedy {
        Remedy::Revert => 0,
        Remedy::Adopt => 1,
        Remedy::Ignore { .. } => 2,
    }
}

/// What would be done about a difference.
pub(super) fn would<D: Drift>(drift: &D, remedy: Remedy) -> String {
    match remedy {
        Remedy::Adopt => format!("The log would {}.", drift.adopting()),
        Remedy::Revert => format!("It would be set back to {}, and read back.", drift.wanted()),
        Remedy::Ignore { until } => {
            format!("Nothing would change, and I would not speak of it until {}.", instant(until))
        }
    }
}

/// The same as something to do, for those who read the log.
pub(super) fn to_do<D: Drift>(drift: &D, remedy: Remedy) -> String {
    let title = drift.title();
    match remedy {
        Remedy::Adopt => format!("{title}: take over {} into the log", drift.held()),
        Remedy::Revert => format!("{title}: set back {} to {}", drift.held(), drift.wanted()),
        Remedy::Ignore { until } => {
            format!("{title}: not speak of {} until {}", drift.held(), instant(until))
        }
    }
}

/// That there is nothing to put right any more.
pub(super) fn nothing_differs() -> String {
    "It is as the log wants it by now: nothing would be done.".to_owned()
}

/// That somebody is gone, as a reason.
pub(super) fn has_left(name: &str) -> String {
    format!("{} does not belong here any more", words::flat(name))
}

/// That nothing of what is planned for somebody who is gone is done.
pub fn not_for(name: &str) -> String {
    format!("{}: nothing is given to them or left with them by this plan.", has_left(name))
}

/// What is different now, as the end of a sentence.
pub(super) fn is_now<D: Drift>(found: Option<&D>) -> String {
    found.map_or_else(
        || "it is as the log wants it by now".to_owned(),
        |found| format!("{} is held there by now", found.held()),
    )
}

/// A plan as a dry run prints it, a line each step.
pub fn dry_run(steps: &[Step]) -> Vec<String> {
    let line = |(number, step): (usize, &Step)| {
        let Step { mark, remedy, title, held, wanted, missing, would } = step;
        format!(
            "{}. {mark} {remedy}: {title}: held is {held}, the log wants {wanted}. {missing} {would}",
            number + 1
        )
    };
    steps.iter().enumerate().map(line).collect()
}

/// What is otherwise than it was shown, as the end of a sentence.
pub fn changed<D: Drift>(differences: &[Changed<D>]) -> String {
    let said: Vec<_> = differences
        .iter()
        .map(|Changed { title, shown, found, .. }| {
            let before = shown.as_ref().map_or_else(|| "nothing different".to_owned(), Drift::held);
            match found {
                Some(found) => format!("{title} is {} now ({before} before)", found.held()),
                None => format!("{title} is as the log wants it now ({before} before)"),
            }
        })
        .collect();
    list(&said)
}

/// What has happened to a plan after it was approved, in a sentence.
pub fn happened<D: Drift>(event: &RepairEvent<D>, name: &dyn Fn(&PrincipalId) -> String) -> String {
    match event {
        RepairEvent::Adopted { drift, seen, by, .. } => {
            let since = seen.map(|at| format!(", seen since {}", instant(at))).unwrap_or_default();
            let by = if by.is_empty() { String::new() } else { format!(" {}", countersigners(by, name)) };
            format!("{}: the log takes over {}{since}.{by}", drift.title(), drift.held())
        }
        RepairEvent::Reverted { drift, by_hand, .. } => {
            let known = if *by_hand { "by hand, as an operator said" } else { "and read back" };
            format!("{}: set back from {} to {}, {known}.", drift.title(), drift.held(), drift.wanted())
        }
        RepairEvent::Ignored { drift, until, .. } => {
            format!("{}: {} is ignored until {}.", drift.title(), drift.held(), instant(*until))
        }
        RepairEvent::Otherwise { drift, found, .. } => {
            format!("{}: nothing was done, {}.", drift.title(), is_now(found.as_ref()))
        }
        RepairEvent::LeftUndone { drift, why, .. } => {
            format!("{}: nothing was done; it was given up{}.", drift.title(), note(why))
        }
        RepairEvent::HolderLeft { drift, name, .. } => {
            format!("{}: nothing was done; {}.", drift.title(), has_left(name))
        }
        RepairEvent::Finished {} => "Every item of the plan is seen to.".to_owned(),
        RepairEvent::CalledOff { name, .. } => {
            format!(
                "Nothing of it is done: {name}, who countersigned it, has left or may not do so any more."
            )
        }
    }
}

/// What has happened to a repair, in a sentence: for the audit, and for who asks why it stands as it does.
pub fn told<D: Drift>(event: &RequestEvent<Repair<D>>, name: &dyn Fn(&PrincipalId) -> String) -> String {
    use RequestEvent as E;
    match event {
        E::Requested { asked } => format!("{} proposed to {}.", name(&asked.requester.id), summary(asked)),
        E::Checked { .. } => "What is held was looked at, and the rules were asked.".to_owned(),
        E::EvidenceChanged { differences, .. } => {
            format!("Since it was shown, {}: it has to be countersigned anew.", changed(differences))
        }
        E::Waiting { due, .. } => format!("The repair waits, until {}.", instant(*due)),
        E::Denied { by: Some(by), reason, .. } => {
            let because = reason.as_deref().map(|reason| format!(": {}", prose(reason))).unwrap_or_default();
            format!("{} denied the repair{because}.", name(by))
        }
        E::Withdrawn { by, .. } => format!("{} withdrew the repair.", name(by)),
        E::Failed { why, given_up: true, .. } if !why.is_empty() => {
            format!("It was given up: {}", prose(why))
        }
        E::Vouched { note, .. } => words::vouched("putting it right", note),
        like_others => {
            words::happened::<_, Fault>(like_others, "the repair", name, |own| happened(own, name))
        }
    }
}

impl<D: Drift> RepairRequest<D> {
    /// Each step in words, with what became of it where that is known.
    pub fn steps(&self) -> Vec<Step> {
        let Some(plan) = &self.asked else { return vec![] };
        let found: Option<&Found<D>> = self.findings.as_ref();
        let mut steps = plan.steps(found);
        for (item, step) in (0_u32..).zip(&mut steps) {
            let planned = plan.items.get(item as usize);
            let became = self.own.settled(item).map(|settled| &settled.became);
            if let (Some(became), Some(planned)) = (became, planned) {
                step.would = became_of(became, planned.remedy);
            }
        }
        steps
    }
}

fn became_of<D: Drift>(became: &Became<D>, remedy: Remedy) -> String {
    match (became, remedy) {
        (Became::Repaired { by_hand: true }, _) => "Done by hand, as an operator said.".to_owned(),
        (Became::Repaired { .. }, Remedy::Adopt) => "Adopted: the log says so now.".to_owned(),
        (Became::Repaired { .. }, Remedy::Revert) => "Set back, and read back.".to_owned(),
        (Became::Repaired { .. }, Remedy::Ignore { until }) => format!("Ignored until {}.", instant(until)),
        (Became::Otherwise { found }, _) => format!("Nothing was done: {}.", is_now(found.as_ref())),
        (Became::LeftUndone { why }, _) => format!("Nothing was done; it was given up{}.", note(why)),
        (Became::HolderLeft { name }, _) => format!("Nothing was done; {}.", has_left(name)),
    }
}

/// What an operator said about it, where they said anything.
fn note(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(": {why}") }
}

#[cfg(test)]
mod tests;
