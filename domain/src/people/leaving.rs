//! What a tenant keeps of somebody who leaves: who they were, and nothing that could count again if they come back one day.

use super::People;
use super::stream::retain;
use crate::names::PrincipalId;

impl People {
    /// Somebody leaves.
    pub(super) fn remove(&mut self, id: &PrincipalId) {
        if let Some(person) = self.recorded(id) {
            self.left.insert_mut(id.clone(), person);
        }
        self.goes_by_nothing(id);
        self.people.remove_mut(id);
        self.since.remove_mut(id);
        self.preferences.remove_mut(id);
        retain(&mut self.links, |link| link.principal != *id);
        self.let_go_all(id);
        self.quit_all(id);
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::super::{Away, BoundBy, PeopleCommand, PeopleEvent, Person, Preferences};
    use super::*;
    use crate::access::example::{ada, bob};
    use crate::aggregate::Aggregate as _;
    use crate::envelope::Digest;
    use crate::ports::{Identity, Place, SurfaceKind};
    use crate::testing::{given, noon};

    fn bound(to: &Person, user: &str) -> PeopleEvent {
        let identity = Identity::new(SurfaceKind::Slack, "T1", user).unwrap();
        let direct = Place::direct(&identity);
        let (principal, by) = (to.id.clone(), BoundBy::Directory);
        PeopleEvent::AccountBound { identity, principal, by, direct, code: None }
    }

    #[test]
    fn trust_a4_somebody_belongs_to_it_since_they_first_came_and_anew_where_they_come_back() {
        let (id, hours) = (ada().id, |hours: i64| noon() + hours.hours());
        let mut state = People::default();
        let mut since_after = |event: PeopleEvent, at| {
            state.evolve(&event, at);
            state.since.get(&id).copied()
        };
        let recorded = || PeopleEvent::PersonRecorded { person: ada() };
        assert_eq!(since_after(recorded(), hours(0)), Some(hours(0)));
        assert_eq!(since_after(recorded(), hours(1)), Some(hours(0)), "what is known of them may change");
        assert_eq!(since_after(PeopleEvent::PersonRemoved { id: ada().id }, hours(2)), None);
        assert_eq!(since_after(recorded(), hours(3)), Some(hours(3)), "no session from before goes on");
    }

    #[test]
    fn trust_a4_who_comes_back_finds_nothing_of_what_they_left() {
        let (id, later) = (ada().id, noon() + 1.hour());
        let away = Away { from: None, until: noon(), deputies: Some("deputies".to_owned()) };
        let preferences = Preferences { away: Some(away), ..Preferences::default() };
        let before = vec![
            PeopleEvent::PersonRecorded { person: ada() },
            PeopleEvent::PersonRecorded { person: bob() },
            PeopleEvent::PreferencesChanged { id: id.clone(), preferences },
            PeopleEvent::LinkOffered { code: Digest::of(b"code"), principal: id.clone(), until: later },
            PeopleEvent::LinkOffered { code: Digest::of(b"bobs"), principal: bob().id, until: later },
            bound(&ada(), "U1"),
            bound(&bob(), "U2"),
            PeopleEvent::GroupJoined { group: "leads".to_owned(), members: [id.clone(), bob().id].into() },
        ];
        let gone = [before.clone(), vec![PeopleEvent::PersonRemoved { id: id.clone() }]].concat();
        let left = given::<People>(gone.clone());
        assert_eq!(left.state().left.get(&id), Some(&ada()));
        let back = [gone, vec![PeopleEvent::PersonRecorded { person: ada() }]].concat();
        let back = given::<People>(back);
        assert_eq!(back.state().people.get(&id), Some(&ada()), "the vendor's group is asked for anew");
        assert_eq!(back.state().preferences(&id), Preferences::default());
        assert_eq!(back.state().left.get(&id), None);
        let owners: Vec<_> = back.state().links.values().map(|link| link.principal.clone()).collect();
        assert_eq!(owners, [bob().id], "what others have is theirs");
        assert_eq!(back.state().identities(&id), []);
        assert_eq!(back.state().identities(&bob().id).len(), 1);
        let members = [id, bob().id].into();
        let sync = PeopleCommand::SyncGroup { group: "leads".to_owned(), members };
        assert_eq!(back.when(sync).events().len(), 1);
    }
}
