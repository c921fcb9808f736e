//! Deciding what becomes of a request when people leave, or may not any more what they might: everything that is open or
//! stands is looked at again with the people and the rules as they are now.
//!
//! The same review may come as often as it likes: what it has ended, it finds ended.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Content, Kind, Open, Request, RequestEvent, Review};
use crate::denied::{Denied, Violation};
use crate::envelope::ActorKind;
use crate::names::PrincipalId;
use crate::people::People;
use crate::person::Person;
use crate::rules::{Refusal, Ruling, Terms};

/// Somebody who left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    /// Who.
    pub who: PrincipalId,
    /// The name people saw.
    pub name: String,
}

/// Why what was approved and is not carried out yet must not be carried out as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsigned<'a> {
    /// They countersigned it, and might not any more.
    By(&'a PrincipalId),
    /// Whoever somebody stood in for is back and decides themselves. Nothing was wrong when it was countersigned, so it is asked
    /// anew, and not called off.
    Anew,
}

impl Leaver {
    /// Whoever this is, with the name that the directory has for them, or had last.
    pub fn of(who: &PrincipalId, people: &People) -> Self {
        let known = people.people.get(who).or_else(|| people.left.get(who));
        let name = known.map_or_else(|| who.to_string(), |person| person.name.clone());
        Self { who: who.clone(), name }
    }
}

impl<K: Kind> Request<K> {
    /// What has to end, or to be decided anew, with the rules and the people as they are now.
    pub fn review(&self, review: &Review<K>, now: Timestamp) -> Vec<RequestEvent<K>> {
        let people = &review.people;
        let gone = self.gone(people);
        if let Some(leaver) = gone.clone().filter(|_| self.is_undecided()) {
            return vec![closed(K::FIRST, leaver)];
        }
        let own = K::reviewed(self, review, gone.as_ref(), now);
        if !own.is_empty() {
            return own;
        }
        if let Some(leaver) = gone {
            // A kind that has nothing to undo yet leaves nothing behind that could be carried out, or opened again.
            return if self.is_approved() { vec![closed(K::FIRST, leaver)] } else { vec![] };
        }
        let mut events = self.void_countersignatures(people, now);
        if let Some(open) = &self.open {
            events.extend(if let Some(leaver) = proposer_gone(open, people) {
                vec![closed(open.proposal, leaver)]
            } else {
                let ruling = review.open.clone().unwrap_or_else(|| unasked(&open.terms));
                self.recheck(ruling, &review.past, now)
            });
        }
        events
    }

    /// Somebody who countersigned what was not carried out yet, and is gone: it must not be carried out any more.
    pub fn signer_gone(&self, people: &People) -> Option<Leaver> {
        let mut signers = self.countersigned_by.iter().filter(|_| !self.own.has_begun());
        signers.find(|id| !people.people.contains_key(*id)).map(|id| Leaver::of(id, people))
    }

