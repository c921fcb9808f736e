//! Several requests in one sentence: each is offered as a sentence of its own, and none is dropped.

use super::{Expected, Reading};
use crate::grammar::is_key;
use crate::normalise::Tag;
use crate::plain::Plain;

impl Reading<'_> {
    /// Another permission is named: what was said so far is a request of its own.
    pub(super) fn begin_another(&mut self) {
        let whole = std::mem::take(&mut self.plain);
        self.plain.refrain = whole.refrain;
        self.earlier.push(whole);
        self.expected = Expected::Repository;
    }

    /// How many words of this part there are up to what is surely a duration, a ticket or the end of a time.
    pub(super) fn loose_length(&self, start: usize) -> usize {
        let rest = &self.words[start..];
        let whole = rest.iter().position(|word| word.stop.is_some()).map_or(rest.len(), |last| last + 1);
        let timed = self.plain.duration.is_some() || self.plain.until.is_some();
        let ends = |index: &usize| {
            let (words, at) = (&rest[*index..whole], start + *index);
            let is_long = |at: usize| !timed && at < start + whole && self.looks.duration(at).is_some();
            is_key(&words[0].text)
                || is_long(at)
                || match self.tag(at) {
                    Some((Tag::Until, _)) => !timed,
                    Some((Tag::For, count)) => is_long(at + count),
                    Some((Tag::Ticket, count)) => words.get(count).is_some_and(|next| is_key(&next.text)),
                    _ => false,
                }
        };
        (1..whole).find(ends).unwrap_or(whole)
    }
}

/// What was read, where it is one request; else the sentences of each.
pub(super) fn together(earlier: Vec<Plain>, last: Plain) -> Plain {
    let mut all: Vec<Plain> = Vec::new();
    for one in earlier.into_iter().chain([last]) {
        match all.last_mut() {
            // "… , push rights": a permission without a repository says nothing new, or nobody can tell what.
            // "Read on web-shop for 1 hour and then write for 1 hour" is about the same repository twice.
            Some(before) if is_of_the_same(before, &one) => {
                let repositories = before.repositories.clone();
                all.push(Plain { repositories, ..one });
            }
            Some(before) if one.repositories.is_empty() => add(before, one),
            _ => all.push(one),
        }
    }
    let mut whole = Plain::default();
    let last = all.len() - 1;
    if last == 0 && all[0].also_for.is_empty() {
        return all.remove(0);
    }
    // What was said once is meant for each.
    for one in &all {
        for (slot, own) in [
            (&mut whole.user, &one.user),
            (&mut whole.begins, &one.begins),
            (&mut whole.ticket, &one.ticket),
            (&mut whole.reason, &one.reason),
        ] {
            if slot.is_none() {
                slot.clone_from(own);
            }
        }
        if whole.duration.is_none() && whole.until.is_none() {
            (whole.duration, whole.until) = (one.duration.clone(), one.until.clone());
        }
        whole.unsure.extend(one.unsure.iter().chain(&one.other_times).cloned());
        whole.refrain = whole.refrain.or(one.refrain);
    }
    let mut sentences = Vec::new();
    for one in &all {
        for person in one.user.iter().chain(&one.also_for).map(Some).chain(one.user.is_none().then_some(None))
        {
            sentences.push(sentence(one, person.or(whole.user.as_ref()), &whole));
        }
    }
    Plain { sentences, unsure: whole.unsure, refrain: whole.refrain, ..Plain::default() }
}

/// Whether another permission with a time of its own is asked for, on what was asked for before.
fn is_of_the_same(before: &Plain, one: &Plain) -> bool {
    let differs = one.permission.is_some() && one.permission != before.permission;
    let timed = |plain: &Plain| plain.duration.is_some() || plain.until.is_some();
    one.repositories.is_empty() && !before.repositories.is_empty() && differs && timed(before) && timed(one)
}

fn add(before: &mut Plain, one: Plain) {
    if before.permission != one.permission {
        before.unsure.extend(one.permission);
    }
    before.unsure.extend(one.unsure);
    before.other_times.extend(one.other_times);
    for (slot, own) in [
        (&mut before.user, one.user),
        (&mut before.begins, one.begins),
        (&mut before.ticket, one.ticket),
        (&mut before.reason, one.reason),
    ] {
        if slot.is_none() {
            *slot = own;
        }
    }
    let timed = before.duration.is_some() || before.until.is_some();
    if timed {
        before.other_times.extend(one.duration);
        before.other_times.extend(one.until.map(|until| format!("until {until}")));
    } else {
        (before.duration, before.until) = (one.duration, one.until);
    }
    before.refrain = before.refrain.or(one.refrain);
}

/// One request as a sentence of its own.
fn sentence(one: &Plain, person: Option<&String>, whole: &Plain) -> String {
    let mut parts = vec!["access".to_owned()];
    parts.extend(one.permission.clone());
    if !one.repositories.is_empty() {
        parts.push(format!("on {}", one.repositories.join(" and ")));
    }
    parts.extend(person.filter(|name| *name != "me").map(|name| format!("for {name}")));
    let own = one.duration.is_some() || one.until.is_some();
    let timed = if own { one } else { whole };
    parts.extend(one.begins.clone().or_else(|| whole.begins.clone()));
    parts.extend(timed.duration.as_ref().map(|duration| format!("for {duration}")));
    parts.extend(timed.until.as_ref().map(|until| format!("until {until}")));
    parts.extend(one.ticket.as_ref().or(whole.ticket.as_ref()).map(|ticket| format!("ticket {ticket}")));
    parts.extend(one.reason.as_ref().or(whole.reason.as_ref()).map(|reason| format!("because {reason}")));
    // What is offered stands on one line.
    parts.join(" ").replace('\n', " ")
}
