//! Whoever is invited has nothing yet, and what waits for them waits no longer than what was countersigned would have lasted.

use super::GrantCommand::{Expire, Invite};
use super::example::{active, granting};
use super::{AccessEvent, AccessRequest, Deadline, Due, Ending, GrantCommand, GrantEvent, Permission};
use crate::testing::{given, noon};

#[test]
fn an_invitation_is_told_once_gives_nothing_and_is_taken_back_where_nobody_accepts_it() {
    let until = crate::request::later(noon(), 2880);
    let invited = AccessEvent::Own(GrantEvent::Invited { permission: Permission::Write, until });
    given::<AccessRequest>(granting()).when(Invite).then([invited.clone()]);
    let waits = [granting(), vec![invited]].concat();
    given::<AccessRequest>(waits.clone()).when(Invite).then_nothing();
    let state = given::<AccessRequest>(waits.clone());
    assert!(state.state().own.grant.is_none());
    assert_eq!(state.state().deadlines(), [(until, Deadline::Own(Due::Expire))]);
    let expired = AccessEvent::Own(GrantEvent::Ending { ending: Ending::Expired });
    given::<AccessRequest>(waits.clone()).at(until).when(Expire).then([expired]);
    // Once they have accepted, it is an access like any other.
    let confirm = GrantCommand::Confirm { permission: Permission::Write, before: None, by_hand: false };
    let granted = given::<AccessRequest>(waits).when(confirm).events();
    assert!(matches!(&granted[..], [AccessEvent::Own(GrantEvent::Granted { .. })]), "{granted:?}");
    given::<AccessRequest>(active()).when(Invite).then_nothing();
}
