//! Groups of ours that follow a vendor's. Who joins and who leaves is kept, not the list: a change costs what it changes.

use std::collections::BTreeSet;

use super::stream::Set;
use super::{People, PeopleEvent};
use crate::names::PrincipalId;

impl People {
    /// What has happened at the vendor since, where a group has these members there now.
    pub(super) fn sync(&self, group: String, members: BTreeSet<PrincipalId>) -> Vec<PeopleEvent> {
        let before = self.followed.get(&group);
        let is_new = |id: &PrincipalId| !before.is_some_and(|before| before.contains(id));
        let gone = before.into_iter().flatten().filter(|id| !members.contains(id)).cloned();
        let gone: BTreeSet<PrincipalId> = gone.collect();
        let new: BTreeSet<PrincipalId> = members.into_iter().filter(is_new).collect();
        let left = (!gone.is_empty()).then(|| PeopleEvent::GroupLeft { group: group.clone(), members: gone });
        let joined = (!new.is_empty()).then_some(PeopleEvent::GroupJoined { group, members: new });
        left.into_iter().chain(joined).collect()
    }

    /// Whether nobody joins where a group has these members.
    pub(super) fn only_takes(&self, group: &str, members: &BTreeSet<PrincipalId>) -> bool {
        self.followed.get(group).is_some_and(|before| members.iter().all(|id| before.contains(id)))
    }

    /// A group has exactly these members.
    pub(super) fn synced(&mut self, group: &str, members: &BTreeSet<PrincipalId>) {
        let before = self.followed.get(group).cloned().unwrap_or_default();
        for id in before.iter().filter(|id| !members.contains(*id)) {
            self.quit(group, id);
        }
        for id in members.iter().filter(|id| !before.contains(*id)) {
            self.join(group, id);
        }
    }

    /// Somebody joins a group.
    pub(super) fn join(&mut self, group: &str, id: &PrincipalId) {
        let mut members = self.followed.get(group).cloned().unwrap_or_default();
        members.insert_mut(id.clone());
        self.followed.insert_mut(group.to_owned(), members);
        let mut groups = self.follows.get(id).cloned().unwrap_or_default();
        groups.insert(group.to_owned());
        self.follows.insert_mut(id.clone(), groups);
        self.regroup(id);
    }

    /// Somebody leaves a group.
    pub(super) fn quit(&mut self, group: &str, id: &PrincipalId) {
        let members = self.followed.get(group).map(|members| members.remove(id));
        self.keep_members(group, members.unwrap_or_default());
        let mut groups = self.follows.get(id).cloned().unwrap_or_default();
        groups.remove(group);
        if groups.is_empty() {
            self.follows.remove_mut(id);
        } else {
            self.follows.insert_mut(id.clone(), groups);
        }
        self.regroup(id);
    }

    /// Somebody is in no group any more.
    pub(super) fn quit_all(&mut self, id: &PrincipalId) {
        for group in self.follows.get(id).cloned().unwrap_or_default() {
            self.quit(&group, id);
        }
        self.own_groups.remove_mut(id);
    }

    fn keep_members(&mut self, group: &str, members: Set<PrincipalId>) {
        if members.is_empty() {
            self.followed.remove_mut(group);
        } else {
            self.followed.insert_mut(group.to_owned(), members);
        }
    }

