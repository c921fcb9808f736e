//! How what the forge holds compares with what the log wants.

use proptest::prelude::*;

use super::super::Permission::{Admin, Read, Write};
use super::super::example::{active, ending, granting, requested};
use super::super::{AccessEvent, Ending, GrantEvent};
use super::*;
use crate::testing::{given, noon};
use uuid::Uuid;

fn code() -> Code {
    Code::candidate(Uuid::from_u128(1), 0)
}

fn ended(left: Option<Permission>) -> Vec<AccessEvent> {
    let mut history = ending(Ending::Expired);
    history.push(AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left, by_hand: false }));
    history
}

/// An access in force over what was there before.
fn over(held: Option<Permission>) -> Vec<AccessEvent> {
    let mut history = active();
    let Some(AccessEvent::Own(GrantEvent::Granted { before, .. })) = history.last_mut() else {
        panic!("it was granted")
    };
    *before = held;
    history
}

/// What is different where the forge shows this, after this history of the only access.
fn found(history: Vec<AccessEvent>, present: Option<Permission>) -> Option<Deviation> {
    found_beside(history, present, None)
}

/// The same, where a repair has adopted something.
fn found_beside(
    history: Vec<AccessEvent>,
    present: Option<Permission>,
    adopted: Option<Permission>,
) -> Option<Deviation> {
    let given = given::<AccessRequest>(history);
    let (code, access) = (&code(), given.state());
    let known = [Known { code, access, updated: noon() }];
    let (account, name, repository, repository_id) = ("acc-erin", "Erin", "payments-api", None);
    let shown = Shown { account, name, holder: None, repository, repository_id, present, put_back: None };
    let known = if access.asked.is_some() { &known[..] } else { &[] };
    deviation(shown, known, &Holding { adopted, ..Holding::default() })
}

fn how(history: Vec<AccessEvent>, present: Option<Permission>) -> Option<How> {
    found(history, present).map(|difference| difference.how)
}

#[test]
fn trust_a8_what_the_log_gave_and_the_forge_shows_is_no_difference() {
    assert_eq!(found(active(), Some(Write)), None);
    assert_eq!(found(ended(None), None), None);
    assert_eq!(found(vec![], None), None);
}

#[test]
fn trust_a8_what_an_invitation_gave_that_was_just_accepted_is_no_difference_and_more_than_that_is() {
    let mut holding = Holding::default();
    holding.begin(code(), Write);
    holding.looked(None, Some(Write));
    let found = |present| {
        let (account, name, repository, repository_id) = ("acc-erin", "Erin", "payments-api", None);
        let shown = Shown { account, name, holder: None, repository, repository_id, present, put_back: None };
        deviation(shown, &[], &holding).map(|difference| difference.how)
    };
    assert_eq!((found(Some(Write)), found(None)), (None, None));
    assert_eq!(found(Some(Admin)), Some(How::Unknown));
}

#[test]
fn trust_a8_what_was_taken_away_or_given_by_hand_is_told_with_the_event_that_is_missing() {
    let lacking = found(active(), Some(Read)).unwrap();
    assert!(matches!(lacking.how, How::Lacking { .. }), "{lacking:?}");
    assert_eq!((lacking.wanted, lacking.present), (Some(Write), Some(Read)));
    assert_eq!(how(active(), Some(Admin)), Some(How::Exceeding { code: code() }));
    assert_eq!(how(vec![], Some(Write)), Some(How::Unknown));
    assert_eq!(how(ended(None), Some(Admin)), Some(How::Unknown), "the log never gave admin");
}

#[test]
fn trust_a8_what_the_log_has_ended_and_the_forge_still_shows_is_ended_again() {
    let (unended, read_back) = (None, false);
    let again = How::NotEnded { code: code(), ended: noon(), left: None, again: true, unended, read_back };
    assert_eq!(how(ended(None), Some(Write)), Some(again));
}

#[test]
fn trust_a8_what_is_being_changed_is_no_difference() {
    for history in [granting(), ending(Ending::Expired)] {
        assert_eq!(found(history.clone(), Some(Write)), None);
        assert_eq!(found(history, None), None);
    }
}

fn permission() -> impl Strategy<Value = Option<Permission>> {
    prop_oneof![Just(None), Just(Some(Read)), Just(Some(Write)), Just(Some(Admin))]
}

