//! The state of one access request: the fold of its events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::event::{AccessEvent, Ending, Findings, Phase, Proposal};
use super::{Asked, Assurance, Difference, Permission, Status};
use crate::canonical;
use crate::denied::Violation;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::ports::same_account;
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
    /// When they were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
    /// What of that had changed when somebody was about to decide, until it is decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Difference>,
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
    /// The vendor that lets nobody in, while it holds this back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed: Option<String>,
    /// For which end of the access its holder was told that it ends soon.
    #[serde(default)]
    pub warned: Option<Timestamp>,
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
    /// Those of them whose countersignature is a reaction, which they can take back by taking the reaction back.
    #[serde(default)]
    pub by_reaction: BTreeSet<PrincipalId>,
    /// Who of them stood in for whom: the own countersignature of the latter would be the same one twice.
    #[serde(default)]
    pub stood_in_for: BTreeMap<PrincipalId, PrincipalId>,
    /// Those whose countersignature counted, and does not any more.
    #[serde(default)]
    pub voided: BTreeSet<PrincipalId>,
    /// Nobody countersigning by then, those who were asked are reminded.
    #[serde(default)]
    pub remind_at: Option<Timestamp>,
    /// How often they were.
    #[serde(default)]
    pub reminded: u32,
    /// Whether who asked wants everybody to be asked, however many they are.
    #[serde(default)]
    pub announced: bool,
}

impl Open {
    /// Somebody's countersignature is none any more.
    fn take_off(&mut self, by: &PrincipalId) {
        self.countersigned.retain(|id| id != by);
        self.by_reaction.remove(by);
        self.stood_in_for.remove(by);
    }
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
    /// When it was over, once that was read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

impl Grant {
    /// Until when it would be, `minutes` longer.
    pub fn until_with(&self, minutes: u64) -> Timestamp {
        later(self.until, minutes)
    }

    /// How many minutes it lasts, from its beginning to its end.
    pub fn minutes(&self) -> u64 {
        super::span::minutes_between(self.since, self.until)
    }

    /// When its holder is told that it ends soon: an hour before, or when a quarter of it is left.
    pub fn warn_at(&self) -> Timestamp {
        let whole = self.until.duration_since(self.since);
        let lead = (whole / 4).clamp(SignedDuration::ZERO, SignedDuration::from_hours(1));
        self.until.checked_sub(lead).unwrap_or(self.until)
    }
}

/// What failed, and while doing what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// While doing what.
    pub phase: Phase,
    /// What was said.
    pub why: String,
    /// Whether an operator gave it up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
}

impl Access {
    /// The digest of exactly what an approver sees: the content, what is proposed, the rule version and the policies
    /// that decided, and the evidence. `None` where nothing is proposed.
    pub fn receipt(&self) -> Option<Digest> {
        let open = self.open.as_ref()?;
        let evidence = self.findings.as_ref().map(Findings::evidence);
        canonical::digest(&(&self.asked, evidence, &open.proposal, &open.by, &open.terms))
    }

    /// The forge's account that shall have the access: its own id once it was looked up, the text as given before.
    pub fn account(&self) -> Option<&str> {
        let found = self.findings.as_ref().and_then(|findings| findings.user.as_ref());
        let given = || self.asked.as_ref().map(|asked| asked.subject.account.as_str());
        found.map(|user| user.account.as_str()).or_else(given)
    }

    /// The repository's identity: the forge's immutable id, or its name there where the forge gave none. Before it was looked
    /// up, what was asked for.
    pub fn repository_key(&self) -> Option<&str> {
        let found = self.findings.as_ref().and_then(|findings| findings.repository.as_ref());
        found.map(crate::ports::ForgeRepository::key).or_else(|| self.asked.as_ref()?.repository.as_deref())
    }

    /// The forge's immutable id of the repository, where it has one.
    pub fn repository_id(&self) -> Option<&str> {
        self.findings.as_ref()?.repository.as_ref()?.id.as_deref()
    }

