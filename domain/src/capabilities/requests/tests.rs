//! A request whose kind nobody has to know, told what every request can be told.

use std::collections::BTreeSet;

use super::super::{AnyEvent, AnyRequest, Listed as _};
use super::*;
use crate::access::example::{active, ada, asked, bob, erin, person, requested, terms, waiting};
use crate::access::{Access, AccessCommand, AccessEvent, AccessRequest};
use crate::aggregate::{Aggregate as _, Event as _};
use crate::kinds::KINDS;
use crate::request::{Common, Stage};
use crate::tenant::Role;
use crate::testing::{given, noon};

type Kept = Option<AnyRequest>;

fn any(history: Vec<AccessEvent>) -> crate::testing::Given<Kept> {
    given::<Kept>(history.into_iter().map(AnyEvent::from))
}

#[test]
fn a_request_is_of_the_kind_of_its_first_event_and_folds_as_that() {
    for history in [requested(), waiting(&terms()), active()] {
        let (own, any) = (given::<AccessRequest>(history.clone()), any(history.clone()));
        assert_eq!(Access::of(any.state().as_ref()), Some(own.state()));
        for event in history {
            let (name, content) = (event.name(), event.content().to_string());
            let read = AnyEvent::read(&name, &content).map(Result::unwrap);
            assert_eq!(Access::happened(read), Some(event));
        }
    }
    assert!(AnyEvent::read("lunch_requested", "{}").is_none(), "no kind of the list");
}

#[test]
fn what_a_kind_is_told_is_decided_as_it_decides_alone() {
    let ask = || AccessCommand::Ask(Box::new(asked()));
    given::<Kept>([]).when(ask()).then(requested().into_iter().map(AnyEvent::from));
    let own = given::<AccessRequest>(waiting(&terms())).state().decide(Common::Escalate.into(), noon());
    let own: Vec<_> = own.unwrap().into_iter().map(AnyEvent::from).collect();
    assert_ne!(own, []);
    any(waiting(&terms())).when(AccessCommand::from(Common::Escalate)).then(own.clone());
    any(waiting(&terms())).when(Common::Due { what: "escalate".to_owned() }).then(own);
}

#[test]
fn where_nobody_asked_there_is_nothing_to_decide() {
    let withdraw = Common::Withdraw { by: erin() };
    given::<Kept>([]).when(withdraw).then_denied([Violation::NothingToDecide { status: "new".to_owned() }]);
}

#[test]
fn no_two_kinds_share_an_event_and_the_list_of_all_has_each_of_theirs() {
    let (all, own): (BTreeSet<_>, Vec<_>) = (KINDS.iter().cloned().collect(), AnyEvent::names());
    assert_eq!(all.len(), KINDS.len());
    assert!(own.iter().all(|name| all.contains(name)), "{own:?}");
}

#[test]
fn who_may_see_a_request_is_one_rule() {
    let request = any(waiting(&terms())).state().clone().unwrap();
    let with = |role| crate::tenant::Person { roles: [role].into(), ..person("zoe", &[]) };
    for (who, sees) in [
        (erin(), true),
        (ada(), true),
        (person("zoe", &[]), false),
        (with(Role::Admin), true),
        (with(Role::Auditor), true),
    ] {
        assert_eq!(request.is_seen_by(&who, &[]), sees, "{who:?}");
    }
    // In the place of somebody who is away.
    assert!(request.is_seen_by(&person("zoe", &[]), &[ada()]));
    // Who has countersigned sees what came of it, whatever the rules say then.
    let own = given::<AccessRequest>(active()).state().clone();
    let granted = AnyRequest::from(AccessRequest { ruling: None, ..own });
    assert!(granted.is_seen_by(&ada(), &[]) && !granted.is_seen_by(&bob(), &[]));
    assert_eq!(granted.standing().stage, Stage::Standing);
    assert_eq!(granted.standing().word, "active");
}
