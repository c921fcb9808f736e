//! What is said of a change of the rules, to whom, and what its wishes are.

use super::*;

#[test]
fn it_is_compared_policy_by_policy_and_the_rules_are_asked_how_much_changes() {
    let found = compared();
    let [PolicyChange { policy, what: What::Changed, lines }] = &found.changes[..] else {
        panic!("{found:?}")
    };
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    assert!(policy == "write" && lines.contains(&"- @quorum(\"1\")".to_owned()), "{lines:?}");
    assert_eq!(found.extent(), Extent { changes: 1, ..Extent::default() });
    let (draft, people) = (draft(), people());
    let question = RuleChange::question(&draft, Some(&found), &people).unwrap();
    assert_eq!((question.action, question.asker.id.as_str()), ("publish_rules", "zoe"));
    assert!(matches!(in_force().rule(&question), Ruling::Allowed(terms) if !terms.auto));
    let nobody = People::default();
    assert!(RuleChange::question(&draft, Some(&found), &nobody).is_none(), "who is gone asks nothing");
}

#[test]
fn it_wishes_to_be_compared_and_then_to_be_published() {
    let wishes = |history: Vec<RuleChangeEvent>| {
        let state = given::<RuleChangeRequest>(history.clone());
        let reactions: Vec<crate::reaction::Reaction<Effect, ()>> =
            react(state.state(), history.last().unwrap(), noon(), &|id| id.to_string());
        reactions.into_iter().map(|reaction| (reaction.step, reaction.then)).collect::<Vec<_>>()
    };
    let code = draft().code;
    let compare = Then::Perform(Effect::CompareRules { code: code.clone() });
    assert_eq!(wishes(requested()), [("compare", compare)]);
    assert_eq!(wishes(waiting(&terms())), []);
    assert_eq!(wishes(approved()), [("publish", Then::Perform(Effect::PublishRules { code }))]);
}

#[test]
fn what_came_of_a_wish_is_told_to_the_request() {
    use crate::effect::{Became, Wish as _};
    let code = draft().code;
    let (compare, publish) =
        (Effect::CompareRules { code: code.clone() }, Effect::PublishRules { code: code.clone() });
    let told = |effect: &Effect, became: Became<'_, Effect>| {
        let reactions: Vec<crate::reaction::Reaction<(), FollowUp>> = effect.outcome(became);
        reactions.into_iter().map(|reaction| reaction.then).collect::<Vec<_>>()
    };
    let found = Outcome::RulesCompared(Box::new(compared()));
    let check = FollowUp::Check { code: code.clone(), findings: Box::new(compared()) };
    assert_eq!(told(&compare, Became::Done(&found)), [Then::FollowUp(check)]);
    let tell = |name, command: RuleChangeCommand| {
        [Then::FollowUp(FollowUp::Tell { code: code.clone(), name, command: Box::new(command) })]
    };
    for (outcome, name, command) in [
        (Outcome::InForce { version: 2 }, "confirm", PublishCommand::Confirm { version: 2 }),
        (Outcome::RulesMovedOn { now: 3 }, "overtake", PublishCommand::Overtake { now: 3 }),
    ] {
        assert_eq!(told(&publish, Became::Done(&outcome)), tell(name, command.into()));
    }
    for (effect, phase) in [(compare, Phase::Comparing), (publish, Phase::Publishing)] {
        let fail = |given_up| RuleChangeCommand::Fail { phase, why: "why".to_owned(), given_up };
        let parked = Became::Parked { why: "503", told: "why", rejected: false };
        assert_eq!(told(&effect, parked), tell("fail", fail(false)));
        assert_eq!(told(&effect, Became::GivenUp { why: "why" }), tell("fail", fail(true)));
        assert_eq!(told(&effect, Became::DoneByHand { before: None }), []);
        assert_eq!(told(&effect, Became::Done(&Outcome::RulesNotWanted {})), []);
        assert!(!effect.is_urgent() && effect.calls().is_empty() && effect.code() == Some(&draft().code));
    }
}

#[test]
fn the_words() {
    let said = words::replayed(&compared().replayed.unwrap());
    assert_eq!(
        said,
        [
            "Of 20 requests since then, 12 would need 2 countersignatures.",
            "1 request open now: stay as they are.",
        ]
    );
    let losing = |lost, reworded| {
        words::replayed(&Replayed { lost, reworded, ..*compared().replayed.unwrap() }).pop().unwrap()
    };
    for (lost, reworded, said) in [
        (1, 0, "1 countersignature would count no more; whoever gave it would be asked again."),
        (2, 0, "2 countersignatures would count no more; whoever gave them would be asked again."),
        (
            2,
            2,
            "2 countersignatures would count no more, because the text that people read is another; whoever gave them would be asked \
             again.",
        ),
        (
            3,
            1,
            "3 countersignatures would count no more, 1 of them because the text that people read is another; whoever gave them would \
             be asked again.",
        ),
    ] {
        assert_eq!(losing(lost, reworded), said);
    }
    let proposals = vec![Group { becomes: Becomes::Needs(2), was_denied: false, count: 2, codes: vec![] }];
    let proposed = words::proposed(&Replayed { proposals, ..*compared().replayed.unwrap() });
    assert_eq!(proposed.as_deref(), Some("Of the proposals of rules, 2 would need 2 countersignatures."));
    assert_eq!(words::extent(&compared()), "1 rule says something else");
    let draft =
        RuleSet::compile(2, &format!("{RULES}@id(\"x\") forbid (principal, action, resource);")).unwrap();
    let found = Compared::of(Some(&in_force()), &draft, &people());
    let warned = found
        .warnings
        .iter()
        .map(|one| words::warning(one, &ToString::to_string))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(warned.contains("“read” allows nothing: “x” forbids all of it."), "{warned}");
    assert_eq!(words::title(&super::example::draft()), "other rules in the place of version 1");
    let back = Draft { back_to: Some(1), ..super::example::draft() };
    assert_eq!(words::title(&back), "the rules as they were in version 1");
}

