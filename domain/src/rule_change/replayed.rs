//! The time machine's sum: what would have become of requests under other rules.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RuleChange;
use crate::denied::Violation;
use crate::request::{Code, Kind, Open};
use crate::rules::{RuleSet, Ruling, Terms};
use crate::tenant::People;

/// So many requests of a group are named: the newest.
pub const MOST_NAMED: usize = 20;

/// What would have become of the requests since some time, and of those open now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// Those that were decided since then.
    pub since: Timestamp,
    /// How many were decided again.
    pub requests: u64,
    /// Those that would have become something else.
    pub decided: Vec<Group>,
    /// How many are open now.
    pub waiting: u64,
    /// Those of them that something else would become of.
    pub open: Vec<Group>,
    /// How many countersignatures of theirs would count no more.
    #[serde(default, skip_serializing_if = "is_none")]
    pub lost: u64,
    /// How many of those only because people read another text.
    #[serde(default, skip_serializing_if = "is_none")]
    pub reworded: u64,
    /// The proposals of rules since then that something else would have become of. They are none of the requests counted above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<Group>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Requests of which the same would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What.
    pub becomes: Becomes,
    /// Whether they could not be asked for under the rules in force.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_denied: bool,
    /// How many.
    pub count: u64,
    /// The newest of them.
    pub codes: Vec<Code>,
}

/// What would become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// It could not be asked for.
    Denied,
    /// Nobody would have to countersign it.
    Alone,
    /// So many would have to.
    Needs(u32),
    /// As many as now, and others, or on other terms.
    OnOtherTerms(u32),
    /// As many as now, and the same on the same terms; but the text that they read of it is another.
    InOtherWords(u32),
}

impl Replayed {
    /// Whether everything would be as it is.
    pub fn is_the_same(&self) -> bool {
        self.decided.is_empty() && self.open.is_empty() && self.proposals.is_empty() && self.lost == 0
    }
}

/// Two rule sets, and what they say differently of requests.
#[derive(Debug)]
pub struct Judge {
    before: Option<RuleSet>,
    after: RuleSet,
    since: Timestamp,
    decided: Sums,
    open: Sums,
    proposals: Sums,
    lost: u64,
    reworded: u64,
}

#[derive(Debug, Default)]
struct Sums {
    requests: u64,
    groups: BTreeMap<(Becomes, bool), (u64, Vec<Code>)>,
}

impl Judge {
    /// Compares what these two say of requests that were decided since then.
    pub fn new(before: Option<RuleSet>, after: RuleSet, since: Timestamp) -> Self {
        let (decided, open, proposals) = (Sums::default(), Sums::default(), Sums::default());
        Self { before, after, since, decided, open, proposals, lost: 0, reworded: 0 }
    }

    /// Asks both rule sets about a request that was decided at this time, with the people there were.
    pub(super) fn decided<K: Kind>(&mut self, asked: &Asked<'_, K>, at: Timestamp) {
        if at >= self.since {
            let (before, after) = (asked.under(self.before.as_ref()), asked.under(Some(&self.after)));
            let sums = if is_of_rules::<K>() { &mut self.proposals } else { &mut self.decided };
            sums.count(asked.code, becomes(before.as_ref(), after.as_ref()), before.is_none());
        }
    }

    /// The same of one that waits now. What is shown to whoever countersigns it is to stay as it is too. A proposal of rules that waits
    /// has nothing to lose: whatever comes into force before it, it is to be proposed anew.
    pub(super) fn open<K: Kind>(&mut self, asked: &Asked<'_, K>, open: &Open<K::Proposal>) {
        if is_of_rules::<K>() {
            return;
        }
        let (before, after) = (asked.under(self.before.as_ref()), asked.under(Some(&self.after)));
        let becomes =
            becomes(before.as_ref(), after.as_ref()).or_else(|| shown_anew(before.as_ref(), after.as_ref()));
        self.open.count(asked.code, becomes, before.is_none());
        if !after.is_some_and(|after| K::say_the_same(&open.terms, &after)) {
            let lost = open.countersigned.len() as u64;
            self.lost += lost;
            self.reworded += if matches!(becomes, Some(Becomes::InOtherWords(_))) { lost } else { 0 };
        }
    }

    /// What it came to.
    pub fn replayed(&self) -> Replayed {
        Replayed {
            since: self.since,
            requests: self.decided.requests,
            decided: self.decided.groups(),
            waiting: self.open.requests,
            open: self.open.groups(),
            lost: self.lost,
            reworded: self.reworded,
            proposals: self.proposals.groups(),
        }
    }
}

/// Whether it is rules that are asked for.
fn is_of_rules<K: Kind>() -> bool {
    K::NAME == RuleChange::NAME
}

