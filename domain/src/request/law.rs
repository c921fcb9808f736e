//! What every kind of request is held to, whatever is asked for: a receipt, one winner, nobody's own, eligibility when it
//! counts, lapse, recheck, and evidence that is fresh.

mod lawful;
mod step;
mod world;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde::Serialize;

use self::step::Step;
pub(crate) use self::step::{Plot, plot};
use self::world::Life;
use super::lunch::Lunch;
use super::*;
use crate::access::example::{person, terms};
use crate::aggregate::Event as _;
use crate::denied::Violation;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::person::Person;
use crate::rules::{Ruling, Terms};
use crate::testing::noon;

/// That no law was broken, or which.
pub(crate) type Checked = Result<(), TestCaseError>;

/// A kind that the laws are tried on: each says in its own examples how it is asked for, found and carried out, and what can happen
/// to it.
pub(crate) trait Tried: Kind<Event: Serialize> {
    /// Whether it is about somebody, besides who asks.
    const IS_ABOUT_SOMEBODY: bool = true;
    /// Whether whom it is about may take it back as well.
    const IS_THEIRS: bool = false;

    /// Asked by the first person for the second.
    fn asked(by: &Person, whose: &Person) -> Self::Content;
    /// What is found for the second person, in one of three ways.
    fn found(whose: &Person, way: u8) -> Self::Evidence;
    /// Carries out what was approved.
    fn carry_out() -> Self::Command;
    /// One event of each type of its own.
    fn own_events() -> Vec<Self::Event> {
        vec![]
    }
    /// One event of each type, as it stands in its golden file for ever.
    fn every_event() -> Vec<RequestEvent<Self>> {
        of_its_own()
    }
    /// Everything that it alone says no for, with all that may be left out, as it stands in its golden file for ever.
    fn faults() -> Vec<Violation> {
        vec![]
    }
    /// Whether by these rules it is carried out only where its countersignatures would be taken at that moment, and are enough.
    fn is_looked_at_once_more(_: &Terms) -> bool {
        false
    }
}

/// One event of each type that every kind has, and of its own.
pub(crate) fn of_its_own<K: Tried>() -> Vec<RequestEvent<K>> {
    every_event(K::own_events())
}

/// One event of each type that every kind has, and these of its own.
fn every_event<K: Tried>(own: Vec<K::Event>) -> Vec<RequestEvent<K>> {
    use RequestEvent as E;
    let (erin, ada) = (person("erin", &[]), person("ada", &["approvers"]));
    let (asked, found, proposal) = (K::asked(&erin, &erin), K::found(&erin, 0), K::FIRST);
    let (by, terms, ruling) = (ada.id, Box::new(terms()), Some(Ruling::Allowed(terms())));
    let proposed = Proposed { asked: &asked, proposal, found: Some(&found), terms: &terms };
    let approved = match K::default().carried(proposed, vec![by.clone()], noon()) {
        Carried::Approved(fixed) => Some(E::Approved { by: vec![by.clone()], fixed }),
        Carried::Own(_) => None,
    };
    let differences = K::Evidence::differences(&asked, &found, &K::found(&erin, 1), &[]);
    let (ticket, vendor, why) = ("OPS-17".to_owned(), "bitbucket".to_owned(), "it says no".to_owned());
    let mut all = vec![
        E::Requested { asked: Box::new(asked.clone()) },
        E::Checked { findings: Box::new(found.clone()), ruling },
        E::Rechecked { terms: terms.clone() },
        E::EvidenceChanged { findings: Box::new(found.clone()), differences, voided: vec![by.clone()] },
        waiting(proposal, &erin.id, *terms, noon()),
        E::Escalated { to: vec!["role:admin".to_owned()] },
        E::Countersigned {
            by: by.clone(),
            receipt: Digest::of(b"what was shown"),
            assurance: Assurance::Said,
            stands_in_for: None,
        },
        E::CountersignatureTakenBack { by: by.clone() },
        E::CountersignatureVoided { by: by.clone() },
        E::Closed { proposal, who: by.clone(), name: "Ada".to_owned() },
        E::Superseded { proposal, ticket, asks_nothing: false },
        E::Reminded { times: 1 },
        E::Announced { by: by.clone() },
        E::Denied { proposal, by: None, reason: None, violations: vec![], rules: None },
        E::Withdrawn { proposal, by },
        E::Lapsed { proposal },
        E::Delayed { vendor },
        E::Failed { phase: K::CHECKING, why, given_up: false },
        E::Vouched { phase: K::CHECKING, note: "by hand".to_owned() },
    ];
    all.extend(approved);
    all.extend(own.into_iter().map(E::Own));
    all
}

#[test]
fn whoever_names_no_samples_has_one_of_every_event() {
    let mut sampled: Vec<_> = Lunch::every_event().iter().map(|event| event.name().into_owned()).collect();
    let mut all = RequestEvent::<Lunch>::names();
    sampled.sort_unstable();
    all.sort_unstable();
    assert_eq!(sampled, all);
}

/// Something that is tried on one kind after the other.
pub(crate) trait Trial {
    /// On this one.
    fn on<K: Tried>(&mut self) -> Checked;
}

/// Somebody as the one who asks.
pub(crate) fn requester(person: &Person) -> Requester {
    Requester { id: person.id.clone(), kind: person.kind, name: person.name.clone(), known: true }
}

/// Their account at the forge.
pub(crate) fn account(id: &PrincipalId) -> String {
    format!("acc-{id}")
}

/// Lives it, and says how it ends.
pub(crate) fn lived<K: Tried>((groups, (asker, whose), steps): &Plot) -> Result<Stage, TestCaseError> {
    let mut life = Life::<K>::begin(groups, *asker, *whose);
    life.take(&Step::Check(0))?;
    for step in steps {
        life.take(step)?;
    }
    Ok(life.request.stage)
}

/// That of so many lives of a kind, the same in every run, some come to each of the ends there are.
pub(crate) fn come_to_every_end<K: Tried>() {
    let mut runner = TestRunner::deterministic();
    let mut live = || lived::<K>(&plot().new_tree(&mut runner).expect("any life will do").current());
    let ends: Vec<_> = (0..1500).map(|_| live().expect("no law is broken")).collect();
    for stage in
        [Stage::Waiting, Stage::Working, Stage::Standing, Stage::Denied, Stage::Withdrawn, Stage::Lapsed]
    {
        assert!(ends.contains(&stage), "no {} ends as {stage:?}", K::NAME);
    }
}

/// Often enough that what breaks a law is found.
pub(crate) fn often() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) }
}

proptest! {
    #![proptest_config(often())]

    /// Whatever people do; `capabilities` has the same of every kind there is.
    #[test]
    fn the_smallest_kind_obeys_the_laws_of_the_life(plot in plot()) {
        lived::<Lunch>(&plot)?;
    }
}

#[test]
fn lives_of_the_smallest_kind_come_to_every_end() {
    come_to_every_end::<Lunch>();
}
