//! Who may countersign, tried on everybody: what the guards of a countersignature keep out, by example and by property.

use std::sync::Arc;

use proptest::prelude::*;

use super::example::{
    DEPUTIES, ada, bob, erin, findings, person, read, staff, staff_without, terms, two, waiting,
};
use super::*;
use crate::aggregate::Aggregate as _;
use crate::denied::Violation;
use crate::request::Assurance;
use crate::rules::{Approvers, Ruling, Terms};
use crate::tenant::{People, PeopleEvent, Person, Preferences};
use crate::testing::{given, noon};

fn signs(by: &Person, people: &People) -> AccessCommand {
    let (by, people, assurance) = (by.clone(), Arc::new(people.clone()), Assurance::Said);
    AccessCommand::Countersign(Box::new(Countersignature {
        by,
        people,
        receipt: None,
        rules: 1,
        assurance,
        past: vec![],
    }))
}

fn not_eligible() -> Violation {
    Violation::NotEligible { approvers: vec!["the group approvers".to_owned()] }
}

fn owning(account: &str, person: Person) -> Person {
    Person { accounts: [("bitbucket".to_owned(), account.to_owned())].into(), ..person }
}

/// A request by Erin for an account at the forge, of which nobody said whose it is.
fn for_account(account: &str) -> Vec<AccessEvent> {
    let mut history = waiting(&two());
    let Some(AccessEvent::Requested { asked }) = history.first_mut() else { panic!("it was asked for") };
    (asked.subject.principal, asked.subject.account) = (None, "bens-nickname".to_owned());
    let Some(AccessEvent::Checked { findings, .. }) = history.get_mut(1) else { panic!("it was checked") };
    findings.user.as_mut().unwrap().account = account.to_owned();
    history
}

#[test]
fn trust_e1_who_may_not_countersign_names_no_deputies_who_may() {
    let (zoe, mallory) = (person("zoe", &[DEPUTIES]), person("mallory", &[]));
    let people = staff_without(std::slice::from_ref(&zoe), std::slice::from_ref(&mallory));
    let open = given::<AccessRequest>(waiting(&two()));
    open.when(signs(&zoe, &people)).then_denied([not_eligible()]);
    assert!(!open.state().could_stand_in(&zoe, &[mallory]));
}

#[test]
fn trust_e1_who_asked_names_no_deputies_for_their_own_request() {
    let (zoe, erin) = (person("zoe", &[DEPUTIES]), person("erin", &["approvers"]));
    let people = staff_without(std::slice::from_ref(&zoe), std::slice::from_ref(&erin));
    let open = given::<AccessRequest>(waiting(&two()));
    open.when(signs(&zoe, &people)).then_denied([not_eligible()]);
    assert!(!open.state().could_stand_in(&zoe, &[erin]));
}

#[test]
fn trust_e1_whose_forge_account_it_is_neither_approves_it_nor_has_it_approved_in_their_place() {
    let (ben, zoe) = (owning("acc-ben", bob()), person("zoe", &[DEPUTIES]));
    let open = given::<AccessRequest>(for_account("acc-ben"));
    open.when(signs(&ben, &staff(std::slice::from_ref(&ben)))).then_denied([Violation::OwnRequest]);
    assert!(!open.state().could_countersign(&ben));
    let people = staff_without(&[ben.clone(), zoe.clone()], std::slice::from_ref(&ben));
    open.when(signs(&zoe, &people)).then_denied([not_eligible()]);
    assert!(!open.state().could_stand_in(&zoe, std::slice::from_ref(&ben)));
    // It is the account that counts, not that he has one.
    let other = given::<AccessRequest>(for_account("acc-somebody"));
    assert_eq!(other.when(signs(&ben, &staff(std::slice::from_ref(&ben)))).events().len(), 1);
}

#[test]
fn trust_e1_no_agent_stands_in_for_anybody() {
    let zoe = person("zoe", &[DEPUTIES]);
    let agent = Person { kind: crate::envelope::ActorKind::Agent, ..zoe.clone() };
    let open = given::<AccessRequest>(waiting(&two()));
    assert!(open.state().could_stand_in(&zoe, &[ada()]));
    assert!(!open.state().could_stand_in(&agent, &[ada()]));
    let people = staff_without(std::slice::from_ref(&agent), &[ada()]);
    open.when(signs(&agent, &people)).then_denied([Violation::AgentMayNotCountersign]);
}

#[test]
fn trust_e1_a_deputy_who_takes_it_back_leaves_the_place_free() {
    let zoe = person("zoe", &[DEPUTIES]);
    let people = staff_without(std::slice::from_ref(&zoe), &[ada()]);
    let mut history = waiting(&two());
    history.extend(given::<AccessRequest>(history.clone()).when(signs(&zoe, &people)).events());
    history.push(AccessEvent::CountersignatureTakenBack { by: zoe.id });
    assert_eq!(given::<AccessRequest>(history).when(signs(&ada(), &people)).events().len(), 1);
}

const NAMES: [&str; 5] = ["erin", "ada", "bob", "zoe", "mallory"];
const GROUPS: [&str; 3] = ["approvers", DEPUTIES, "leads"];

/// Everybody in any groups, some of them away, with any group to stand in for them.
#[derive(Debug, Clone)]
struct World {
    people: Vec<(Vec<&'static str>, Option<&'static str>)>,
    asker: usize,
    subject: usize,
    by_account: bool,
    signed: Vec<usize>,
    by: usize,
}