/// One request, as the rules are asked about it.
pub(super) struct Asked<'a, K: Kind> {
    pub(super) code: &'a Code,
    pub(super) content: &'a K::Content,
    pub(super) found: &'a K::Evidence,
    pub(super) people: &'a People,
}

impl<K: Kind> Asked<'_, K> {
    /// On which terms it could be asked for under these rules; nothing where it could not.
    fn under(&self, rules: Option<&RuleSet>) -> Option<Terms> {
        let question = K::question(self.content, Some(self.found), self.people)?;
        let ruling = rules?.rule(&question);
        match &ruling {
            Ruling::Allowed(terms) => self.against(&ruling).is_empty().then(|| terms.clone()),
            Ruling::Forbidden(_) => None,
        }
    }

    /// What rules that are tried say against it. Of which version they are is nothing to whoever tries them: every proposal was to
    /// take the place of one of its days.
    pub(super) fn against(&self, ruling: &Ruling) -> Vec<Violation> {
        let mut against = K::ruled_out(self.content, Some(self.found), ruling);
        against.retain(|violation| !matches!(violation, Violation::RulesMovedOn { .. }));
        against
    }
}

impl Sums {
    fn count(&mut self, code: &Code, becomes: Option<Becomes>, was_denied: bool) {
        self.requests += 1;
        let Some(becomes) = becomes else { return };
        let (count, codes) = self.groups.entry((becomes, was_denied)).or_default();
        *count += 1;
        // The newest are named; most are counted only.
        if codes.len() == MOST_NAMED {
            codes.remove(0);
        }
        codes.push(code.clone());
    }

    fn groups(&self) -> Vec<Group> {
        let newest = |codes: &Vec<Code>| codes.iter().rev().cloned().collect();
        let group = |((becomes, was_denied), (count, codes)): (&(Becomes, bool), &(u64, Vec<Code>))| Group {
            becomes: *becomes,
            was_denied: *was_denied,
            count: *count,
            codes: newest(codes),
        };
        self.groups.iter().map(group).collect()
    }
}

/// What would become of it; nothing where it is the same.
fn becomes(before: Option<&Terms>, after: Option<&Terms>) -> Option<Becomes> {
    match (before, after) {
        (None, None) => None,
        (Some(_), None) => Some(Becomes::Denied),
        (before, Some(after)) => {
            let (auto, quorum) = (after.auto, after.quorum);
            match before {
                // By what name a policy goes, and in which version, is nothing to whoever asks.
                Some(before) if said(before) == said(after) => None,
                Some(before) if before.auto == auto && before.quorum == quorum => {
                    Some(Becomes::OnOtherTerms(quorum))
                }
                _ if auto => Some(Becomes::Alone),
                _ => Some(Becomes::Needs(quorum)),
            }
        }
    }
}

/// What would become of what waits where only that is otherwise which who countersigns it is shown besides: a message, the name of a
/// rule. What must go on allowing it while it lasts is more than a text.
fn shown_anew(before: Option<&Terms>, after: Option<&Terms>) -> Option<Becomes> {
    let (before, after) = (before?, after?);
    let becomes =
        if before.while_member == after.while_member { Becomes::InOtherWords } else { Becomes::OnOtherTerms };
    (!after.say_the_same(before)).then(|| becomes(after.quorum))
}

/// What of the terms somebody who asks can notice.
fn said(terms: &Terms) -> Terms {
    Terms { version: 0, policies: vec![], messages: vec![], while_member: vec![], ..terms.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::example::terms;
    use super::*;

    #[test]
    fn what_nobody_who_asks_can_notice_is_the_same() {
        let word = || vec!["another".to_owned()];
        for same in [
            Terms { version: 2, ..terms() },
            Terms { policies: word(), ..terms() },
            Terms { messages: word(), ..terms() },
            Terms { while_member: word(), ..terms() },
        ] {
            assert_eq!(becomes(Some(&terms()), Some(&same)), None);
        }
        let other = Terms { step_up: true, ..terms() };
        assert_eq!(becomes(Some(&terms()), Some(&other)), Some(Becomes::OnOtherTerms(1)));
    }

    #[test]
    fn what_who_countersigns_is_shown_besides_is_the_same_only_where_all_of_it_is_but_the_version() {
        let word = || vec!["another".to_owned()];
        assert_eq!(shown_anew(Some(&terms()), Some(&Terms { version: 2, ..terms() })), None);
        for (other, becomes) in [
            (Terms { policies: word(), ..terms() }, Becomes::InOtherWords(1)),
            (Terms { messages: word(), ..terms() }, Becomes::InOtherWords(1)),
            (Terms { while_member: word(), ..terms() }, Becomes::OnOtherTerms(1)),
        ] {
            assert_eq!(shown_anew(Some(&terms()), Some(&other)), Some(becomes));
        }
    }
}
