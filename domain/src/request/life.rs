//! The state of one request: the fold of its events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Assurance, Content, Denial, Difference, Evidence, Failure, Kind, Open, RequestEvent, WhyVoid, later,
};
use crate::canonical;
use crate::denied::Violation;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::person::Person;
use crate::rules::{Ruling, Terms};

/// How far the life of a request is. A kind has its own word for it: [`Kind::word`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody asked yet.
    #[default]
    New,
    /// The outside and the rules are being asked.
    Checking,
    /// It waits for countersignatures.
    Waiting,
    /// Approved, and being carried out or undone.
    Working,
    /// Carried out, and that was read back.
    Standing,
    /// Something outside failed for good; an operator must look.
    Failed,
    /// A person, a rule or a check said no.
    Denied,
    /// Taken back by who asked, before it was approved.
    Withdrawn,
    /// Nobody answered in time.
    Lapsed,
    /// It stood, and does not any more.
    Over,
}

/// One request, from the asking to the end of what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Request<K: Kind> {
    /// How far it is.
    pub stage: Stage,
    /// What was asked for.
    pub asked: Option<K::Content>,
    /// What was found outside.
    pub findings: Option<K::Evidence>,
    /// When that was looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
    /// What was first shown to those who decide, where what is shown now is otherwise, or has been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_shown: Option<Box<K::Evidence>>,
    /// What is otherwise than that, as somebody found it who was about to decide, until it is decided.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Difference<K>>,
    /// What the rules said last.
    pub ruling: Option<Ruling>,
    /// What waits for countersignatures now.
    pub open: Option<Open<K::Proposal>>,
    /// Whether it ever waited for countersignatures: so others have heard of it.
    #[serde(default)]
    pub has_waited: bool,
    /// Who countersigned what was asked first.
    pub countersigned_by: Vec<PrincipalId>,
    /// What they countersigned, as it stood when they had: until it has come about, it is looked at again whether each still might,
    /// in the place in which they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Open<K::Proposal>>,
    /// Who of them did so in whose place.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stood_in_for: BTreeMap<PrincipalId, PrincipalId>,
    /// What the approval fixed.
    pub fixed: Option<K::Fixed>,
    /// Why it was denied.
    pub denial: Option<Denial>,
    /// Who withdrew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<PrincipalId>,
    /// What failed, while it does.
    pub failure: Option<Failure<K::Phase>>,
    /// The vendor that lets nobody in, while it holds this back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed: Option<String>,
    /// What came of it.
    pub own: K,
}

impl<K: Kind> Default for Request<K> {
    fn default() -> Self {
        Self {
            stage: Stage::New,
            asked: None,
            findings: None,
            looked_at: None,
            first_shown: None,
            changed: Vec::new(),
            ruling: None,
            open: None,
            has_waited: false,
            countersigned_by: Vec::new(),
            signed: None,
            stood_in_for: BTreeMap::new(),
            fixed: None,
            denial: None,
            withdrawn_by: None,
            failure: None,
            delayed: None,
            own: K::default(),
        }
    }
}

impl<K: Kind> Request<K> {
    /// The digest of exactly what an approver sees: the content, what is proposed, the rule version and the policies
    /// that decided, and the evidence. `None` where nothing is proposed.
    pub fn receipt(&self) -> Option<Digest> {
        let open = self.open.as_ref()?;
        let evidence = self.findings.as_ref().map(Evidence::<K::Content>::decided_on);
        let shown = (&self.asked, evidence, &open.proposal, &open.by, &open.terms);
        // What nobody gave a reason of its own for has the receipt that it always had.
        match &open.why {
            Some(why) => canonical::digest(&(shown, why)),
            None => canonical::digest(&shown),
        }
    }

    /// Whether it is this person's own: they asked, or it is for them, under whatever name it was asked for.
    pub fn is_own(&self, person: &Person) -> bool {
        self.concerns(&person.id) || K::is_own(self, person)
    }

