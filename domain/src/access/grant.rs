//! Deciding the life of a granted access: confirmed, failed, extended, given back, revoked, expired.

use jiff::Timestamp;

use super::check::{from_shortfall, ruling_violations, waiting};
use super::event::{AccessEvent, Ending, Phase, Proposal};
use super::state::{Access, later};
use super::{Permission, Status};
use crate::denied::{Denied, Violation};
use crate::rules::Ruling;
use crate::tenant::{Person, Role};

impl Access {
    /// The clock starts when the grant is confirmed, not when it was asked for. A confirmation that comes after the
    /// access was taken away again says nothing new.
    pub(super) fn confirm(
        &self,
        permission: Permission,
        before: Option<Permission>,
        now: Timestamp,
    ) -> Vec<AccessEvent> {
        match (self.minutes, self.held(), &self.grant) {
            (Some(minutes), Some(_), None) => {
                vec![AccessEvent::AccessGranted { permission, before, until: later(now, minutes) }]
            }
            _ => vec![],
        }
    }

    pub(super) fn fail(&self, phase: Phase, why: String) -> Vec<AccessEvent> {
        let expected = match phase {
            Phase::Checking => Status::Checking,
            Phase::Granting => Status::Granting,
            Phase::Ending => Status::Ending,
        };
        let again = self.failure.as_ref().is_some_and(|failure| failure.phase == phase && failure.why != why);
        if self.status == expected || again { vec![AccessEvent::AccessFailed { phase, why }] } else { vec![] }
    }

    pub(super) fn extend(
        &self,
        by: &Person,
        minutes: u64,
        ruling: Ruling,
        now: Timestamp,
    ) -> Result<Vec<AccessEvent>, Denied> {
        let action = "extend".to_owned();
        if !self.concerns(&by.id) {
            return Err(Violation::NotYours { action }.into());
        }
        let (Some(asked), Some(grant), Status::Active, None) =
            (&self.asked, &self.grant, self.status, &self.open)
        else {
            let status =
                if self.open.is_some() { "waiting for an extension already" } else { self.status.as_str() };
            return Err(Violation::WrongStatus { action, status: status.to_owned() }.into());
        };
        let Ruling::Allowed(terms) = ruling else { return Err(Denied(ruling_violations(asked, &ruling))) };
        let left = u64::try_from(grant.until.duration_since(now).as_secs().max(0)).unwrap_or(0) / 60;
        let shortfalls = terms.shortfalls(Some(left.saturating_add(minutes)), asked.ticket.as_deref());
        if !shortfalls.is_empty() {
            return Err(Denied(shortfalls.into_iter().map(from_shortfall).collect()));
        }
        Ok(vec![if terms.auto {
            AccessEvent::AccessExtended { by: vec![], until: self.extended(minutes, now) }
        } else {
            waiting(Proposal::Extension { minutes }, &by.id, terms, now)
        }])
    }

    pub(super) fn give_back(&self, by: &Person) -> Result<Vec<AccessEvent>, Denied> {
        if !self.concerns(&by.id) {
            return Err(Violation::NotYours { action: "give back".to_owned() }.into());
        }
        self.end("give back", Ending::GivenBack { by: by.id.clone() })
    }

    /// An admin may revoke any access, and whoever could have countersigned it.
    pub(super) fn revoke(&self, by: &Person, reason: Option<String>) -> Result<Vec<AccessEvent>, Denied> {
        let approver = matches!(&self.ruling, Some(Ruling::Allowed(terms)) if terms.may_countersign(by));
        if !by.is(Role::Admin) && !approver {
            return Err(Violation::RoleRequired {
                action: "revoke".to_owned(),
                role: "an admin, or somebody who may countersign such a request".to_owned(),
            }
            .into());
        }
        self.end("revoke", Ending::Revoked { by: by.id.clone(), reason })
    }

    fn end(&self, action: &str, ending: Ending) -> Result<Vec<AccessEvent>, Denied> {
        let wrong = || Violation::WrongStatus { action: action.to_owned(), status: self.status.to_string() };
        if self.held().is_none() {
            return Err(wrong().into());
        }
        Ok(vec![AccessEvent::AccessEnding { ending }])
    }

    pub(super) fn expire(&self, now: Timestamp) -> Vec<AccessEvent> {
        match &self.grant {
            Some(grant) if self.status == Status::Active && grant.until <= now => {
                vec![AccessEvent::AccessEnding { ending: Ending::Expired }]
            }
            _ => vec![],
        }
    }

    pub(super) fn confirm_end(&self) -> Vec<AccessEvent> {
        let failed = self.failure.as_ref().is_some_and(|failure| failure.phase == Phase::Ending);
        match &self.ending {
            Some(ending) if self.status == Status::Ending || failed => {
                vec![AccessEvent::AccessEnded { ending: ending.clone() }]
            }
            _ => vec![],
        }
    }
}
