//! The state of one access request: the fold of its events.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::event::{AccessEvent, Ending, Findings, Phase, Proposal};
use super::{Asked, Permission, Status};
use crate::canonical;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::rules::{Ruling, Terms};

/// One access request, from the asking to the end of the access.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Access {
    /// How it stands.
    pub status: Status,
    /// What was asked for.
    pub asked: Option<Asked>,
    /// What the vendors said.
    pub findings: Option<Findings>,
    /// What the rules said last.
    pub ruling: Option<Ruling>,
    /// What waits for countersignatures now.
    pub open: Option<Open>,
    /// Who countersigned the grant.
    pub countersigned_by: Vec<PrincipalId>,
    /// For how many minutes it was approved.
    pub minutes: Option<u64>,
    /// The access, once it was confirmed.
    pub grant: Option<Grant>,
    /// Why it is ending or has ended.
    pub ending: Option<Ending>,
    /// What the account still held when it had ended.
    #[serde(default)]
    pub left: Option<Permission>,
    /// Why it was denied.
    pub denial: Option<super::Denial>,
    /// What failed, while it does.
    pub failure: Option<Failure>,
}

/// A proposal that waits for countersignatures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// To do what.
    pub proposal: Proposal,
    /// Who proposed it.
    pub by: PrincipalId,
    /// On which terms.
    pub terms: Terms,
    /// Who countersigned so far.
    pub countersigned: Vec<PrincipalId>,
    /// Nobody countersigning by then, it lapses.
    pub due: Timestamp,
    /// Nobody countersigning by then, others are asked too.
    pub escalate_at: Option<Timestamp>,
    /// Whether others are asked too.
    pub escalated: bool,
}

/// An access that was confirmed by reading it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The permission that this access grants.
    pub permission: Permission,
    /// What there was before.
    pub before: Option<Permission>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// What failed, and while doing what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// While doing what.
    pub phase: Phase,
    /// What was said.
    pub why: String,
}

impl Access {
    /// The digest of exactly what an approver sees: the content, what is proposed, the rule version and the policies
    /// that decided, and the evidence. `None` where nothing is proposed.
    pub fn receipt(&self) -> Option<Digest> {
        let open = self.open.as_ref()?;
        canonical::digest(&(&self.asked, &self.findings, &open.proposal, &open.by, &open.terms))
    }

    /// The forge's account that shall have the access: its own id once it was looked up, the text as given before.
    pub fn account(&self) -> Option<&str> {
        let found = self.findings.as_ref().and_then(|findings| findings.user.as_ref());
        let given = || self.asked.as_ref().map(|asked| asked.subject.account.as_str());
        found.map(|user| user.account.as_str()).or_else(given)
    }

    /// Whether it is this person's own: they asked, or shall have the access, under whatever name it was asked for.
    pub fn is_own(&self, person: &crate::tenant::Person) -> bool {
        let account = self.account();
        self.concerns(&person.id) || person.accounts.values().any(|own| Some(own.as_str()) == account)
    }

    /// Whether this principal asked, or shall have the access.
    pub fn concerns(&self, id: &PrincipalId) -> bool {
        self.asked
            .as_ref()
            .is_some_and(|asked| asked.requester.id == *id || asked.subject.principal.as_ref() == Some(id))
    }

    /// The permission the log says the subject should hold because of this request, from approval to the ending.
    pub fn held(&self) -> Option<Permission> {
        let granting = matches!(self.failure, Some(Failure { phase: Phase::Granting, .. }));
        let holds = matches!(self.status, Status::Granting | Status::Active)
            || self.status == Status::Failed && granting;
        self.asked.as_ref().filter(|_| holds).and_then(|asked| asked.permission)
    }

