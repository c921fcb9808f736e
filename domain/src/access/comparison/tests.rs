//! What comparisons come to, one after the other.

mod parts;

use super::super::{Effect, FollowUp, Unended};
use super::ComparisonCommand::{Settle, Take};
use super::*;
use crate::access::Permission::{Read, Write};
use crate::reaction::Then;
use crate::testing::{given, noon};
use uuid::Uuid;

fn deviation(account: &str, how: How) -> Deviation {
    let (account, repository) = (account.to_owned(), "infra".to_owned());
    Deviation {
        name: account.clone(),
        account,
        holder: None,
        repository,
        repository_id: None,
        wanted: None,
        present: Some(Write),
        how,
        put_back: None,
    }
}

fn not_ended(again: bool) -> Deviation {
    let code = Code::candidate(Uuid::from_u128(1), 0);
    let (unended, read_back) = (None, false);
    deviation("erin", How::NotEnded { code, ended: noon(), left: None, again, unended, read_back })
}

fn take(differences: Vec<Deviation>) -> ComparisonCommand {
    let (why, unread, unseen) = (WhyCompared::Schedule, BTreeMap::new(), BTreeSet::new());
    let (lowered, accounts) = (vec![], 2);
    Take(Box::new(Compared { why, repositories: 1, accounts, unread, unseen, differences, lowered }))
}

fn compared(found: Vec<Deviation>, gone: Vec<Spot>) -> ComparisonEvent {
    let (why, unread) = (WhyCompared::Schedule, BTreeMap::new());
    let (lowered, accounts, unseen, goes_on) = (vec![], 2, BTreeSet::new(), false);
    let repositories = 1;
    ComparisonEvent::AccessCompared {
        why,
        repositories,
        accounts,
        unread,
        unseen,
        found,
        gone,
        lowered,
        goes_on,
    }
}

#[test]
fn trust_a8_a_difference_is_told_once_and_kept_until_it_is_gone() {
    let unknown = deviation("eve", How::Unknown);
    let found = compared(vec![unknown.clone()], vec![]);
    given::<Comparison>([]).when(take(vec![unknown.clone()])).then([found.clone()]);
    given::<Comparison>([found.clone()]).when(take(vec![unknown.clone()])).then([compared(vec![], vec![])]);
    let more = Deviation { present: Some(Read), ..unknown.clone() };
    given::<Comparison>([found.clone()]).when(take(vec![more.clone()])).then([compared(vec![more], vec![])]);
    let gone = compared(vec![], vec![unknown.spot()]);
    given::<Comparison>([found.clone()]).when(take(vec![])).then([gone.clone()]);
    assert_eq!(given::<Comparison>([found, gone]).state().differences, []);
}

#[test]
fn trust_a8_what_could_not_be_looked_at_stays_as_it_was_known() {
    let unknown = deviation("eve", How::Unknown);
    let state = given::<Comparison>([compared(vec![unknown], vec![])]);
    let unread: BTreeMap<_, _> = [("infra".to_owned(), "it answered 500".to_owned())].into();
    let (why, unseen, differences) = (WhyCompared::Schedule, ["infra".to_owned()].into(), vec![]);
    let (repositories, accounts, lowered) = (0, 0, vec![]);
    let compared = Compared { why, repositories, accounts, unread, unseen, differences, lowered };
    let take = Take(Box::new(compared));
    let [ComparisonEvent::AccessCompared { gone, .. }] = &state.when(take).events()[..] else {
        panic!("one event")
    };
    assert_eq!(*gone, []);
}

#[test]
fn trust_a8_a_repository_that_is_renamed_is_the_same_place_and_one_that_got_its_name_is_another() {
    let on = |name: &str, id: Option<&str>| {
        let (repository, repository_id) = (name.to_owned(), id.map(str::to_owned));
        Deviation { repository, repository_id, ..deviation("eve", How::Unknown) }
    };
    let before = on("infra", Some("{1}"));
    let state = given::<Comparison>([compared(vec![before.clone()], vec![])]);
    state.when(take(vec![on("platform", Some("{1}"))])).then([compared(vec![], vec![])]);
    let another = on("infra", Some("{2}"));
    let news = compared(vec![another.clone()], vec![before.spot()]);
    state.when(take(vec![another])).then([news]);
    // Earlier events say by name what is gone.
    let spot = Spot { repository: "infra".to_owned(), account: "eve".to_owned() };
    let gone = compared(vec![], vec![spot]);
    assert_eq!(given::<Comparison>([compared(vec![before], vec![]), gone]).state().differences, []);
}

