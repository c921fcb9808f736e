//! What can be read of a request by who does not know its kind: by talks, lists, pages, the scheduler and the audit.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Code, Content, Denial, Kind, Open, Origin, Request, Requester, Stage, WhyVoid};
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::person::{Person, Role};
use crate::rules::{Ruling, Terms};

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How far its life is.
    pub stage: Stage,
    /// Its kind's own word for that.
    pub word: &'static str,
}

/// One thing that a request is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thing {
    /// What it is: `repository`, `ticket`.
    pub kind: &'static str,
    /// Its identity.
    pub id: String,
}

/// What waits for countersignatures, whatever it is that is proposed.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that is so or not")]
pub struct OpenView<'a> {
    /// Whether it is what was asked first, and not something about what came of it.
    pub is_first: bool,
    /// Who proposed it.
    pub by: &'a PrincipalId,
    /// On which terms.
    pub terms: &'a Terms,
    /// Who countersigned so far.
    pub countersigned: &'a [PrincipalId],
    /// Those of them whose countersignature is a reaction.
    pub by_reaction: &'a BTreeSet<PrincipalId>,
    /// Those whose countersignature counted, and does not any more, each with what took it.
    pub voided: &'a BTreeMap<PrincipalId, WhyVoid>,
    /// Whether it was approved before, and waits again because what it is decided on became otherwise.
    pub overtaken: bool,
    /// Nobody countersigning by then, it lapses.
    pub due: Timestamp,
    /// Nobody countersigning by then, others are asked too.
    pub escalate_at: Option<Timestamp>,
    /// Whether others are asked too.
    pub escalated: bool,
    /// Whether who asked wants everybody to be asked, however many they are.
    pub announced: bool,
    /// Who countersigned so far in whose place.
    pub stood_in_for: &'a BTreeMap<PrincipalId, PrincipalId>,
    /// Why it is proposed, where that is something else than why it was asked for.
    pub why: Option<&'a str>,
}

/// A request, whatever is asked for.
pub trait Facets: Send + Sync {
    /// What is asked for: `access`.
    fn kind(&self) -> &'static str;

    /// Its code, once somebody asked.
    fn code(&self) -> Option<&Code>;

    /// How it stands.
    fn standing(&self) -> Standing;

    /// What waits for countersignatures now.
    fn open(&self) -> Option<OpenView<'_>>;

    /// The digest of exactly what an approver sees.
    fn receipt(&self) -> Option<Digest>;

    /// Who asked.
    fn requester(&self) -> Option<&Requester>;

    /// Where it was asked.
    fn origin(&self) -> Option<Origin>;

    /// Whose own it is besides who asked.
    fn subjects(&self) -> Vec<&PrincipalId>;

    /// Who countersigned what was asked first.
    fn countersigned_by(&self) -> &[PrincipalId];

    /// In whose place somebody countersigned what was asked first.
    fn stood_in_for(&self, id: &PrincipalId) -> Option<&PrincipalId>;

    /// Why it was denied.
    fn denial(&self) -> Option<&Denial>;

    /// The vendor that lets nobody in, while it holds this back.
    fn delayed(&self) -> Option<&str>;

    /// The terms that the rules gave last: of what waits, else of what was asked first.
    fn latest_terms(&self) -> Option<&Terms>;

    /// Whom it concerns: who asked, whose own it is, and whoever decided on it.
    fn concerned(&self) -> BTreeSet<&PrincipalId>;

    /// Whether this person could countersign what waits now.
    fn could_countersign(&self, person: &Person) -> bool;

    /// Whether they could in the place of one of those who are away and whom they may stand in for.
    fn could_stand_in(&self, person: &Person, absent: &[Person]) -> bool;

