//! What a comparison has begun to end again is begun by that one only: a later one that found it once more says so itself.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    Comparison, ComparisonEvent, Deviation, Effect, FollowUp, How, Lowered, Permission, WhyCompared,
    react_to_comparison,
};
use crate::aggregate::Aggregate as _;
use crate::request::Code;
use crate::testing::noon;

/// A part of a comparison, which goes on with the one before or begins anew.
fn compared(goes_on: bool, found: Vec<Deviation>) -> ComparisonEvent {
    ComparisonEvent::AccessCompared {
        why: WhyCompared::Schedule,
        repositories: 1,
        accounts: 1,
        unread: BTreeMap::new(),
        unseen: BTreeSet::new(),
        found,
        gone: vec![],
        lowered: vec![],
        goes_on,
    }
}

#[test]
fn trust_a8_what_was_ended_again_by_an_earlier_comparison_is_not_ended_again_now() {
    let ended_again = Deviation {
        account: "acc-erin".to_owned(),
        name: "Erin".to_owned(),
        holder: None,
        repository: "infra".to_owned(),
        repository_id: None,
        wanted: None,
        present: Some(Permission::Write),
        how: How::NotEnded {
            code: Code::candidate(Uuid::from_u128(1), 0),
            ended: noon(),
            left: None,
            again: true,
            unended: None,
            read_back: false,
        },
        put_back: None,
    };
    let after = |goes_on| {
        let mut state = Comparison::default();
        state.evolve(&compared(false, vec![ended_again.clone()]), noon());
        state.evolve(&compared(goes_on, vec![]), noon());
        let [known] = &state.differences[..] else { panic!("{:#?}", state.differences) };
        matches!(known.how, How::NotEnded { again: true, .. })
    };
    assert!(after(true), "another part of the same comparison leaves it as it is");
    assert!(!after(false), "the next comparison begins nothing for what an earlier one began");
}

#[test]
fn trust_a8_what_is_lower_than_was_adopted_is_told_and_where_nothing_is_found_nothing_is() {
    let told = |event: &ComparisonEvent| react_to_comparison::<Effect, FollowUp>(event).len();
    let nothing = compared(false, vec![]);
    assert_eq!(told(&nothing), 0);
    let ComparisonEvent::AccessCompared {
        why,
        repositories,
        accounts,
        unread,
        unseen,
        found,
        gone,
        goes_on,
        ..
    } = nothing;
    let lowered = vec![Lowered {
        account: "acc-erin".to_owned(),
        name: "Erin".to_owned(),
        holder: None,
        repository: "infra".to_owned(),
        repository_id: None,
        adopted: Permission::Admin,
        present: Some(Permission::Write),
        of: None,
    }];
    let event = ComparisonEvent::AccessCompared {
        why,
        repositories,
        accounts,
        unread,
        unseen,
        found,
        gone,
        lowered,
        goes_on,
    };
    assert_eq!(told(&event), 1);
}