#[test]
fn trust_a8_what_the_log_has_ended_is_ended_again_once_and_not_against_somebody_who_gives_it_by_hand() {
    let first = compared(vec![not_ended(true)], vec![]);
    given::<Comparison>([]).when(take(vec![not_ended(true)])).then([first.clone()]);
    let steps = |event: &ComparisonEvent| -> Vec<_> {
        react_to_comparison::<Effect, FollowUp>(event).iter().map(|reaction| reaction.step).collect()
    };
    assert_eq!(steps(&first), ["tell", "end_again"]);
    let state = given::<Comparison>([first.clone()]);
    let settled = state.when(Settle(not_ended(true).spot())).events().remove(0);
    let mut second = not_ended(false);
    if let How::NotEnded { read_back, .. } = &mut second.how {
        *read_back = true;
    }
    let second = compared(vec![second], vec![]);
    given::<Comparison>([first, settled]).when(take(vec![not_ended(true)])).then([second.clone()]);
    assert_eq!(steps(&second), ["tell"], "it is told, and nothing is changed");
}

fn unended(unended: Unended) -> Deviation {
    let mut found = not_ended(unended != Unended::GivenUp);
    if let How::NotEnded { unended: own, .. } = &mut found.how {
        *own = Some(unended);
    }
    found
}

#[test]
fn trust_a8_an_ending_that_waits_is_tried_itself_one_given_up_not_at_all_and_one_that_is_gone_read_back() {
    let steps = |found: Deviation| -> Vec<_> {
        let events = given::<Comparison>([]).when(take(vec![found])).events();
        let reactions = events.iter().flat_map(react_to_comparison::<Effect, FollowUp>);
        reactions.map(|reaction| reaction.step).collect()
    };
    assert_eq!(steps(unended(Unended::Waits)), ["tell", "revisit"], "there is one effect for one ending");
    assert_eq!(steps(unended(Unended::GivenUp)), ["tell"]);
    assert_eq!(steps(unended(Unended::Gone)), ["tell", "end_again"]);
    // That it was tried accuses nobody of giving it by hand, and neither does that it was given up.
    let tried = compared(vec![unended(Unended::Waits)], vec![]);
    let given_up = compared(vec![unended(Unended::GivenUp)], vec![]);
    given::<Comparison>([tried]).when(take(vec![unended(Unended::GivenUp)])).then([given_up]);
}

#[test]
fn trust_a8_what_is_different_of_an_access_is_over_once_that_was_read_back_to_have_ended() {
    let mut known =
        given::<Comparison>([compared(vec![not_ended(true), deviation("eve", How::Unknown)], vec![])])
            .state()
            .clone();
    known.ended(&Code::candidate(Uuid::from_u128(2), 0));
    assert_eq!(known.differences.len(), 2, "it is another one");
    known.ended(&Code::candidate(Uuid::from_u128(1), 0));
    assert_eq!(known.differences, [deviation("eve", How::Unknown)]);
    assert_eq!(known.seen.len(), 1);
}

