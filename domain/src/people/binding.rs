//! Whose chat identity is whose: bound by a one-time code from a signed-in console, or by the directory; kept as events,
//! and ended at once when somebody says so or the person goes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Fault, People, PeopleEvent, Person, Role};
use crate::denied::{Denied, Violation};
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::place::{Identity, Place};

/// For how many minutes a link code is good.
pub const LINK_MINUTES: u64 = 10;

/// How a chat identity came to be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundBy {
    /// They said the code there that they got when they were signed in.
    Code,
    /// The workspace has verified the address that the directory knows them by.
    Directory,
}

/// Why it is theirs no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnboundWhy {
    /// Somebody ended it.
    Asked,
    /// They use another account of the same workspace now.
    Replaced,
    /// The vendor says that it is a member's no more: switched off, or a guest's.
    Vendor,
}

/// Whose a chat identity is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Whose.
    pub principal: PrincipalId,
    /// The private talk with them.
    pub direct: Place,
    /// How it came to be.
    pub by: BoundBy,
    /// Since when.
    pub since: Timestamp,
}

/// A link code that was given out, by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// To whom.
    pub principal: PrincipalId,
    /// Good until then.
    pub until: Timestamp,
}

impl People {
    /// Who is behind a chat identity.
    pub fn behind(&self, identity: &Identity) -> Option<&Person> {
        self.people.get(&self.bound.get(identity)?.principal)
    }

    /// The chat identities of somebody, those bound last first.
    pub fn identities(&self, id: &PrincipalId) -> Vec<(&Identity, &Binding)> {
        let own = self.accounts.get(id).into_iter().flatten();
        let mut all: Vec<_> =
            own.filter_map(|identity| Some((identity, self.bound.get(identity)?))).collect();
        all.sort_by_key(|(_, binding)| std::cmp::Reverse(binding.since));
        all
    }

    /// A chat identity is somebody's.
    pub(super) fn hold(&mut self, identity: &Identity, binding: Binding) {
        self.let_go(identity);
        let mut own = self.accounts.get(&binding.principal).cloned().unwrap_or_default();
        own.insert(identity.clone());
        self.accounts.insert_mut(binding.principal.clone(), own);
        self.bound.insert_mut(identity.clone(), binding);
    }

    /// A chat identity is nobody's any more.
    pub(super) fn let_go(&mut self, identity: &Identity) {
        let Some(binding) = self.bound.get(identity).cloned() else { return };
        self.bound.remove_mut(identity);
        let mut own = self.accounts.get(&binding.principal).cloned().unwrap_or_default();
        own.remove(identity);
        if own.is_empty() {
            self.accounts.remove_mut(&binding.principal);
        } else {
            self.accounts.insert_mut(binding.principal, own);
        }
    }

    /// None of somebody's chat identities is theirs any more.
    pub(super) fn let_go_all(&mut self, id: &PrincipalId) {
        for identity in self.accounts.get(id).cloned().unwrap_or_default() {
            self.let_go(&identity);
        }
    }

    /// Binds who says a link code to who gave it out. A code that is not good is an event: it counts as a try.
    pub(super) fn redeem(
        &self,
        code: Digest,
        identity: Identity,
        direct: Place,
        now: Timestamp,
    ) -> Result<Vec<PeopleEvent>, Denied> {
        if self.link_locked(&identity, now).is_some() {
            return Err(Fault::LinkNotGood.into());
        }
        let Some(link) = self.links.get(&code).filter(|link| now < link.until) else {
            return Ok(vec![PeopleEvent::LinkMissed { identity }]);
        };
        self.bind(link.principal.clone(), identity, direct, BoundBy::Code, Some(code))
    }

    pub(super) fn bind(
        &self,
        principal: PrincipalId,
        identity: Identity,
        direct: Place,
        by: BoundBy,
        code: Option<Digest>,
    ) -> Result<Vec<PeopleEvent>, Denied> {
        if !self.people.contains_key(&principal) {
            return Err(Fault::LinkNotGood.into());
        }
        match self.bound.get(&identity) {
            Some(binding) if binding.principal == principal => return Ok(vec![]),
            Some(_) => return Err(Fault::LinkTaken.into()),
            None => {}
        }
        let same_workspace =
            |other: &&Identity| other.surface == identity.surface && other.workspace == identity.workspace;
        let older =
            self.identities(&principal).into_iter().map(|(identity, _)| identity).find(same_workspace);
        let replaced = older.map(|older| PeopleEvent::AccountUnbound {
            identity: older.clone(),
            principal: principal.clone(),
            by: None,
            why: UnboundWhy::Replaced,
        });
        let bound = PeopleEvent::AccountBound { identity, principal, by, direct, code };
        Ok(replaced.into_iter().chain([bound]).collect())
    }