proptest! {
    #[test]
    fn trust_a8_nothing_is_ended_again_that_the_log_did_not_give_and_end(
        present in permission(), left in permission(), is_over: bool,
    ) {
        let history = if is_over { ended(left) } else { active() };
        if let Some(How::NotEnded { left, .. }) = how(history, present) {
            prop_assert!(is_over && present == Some(Write) && left < present);
        }
    }

    #[test]
    fn trust_a8_a_difference_is_found_exactly_where_there_is_one(
        present in permission(), left in permission(), before in permission(), adopted in permission(),
    ) {
        let right = Some(Write).max(adopted.min(present));
        prop_assert_eq!(found_beside(over(before), present, adopted).is_none(), present == right);
        prop_assert_eq!(found_beside(ended(left), present, adopted).is_none(), present <= adopted);
    }

    /// Whoever asks over what they hold by hand, and gives it back, changes nothing of what is told before and after.
    #[test]
    fn trust_a8_a_request_over_a_hand_given_access_does_not_make_it_the_logs(
        by_hand in permission(), adopted in permission(),
    ) {
        let (before, after) =
            (found_beside(vec![], by_hand, adopted), found_beside(ended(by_hand), by_hand, adopted));
        prop_assert_eq!(&before, &after);
        let unknown = before.is_none_or(|found| found.how == How::Unknown);
        prop_assert!(unknown, "nothing is ended that the log did not give");
    }
}

#[test]
fn trust_a8_what_was_there_before_a_request_is_told_as_what_no_event_gives() {
    assert_eq!(how(over(Some(Admin)), Some(Admin)), Some(How::Exceeding { code: code() }));
    assert_eq!(how(ended(Some(Read)), Some(Read)), Some(How::Unknown));
    assert_eq!(
        how(ended(Some(Write)), Some(Write)),
        Some(How::Unknown),
        "the end left it, so it is not the log's"
    );
    assert_eq!(found_beside(ended(Some(Read)), Some(Read), Some(Read)), None, "it was adopted");
}

#[test]
fn trust_a8_what_could_not_be_taken_back_is_ended_again() {
    let failed = AccessEvent::Failed { phase: Phase::Ending, why: "403".to_owned(), given_up: false };
    let parked = [ending(Ending::Expired), vec![failed]].concat();
    assert!(matches!(how(parked, Some(Write)), Some(How::NotEnded { .. })));
}

#[test]
fn trust_a8_what_could_not_be_taken_back_says_so_is_begun_by_nobody_once_given_up_and_is_over_once_gone() {
    let failed = |given_up| {
        let failed = AccessEvent::Failed { phase: Phase::Ending, why: "403".to_owned(), given_up };
        [ending(Ending::Expired), vec![failed]].concat()
    };
    let told = |given_up, present| match how(failed(given_up), present) {
        Some(How::NotEnded { again, unended, .. }) => (again, unended),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(false, Some(Write)), (true, Some(Unended::Waits)));
    assert_eq!(told(true, Some(Write)), (false, Some(Unended::GivenUp)));
    for given_up in [true, false] {
        assert_eq!(told(given_up, None), (true, Some(Unended::Gone)));
    }
    assert_eq!(how(failed(true), Some(Admin)), Some(How::Unknown), "that is somebody else's");
}

#[test]
fn trust_a8_what_was_adopted_is_no_difference_and_more_than_that_is() {
    let holding = Holding { adopted: Some(Read), ..Holding::default() };
    let (account, name, repository, repository_id) = ("acc-erin", "Erin", "payments-api", None);
    let wanted = |present| {
        let shown = Shown {
            account,
            name,
            holder: None,
            repository,
            repository_id,
            present: Some(present),
            put_back: None,
        };
        deviation(shown, &[], &holding).map(|difference| difference.wanted)
    };
    assert_eq!(wanted(Read), None);
    assert_eq!(wanted(Write), Some(Some(Read)));
}

proptest! {
    /// Somebody who takes away what was adopted takes nothing from a request over it: that lacks what it gives itself, and
    /// whoever sets it back gives no more than that.
    #[test]
    fn trust_a8_what_was_adopted_and_is_lowered_by_hand_is_told_of_no_request_that_gives_less(
        present in permission(), adopted in permission(),
    ) {
        let (code, found) = (code(), found_beside(active(), present, adopted));
        let lacks = matches!(&found, Some(found) if matches!(&found.how, How::Lacking { code: of, .. } if *of == code));
        prop_assert_eq!(lacks, present < Some(Write), "{:?}", found);
        if let Some(found) = found {
            prop_assert!(!lacks || found.wanted == Some(Write), "it would give {:?}", found.wanted);
        }
    }
}

#[test]
fn trust_a8_a_later_request_that_gave_nothing_hides_no_access_that_has_ended() {
    let withdrawn = AccessEvent::Withdrawn {
        proposal: super::super::Proposal::Grant,
        by: super::super::example::erin().id,
    };
    let (over, never) = (
        given::<AccessRequest>(ended(None)),
        given::<AccessRequest>([requested(), vec![withdrawn]].concat()),
    );
    let other = Code::candidate(Uuid::from_u128(2), 0);
    let later = noon().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    let known = [
        Known { code: &code(), access: over.state(), updated: noon() },
        Known { code: &other, access: never.state(), updated: later },
    ];
    let (account, name, repository, repository_id) = ("acc-erin", "Erin", "payments-api", None);
    let shown = Shown {
        account,
        name,
        holder: None,
        repository,
        repository_id,
        present: Some(Write),
        put_back: None,
    };
    let found = deviation(shown, &known, &Holding::default()).unwrap();
    assert!(matches!(found.how, How::NotEnded { code: of, .. } if of == code()));
}
