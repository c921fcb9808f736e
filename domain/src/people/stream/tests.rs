//! How people's own stream decides and folds.

use jiff::ToSpan as _;

use super::*;
use crate::access::example::person;
use crate::testing::{given, noon};

#[test]
fn trust_e3_whoever_is_removed_is_removed_on_a_full_disk_too() {
    let id = person("erin", &[]).id;
    let group = |members: &[&PrincipalId]| PeopleCommand::SyncGroup {
        group: "approvers".to_owned(),
        members: members.iter().copied().cloned().collect(),
    };
    let joined = PeopleEvent::GroupJoined { group: "approvers".to_owned(), members: [id.clone()].into() };
    let tenant = given::<People>([joined]);
    let is_urgent = |command: &PeopleCommand| tenant.state().is_urgent(command);
    assert!(is_urgent(&PeopleCommand::Remove { id: id.clone() }));
    assert!(is_urgent(&group(&[])), "whoever leaves a group may hold something by it");
    assert!(!is_urgent(&group(&[&id, &person("ada", &[]).id])), "that gives");
    assert!(is_urgent(&group(&[&id])), "and that changes nothing");
    assert!(!is_urgent(&PeopleCommand::Record { person: person("ada", &[]) }));
}

#[test]
fn a_person_is_recorded_once_and_removed_once() {
    let erin = person("erin", &["staff"]);
    let recorded = PeopleEvent::PersonRecorded { person: erin.clone() };
    given::<People>([]).when(PeopleCommand::Record { person: erin.clone() }).then([recorded.clone()]);
    let known = given::<People>([recorded]);
    known.when(PeopleCommand::Record { person: erin.clone() }).then_nothing();
    known
        .when(PeopleCommand::Remove { id: erin.id.clone() })
        .then([PeopleEvent::PersonRemoved { id: erin.id }]);
    given::<People>([]).when(PeopleCommand::Remove { id: person("x", &[]).id }).then_nothing();
}

#[test]
fn what_is_so_already_is_no_event() {
    let (id, preferences) = (person("erin", &[]).id, Preferences { do_not_ping: true, ..Default::default() });
    let prefer = || PeopleCommand::Prefer { id: id.clone(), preferences: preferences.clone() };
    let changed = PeopleEvent::PreferencesChanged { id: id.clone(), preferences: preferences.clone() };
    given::<People>([]).when(prefer()).then([changed.clone()]);
    given::<People>([changed]).when(prefer()).then_nothing();
}

#[test]
fn a_link_code_is_given_out_once_for_ten_minutes_and_forgotten_after_them() {
    let (code, principal) = (Digest::of(b"code"), person("erin", &[]).id);
    let offer = || PeopleCommand::OfferLink { code, principal: principal.clone() };
    let until = noon() + 10.minutes();
    let offered = PeopleEvent::LinkOffered { code, principal: principal.clone(), until };
    given::<People>([]).when(offer()).then([offered.clone()]);
    given::<People>([offered.clone()]).when(offer()).then_nothing();
    let next = PeopleEvent::LinkOffered { code: Digest::of(b"next"), principal: principal.clone(), until };
    for (minutes, kept) in [(9, 2), (10, 1), (11, 1)] {
        let mut state = given::<People>([offered.clone()]).state().clone();
        state.evolve(&next, noon() + minutes.minutes());
        assert_eq!(state.links.size(), kept, "after {minutes} minutes");
    }
}