    /// What is due when, by the words of the deadlines.
    fn deadlines(&self) -> Vec<(Timestamp, &'static str)>;

    /// What it is about.
    fn things(&self) -> Vec<Thing>;

    /// Why, in the words of who asks.
    fn why(&self) -> Option<&str>;

    /// The names of people by which others speak of it: who asked, and whom it is about.
    fn names(&self) -> Vec<&str>;

    /// The word for what is wanted, where its kind has one.
    fn wanted(&self) -> Option<&'static str>;

    /// Until when what is asked for lasts or shall last, where what it is about does not say it by itself.
    fn until(&self) -> Option<Timestamp>;

    /// Whether nothing can happen to it, or to what came of it, any more.
    fn is_over(&self) -> bool;

    /// Whether something came of it that lasts: from when that was read back until its end was.
    fn is_in_force(&self) -> bool;

    /// Whether it is approved and waits to be carried out, and what comes of it will last.
    fn is_coming_into_force(&self) -> bool;

    /// Whether this principal asked, or it is asked for them: whose request it is, and who may take it back.
    fn is_for(&self, id: &PrincipalId) -> bool;

    /// Whether this principal's countersignature is one of those by which it is carried out, or was, and stands.
    fn was_carried_by(&self, id: &PrincipalId) -> bool;

    /// Whether this principal asked, or it is their own.
    fn concerns(&self, id: &PrincipalId) -> bool {
        self.requester().is_some_and(|requester| requester.id == *id) || self.subjects().contains(&id)
    }

    /// Whether this person could countersign it now, by themselves or in the place of somebody who is away.
    fn could_decide(&self, person: &Person, absent: &[Person]) -> bool {
        self.could_countersign(person) || self.could_stand_in(person, absent)
    }

    /// THE rule of who may see a request: those whose affair it is, those who stand in for one of them, admins and auditors.
    /// To everybody else it is as if there were none.
    fn is_seen_by(&self, person: &Person, absent: &[Person]) -> bool {
        let has_role = person.is(Role::Admin) || person.is(Role::Auditor);
        self.code().is_some() && (has_role || self.is_theirs(person) || self.could_decide(person, absent))
    }

    /// Whether it is somebody's affair, whatever roles they have: it concerns them, or the rules let them countersign it.
    fn is_theirs(&self, person: &Person) -> bool {
        self.concerned().contains(&person.id)
            || self.latest_terms().is_some_and(|terms| terms.may_countersign(person))
            || self.open().is_some_and(|open| open.allows(person))
    }

    /// Whether it stands in this person's own lists, whatever roles they have: it concerns them, or waits and they could decide
    /// on it, be it in the place of somebody who is away.
    fn is_listed_for(&self, person: &Person, absent: &[Person]) -> bool {
        self.concerned().contains(&person.id)
            || self.open().is_some_and(|open| open.allows(person))
            || self.could_stand_in(person, absent)
    }

    /// Whether something is being looked up, set or taken back.
    fn is_under_way(&self) -> bool {
        matches!(self.standing().stage, Stage::Checking | Stage::Working)
    }

    /// Whether nobody has decided on what is asked for, or on what is proposed about it.
    fn is_to_be_decided(&self) -> bool {
        self.open().is_some() || self.standing().stage == Stage::Checking
    }

    /// Whether this principal said no to it.
    fn was_denied_by(&self, id: &PrincipalId) -> bool {
        let by = self.denial().and_then(|denial| denial.by.as_ref());
        self.standing().stage == Stage::Denied && by == Some(id)
    }
}

impl OpenView<'_> {
    /// Whether this person may countersign it by the rules; whose own it is does not count here.
    pub fn allows(&self, person: &Person) -> bool {
        self.terms.may_countersign(person)
            || (self.escalated && self.terms.may_countersign_when_escalated(person))
    }
}

impl<P> Open<P> {
    /// The same for who does not know what can be proposed.
    pub fn view(&self, is_first: bool) -> OpenView<'_> {
        OpenView {
            is_first,
            by: &self.by,
            terms: &self.terms,
            countersigned: self.countersigned.as_slice(),
            by_reaction: &self.by_reaction,
            voided: &self.voided,
            overtaken: self.overtaken,
            due: self.due,
            escalate_at: self.escalate_at,
            escalated: self.escalated,
            announced: self.announced,
            stood_in_for: &self.stood_in_for,
            why: self.why.as_deref(),
        }
    }
}