    /// Whose permission on what it is about, both by their identities at the forge: what is held is kept by these.
    pub fn held_on(&self) -> Option<(&str, &str)> {
        Some((self.account()?, self.repository_key()?))
    }

    /// Whether it is this person's own: they asked, or shall have the access, under whatever name it was asked for.
    pub fn is_own(&self, person: &crate::tenant::Person) -> bool {
        self.concerns(&person.id) || self.is_account_of(person)
    }

    /// Whether the forge's account that shall have it is one of this person's, by whichever of its ids.
    pub fn is_account_of(&self, person: &crate::tenant::Person) -> bool {
        let found = self.findings.as_ref().and_then(|findings| findings.user.as_ref());
        person.accounts.values().any(|own| match found {
            Some(user) => user.is(own),
            None => self.account().is_some_and(|account| same_account(account, own)),
        })
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

    /// Whether it counts as in force: from the confirmation until it was read back that it has ended, and while it is being
    /// taken back though it was never confirmed, for then nobody knows.
    pub fn is_in_force(&self) -> bool {
        let ending = matches!(self.failure, Some(Failure { phase: Phase::Ending, .. }));
        !self.status.is_final() && (self.grant.is_some() || self.status == Status::Ending || ending)
    }

    /// Whether its end failed, so that it is there though it should not be.
    pub fn could_not_end(&self) -> bool {
        self.status == Status::Failed && matches!(self.failure, Some(Failure { phase: Phase::Ending, .. }))
    }

    pub(super) fn apply(&mut self, event: &AccessEvent, at: Timestamp) {
        self.delayed = None;
        match event {
            AccessEvent::AccessDelayed { vendor } => self.delayed = Some(vendor.clone()),
            AccessEvent::AccessRequested { asked } => {
                self.asked = Some(Asked::clone(asked));
                self.status = Status::Checking;
            }
            AccessEvent::AccessChecked { findings, subject, ruling } => {
                self.asked = self.asked.take().map(|asked| asked.resolved(findings, subject.as_ref()));
                self.findings = Some(Findings::clone(findings));
                self.looked_at = Some(at);
                self.ruling.clone_from(ruling);
                self.failure = None;
            }
            AccessEvent::AccessEvidenceChanged { findings, differences, .. } => {
                self.findings = Some(Findings::clone(findings));
                self.looked_at = Some(at);
                self.changed.clone_from(differences);
                self.void();
            }
            AccessEvent::AccessRechecked { terms } => {
                self.ruling = Some(Ruling::Allowed(Terms::clone(terms)));
                if let Some(open) = &mut self.open {
                    open.terms = Terms::clone(terms);
                }
                self.void();
            }
            AccessEvent::AccessApproved { by, minutes } => self.approve(by, *minutes),
            AccessEvent::AccessDenied { .. }
            | AccessEvent::AccessWithdrawn { .. }
            | AccessEvent::AccessClosed { .. }
            | AccessEvent::AccessLapsed { .. } => self.close_proposal(event),
            AccessEvent::AccessWaiting { .. }
            | AccessEvent::AccessEscalated { .. }
            | AccessEvent::AccessCountersigned { .. }
            | AccessEvent::AccessCountersignatureTakenBack { .. }
            | AccessEvent::AccessCountersignatureVoided { .. }
            | AccessEvent::AccessReminded { .. }
            | AccessEvent::AccessAnnounced { .. } => self.apply_countersigning(event, at),
            AccessEvent::AccessEndsSoon { until } => self.warned = Some(*until),
            AccessEvent::AccessFailed { phase, why, given_up } => {
                self.status = Status::Failed;
                self.failure = Some(Failure { phase: *phase, why: why.clone(), given_up: *given_up });
            }
            AccessEvent::AccessGranted { .. }
            | AccessEvent::AccessExtended { .. }
            | AccessEvent::AccessShortened { .. }
            | AccessEvent::AccessEnding { .. }
            | AccessEvent::AccessEnded { .. } => self.apply_grant(event, at),
        }
    }

    /// What was countersigned so far counts for nothing any more.
    fn void(&mut self) {
        if let Some(open) = &mut self.open {
            open.countersigned.clear();
            open.by_reaction.clear();
            open.stood_in_for.clear();
        } else if self.grant.is_none() {
            self.countersigned_by.clear();
            self.minutes = None;
            self.failure = None;
        }
    }

    fn approve(&mut self, by: &[PrincipalId], minutes: u64) {
        self.open = None;
        self.changed.clear();
        self.countersigned_by = by.to_vec();
        self.minutes = Some(minutes);
        self.status = Status::Granting;
    }

    fn apply_countersigning(&mut self, event: &AccessEvent, at: Timestamp) {
        if let AccessEvent::AccessWaiting { proposal, by, terms, due, escalate_at } = event {
            match proposal {
                Proposal::Grant => self.status = Status::Waiting,
                // It is shown as it was found just now.
                Proposal::Extension { .. } => self.changed.clear(),
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
                voided: BTreeSet::new(),
                remind_at: terms.remind_after_minutes.map(|minutes| later(at, minutes)),
                reminded: 0,
                announced: false,
            });
        }
        let Some(open) = &mut self.open else { return };
        match event {
            AccessEvent::AccessEscalated { .. } => open.escalated = true,
            AccessEvent::AccessCountersigned { by, assurance, stands_in_for, .. } => {
                open.countersigned.push(by.clone());
                if *assurance == Assurance::Reacted {
                    open.by_reaction.insert(by.clone());
                }
                open.stood_in_for.extend(stands_in_for.clone().map(|absent| (by.clone(), absent)));
                open.voided.remove(by);
            }
            AccessEvent::AccessCountersignatureTakenBack { by } => open.take_off(by),
            AccessEvent::AccessCountersignatureVoided { by } => {
                open.take_off(by);
                open.voided.insert(by.clone());
            }
            AccessEvent::AccessReminded { times } => {
                open.reminded = *times;
                open.remind_at = open.terms.remind_after_minutes.map(|minutes| later(at, minutes));
            }
            AccessEvent::AccessAnnounced { .. } => open.announced = true,
            _ => {}
        }
    }

