//! Deciding the life of a granted access: confirmed, extended, given back, revoked, expired.

use jiff::Timestamp;

use super::check::{from_shortfall, ruling_violations};
use super::event::{AccessEvent, Ending, GrantEvent, Proposal};
use super::limits::Limits;
use super::longer::ends;
use super::state::{Access, AccessRequest};
use super::{GrantCommand, Longer, Permission, Span};
use crate::aggregate::Aggregate as _;
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::request::{Code, Common, Stage, no_longer_than, waiting_because};
use crate::rules::Ruling;
use crate::tenant::{Person, Role};

pub(super) fn decide(
    access: &AccessRequest,
    command: GrantCommand,
    now: Timestamp,
) -> Result<Vec<AccessEvent>, Denied> {
    use GrantCommand as C;
    let own = |events: Vec<GrantEvent>| events.into_iter().map(AccessEvent::Own).collect();
    match command {
        C::Extend { by, longer, ruling, earlier, why, instead } => {
            let (mut events, access) =
                if instead { access.without_what_waits(&by, now)? } else { (vec![], access.clone()) };
            events.extend(access.extend(&by, (longer, why), ruling, &earlier, now)?);
            Ok(events)
        }
        C::Confirm { permission, before, by_hand } => {
            Ok(own(access.confirm(permission, before, by_hand, now)))
        }
        C::Invite => Ok(own(access.invite(now))),
        C::GiveBack { by } => access.give_back(&by).map(own),
        C::Revoke { by, reason } => access.revoke(&by, reason).map(own),
        C::TakenAway { repair, by } => Ok(own(access.taken_away(repair, by))),
        C::Warn => Ok(own(access.warn(now))),
        C::Expire => Ok(own(access.expire(now))),
        C::ConfirmEnd { left, by_hand } => Ok(own(access.confirm_end(left, by_hand))),
    }
}

impl Access {
    /// When the access ends if it is extended so.
    pub(super) fn extended(&self, longer: Longer, now: Timestamp) -> Timestamp {
        longer.after(self.grant.as_ref().map_or(now, |grant| grant.until))
    }
}

impl AccessRequest {
    /// The clock starts when the grant is confirmed, not when it was asked for. A confirmation that comes after the
    /// access was taken away again says nothing new.
    pub(super) fn confirm(
        &self,
        holds: Permission,
        before: Option<Permission>,
        by_hand: bool,
        now: Timestamp,
    ) -> Vec<GrantEvent> {
        let granted = self.asked.as_ref().and_then(|asked| asked.permission);
        match (self.minutes(), granted, self.held(), &self.own.grant) {
            (Some(minutes), Some(permission), Some(_), None) => {
                let asked_until = self.asked.as_ref().and_then(|asked| asked.until);
                // Whoever asked until Friday has it until Friday, however late it was countersigned.
                let until = ends(now, minutes, asked_until);
                let holds = Some(holds);
                vec![GrantEvent::Granted { permission, holds, before, until, by_hand }]
            }
            _ => vec![],
        }
    }

    /// Nobody has anything by an invitation: the clock starts when it is accepted. But it does not wait for longer than what was
    /// countersigned would have lasted.
    pub(super) fn invite(&self, now: Timestamp) -> Vec<GrantEvent> {
        let asked = self.asked.as_ref();
        let wanted = asked.and_then(|asked| asked.permission);
        let waits = self.own.grant.is_none() && self.own.invited.is_none() && self.held().is_some();
        match (self.minutes(), wanted, waits) {
            (Some(minutes), Some(permission), true) => {
                let until = ends(now, minutes, asked.and_then(|asked| asked.until));
                vec![GrantEvent::Invited { permission, until }]
            }
            _ => vec![],
        }
    }

    /// What it is where somebody takes back what they proposed of it, with what tells so.
    fn without_what_waits(&self, by: &Person, now: Timestamp) -> Result<(Vec<AccessEvent>, Self), Denied> {
        let withdrawn = self.decide(Common::Withdraw { by: by.clone() }.into(), now)?;
        let mut without = self.clone();
        for event in &withdrawn {
            without.evolve(event, now);
        }
        Ok((withdrawn, without))
    }