#[test]
fn what_failed_counts_where_it_is_what_is_being_done() {
    let noticed = |history: Vec<RuleChangeEvent>| {
        let request = given::<RuleChangeRequest>(history);
        [Phase::Comparing, Phase::Publishing].map(|phase| {
            let fail = RuleChangeCommand::Fail { phase, why: "why".to_owned(), given_up: false };
            !request.when(fail).events().is_empty()
        })
    };
    assert_eq!(noticed(requested()), [true, false]);
    assert_eq!(noticed(waiting(&terms())), [false, false]);
    assert_eq!(noticed(approved()), [false, true]);
}

#[test]
fn what_became_of_the_rules_is_told_and_because_of_whom() {
    let ada = person("ada", &[]).id;
    let called_off = FateEvent::CalledOff { who: ada.clone(), name: "Ada".to_owned() };
    for (event, news, because_of_ada) in [
        (FateEvent::Published { version: 2 }, RuleChangeNews::Published, false),
        (FateEvent::Overtaken { now: 2 }, RuleChangeNews::Overtaken, false),
        (called_off.clone(), RuleChangeNews::CalledOff, true),
    ] {
        assert_eq!(RuleChange::meaning(&event).news, Some(news));
        assert_eq!(RuleChange::meaning(&event).because_of == Some(&ada), because_of_ada);
    }
    let request = given::<RuleChangeRequest>(requested());
    assert_eq!(
        RuleChange::things(request.state()),
        [crate::request::Thing { kind: "rules", id: "rules".to_owned() }]
    );
}

#[test]
fn nothing_would_change_only_where_neither_what_was_decided_nor_what_waits_would() {
    let group = Group { becomes: Becomes::Alone, was_denied: false, count: 1, codes: vec![] };
    let replayed = |decided: &[Group], open: &[Group]| {
        let (decided, open) = (decided.to_vec(), open.to_vec());
        Replayed { decided, open, ..*compared().replayed.unwrap() }.is_the_same()
    };
    let one = std::slice::from_ref(&group);
    assert!(replayed(&[], &[]));
    assert!(!replayed(one, &[]) && !replayed(&[], one) && !replayed(one, one));
    let none = Replayed { requests: 0, waiting: 0, decided: vec![], ..*compared().replayed.unwrap() };
    assert_eq!(words::replayed(&none), ["There are no requests since then."]);
}

#[test]
fn its_wishes_are_told_in_words_and_call_nobody() {
    use crate::effect::Wish as _;
    let (look, publish) =
        (Effect::CompareRules { code: draft().code }, Effect::PublishRules { code: draft().code });
    let code = draft().code;
    assert_eq!([look.kind(), publish.kind()], ["compare_rules", "publish_rules"]);
    let other = crate::access::example::asked().code;
    let (look_at_other, publish_other) =
        (Effect::CompareRules { code: other.clone() }, Effect::PublishRules { code: other });
    assert_eq!(look.lane(), look_at_other.lane(), "of a tenant's, one goes through the log at a time");
    assert_eq!(publish.lane(), publish_other.lane(), "one after the other");
    assert!(publish.lane() != look.lane() && look.calls().is_empty());
    assert_eq!(
        look.in_words(),
        format!("compare the rules of {code} with those in force, and with the days before")
    );
    assert_eq!(publish.in_words(), format!("put the rules of {code} in force"));
    let plans = [Plan::ReadRules {}, Plan::PutInForce { base: 1 }];
    let said = plans.map(|plan| Effect::plan_in_words(&plan));
    assert_eq!(said, ["read only", "publish them in the place of version 1"]);
    let outcomes = [
        Outcome::RulesCompared(Box::new(compared())),
        Outcome::InForce { version: 2 },
        Outcome::RulesMovedOn { now: 3 },
    ];
    let said = outcomes.map(|outcome| Effect::outcome_in_words(&outcome));
    assert_eq!(said, ["Compared", "In force as version 2", "Not done, for version 3 is in force by now"]);
}

#[test]
fn no_two_things_that_may_become_of_requests_are_told_in_the_same_words() {
    let all = [
        Becomes::Denied,
        Becomes::Alone,
        Becomes::Needs(1),
        Becomes::Needs(2),
        Becomes::OnOtherTerms(0),
        Becomes::OnOtherTerms(1),
        Becomes::OnOtherTerms(2),
        Becomes::InOtherWords(0),
        Becomes::InOtherWords(1),
        Becomes::InOtherWords(2),
    ];
    let said =
        all.map(|becomes| words::group(&Group { becomes, was_denied: false, count: 3, codes: vec![] }));
    let told_apart: std::collections::BTreeSet<_> = said.iter().collect();
    assert_eq!(told_apart.len(), all.len(), "{said:?}");
    assert_eq!(said[5], "3 would still need 1 countersignature, of others or on other terms");
    assert_eq!(said[6], "3 would still need 2 countersignatures, of others or on other terms");
}