fn world() -> impl Strategy<Value = World> {
    let groups = prop::sample::subsequence(GROUPS.to_vec(), 0..=2);
    // Some name a group that nobody is in.
    let away = prop::option::weighted(0.4, prop::sample::select([&GROUPS[..], &["nobody"]].concat()));
    let who = || 0..NAMES.len();
    let people = prop::collection::vec((groups, away), NAMES.len());
    (people, who(), who(), any::<bool>(), prop::collection::vec(who(), 0..2), who()).prop_map(
        |(people, asker, subject, by_account, signed, by)| World {
            people,
            asker,
            subject,
            by_account,
            signed,
            by,
        },
    )
}

impl World {
    fn person(&self, index: usize) -> Person {
        owning(&format!("acc-{}", NAMES[index]), person(NAMES[index], &self.people[index].0))
    }

    fn tenant(&self) -> People {
        let all: Vec<_> = (0..NAMES.len()).map(|index| self.person(index)).collect();
        let mut tenant = staff(&all);
        for (person, (_, away)) in all.iter().zip(&self.people) {
            let until = crate::request::later(noon(), 60);
            let away =
                away.map(|group| crate::tenant::Away { from: None, until, deputies: Some(group.to_owned()) });
            let (id, preferences) = (person.id.clone(), Preferences { away, ..Preferences::default() });
            tenant.evolve(&PeopleEvent::PreferencesChanged { id, preferences }, noon());
        }
        tenant
    }

    fn open(&self) -> Vec<AccessEvent> {
        let terms =
            Terms { quorum: 9, approvers: vec![Approvers(["group:approvers".to_owned()].into())], ..terms() };
        let (asker, subject) = (self.person(self.asker), self.person(self.subject));
        let mut asked = read(&super::example::form());
        asked.requester.id = asker.id.clone();
        asked.subject.principal = (!self.by_account).then(|| subject.id.clone());
        asked.subject.account = format!("acc-{}", NAMES[self.subject]);
        let mut found = findings();
        found.user.as_mut().unwrap().account.clone_from(&asked.subject.account);
        vec![
            AccessEvent::Requested { asked: Box::new(asked) },
            AccessEvent::Checked { findings: Box::new(found), ruling: Some(Ruling::Allowed(terms.clone())) },
            crate::request::waiting(Proposal::Grant, &asker.id, terms, noon()),
        ]
    }

    /// Whether somebody may decide on it in their own name, said as simply as can be.
    fn may(&self, index: usize) -> bool {
        index != self.asker && index != self.subject && self.people[index].0.contains(&"approvers")
    }

    /// Those who are away and in whose place somebody stands.
    fn places(&self, deputy: usize) -> Vec<usize> {
        let stands =
            |away: Option<&'static str>| away.is_some_and(|group| self.people[deputy].0.contains(&group));
        (0..NAMES.len()).filter(|index| *index != deputy && stands(self.people[*index].1)).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    /// A countersignature is taken from exactly those who may: in their own name, or in that of somebody who may, is away,
    /// and named a group of theirs; never on what is their own, by whatever name it was asked for.
    #[test]
    fn trust_e1_a_countersignature_is_taken_from_exactly_those_who_may(world in world()) {
        let tenant = world.tenant();
        let mut access = given::<AccessRequest>(world.open()).state().clone();
        // Who signed before, and in whose place.
        let mut taken = Vec::new();
        for index in world.signed.iter().chain([&world.by]).copied() {
            let by = world.person(index);
            let free = |other: &usize| !taken.contains(other);
            let is_own = index == world.asker || index == world.subject;
            let place = world.places(index).into_iter().find(|other| world.may(*other) && free(other));
            let expected = free(&index) && !is_own && (world.may(index) || place.is_some());
            let absent = tenant.absent_for(&by, noon());
            let stands_in = free(&index) && !is_own && place.is_some();
            prop_assert_eq!(access.could_stand_in(&by, &absent), stands_in, "{} on {:?}", by.id, world);
            let decided = access.decide(signs(&by, &tenant), noon());
            prop_assert_eq!(decided.is_ok(), expected, "{} on {:?}: {:?}", by.id, world, decided);
            let Ok(events) = decided else { continue };
            for event in &events {
                access.evolve(event, noon());
            }
            taken.push(index);
            let stood_in = access.open.as_ref().unwrap().stood_in_for.get(&by.id).cloned();
            prop_assert_eq!(stood_in.is_some(), !world.may(index));
            taken.extend(stood_in.iter().filter_map(|id| NAMES.iter().position(|name| *name == id.as_str())));
        }
    }
}

#[test]
fn trust_e1_erin_is_herself_under_her_account_too() {
    let me = owning("acc-erin", erin());
    assert!(given::<AccessRequest>(for_account("acc-erin")).state().is_own(&me));
    assert!(!given::<AccessRequest>(for_account("acc-other")).state().is_own(&owning("acc-x", ada())));
}

#[test]
fn trust_e1_an_account_is_its_owners_also_before_the_forge_was_asked() {
    let asked = for_account("acc-ben").into_iter().take(1);
    let asked = given::<AccessRequest>(asked);
    assert!(asked.state().is_own(&owning("bens-nickname", bob())));
    assert!(!asked.state().is_own(&owning("acc-x", bob())) && !asked.state().is_own(&bob()));
}