    fn close_proposal(&mut self, event: &AccessEvent) {
        let (proposal, status) = match event {
            AccessEvent::AccessDenied { proposal, .. } | AccessEvent::AccessClosed { proposal, .. } => {
                (proposal, Status::Denied)
            }
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
        if let AccessEvent::AccessClosed { name, .. } = event {
            let violations = vec![Violation::HasLeft { name: name.clone() }];
            self.denial = Some(super::Denial { by: None, reason: None, violations });
        }
    }

    fn apply_grant(&mut self, event: &AccessEvent, at: Timestamp) {
        match event {
            AccessEvent::AccessGranted { permission, before, until, .. } => {
                self.status = Status::Active;
                self.failure = None;
                let (permission, before) = (*permission, *before);
                self.grant = Some(Grant { permission, before, since: at, until: *until, ended: None });
            }
            AccessEvent::AccessExtended { until, .. } => {
                self.open = None;
                self.changed.clear();
                if let Some(grant) = &mut self.grant {
                    grant.until = *until;
                }
            }
            AccessEvent::AccessShortened { until, .. } => {
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
                if let Some(grant) = &mut self.grant {
                    grant.ended = Some(at);
                }
                self.status = match ending {
                    Ending::Expired => Status::Expired,
                    Ending::GivenBack { .. } => Status::GivenBack,
                    Ending::Revoked { .. } | Ending::Left { .. } | Ending::NotAllowed { .. } => {
                        Status::Revoked
                    }
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