    pub(super) fn extend(
        &self,
        by: &Person,
        (longer, why): (Longer, Option<String>),
        ruling: Ruling,
        earlier: &[Span],
        now: Timestamp,
    ) -> Result<Vec<AccessEvent>, Denied> {
        let action = "extend".to_owned();
        if !self.concerns(&by.id) {
            return Err(Violation::NotYours { action }.into());
        }
        let (Some(asked), Some(grant), Stage::Standing, None) =
            (&self.asked, &self.own.grant, self.stage, &self.open)
        else {
            let status =
                if self.open.is_some() { "waiting for an extension already" } else { self.status().as_str() };
            return Err(Violation::WrongStatus { action, status: status.to_owned() }.into());
        };
        let Ruling::Allowed(terms) = ruling else {
            return Err(Denied(ruling_violations(asked, None, &ruling)));
        };
        // How long it may last in all is measured from its beginning, whatever is left of it.
        let shortfalls = terms.shortfalls(Some(0), asked.ticket.as_deref()).into_iter().map(from_shortfall);
        let limits = Limits { terms: &terms, earlier, since: Some(grant.since), from: grant.until, now };
        let violations: Vec<_> = shortfalls.chain(limits.broken_by(longer.minutes)).collect();
        if !violations.is_empty() {
            return Err(Denied(violations));
        }
        Ok(vec![if terms.auto {
            GrantEvent::Extended { by: vec![], until: self.own.extended(longer, now), why }.into()
        } else {
            // What is over cannot be extended.
            no_longer_than(grant.until, waiting_because(Proposal::Extension(longer), &by.id, terms, why, now))
        }])
    }

    pub(super) fn give_back(&self, by: &Person) -> Result<Vec<GrantEvent>, Denied> {
        if !self.concerns(&by.id) {
            return Err(Violation::NotYours { action: "give back".to_owned() }.into());
        }
        self.end("give back", Ending::GivenBack { by: by.id.clone() })
    }

    /// An admin may revoke any access, and whoever could have countersigned it.
    pub fn may_be_revoked_by(&self, by: &Person) -> bool {
        let is_approver = matches!(&self.ruling, Some(Ruling::Allowed(terms)) if terms.may_countersign(by));
        by.is(Role::Admin) || is_approver
    }

    pub(super) fn revoke(&self, by: &Person, reason: Option<String>) -> Result<Vec<GrantEvent>, Denied> {
        if !self.may_be_revoked_by(by) {
            return Err(Violation::RoleRequired {
                action: "revoke".to_owned(),
                role: "an admin, or somebody who may countersign such a request".to_owned(),
            }
            .into());
        }
        self.end("revoke", Ending::Revoked { by: by.id.clone(), reason })
    }

    /// What is not in force any more has ended already.
    pub(super) fn taken_away(&self, repair: Code, by: Vec<PrincipalId>) -> Vec<GrantEvent> {
        let is_there = self.held().is_some() && self.own.grant.is_some();
        is_there
            .then_some(GrantEvent::Ending { ending: Ending::TakenAway { repair, by } })
            .into_iter()
            .collect()
    }

    fn end(&self, action: &str, ending: Ending) -> Result<Vec<GrantEvent>, Denied> {
        let wrong =
            || Violation::WrongStatus { action: action.to_owned(), status: self.status().to_string() };
        if self.held().is_none() {
            return Err(wrong().into());
        }
        Ok(vec![GrantEvent::Ending { ending }])
    }

    pub(super) fn expire(&self, now: Timestamp) -> Vec<GrantEvent> {
        match &self.own.grant {
            Some(grant) if self.stage == Stage::Standing && grant.until <= now => {
                vec![GrantEvent::Ending { ending: Ending::Expired }]
            }
            // Nobody has accepted: the invitation is taken back.
            None if self.held().is_some() && self.own.invited.is_some_and(|until| until <= now) => {
                vec![GrantEvent::Ending { ending: Ending::Expired }]
            }
            _ => vec![],
        }
    }

    pub(super) fn warn(&self, now: Timestamp) -> Vec<GrantEvent> {
        match &self.own.grant {
            Some(grant)
                if self.stage == Stage::Standing
                    && self.own.warned != Some(grant.until)
                    && grant.warn_at() <= now
                    && now < grant.until =>
            {
                vec![GrantEvent::EndsSoon { until: grant.until }]
            }
            _ => vec![],
        }
    }

    pub(super) fn confirm_end(&self, left: Option<Permission>, by_hand: bool) -> Vec<GrantEvent> {
        match &self.own.ending {
            Some(ending) if self.stage == Stage::Working || self.could_not_end() => {
                vec![GrantEvent::Ended { ending: ending.clone(), left, by_hand }]
            }
            _ => vec![],
        }
    }
}

#[cfg(test)]
mod tests;
