//! Taking in what a comparison came to: what is news of it, told in parts that an event can hold.

use std::collections::{BTreeMap, BTreeSet};

use super::{Compared, Comparison, ComparisonEvent, Deviation, How, Spot};

/// An event holds at most so many differences, and so many of what else it lists.
pub(super) const MOST: usize = 500;

/// How much of why a repository could not be looked at is kept, in characters.
const REASON: usize = 200;

impl Comparison {
    /// What is told of a comparison: what is news, and what is over.
    pub(super) fn take(&self, compared: Compared) -> Vec<ComparisonEvent> {
        let Compared { why, repositories, accounts, unread, unseen, differences, lowered } = compared;
        let there = |known: &Deviation| differences.iter().any(|found| found.is_at(&known.spot()));
        let gone =
            self.differences.iter().filter(|known| !there(known) && !unseen.contains(known.repository_key()));
        let gone: Vec<_> = gone.map(Deviation::spot).collect();
        let explained = differences.iter().cloned().map(|mut found| {
            if let Some(put_back) = self.put_back_by(&why, &found) {
                found.explain_by(put_back);
            }
            found
        });
        // What was known before the log was put back is told once more with what may explain it now.
        let is_told = |known: &Deviation, found: &Deviation| {
            known.says_the_same(found) && (known.put_back.is_some() || found.put_back.is_none())
        };
        let is_new = |found: &Deviation| !self.differences.iter().any(|known| is_told(known, found));
        let mut found: Vec<_> = explained.filter(is_new).collect();
        for new in &mut found {
            if let How::NotEnded { code, again, unended, read_back, .. } = &mut new.how {
                *again &= unended.is_some() || !self.ended_again.contains(code);
                *read_back = self.read_back.contains(code);
            }
        }
        in_parts(Compared { why, repositories, accounts, unread, unseen, differences: found, lowered }, gone)
    }
}

/// What is told, in as many events as it takes.
fn in_parts(told: Compared, gone: Vec<Spot>) -> Vec<ComparisonEvent> {
    let Compared { why, repositories, accounts, unread, unseen, differences: found, lowered } = told;
    let unread = unread.into_iter().map(|(name, why)| (name, why.chars().take(REASON).collect::<String>()));
    let (mut unread, mut unseen) = (parts(unread), parts(unseen));
    let (mut found, mut gone, mut lowered) = (parts(found), parts(gone), parts(lowered));
    let mut events = Vec::new();
    loop {
        let (unread, unseen): (BTreeMap<_, _>, BTreeSet<_>) = (unread.next(), unseen.next());
        let (found, gone, lowered): (Vec<_>, Vec<_>, Vec<_>) = (found.next(), gone.next(), lowered.next());
        let goes_on = !events.is_empty();
        let is_empty = found.is_empty() && gone.is_empty() && lowered.is_empty();
        if goes_on && is_empty && unread.is_empty() && unseen.is_empty() {
            return events;
        }
        let why = why.clone();
        events.push(ComparisonEvent::AccessCompared {
            why,
            repositories,
            accounts,
            unread,
            unseen,
            found,
            gone,
            lowered,
            goes_on,
        });
    }
}

/// A list in parts, each of which an event can hold; empty ones in the end.
struct Parts<I>(I);

fn parts<T>(list: impl IntoIterator<Item = T>) -> Parts<impl Iterator<Item = T>> {
    Parts(list.into_iter())
}

impl<T, I: Iterator<Item = T>> Parts<I> {
    fn next<C: FromIterator<T>>(&mut self) -> C {
        self.0.by_ref().take(MOST).collect()
    }
}