    pub(super) fn apply(&mut self, event: &AccessEvent, at: Timestamp) {
        match event {
            AccessEvent::AccessRequested { asked } => {
                self.asked = Some(Asked::clone(asked));
                self.status = Status::Checking;
            }
            AccessEvent::AccessChecked { findings, ruling } => {
                self.findings = Some(Findings::clone(findings));
                self.ruling.clone_from(ruling);
                self.failure = None;
            }
            AccessEvent::AccessRechecked { terms } => {
                self.ruling = Some(Ruling::Allowed(Terms::clone(terms)));
                if let Some(open) = &mut self.open {
                    open.terms = Terms::clone(terms);
                    open.countersigned.clear();
                }
            }
            AccessEvent::AccessApproved { by, minutes } => self.approve(by, *minutes),
            AccessEvent::AccessDenied { .. }
            | AccessEvent::AccessWithdrawn { .. }
            | AccessEvent::AccessLapsed { .. } => self.close_proposal(event),
            AccessEvent::AccessWaiting { .. }
            | AccessEvent::AccessEscalated { .. }
            | AccessEvent::AccessCountersigned { .. } => self.apply_countersigning(event),
            AccessEvent::AccessFailed { phase, why } => {
                self.status = Status::Failed;
                self.failure = Some(Failure { phase: *phase, why: why.clone() });
            }
            AccessEvent::AccessGranted { .. }
            | AccessEvent::AccessExtended { .. }
            | AccessEvent::AccessEnding { .. }
            | AccessEvent::AccessEnded { .. } => self.apply_grant(event, at),
        }
    }

    fn approve(&mut self, by: &[PrincipalId], minutes: u64) {
        self.open = None;
        self.countersigned_by = by.to_vec();
        self.minutes = Some(minutes);
        self.status = Status::Granting;
    }

    fn apply_countersigning(&mut self, event: &AccessEvent) {
        if let AccessEvent::AccessWaiting { proposal, by, terms, due, escalate_at } = event {
            if *proposal == Proposal::Grant {
                self.status = Status::Waiting;
            }
            self.open = Some(Open {
                proposal: *proposal,
                by: by.clone(),
                terms: Terms::clone(terms),
                countersigned: Vec::new(),
                due: *due,
                escalate_at: *escalate_at,
                escalated: false,
            });
        }
        let Some(open) = &mut self.open else { return };
        match event {
            AccessEvent::AccessEscalated { .. } => open.escalated = true,
            AccessEvent::AccessCountersigned { by, .. } => open.countersigned.push(by.clone()),
            _ => {}
        }
    }

    fn close_proposal(&mut self, event: &AccessEvent) {
        let (proposal, status) = match event {
            AccessEvent::AccessDenied { proposal, .. } => (proposal, Status::Denied),
            AccessEvent::AccessWithdrawn { proposal, .. } => (proposal, Status::Withdrawn),
            AccessEvent::AccessLapsed { proposal } => (proposal, Status::Expired),
            _ => return,
        };
        self.open = None;
        if *proposal == Proposal::Grant {
            self.status = status;
            self.failure = None;
        }
        if let AccessEvent::AccessDenied { by, reason, violations, .. } = event {
            self.denial = Some(super::Denial {
                by: by.clone(),
                reason: reason.clone(),
                violations: violations.clone(),
            });
        }
    }

    fn apply_grant(&mut self, event: &AccessEvent, at: Timestamp) {
        match event {
            AccessEvent::AccessGranted { permission, before, until, .. } => {
                self.status = Status::Active;
                self.failure = None;
                self.grant =
                    Some(Grant { permission: *permission, before: *before, since: at, until: *until });
            }
            AccessEvent::AccessExtended { until, .. } => {
                self.open = None;
                if let Some(grant) = &mut self.grant {
                    grant.until = *until;
                }
            }
            AccessEvent::AccessEnding { ending } => {
                self.status = Status::Ending;
                self.open = None;
                self.failure = None;
                self.ending = Some(ending.clone());
            }
            AccessEvent::AccessEnded { ending, left } => {
                self.failure = None;
                self.left = *left;
                self.status = match ending {
                    Ending::Expired => Status::Expired,
                    Ending::GivenBack { .. } => Status::GivenBack,
                    Ending::Revoked { .. } => Status::Revoked,
                };
            }
            _ => {}
        }
    }
}

/// `minutes` after `at`; the end of time where that is later than any calendar knows.
pub(super) fn later(at: Timestamp, minutes: u64) -> Timestamp {
    let minutes = i64::try_from(minutes).unwrap_or(i64::MAX).min(100 * 366 * 24 * 60);
    at.checked_add(minutes.minutes()).unwrap_or(Timestamp::MAX)
}