    /// Whether a countersignature on what was not carried out yet would not be taken now: exactly as it is looked at while it
    /// waits, so in the place in which they gave it, and after others were asked too only where they were.
    pub fn unsigned(&self, people: &People, now: Timestamp) -> Option<Unsigned<'_>> {
        let signers = self.countersigned_by.iter().filter(|_| self.is_approved());
        // Of what nobody knows how it stood when they countersigned it, nobody knows whether they still might.
        let counts = |signed, id| self.counts((signed, &self.stood_in_for), id, people, now);
        let mut void = signers.filter(|id| !self.signed.as_ref().is_some_and(|signed| counts(signed, id)));
        let first = void.next()?;
        let may_not = |id: &&PrincipalId| !self.is_relieved(id, people, now);
        Some(std::iter::once(first).chain(void).find(may_not).map_or(Unsigned::Anew, Unsigned::By))
    }

    /// Whether somebody countersigned in the place of one who is back, and nothing else speaks against it.
    fn is_relieved(&self, by: &PrincipalId, people: &People, now: Timestamp) -> bool {
        let (Some(signed), Some(deputy)) = (&self.signed, people.people.get(by)) else { return false };
        let absent = self.stood_in_for.get(by).and_then(|absent| people.people.get(absent));
        let is_back = |absent: &&Person| !people.is_away(&absent.id, now);
        let may = |absent: &Person| signed.allows(absent) && !self.is_own(absent);
        deputy.kind == ActorKind::Person && !self.is_own(deputy) && absent.filter(is_back).is_some_and(may)
    }

    /// What was approved, and is not carried out yet, waits for those whom these terms name.
    pub fn asked_anew(&self, terms: Terms, now: Timestamp) -> Vec<RequestEvent<K>> {
        let Some(asked) = self.asked.as_ref().filter(|_| self.is_approved()) else { return vec![] };
        let rechecked = RequestEvent::Rechecked { terms: Box::new(terms.clone()) };
        vec![rechecked, self.proceed(asked, terms, now)]
    }

    /// The terms on which it is asked anew: what the rules say now, for who decides then has to decide by that. Where they cannot be
    /// asked, or ask nobody, or something speaks against it by them, those on which it was approved: whoever looks at it next
    /// finds that out while it waits.
    pub fn terms_anew<'a>(&'a self, now: Option<&'a Ruling>) -> Option<&'a Terms> {
        let asked = self.asked.as_ref()?;
        let is_free = |ruling| K::ruled_out(asked, self.findings.as_ref(), ruling).is_empty();
        match now {
            Some(ruling @ Ruling::Allowed(terms)) if !terms.auto && is_free(ruling) => Some(terms),
            _ => self.terms(),
        }
    }

    /// Who signs as the directory knows them now; the reason why not, where they or whoever it is about are gone.
    pub(super) fn present<'a>(&self, by: &Person, people: &'a People) -> Result<&'a Person, Denied> {
        let left = |name: String| Denied::from(Violation::HasLeft { name });
        let gone = K::gone(self, people).or_else(|| self.requester_gone(people));
        if let Some(gone) = gone.filter(|_| self.open.is_some()) {
            return Err(left(gone.name));
        }
        people.people.get(&by.id).ok_or_else(|| left(by.name.clone()))
    }

    /// The countersignatures that would not be taken now.
    pub(super) fn void_countersignatures(&self, people: &People, now: Timestamp) -> Vec<RequestEvent<K>> {
        let Some(open) = &self.open else { return vec![] };
        let places = &open.stood_in_for;
        let void = open.countersigned.iter().filter(|id| !self.counts((open, places), id, people, now));
        void.map(|by| RequestEvent::CountersignatureVoided { by: by.clone() }).collect()
    }

    /// Whether the countersignature that somebody gave would be taken now, in their own name or in the place in which they
    /// gave it.
    fn counts(
        &self,
        (open, places): (&Open<K::Proposal>, &BTreeMap<PrincipalId, PrincipalId>),
        by: &PrincipalId,
        people: &People,
        now: Timestamp,
    ) -> bool {
        let may = |person: &Person| open.allows(person) && !self.is_own(person);
        let Some(person) = people.people.get(by) else { return false };
        let is_in_place = || {
            let absent = places.get(by).into_iter();
            let mut still = absent.flat_map(|absent| {
                people.absent_for(person, now).into_iter().filter(move |other| other.id == *absent)
            });
            still.any(|absent| may(&absent))
        };
        person.kind == ActorKind::Person && !self.is_own(person) && (open.allows(person) || is_in_place())
    }

    /// Whoever is gone without whom it cannot go on: whose own it is; and who asked, until it has come about.
    fn gone(&self, people: &People) -> Option<Leaver> {
        let requester = || self.requester_gone(people).filter(|_| !self.own.has_begun());
        K::gone(self, people).or_else(requester)
    }

    /// Who asked, where they were known and are gone.
    fn requester_gone(&self, people: &People) -> Option<Leaver> {
        let requester = self.asked.as_ref().map(K::Content::requester).filter(|requester| requester.known)?;
        let is_gone = !people.people.contains_key(&requester.id);
        is_gone.then(|| Leaver { who: requester.id.clone(), name: requester.name.clone() })
    }
}

/// Who asked for what waits now, where they are gone.
fn proposer_gone<P>(open: &Open<P>, people: &People) -> Option<Leaver> {
    (!people.people.contains_key(&open.by)).then(|| Leaver::of(&open.by, people))
}

/// Nobody decides on it any more.
pub(crate) fn closed<K: Kind>(proposal: K::Proposal, Leaver { who, name }: Leaver) -> RequestEvent<K> {
    RequestEvent::Closed { proposal, who, name }
}

/// Rules that cannot be asked allow nothing.
fn unasked(terms: &Terms) -> Ruling {
    Ruling::Forbidden(Refusal { version: terms.version, policies: vec![], messages: vec![] })
}