#[test]
fn trust_a8_what_is_found_after_a_restore_is_explained_by_it_until_everything_was_compared() {
    let until = noon();
    let later = until.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    let code = || Code::candidate(Uuid::from_u128(1), 0);
    let lacking = |account, since| deviation(account, How::Lacking { code: code(), since, until: later });
    let compared = |why, unread: &[&str], differences| {
        let unread = unread.iter().map(|name| ((*name).to_owned(), "500".to_owned())).collect();
        let (unseen, lowered) = (BTreeSet::new(), vec![]);
        Take(Box::new(Compared { why, repositories: 1, accounts: 1, unread, unseen, differences, lowered }))
    };
    let found = |event: &ComparisonEvent| {
        let ComparisonEvent::AccessCompared { found, .. } = event;
        found.iter().map(|found| (found.account.clone(), found.put_back)).collect::<Vec<_>>()
    };
    let restored = || WhyCompared::Restored(Restored { acknowledged: None, head: 1, until });
    let both = vec![lacking("erin", until), lacking("ben", later)];
    let first = given::<Comparison>([]).when(compared(restored(), &["web"], both.clone())).events();
    let told = [("erin".to_owned(), Some(until)), ("ben".to_owned(), None)];
    assert_eq!(found(&first[0]), told, "what was given since is all there");
    // What could not be looked at then may be explained so as well; what came later, or elsewhere, not.
    let on = |repository: &str, account| Deviation {
        repository: repository.to_owned(),
        ..deviation(account, How::Unknown)
    };
    let more = [both, vec![on("web", "eve"), on("infra", "trudy")]].concat();
    let second =
        given::<Comparison>(first.clone()).when(compared(WhyCompared::Schedule, &[], more.clone())).events();
    assert_eq!(found(&second[0]), [("eve".to_owned(), Some(until)), ("trudy".to_owned(), None)]);
    let most = [more, vec![on("web", "mallory")]].concat();
    let third =
        given::<Comparison>([first, second].concat()).when(compared(WhyCompared::Schedule, &[], most));
    assert_eq!(found(&third.events()[0]), [("mallory".to_owned(), None)]);
}

#[test]
fn trust_a8_what_nobody_had_listed_when_the_log_was_put_back_is_explained_until_it_was_looked_at() {
    let until = noon();
    let compared = |why, unread: &[&str], differences| {
        let unread = unread.iter().map(|name| ((*name).to_owned(), "500".to_owned())).collect();
        let (repositories, accounts, unseen, lowered) = (1, 1, BTreeSet::new(), vec![]);
        let compared = Compared { why, repositories, accounts, unread, unseen, differences, lowered };
        Take(Box::new(compared))
    };
    let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until });
    let mut history = given::<Comparison>([]).when(compared(restored, &[ALL], vec![])).events();
    // The list is there, and one repository on it is not.
    let listed = compared(WhyCompared::Schedule, &["infra"], vec![]);
    history.extend(given::<Comparison>(history.clone()).when(listed).events());
    let code = Code::candidate(Uuid::from_u128(1), 0);
    let lacking = deviation("erin", How::Lacking { code, since: until, until });
    let seen = compared(WhyCompared::Schedule, &[], vec![lacking]);
    let events = given::<Comparison>(history.clone()).when(seen).events();
    let ComparisonEvent::AccessCompared { found, .. } = &events[0];
    assert_eq!(found[0].put_back, Some(until), "it may have ended since");
    history.extend(events);
    assert_eq!(given::<Comparison>(history).state().put_back, None, "all is compared");
}

#[test]
fn trust_a8_a_repository_that_is_never_there_again_explains_nothing_that_is_found_elsewhere() {
    let until = noon();
    let lacking = |account| {
        let code = Code::candidate(Uuid::from_u128(1), 0);
        deviation(account, How::Lacking { code, since: until, until })
    };
    let compared = |why, unread: &[&str], differences| {
        let unread: BTreeMap<_, _> =
            unread.iter().map(|name| ((*name).to_owned(), "404".to_owned())).collect();
        let (unseen, lowered) = (["{gone}".to_owned()].into(), vec![]);
        let (repositories, accounts) = (1, 1);
        let compared = Compared { why, repositories, accounts, unread, unseen, differences, lowered };
        Take(Box::new(compared))
    };
    let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until });
    // It is deleted, so that it can be looked at never again.
    let mut history = given::<Comparison>([]).when(compared(restored, &["gone"], vec![])).events();
    for _ in 0..3 {
        let next = compared(WhyCompared::Schedule, &["gone"], vec![]);
        history.extend(given::<Comparison>(history.clone()).when(next).events());
    }
    let known = given::<Comparison>(history);
    let elsewhere = known.when(compared(WhyCompared::Schedule, &["gone"], vec![lacking("erin")])).events();
    let ComparisonEvent::AccessCompared { found, .. } = &elsewhere[0];
    assert!(!found[0].may_have_ended() && found[0].put_back.is_none(), "{found:#?}");
    // Were it there again under another name, nobody has compared it since.
    let renamed = Deviation {
        repository: "back".to_owned(),
        repository_id: Some("{gone}".to_owned()),
        ..lacking("erin")
    };
    let there = known.when(compared(WhyCompared::Schedule, &[], vec![renamed])).events();
    let ComparisonEvent::AccessCompared { found, .. } = &there[0];
    assert!(found[0].may_have_ended(), "{found:#?}");
}