    /// Whether this principal asked, or it is for them.
    pub fn concerns(&self, id: &PrincipalId) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.requester().id == *id || asked.subjects().contains(&id))
    }

    /// Whether it is approved and waits to be carried out.
    pub fn is_approved(&self) -> bool {
        self.fixed.is_some() && !self.own.has_begun() && matches!(self.stage, Stage::Working | Stage::Failed)
    }

    /// Whether nobody has decided yet.
    pub fn is_undecided(&self) -> bool {
        match self.stage {
            Stage::Checking | Stage::Waiting => true,
            Stage::Failed => self.could_not_be_checked(),
            _ => false,
        }
    }

    /// Whether looking outside failed for good before anybody was asked.
    pub(super) fn could_not_be_checked(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.phase == K::CHECKING)
    }

    /// The terms that the rules allow it on.
    pub fn terms(&self) -> Option<&Terms> {
        match &self.ruling {
            Some(Ruling::Allowed(terms)) => Some(terms),
            _ => None,
        }
    }

    pub(super) fn apply(&mut self, event: &RequestEvent<K>, at: Timestamp) {
        self.delayed = None;
        match event {
            RequestEvent::Delayed { vendor } => self.delayed = Some(vendor.clone()),
            RequestEvent::Requested { asked } => {
                self.asked = Some(K::Content::clone(asked));
                self.stage = Stage::Checking;
            }
            RequestEvent::Checked { findings, ruling } => {
                self.asked = self.asked.take().map(|asked| findings.resolved(asked));
                self.look_up(findings, at);
                self.ruling.clone_from(ruling);
                self.failure = None;
            }
            RequestEvent::EvidenceChanged { findings, differences, .. } => {
                self.since_first_shown(findings, differences);
                // What has another name now is decided on, and asked of the rules, by that one.
                self.asked = self.asked.take().map(|asked| findings.resolved(asked));
                self.look_up(findings, at);
                self.void(WhyVoid::Evidence);
            }
            RequestEvent::Rechecked { terms } => {
                self.ruling = Some(Ruling::Allowed(Terms::clone(terms)));
                if let Some(open) = &mut self.open {
                    open.terms = Terms::clone(terms);
                }
                self.void(WhyVoid::Rules);
            }
            RequestEvent::Approved { by, fixed } => self.approve(by, fixed),
            RequestEvent::Denied { .. }
            | RequestEvent::Withdrawn { .. }
            | RequestEvent::Superseded { .. }
            | RequestEvent::Closed { .. }
            | RequestEvent::Lapsed { .. } => self.close(event),
            RequestEvent::Waiting { .. } => self.begin_to_wait(event, at),
            RequestEvent::Escalated { .. }
            | RequestEvent::Countersigned { .. }
            | RequestEvent::CountersignatureTakenBack { .. }
            | RequestEvent::CountersignatureVoided { .. }
            | RequestEvent::Reminded { .. }
            | RequestEvent::Announced { .. } => self.go_on_waiting(event, at),
            RequestEvent::Failed { phase, why, given_up } => {
                self.stage = Stage::Failed;
                let (why, given_up) = (why.clone(), *given_up);
                self.failure = Some(Failure { phase: *phase, why, given_up, vouched: None });
            }
            RequestEvent::Vouched { note, .. } => {
                if let Some(failure) = &mut self.failure {
                    failure.vouched = Some(note.clone());
                }
            }
            RequestEvent::Own(event) => self.go_its_own_way(event, at),
        }
    }

    fn look_up(&mut self, findings: &K::Evidence, at: Timestamp) {
        self.findings = Some(findings.clone());
        self.looked_at = Some(at);
    }

    /// Takes in how this differs from what was first shown; `differences`: how it does from what was shown last. What became otherwise
    /// and is again as it was is no difference, and what the bot itself brought about is none either.
    fn since_first_shown(&mut self, found: &K::Evidence, differences: &[Difference<K>]) {
        let Some(shown) = self.findings.as_ref() else {
            self.changed = differences.to_vec();
            return;
        };
        let first = self.first_shown.take();
        let is_first = first.is_none();
        let first = first.map_or_else(|| shown.clone(), |first| *first);
        let first = K::Evidence::brought_on(first, shown, found, differences);
        self.changed = match &self.asked {
            Some(asked) if !is_first => {
                let mut since = K::Evidence::differences(asked, &first, found, &[]);
                since.retain(|difference| K::is_news(self, difference));
                since
            }
            _ => differences.to_vec(),
        };
        self.first_shown = Some(Box::new(first));
    }

    /// From here on it is shown as it was found last.
    fn shown_anew(&mut self) {
        self.changed.clear();
        self.first_shown = None;
    }

    /// What was countersigned so far counts for nothing any more.
    fn void(&mut self, why: WhyVoid) {
        if let Some(open) = &mut self.open {
            open.void(why);
        } else if !self.own.has_begun() {
            self.countersigned_by.clear();
            self.signed = None;
            self.stood_in_for.clear();
            self.fixed = None;
            self.failure = None;
        }
    }

    fn approve(&mut self, by: &[PrincipalId], fixed: &K::Fixed) {
        self.signed = self.open.take();
        self.stood_in_for =
            self.signed.as_mut().map(|open| std::mem::take(&mut open.stood_in_for)).unwrap_or_default();
        self.shown_anew();
        self.countersigned_by = by.to_vec();
        self.fixed = Some(fixed.clone());
        self.stage = Stage::Working;
    }

    fn begin_to_wait(&mut self, event: &RequestEvent<K>, at: Timestamp) {
        let RequestEvent::Waiting { proposal, by, terms, due, escalate_at, why } = event else { return };
        self.has_waited = true;
        if *proposal == K::FIRST {
            self.stage = Stage::Waiting;
        } else {
            self.shown_anew();
        }
        self.open = Some(Open {
            proposal: *proposal,
            by: by.clone(),
            terms: Terms::clone(terms),
            countersigned: Vec::new(),
            due: *due,
            escalate_at: *escalate_at,
            escalated: false,
            by_reaction: BTreeSet::new(),
            stood_in_for: BTreeMap::new(),
            voided: BTreeMap::new(),
            overtaken: !self.changed.is_empty(),
            has_just_voided: false,
            remind_at: terms.remind_after_minutes.map(|minutes| later(at, minutes)),
            reminded: 0,
            announced: false,
            why: why.clone(),
        });
    }

    fn go_on_waiting(&mut self, event: &RequestEvent<K>, at: Timestamp) {
        let Some(open) = &mut self.open else { return };
        match event {
            RequestEvent::Escalated { .. } => open.escalated = true,
            RequestEvent::Countersigned { by, assurance, stands_in_for, .. } => {
                open.countersigned.push(by.clone());
                if *assurance == Assurance::Reacted {
                    open.by_reaction.insert(by.clone());
                }
                open.stood_in_for.extend(stands_in_for.clone().map(|absent| (by.clone(), absent)));
                open.voided.remove(by);
            }
            RequestEvent::CountersignatureTakenBack { by } => open.take_off(by),
            RequestEvent::CountersignatureVoided { by } => {
                open.take_off(by);
                open.voided.insert(by.clone(), WhyVoid::Signer);
            }
            RequestEvent::Reminded { times } => {
                open.reminded = *times;
                open.remind_at = open.terms.remind_after_minutes.map(|minutes| later(at, minutes));
            }
            RequestEvent::Announced { .. } => open.announced = true,
            _ => {}
        }
    }

    fn close(&mut self, event: &RequestEvent<K>) {
        let (proposal, stage) = match event {
            RequestEvent::Denied { proposal, .. } | RequestEvent::Closed { proposal, .. } => {
                (proposal, Stage::Denied)
            }
            RequestEvent::Withdrawn { proposal, .. } | RequestEvent::Superseded { proposal, .. } => {
                (proposal, Stage::Withdrawn)
            }
            RequestEvent::Lapsed { proposal } => (proposal, Stage::Lapsed),
            _ => return,
        };
        self.open = None;
        if *proposal == K::FIRST {
            self.stage = stage;
            self.failure = None;
        }
        if let RequestEvent::Withdrawn { by, .. } = event
            && *proposal == K::FIRST
        {
            self.withdrawn_by = Some(by.clone());
        }
        if let RequestEvent::Denied { by, reason, violations, rules, .. } = event {
            let (by, reason, violations) = (by.clone(), reason.clone(), violations.clone());
            self.denial = Some(Denial { by, reason, violations, rules: *rules });
        }
        let why = match event {
            RequestEvent::Closed { name, .. } => Violation::HasLeft { name: name.clone() },
            RequestEvent::Superseded { ticket, asks_nothing, .. } => {
                Violation::superseded(ticket, *asks_nothing)
            }
            _ => return,
        };
        self.denial = Some(Denial { by: None, reason: None, violations: vec![why], rules: None });
    }

    fn go_its_own_way(&mut self, event: &K::Event, at: Timestamp) {
        if K::meaning(event).closes {
            self.open = None;
            self.shown_anew();
        }
        if let Some(stage) = self.own.evolve(event, at) {
            self.stage = stage;
            self.failure = None;
        }
        if self.own.has_begun() {
            self.signed = None;
        }
    }
}