impl<K: Kind> Facets for Request<K> {
    fn kind(&self) -> &'static str {
        K::NAME
    }

    fn code(&self) -> Option<&Code> {
        self.asked.as_ref().map(K::Content::code)
    }

    fn standing(&self) -> Standing {
        Standing { stage: self.stage, word: K::word(self) }
    }

    fn open(&self) -> Option<OpenView<'_>> {
        self.open.as_ref().map(|open| open.view(open.proposal == K::FIRST))
    }

    fn receipt(&self) -> Option<Digest> {
        Self::receipt(self)
    }

    fn requester(&self) -> Option<&Requester> {
        self.asked.as_ref().map(K::Content::requester)
    }

    fn origin(&self) -> Option<Origin> {
        self.asked.as_ref().map(K::Content::origin)
    }

    fn subjects(&self) -> Vec<&PrincipalId> {
        self.asked.as_ref().map(K::Content::subjects).unwrap_or_default()
    }

    fn countersigned_by(&self) -> &[PrincipalId] {
        &self.countersigned_by
    }

    fn stood_in_for(&self, id: &PrincipalId) -> Option<&PrincipalId> {
        self.stood_in_for.get(id)
    }

    fn denial(&self) -> Option<&Denial> {
        self.denial.as_ref()
    }

    fn delayed(&self) -> Option<&str> {
        self.delayed.as_deref()
    }

    fn latest_terms(&self) -> Option<&Terms> {
        match (&self.open, &self.ruling) {
            (Some(open), _) => Some(&open.terms),
            (None, Some(Ruling::Allowed(terms))) => Some(terms),
            (None, Some(Ruling::Forbidden(_)) | None) => None,
        }
    }

    fn concerned(&self) -> BTreeSet<&PrincipalId> {
        let mut people: BTreeSet<_> = self.subjects().into_iter().collect();
        people.extend(Facets::requester(self).map(|requester| &requester.id));
        people.extend(&self.countersigned_by);
        if let Some(open) = &self.open {
            people.insert(&open.by);
            people.extend(&open.countersigned);
            people.extend(open.stood_in_for.values());
            people.extend(open.voided.keys());
        }
        people.extend(self.denial.iter().filter_map(|denial| denial.by.as_ref()));
        people.extend(self.own.concerned());
        people
    }

    fn could_countersign(&self, person: &Person) -> bool {
        Self::could_countersign(self, person)
    }

    fn could_stand_in(&self, person: &Person, absent: &[Person]) -> bool {
        Self::could_stand_in(self, person, absent)
    }

    fn deadlines(&self) -> Vec<(Timestamp, &'static str)> {
        Self::deadlines(self).into_iter().map(|(at, deadline)| (at, deadline.as_str())).collect()
    }

    fn things(&self) -> Vec<Thing> {
        K::things(self)
    }

    fn why(&self) -> Option<&str> {
        self.asked.as_ref().and_then(Content::why)
    }

    fn names(&self) -> Vec<&str> {
        let requester = Facets::requester(self).map(|requester| requester.name.as_str());
        requester.into_iter().chain(K::known_by(self).name).collect()
    }

    fn wanted(&self) -> Option<&'static str> {
        K::known_by(self).wanted
    }

    fn until(&self) -> Option<Timestamp> {
        K::known_by(self).until
    }

    fn is_in_force(&self) -> bool {
        // What is being undone though it was never read back counts as well, for nobody knows.
        K::LIFE.lasts && self.own.has_begun() && !Facets::is_over(self)
    }

    fn is_coming_into_force(&self) -> bool {
        K::LIFE.lasts && self.is_approved()
    }

    fn is_over(&self) -> bool {
        let is_done = match self.stage {
            Stage::Denied | Stage::Withdrawn | Stage::Lapsed | Stage::Over => true,
            Stage::Standing => !K::LIFE.lasts,
            Stage::New | Stage::Checking | Stage::Waiting | Stage::Working | Stage::Failed => false,
        };
        is_done && self.open.is_none()
    }

    fn is_for(&self, id: &PrincipalId) -> bool {
        let is_requester = Facets::requester(self).is_some_and(|requester| requester.id == *id);
        is_requester || K::LIFE.is_for_its_subjects && Facets::subjects(self).contains(&id)
    }

    fn was_carried_by(&self, id: &PrincipalId) -> bool {
        Self::was_carried_by(self, id)
    }
}

#[cfg(test)]
mod tests;
