//! However much there is to tell, no event holds it all, and nothing of it is forgotten.

use super::super::take::MOST;
use super::*;

#[test]
fn trust_a8_however_much_differs_no_event_holds_it_all_and_each_is_told_as_it_is() {
    let how = |again| match not_ended(again).how {
        How::NotEnded { ended, left, again, unended, read_back, .. } => move |n: u128| How::NotEnded {
            code: Code::candidate(Uuid::from_u128(n), 0),
            ended,
            left,
            again,
            unended,
            read_back,
        },
        other => panic!("{other:?}"),
    };
    let all = 2 * MOST + 1;
    let many: Vec<_> = (0..all).map(|n| deviation(&format!("eve{n}"), how(true)(n as u128))).collect();
    let lowered: Vec<_> = (0..=MOST)
        .map(|n| Lowered {
            account: format!("eve{n}"),
            name: "Eve".to_owned(),
            holder: None,
            repository: "infra".to_owned(),
            repository_id: None,
            adopted: Write,
            present: None,
            of: None,
        })
        .collect();
    let take = |differences, lowered| {
        let (why, unread, unseen) = (WhyCompared::Schedule, BTreeMap::new(), BTreeSet::new());
        let (repositories, accounts) = (1, 2);
        Take(Box::new(Compared { why, repositories, accounts, unread, unseen, differences, lowered }))
    };
    let events = given::<Comparison>([]).when(take(many, lowered)).events();
    let bounded = |event: &ComparisonEvent| {
        let ComparisonEvent::AccessCompared { found, gone, lowered, .. } = event;
        found.len().max(gone.len()).max(lowered.len()) <= MOST
    };
    assert!(events.len() == 3 && events.iter().all(bounded));
    let known = given::<Comparison>(events.clone());
    let begun = known
        .state()
        .differences
        .iter()
        .filter(|known| matches!(known.how, How::NotEnded { again: true, .. }));
    assert_eq!(begun.count(), all, "all of them are ended again, and told so");
    let gone = known.when(take(vec![], vec![])).events();
    assert!(gone.len() == 3 && gone.iter().all(bounded));
    assert_eq!(given::<Comparison>([events, gone].concat()).state().differences, []);
}

#[test]
fn trust_a8_however_much_could_not_be_looked_at_no_event_holds_it_all_and_nothing_of_it_is_forgotten() {
    let names: Vec<String> = (0..=2 * MOST).map(|n| format!("repository-{n:04}")).collect();
    let look = |why, names: &[String], differences| {
        // The longest that a vendor can answer.
        let unread = names.iter().map(|name| (name.clone(), "é".repeat(20_000))).collect();
        let unseen = names.iter().map(|name| format!("{{{name}}}")).collect();
        let (repositories, accounts, lowered) = (1, 1, vec![]);
        Take(Box::new(Compared { why, repositories, accounts, unread, unseen, differences, lowered }))
    };
    let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until: noon() });
    let mut history = given::<Comparison>([]).when(look(restored, &names, vec![])).events();
    assert_eq!(history.len(), 3);
    let longest = history.iter().map(|event| crate::aggregate::Event::content(event).to_string().len());
    assert!(longest.max() < Some(1 << 20), "it is kept");
    // All but the last answer now: what it holds may have ended since, and no one of the others may.
    let next = look(WhyCompared::Schedule, &names[2 * MOST..], vec![]);
    history.extend(given::<Comparison>(history.clone()).when(next).events());
    let known = given::<Comparison>(history);
    assert_eq!(known.state().unread, names[2 * MOST..].iter().cloned().collect());
    let lacking = |name: &String| {
        let code = Code::candidate(Uuid::from_u128(1), 0);
        let how = How::Lacking { code, since: noon(), until: noon() };
        Deviation { repository: name.clone(), ..deviation("erin", how) }
    };
    let all = names.iter().map(lacking).collect();
    let told = known.when(look(WhyCompared::Schedule, &[], all)).events();
    let found = told.iter().flat_map(|event| {
        let ComparisonEvent::AccessCompared { found, .. } = event;
        found.iter().filter(|found| found.may_have_ended()).map(|found| found.repository.clone())
    });
    assert_eq!(found.collect::<Vec<_>>(), names[2 * MOST..]);
}

#[test]
fn trust_a8_a_long_comparison_while_some_is_uncompared_keeps_of_that_what_it_could_not_look_at_either() {
    let names: Vec<String> = (0..2 * MOST).map(|n| format!("repository-{n:04}")).collect();
    let look = |why, unread: &[String]| {
        let unread = unread.iter().map(|name| (name.clone(), "500".to_owned())).collect();
        let (unseen, differences, lowered) = (BTreeSet::new(), vec![], vec![]);
        let (repositories, accounts) = (1, 1);
        Take(Box::new(Compared { why, repositories, accounts, unread, unseen, differences, lowered }))
    };
    let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until: noon() });
    let ends = [names[0].clone(), names[2 * MOST - 1].clone()];
    let mut history = given::<Comparison>([]).when(look(restored, &ends)).events();
    history.extend(given::<Comparison>(history.clone()).when(look(WhyCompared::Schedule, &names)).events());
    assert_eq!(history.len(), 3);
    let known = given::<Comparison>(history);
    assert_eq!(known.state().uncompared, ends.into(), "one stands in the first part, one in the last");
}
