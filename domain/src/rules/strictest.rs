//! Several policies allow it: of each term, the strictest counts.

use std::collections::{BTreeMap, BTreeSet};

use super::annotations::Annotations;
use super::compile::Rule;
use super::terms::{Approvers, Terms};

/// The terms of all these rules together, which stand in the order of the text. Another rule never loosens a term.
pub(super) fn strictest(version: u64, rules: &[(&str, &Rule)]) -> Terms {
    let all = || rules.iter().map(|(_, rule)| &rule.annotations);
    let auto = all().all(|rule| rule.auto);
    let quorum = all().filter_map(|rule| rule.quorum).max().unwrap_or(1);
    let escalate_after_minutes = all().filter_map(|rule| rule.escalate_after_minutes).min();
    Terms {
        version,
        policies: rules.iter().map(|(name, _)| (*name).to_owned()).collect(),
        auto,
        quorum: if auto { 0 } else { quorum },
        approvers: once_each(all().filter_map(|rule| rule.approvers.clone())),
        max_minutes: all().filter_map(|rule| rule.max_minutes).min(),
        max_total_minutes: all().filter_map(|rule| rule.max_total_minutes).min(),
        reason_required: all().any(|rule| rule.reason_required),
        escalate_after_minutes,
        escalate_to: once_each(all().flat_map(|rule| rule.escalate_to.clone())),
        approvers_when_escalated: once_each(
            all().filter_map(|rule| approvers_when_escalated(rule, escalate_after_minutes)),
        ),
        remind_after_minutes: all().filter_map(|rule| rule.remind_after_minutes).min(),
        reaction: all().all(|rule| rule.reaction),
        step_up: all().any(|rule: &Annotations| rule.step_up),
        ticket: once_each(all().filter_map(|rule| rule.ticket.clone())),
        ticket_status: once_each(all().filter_map(|rule| rule.ticket_status.clone())),
        messages: once_each(all().filter_map(|rule| rule.message.clone())),
        on_leave: all().map(|rule| rule.on_leave).min().unwrap_or_default(),
        while_member: rules
            .iter()
            .filter(|(_, rule)| rule.annotations.while_member)
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        own: own(all()),
    }
}

/// What each annotation of a capability's own says, in every rule that has it: which is the strictest, the capability knows.
fn own<'a>(rules: impl Iterator<Item = &'a Annotations>) -> BTreeMap<String, Vec<String>> {
    let mut own: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in rules.flat_map(|rule| &rule.own) {
        let values = own.entry(name.clone()).or_default();
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    own
}

/// One rule's approvers once the request has escalated, after this time. A rule that would escalate later, or never,
/// lets nobody else in.
fn approvers_when_escalated(rule: &Annotations, after: Option<u64>) -> Option<Approvers> {
    let mut approvers = rule.approvers.clone()?;
    if rule.escalate_after_minutes.is_some() && rule.escalate_after_minutes == after {
        approvers.0.extend(rule.escalate_to.iter().cloned());
    }
    Some(approvers)
}

/// The values in their order, without repetitions.
fn once_each<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    values.filter(|value| seen.insert(value.clone())).collect()
}
