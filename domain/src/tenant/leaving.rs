//! What a tenant keeps of somebody who leaves: who they were, and nothing that could count again if they come back one day.

use super::TenantState;
use crate::names::PrincipalId;

impl TenantState {
    /// Somebody leaves.
    pub(super) fn remove(&mut self, id: &PrincipalId) {
        self.left.extend(self.recorded(id).map(|person| (id.clone(), person)));
        self.people.remove(id);
        self.since.remove(id);
        self.own_groups.remove(id);
        self.preferences.remove(id);
        self.links.retain(|_, link| link.principal != *id);
        self.bound.retain(|_, binding| binding.principal != *id);
        for members in self.synced.values_mut() {
            members.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::super::{Away, BoundBy, Person, Preferences, TenantCommand, TenantEvent};
    use super::*;
    use crate::access::example::{ada, bob};
    use crate::envelope::Digest;
    use crate::ports::{Identity, Place, SurfaceKind};
    use crate::testing::{given, noon};

    fn bound(to: &Person, user: &str) -> TenantEvent {
        let identity = Identity::new(SurfaceKind::Slack, "T1", user).unwrap();
        let direct = Place::direct(&identity);
        let (principal, by) = (to.id.clone(), BoundBy::Directory);
        TenantEvent::AccountBound { identity, principal, by, direct, code: None }
    }

    #[test]
    fn trust_a4_who_comes_back_finds_nothing_of_what_they_left() {
        let (id, later) = (ada().id, noon() + 1.hour());
        let away = Away { from: None, until: noon(), deputies: Some("deputies".to_owned()) };
        let preferences = Preferences { away: Some(away), ..Preferences::default() };
        let before = vec![
            TenantEvent::PersonRecorded { person: ada() },
            TenantEvent::PersonRecorded { person: bob() },
            TenantEvent::PreferencesChanged { id: id.clone(), preferences },
            TenantEvent::LinkOffered { code: Digest::of(b"code"), principal: id.clone(), until: later },
            TenantEvent::LinkOffered { code: Digest::of(b"bobs"), principal: bob().id, until: later },
            bound(&ada(), "U1"),
            bound(&bob(), "U2"),
            TenantEvent::GroupSynced { group: "leads".to_owned(), members: [id.clone(), bob().id].into() },
        ];
        let gone = [before.clone(), vec![TenantEvent::PersonRemoved { id: id.clone() }]].concat();
        let left = given::<TenantState>(gone.clone());
        assert_eq!(left.state().left.get(&id), Some(&ada()));
        let back = [gone, vec![TenantEvent::PersonRecorded { person: ada() }]].concat();
        let back = given::<TenantState>(back);
        assert_eq!(back.state().people.get(&id), Some(&ada()), "the vendor's group is asked for anew");
        assert_eq!(back.state().preferences(&id), Preferences::default());
        assert!(back.state().left.is_empty());
        let owners: Vec<_> = back.state().links.values().map(|link| link.principal.clone()).collect();
        assert_eq!(owners, [bob().id], "what others have is theirs");
        assert_eq!(back.state().identities(&id), []);
        assert_eq!(back.state().identities(&bob().id).len(), 1);
        let members = [id, bob().id].into();
        let sync = TenantCommand::SyncGroup { group: "leads".to_owned(), members };
        assert_eq!(back.when(sync).events().len(), 1);
    }
}