    /// Ends a binding: one's own, or anybody's for an admin; `by` is nobody where the vendor says so.
    pub(super) fn unbind(
        &self,
        identity: Identity,
        by: Option<&Person>,
        why: UnboundWhy,
    ) -> Result<Vec<PeopleEvent>, Denied> {
        let Some(binding) = self.bound.get(&identity) else { return Ok(vec![]) };
        if by.is_some_and(|by| by.id != binding.principal && !by.is(Role::Admin)) {
            let (action, role) = ("unlink somebody else's account".to_owned(), "an admin".to_owned());
            return Err(Violation::RoleRequired { action, role }.into());
        }
        let (principal, by) = (binding.principal.clone(), by.map(|by| by.id.clone()));
        Ok(vec![PeopleEvent::AccountUnbound { identity, principal, by, why }])
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::super::PeopleCommand;
    use super::*;
    use crate::access::example::{ada, bob, person};
    use crate::ports::SurfaceKind;
    use crate::testing::{Given, given, noon};

    fn slack(user: &str) -> Identity {
        Identity::new(SurfaceKind::Slack, "T1", user).unwrap()
    }

    fn recorded(person: Person) -> PeopleEvent {
        PeopleEvent::PersonRecorded { person }
    }

    fn offered(to: &Person) -> PeopleEvent {
        PeopleEvent::LinkOffered {
            code: Digest::of(b"code"),
            principal: to.id.clone(),
            until: noon() + 10.minutes(),
        }
    }

    fn bound(to: &Person, user: &str) -> PeopleEvent {
        PeopleEvent::AccountBound {
            identity: slack(user),
            principal: to.id.clone(),
            by: BoundBy::Code,
            direct: Place::direct(&slack(user)),
            code: Some(Digest::of(b"code")),
        }
    }

    fn redeem(code: &[u8], user: &str) -> PeopleCommand {
        let (code, direct) = (Digest::of(code), Place::direct(&slack(user)));
        PeopleCommand::Redeem { code, identity: slack(user), direct }
    }

    fn missed(user: &str) -> PeopleEvent {
        PeopleEvent::LinkMissed { identity: slack(user) }
    }

    fn people(events: impl IntoIterator<Item = PeopleEvent>) -> Given<People> {
        let people = [ada(), bob()].map(recorded);
        given::<People>(people.into_iter().chain(events).collect::<Vec<_>>())
    }

    #[test]
    fn a_code_is_good_once() {
        people([offered(&ada())]).when(redeem(b"code", "U1")).then([bound(&ada(), "U1")]);
        let used = people([offered(&ada()), bound(&ada(), "U1")]);
        used.when(redeem(b"code", "U2")).then([missed("U2")]);
    }

    #[test]
    fn a_code_that_nobody_gave_out_links_nobody() {
        people([offered(&ada())]).when(redeem(b"another", "U1")).then([missed("U1")]);
    }

    #[test]
    fn an_account_is_nobody_elses_as_long_as_it_is_somebodys() {
        people([offered(&ada()), bound(&ada(), "U1"), offered(&bob())])
            .when(redeem(b"code", "U1"))
            .then_denied([Fault::LinkTaken.into()]);
    }

    #[test]
    fn a_new_account_of_the_same_workspace_takes_the_place_of_the_old_one() {
        let replaced = PeopleEvent::AccountUnbound {
            identity: slack("U1"),
            principal: ada().id,
            by: None,
            why: UnboundWhy::Replaced,
        };
        people([offered(&ada()), bound(&ada(), "U1"), offered(&ada())])
            .when(redeem(b"code", "U2"))
            .then([replaced, bound(&ada(), "U2")]);
    }

    #[test]
    fn an_account_elsewhere_takes_nobodys_place() {
        for elsewhere in [
            Identity::new(SurfaceKind::Slack, "T2", "U2").unwrap(),
            Identity::new(SurfaceKind::Discord, "T1", "U2").unwrap(),
        ] {
            let (code, direct) = (Digest::of(b"code"), Place::direct(&elsewhere));
            let redeem = PeopleCommand::Redeem { code, identity: elsewhere, direct };
            let linked = people([offered(&ada()), bound(&ada(), "U1"), offered(&ada())]);
            assert_eq!(linked.when(redeem).events().len(), 1, "and ends nothing");
        }
    }

    #[test]
    fn a_code_is_good_until_its_time_is_over_and_then_a_miss() {
        let at = |minutes: i64| people([offered(&ada())]).at(noon() + minutes.minutes());
        at(9).when(redeem(b"code", "U1")).then([bound(&ada(), "U1")]);
        at(10).when(redeem(b"code", "U1")).then([missed("U1")]);
        at(11).when(redeem(b"code", "U1")).then([missed("U1")]);
    }

    #[test]
    fn what_the_directory_knows_is_bound_once_and_to_nobody_who_is_not_there() {
        let bind = |to: &Person, user: &str| PeopleCommand::Bind {
            principal: to.id.clone(),
            identity: slack(user),
            direct: Place::direct(&slack(user)),
        };
        let by_directory = |to: &Person, user: &str| match bound(to, user) {
            PeopleEvent::AccountBound { identity, principal, direct, .. } => {
                PeopleEvent::AccountBound { identity, principal, by: BoundBy::Directory, direct, code: None }
            }
            other => other,
        };
        people([]).when(bind(&ada(), "U1")).then([by_directory(&ada(), "U1")]);
        let linked = people([by_directory(&ada(), "U1")]);
        linked.when(bind(&ada(), "U1")).then_nothing();
        linked.when(bind(&bob(), "U1")).then_denied([Fault::LinkTaken.into()]);
        linked.when(bind(&person("nobody", &[]), "U2")).then_denied([Fault::LinkNotGood.into()]);
        // Whom the vendor, or another account of theirs, unlinked is not forgotten.
        for why in [UnboundWhy::Vendor, UnboundWhy::Replaced] {
            let unbound =
                PeopleEvent::AccountUnbound { identity: slack("U1"), principal: ada().id, by: None, why };
            let was_linked = people([by_directory(&ada(), "U1"), unbound]);
            was_linked.when(bind(&ada(), "U1")).then([by_directory(&ada(), "U1")]);
        }
    }

    #[test]
    fn the_vendor_unlinks_whom_it_has_switched_off() {
        let (why, by) = (UnboundWhy::Vendor, None);
        let unbind = || PeopleCommand::Unbind { identity: slack("U1"), by: None, why };
        let unbound = PeopleEvent::AccountUnbound { identity: slack("U1"), principal: ada().id, by, why };
        people([bound(&ada(), "U1")]).when(unbind()).then([unbound]);
        people([]).when(unbind()).then_nothing();
    }

    #[test]
    fn who_is_removed_is_behind_no_account_any_more() {
        let gone =
            people([offered(&ada()), bound(&ada(), "U1"), PeopleEvent::PersonRemoved { id: ada().id }]);
        assert_eq!(gone.state().behind(&slack("U1")), None);
    }

    #[test]
    fn who_was_unlinked_is_linked_again_by_a_code_only() {
        let unbound = PeopleEvent::AccountUnbound {
            identity: slack("U1"),
            principal: ada().id,
            by: Some(ada().id),
            why: UnboundWhy::Asked,
        };
        let bind = PeopleCommand::Bind {
            principal: ada().id,
            identity: slack("U1"),
            direct: Place::direct(&slack("U1")),
        };
        let forgotten = people([bound(&ada(), "U1"), unbound, offered(&ada())]);
        forgotten.when(bind).then_denied([Fault::Forgotten.into()]);
        forgotten.when(redeem(b"code", "U1")).then([bound(&ada(), "U1")]);
    }

    #[test]
    fn only_admins_unlink_others() {
        let unbind = |by: Person| PeopleCommand::Unbind {
            identity: slack("U1"),
            by: Some(by),
            why: UnboundWhy::Asked,
        };
        let linked = people([offered(&ada()), bound(&ada(), "U1")]);
        let role = Violation::RoleRequired {
            action: "unlink somebody else's account".to_owned(),
            role: "an admin".to_owned(),
        };
        linked.when(unbind(bob())).then_denied([role]);
        let ended = |by: PrincipalId| PeopleEvent::AccountUnbound {
            identity: slack("U1"),
            principal: ada().id,
            by: Some(by),
            why: UnboundWhy::Asked,
        };
        linked.when(unbind(ada())).then([ended(ada().id)]);
        let admin = Person { roles: [Role::Admin].into(), ..person("olga", &[]) };
        linked.when(unbind(admin.clone())).then([ended(admin.id)]);
    }
}