#[test]
fn trust_a8_what_was_known_before_the_log_was_put_back_may_have_ended_since_and_is_told_so_once() {
    let until = noon();
    let how = How::Lacking { code: Code::candidate(Uuid::from_u128(1), 0), since: until, until };
    let lacking = deviation("erin", how);
    let look = |why| {
        let differences = vec![lacking.clone()];
        let (unread, unseen, lowered) = (BTreeMap::new(), BTreeSet::new(), vec![]);
        Take(Box::new(Compared { why, repositories: 1, accounts: 1, unread, unseen, differences, lowered }))
    };
    let may_have_ended = |event: &ComparisonEvent| {
        let ComparisonEvent::AccessCompared { found, .. } = event;
        found.iter().map(Deviation::may_have_ended).collect::<Vec<_>>()
    };
    let known = compared(vec![lacking.clone()], vec![]);
    let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until });
    let told = given::<Comparison>([known.clone()]).when(look(restored)).events();
    assert_eq!(may_have_ended(&told[0]), [true], "its end may be among what is missing");
    let after = given::<Comparison>([vec![known], told].concat());
    assert_eq!(may_have_ended(&after.when(look(WhyCompared::Schedule)).events()[0]), Vec::<bool>::new());
}

#[test]
fn trust_a8_anything_else_changes_nothing() {
    let event = compared(vec![deviation("eve", How::Unknown)], vec![]);
    let reactions = react_to_comparison::<Effect, FollowUp>(&event);
    assert!(reactions.iter().all(|reaction| !matches!(reaction.then, Then::Perform(_))));
}

#[test]
fn a_place_is_seen_to_be_different_since_it_was_first_however_that_changes() {
    let (eve, mallory) = (deviation("eve", How::Unknown), deviation("mallory", How::Unknown));
    let more = Deviation { present: Some(Read), ..eve.clone() };
    let later = noon().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    let mut state = given::<Comparison>([compared(vec![eve.clone()], vec![])]).state().clone();
    state.evolve(&compared(vec![more, mallory.clone()], vec![]), later);
    assert_eq!((state.seen(&eve.spot()), state.seen(&mallory.spot())), (Some(noon()), Some(later)));
    assert_eq!(state.accounts, 2);
    state.evolve(&compared(vec![], vec![eve.spot()]), later);
    assert_eq!(state.seen(&eve.spot()), None);
}

#[test]
fn trust_a8_what_is_news_of_one_place_leaves_the_others_as_they_were() {
    let (eve, mallory) = (deviation("eve", How::Unknown), deviation("mallory", How::Unknown));
    let more = Deviation { present: Some(Read), ..eve.clone() };
    let both = compared(vec![eve, mallory.clone()], vec![]);
    let state = given::<Comparison>([both, compared(vec![more.clone()], vec![])]);
    assert_eq!(state.state().differences, [mallory, more]);
}

#[test]
fn trust_a8_what_is_settled_was_not_compared_anew_and_what_is_not_known_is_not_settled() {
    let unread: BTreeMap<_, _> = [("web".to_owned(), "it answered 500".to_owned())].into();
    let (why, found) = (WhyCompared::Schedule, vec![not_ended(true)]);
    let first = ComparisonEvent::AccessCompared {
        why,
        repositories: 1,
        accounts: 2,
        unread,
        unseen: BTreeSet::new(),
        found,
        gone: vec![],
        lowered: vec![],
        goes_on: false,
    };
    let state = given::<Comparison>([first.clone()]);
    let elsewhere = deviation("eve", How::Unknown).spot();
    state.when(Settle(elsewhere)).then_nothing();
    let settled = state.when(Settle(not_ended(true).spot())).events().remove(0);
    let mut after = given::<Comparison>([first]).state().clone();
    after.evolve(&settled, noon().checked_add(jiff::SignedDuration::from_hours(1)).unwrap());
    assert_eq!((after.differences.len(), after.last), (0, Some(noon())));
    assert_eq!(after.unread, ["web".to_owned()].into());
}