    /// Puts somebody into the groups they are in now: the directory's, and those that follow a vendor's.
    pub(super) fn regroup(&mut self, id: &PrincipalId) {
        let Some(person) = self.people.get_mut(id) else { return };
        let own = self.own_groups.get(id).into_iter().flatten();
        person.groups = own.chain(self.follows.get(id).into_iter().flatten()).cloned().collect();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{PeopleCommand, Person};
    use super::*;
    use crate::access::example::person;
    use crate::aggregate::Aggregate as _;
    use crate::testing::{given, noon};

    const GROUP: &str = "leads";

    fn ids(members: &[&Person]) -> BTreeSet<PrincipalId> {
        members.iter().map(|person| person.id.clone()).collect()
    }

    fn joined(members: &[&Person]) -> PeopleEvent {
        PeopleEvent::GroupJoined { group: GROUP.to_owned(), members: ids(members) }
    }

    fn left(members: &[&Person]) -> PeopleEvent {
        PeopleEvent::GroupLeft { group: GROUP.to_owned(), members: ids(members) }
    }

    fn sync(members: &[&Person]) -> PeopleCommand {
        PeopleCommand::SyncGroup { group: GROUP.to_owned(), members: ids(members) }
    }

    #[test]
    fn only_who_joined_and_who_left_is_kept() {
        let (erin, ada, bob) = (person("erin", &[]), person("ada", &[]), person("bob", &[]));
        given::<People>([]).when(sync(&[])).then_nothing();
        given::<People>([]).when(sync(&[&erin])).then([joined(&[&erin])]);
        let two = given::<People>([joined(&[&erin, &ada])]);
        two.when(sync(&[&ada, &erin])).then_nothing();
        two.when(sync(&[&ada, &erin, &bob])).then([joined(&[&bob])]);
        two.when(sync(&[&ada])).then([left(&[&erin])]);
        two.when(sync(&[&ada, &bob])).then([left(&[&erin]), joined(&[&bob])]);
        given::<People>([joined(&[&erin]), left(&[&erin])]).when(sync(&[&erin])).then([joined(&[&erin])]);
    }

    #[test]
    fn everybody_is_in_the_groups_of_the_directory_and_in_those_that_follow_a_vendors() {
        let (erin, ada) = (person("erin", &["staff"]), person("ada", &["staff"]));
        let recorded = |person: &Person| PeopleEvent::PersonRecorded { person: person.clone() };
        let mut history = vec![recorded(&erin), recorded(&ada), joined(&[&erin])];
        let groups = |history: &[PeopleEvent], who: &Person| -> Vec<String> {
            given::<People>(history.to_vec()).state().people[&who.id].groups.iter().cloned().collect()
        };
        assert_eq!(
            (groups(&history, &erin), groups(&history, &ada)),
            (vec!["leads".to_owned(), "staff".to_owned()], vec!["staff".to_owned()],)
        );
        // The directory says no more than it did, so there is nothing to record.
        given::<People>(history.clone()).when(PeopleCommand::Record { person: erin.clone() }).then_nothing();
        history.push(recorded(&person("erin", &["dev"])));
        assert_eq!(groups(&history, &erin), ["dev", "leads"]);
        history.extend([left(&[&erin]), joined(&[&ada])]);
        assert_eq!(
            (groups(&history, &erin), groups(&history, &ada)),
            (vec!["dev".to_owned()], vec!["leads".to_owned(), "staff".to_owned()],)
        );
        history.extend([left(&[&ada])]);
        assert_eq!(groups(&history, &ada), ["staff"]);
    }

    fn members() -> impl Strategy<Value = BTreeSet<PrincipalId>> {
        let who = prop::sample::select(vec!["ada", "bob", "erin", "joe"]);
        proptest::collection::btree_set(who.prop_map(|id| id.parse().unwrap()), 0..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        /// What older bots wrote whole leads to where joining and leaving leads.
        #[test]
        fn a_group_said_whole_is_the_same_as_who_joined_and_left(
            history in proptest::collection::vec((prop::sample::select(vec!["a", "b"]), members()), 1..12),
            removed in 0_usize..12,
        ) {
            let mut whole = People::default();
            for id in ["ada", "bob", "erin"] {
                whole.evolve(&PeopleEvent::PersonRecorded { person: person(id, &["staff"]) }, noon());
            }
            let mut changed = whole.clone();
            for (place, (group, members)) in history.into_iter().enumerate() {
                if place == removed {
                    let gone = PeopleEvent::PersonRemoved { id: "ada".parse().unwrap() };
                    whole.evolve(&gone, noon());
                    changed.evolve(&gone, noon());
                }
                let group = group.to_owned();
                let sync = PeopleCommand::SyncGroup { group: group.clone(), members: members.clone() };
                for event in changed.decide(sync, noon()).unwrap() {
                    changed.evolve(&event, noon());
                }
                whole.evolve(&PeopleEvent::GroupSynced { group: group.clone(), members: members.clone() }, noon());
                prop_assert_eq!(&whole, &changed);
                for person in changed.people.values() {
                    prop_assert_eq!(person.groups.contains(&group), members.contains(&person.id));
                }
            }
        }
    }
}
