//! By what an access is found, and when exactly the same is asked for as was asked before.

use std::collections::BTreeSet;

use super::example::{asked, erin, findings, requested, waiting};
use super::{AccessRequest, Asked, Permission, Subject};
use crate::request::{Content as _, Evidence as _, Facts};
use crate::testing::given;

fn things(facts: &Facts) -> Vec<(&str, &str)> {
    facts.things.iter().map(|thing| (thing.kind, thing.id.as_str())).collect()
}

#[test]
fn trust_a2_an_access_is_found_by_whose_it_is_and_by_what_it_is_on() {
    let asked = asked();
    let (repository, ticket) = (asked.repository.clone().unwrap(), asked.ticket.clone().unwrap());
    let facts = asked.facts();
    assert_eq!(things(&facts), [("repository", repository.as_str()), ("ticket", ticket.as_str())]);
    assert_eq!(facts.whose.as_deref(), Some("erin"));
    assert_eq!(facts.concerned, BTreeSet::from([erin().id]));
    for name in [asked.subject.account.as_str(), asked.subject.name.as_str(), "erin"] {
        assert!(facts.people.contains(name), "{name}: {facts:?}");
    }
    // Whom nobody knows is found by the account.
    let nobody = Asked { subject: Subject { principal: None, ..asked.subject.clone() }, ..asked };
    let facts = nobody.facts();
    assert_eq!((facts.whose, facts.concerned.len()), (Some(nobody.subject.account.clone()), 0));
}

#[test]
fn trust_a1_an_access_is_found_by_the_names_that_the_forge_and_the_tracker_gave() {
    let found = findings();
    let (user, repository) = (found.user.clone().unwrap(), found.repository.clone().unwrap());
    let facts = found.facts();
    assert_eq!(
        things(&facts),
        [
            ("repository", repository.name.as_str()),
            ("repository", repository.key()),
            ("ticket", found.ticket.as_ref().unwrap().key.as_str()),
        ]
    );
    assert!(user.names().all(|name| facts.people.contains(name)), "{facts:?}");
}

#[test]
fn trust_d4_the_same_is_asked_for_where_every_part_of_it_is_the_same() {
    let says = |again: Asked| given::<AccessRequest>(requested()).state().says_the_same(&again);
    assert!(says(asked()));
    assert!(!says(Asked { permission: Some(Permission::Admin), ..asked() }));
    assert!(!says(Asked { minutes: Some(7), ..asked() }));
    assert!(!says(Asked { ticket: Some("OPS-99".to_owned()), ..asked() }));
    assert!(!says(Asked { reason: Some("something else".to_owned()), ..asked() }));
    assert!(!given::<AccessRequest>([]).state().says_the_same(&asked()), "nothing was asked for");
    assert!(!asked().asked_others(), "whom the rules ask is known when they were asked");
    let waits = given::<AccessRequest>(waiting(&super::example::terms()));
    assert!(waits.state().says_the_same(&asked()));
}
