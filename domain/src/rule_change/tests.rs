//! Given a change of the rules, when something happens, then this follows.

mod alike;
mod bounds;
mod once_more;

use std::sync::Arc;

use super::example::{RULES, admin, approved, compared, draft, in_force, requested, terms, waiting};
use super::*;
use crate::access::example::{person, staff};
use crate::capabilities::LANGUAGE;
use crate::denied::Violation;
use crate::reaction::Then;
use crate::request::{Assurance, Content as _, Countersignature, Kind as _, Nothing, RequestEvent, Review};
use crate::rules::{PolicyChange, Refusal, RuleSet, Ruling, Terms, Warning, What};
use crate::tenant::{People, Person};
use crate::testing::{given, noon};

fn people() -> People {
    staff(&[admin("zoe"), admin("yan")])
}

fn check(found: Compared, ruling: Option<Ruling>) -> RuleChangeCommand {
    RuleChangeCommand::Check { findings: Box::new(found), ruling, past: () }
}

fn denied(violation: Violation) -> RuleChangeEvent {
    RequestEvent::Denied {
        proposal: Proposal::Publish,
        by: None,
        reason: None,
        violations: vec![violation],
        rules: None,
    }
}

fn sign(by: Person, rules: u64) -> RuleChangeCommand {
    let (people, assurance) = (Arc::new(people()), Assurance::Said);
    RuleChangeCommand::Countersign(Box::new(Countersignature {
        by,
        people,
        receipt: None,
        rules,
        assurance,
        past: (),
    }))
}

/// Other rules are in force, or other people are there.
fn review(ruling: Ruling, people: People) -> RuleChangeCommand {
    let (open, people) = (Some(ruling.clone()), Arc::new(people));
    RuleChangeCommand::Review(Box::new(Review { people, open, granted: Some(ruling), past: () }))
}

#[test]
fn a_draft_waits_for_those_the_rules_in_force_name() {
    let ruling = Some(Ruling::Allowed(terms()));
    given::<RuleChangeRequest>(requested())
        .when(check(compared(), ruling))
        .then(waiting(&terms()).split_off(1));
}

#[test]
fn another_administrator_puts_it_in_force_and_nobody_their_own() {
    let open = given::<RuleChangeRequest>(waiting(&terms()));
    let events = open.when(sign(admin("yan"), 1)).events();
    let approved = RequestEvent::Approved { by: vec![admin("yan").id], fixed: Nothing {} };
    assert_eq!(events.last(), Some(&approved));
    open.when(sign(admin("zoe"), 1)).then_denied([Violation::OwnRequest]);
    let approvers = vec!["an administrator".to_owned()];
    open.when(sign(person("ada", &["approvers"]), 1)).then_denied([Violation::NotEligible { approvers }]);
}

#[test]
fn what_was_proposed_on_a_version_that_is_in_force_no_more_is_over() {
    let moved_on = Violation::RulesMovedOn { base: 1, now: 2 };
    let new = || Ruling::Allowed(Terms { version: 2, ..terms() });
    given::<RuleChangeRequest>(requested()).when(check(compared(), Some(new()))).then([
        RequestEvent::Checked { findings: Box::new(compared()), ruling: Some(new()) },
        denied(moved_on.clone()),
    ]);
    // Of two that wait, the second is not published over the first.
    let second = given::<RuleChangeRequest>(waiting(&terms()));
    let rechecked = RequestEvent::Rechecked { terms: Box::new(Terms { version: 2, ..terms() }) };
    second.when(review(new(), people())).then([rechecked, denied(moved_on)]);
    second.when(sign(admin("yan"), 2)).then_denied([Violation::Stale]);
    let overtaken = RequestEvent::Own(FateEvent::Overtaken { now: 2 });
    let approved = given::<RuleChangeRequest>(approved());
    approved.when(PublishCommand::Overtake { now: 2 }).then([overtaken]);
}

#[test]
fn it_is_published_once_and_only_where_it_was_approved() {
    let confirm = |version| RuleChangeCommand::from(PublishCommand::Confirm { version });
    let published = RequestEvent::Own(FateEvent::Published { version: 2 });
    given::<RuleChangeRequest>(approved()).when(confirm(2)).then([published.clone()]);
    let mut after = approved();
    after.push(published);
    let after = given::<RuleChangeRequest>(after);
    after.when(confirm(3)).then_nothing();
    after.when(PublishCommand::Overtake { now: 3 }).then_nothing();
    assert_eq!((RuleChange::word(after.state()), after.state().own.published()), ("published", Some(2)));
    given::<RuleChangeRequest>(waiting(&terms())).when(confirm(2)).then_nothing();
}

#[test]
fn whoever_countersigned_and_is_gone_or_may_no_more_puts_nothing_in_force() {
    let allowed = Ruling::Allowed(terms());
    let before = || given::<RuleChangeRequest>(signed_by("yan"));
    let (mut gone, mut demoted) = (people(), people());
    gone.people.remove_mut(&admin("yan").id);
    let yan = person("yan", &["approvers"]);
    demoted.people.insert_mut(yan.id.clone(), yan);
    for people in [gone, demoted] {
        let events = before().when(review(allowed.clone(), people)).events();
        let [event @ RequestEvent::Own(FateEvent::CalledOff { who, .. })] = &events[..] else {
            panic!("{events:?}")
        };
        assert!(who.as_str() == "yan" && event.because_of() == Some(who));
    }
    before().when(review(allowed, people())).then_nothing();
}

#[test]
fn whoever_proposed_and_may_no_more_puts_nothing_in_force() {
    let refused = Ruling::Forbidden(Refusal { version: 1, policies: vec![], messages: vec![] });
    let events = given::<RuleChangeRequest>(signed_by("yan")).when(review(refused, people())).events();
    let [RequestEvent::Own(FateEvent::CalledOff { who, .. })] = &events[..] else { panic!("{events:?}") };
    assert_eq!(who.as_str(), "zoe");
}

#[test]
fn rules_that_are_in_force_by_now_may_be_these_and_what_was_called_off_at_that_moment_is_in_force() {
    let next = || Ruling::Allowed(Terms { version: 2, ..terms() });
    given::<RuleChangeRequest>(signed_by("yan")).when(review(next(), people())).then_nothing();
    let mut demoted = people();
    let yan = person("yan", &[]);
    demoted.people.insert_mut(yan.id.clone(), yan);
    let before = given::<RuleChangeRequest>(signed_by("yan"));
    before.when(review(next(), demoted)).then_nothing();
    let mut history = signed_by("yan");
    history.push(RequestEvent::Own(FateEvent::CalledOff { who: admin("yan").id, name: "Yan".to_owned() }));
    let published = RequestEvent::Own(FateEvent::Published { version: 2 });
    let called_off = given::<RuleChangeRequest>(history);
    called_off.when(PublishCommand::Confirm { version: 2 }).then([published]);
    called_off.when(PublishCommand::Overtake { now: 2 }).then_nothing();
}

/// Approved by this administrator.
fn signed_by(id: &str) -> Vec<RuleChangeEvent> {
    let mut history = waiting(&terms());
    history.push(RuleChangeEvent::Approved { by: vec![admin(id).id], fixed: Nothing {} });
    history
}

#[test]
fn who_may_not_propose_is_told_so() {
    let refused = |policies: &[&str]| {
        let policies = policies.iter().map(ToString::to_string).collect();
        Some(Ruling::Forbidden(Refusal { version: 1, policies, messages: vec![] }))
    };
    let outcome =
        |ruling| given::<RuleChangeRequest>(requested()).when(check(compared(), ruling)).events().pop();
    assert_eq!(outcome(refused(&[])), Some(denied(Violation::from(Fault::MayNotChangeRules))));
    assert_eq!(outcome(None), Some(denied(Violation::from(Fault::MayNotChangeRules))));
    let by = Violation::ForbiddenByRule { policies: vec!["freeze".to_owned()], messages: vec![] };
    assert_eq!(outcome(refused(&["freeze"])), Some(denied(by)));
}

#[test]
fn rules_may_say_how_many_requests_may_be_denied() {
    let mut found = compared();
    let group = |was_denied, count| Group { becomes: Becomes::Denied, was_denied, count, codes: vec![] };
    found.replayed.as_mut().unwrap().decided.push(group(false, 3));
    let at_most = |max: &[&str]| {
        let values = max.iter().map(ToString::to_string).collect();
        Some(Ruling::Allowed(Terms { own: [("max_denied".to_owned(), values)].into(), ..terms() }))
    };
    let outcome =
        |ruling| given::<RuleChangeRequest>(requested()).when(check(found.clone(), ruling)).events().pop();
    let too_many = Violation::from(Fault::TooManyDenied { denied: 3, max: 2 });
    assert_eq!(outcome(at_most(&["5", "2"])), Some(denied(too_many)));
    assert!(matches!(outcome(at_most(&["3"])), Some(RequestEvent::Waiting { .. })));
}

#[test]
fn a_new_warning_is_shown_before_a_countersignature_counts() {
    let warned = Warning::EmptyGroup { policy: "write".to_owned(), group: "approvers".to_owned() };
    let found = Compared { warnings: vec![warned.clone()], ..compared() };
    let look = |found: &Compared| RuleChangeCommand::LookAgain {
        findings: Box::new(found.clone()),
        by_us: vec![],
        ruling: None,
    };
    let open = given::<RuleChangeRequest>(waiting(&terms()));
    open.when(look(&compared())).then_nothing();
    let events = open.when(look(&found)).events();
    assert!(
        matches!(&events[0], RequestEvent::EvidenceChanged { differences, .. } if *differences == [warned]),
        "{events:?}"
    );
}

#[test]
fn a_draft_that_is_none_is_refused_with_its_lines() {
    let in_force = in_force();
    let faults = |text: &str| Draft { text: text.to_owned(), ..draft() }.faults(&LANGUAGE, Some(&in_force));
    assert_eq!(draft().faults(&LANGUAGE, Some(&in_force)), []);
    let found = faults("@auto\npermit (principal, oops, resource);");
    assert!(matches!(&found[..], [Violation::RuleSetFaults { faults }] if faults[0].line == 2), "{found:?}");
    assert_eq!(faults(RULES), [Violation::from(Fault::RulesInForceAlready { version: 1 })]);
    let why = |why: &str| Draft { why: Some(why.to_owned()), ..draft() }.faults(&LANGUAGE, None);
    assert!(matches!(&why(&"x".repeat(501))[..], [Violation::TextTooLong { length: 501, .. }]));
    assert_eq!(why(&"x".repeat(500)), [], "as long as it may be");
    let first = Draft { base: 0, origin: crate::request::Origin::Ticket, ..draft() };
    assert_eq!((first.faults(&LANGUAGE, None), first.origin()), (vec![], crate::request::Origin::Ticket));
    assert_eq!(first.why(), Some("two pairs of eyes"));
    assert!(matches!(&why("a\u{202e}b")[..], [Violation::BadCharacter { place: 2, .. }]));
}

#[test]
fn a_text_is_the_same_wherever_it_was_pasted() {
    assert_eq!(tidy("a\r\n  b\r\n\r\n"), "a\n  b\n");
    assert_eq!(tidy("a\r  b\r"), "a\n  b\n");
    assert_eq!(tidy("a\n  b"), tidy("a\n  b\n"));
    assert_eq!(tidy(&tidy("\n a \r\n")), tidy("\n a \r\n"));
}

#[test]
fn an_agent_never_puts_rules_in_force_by_itself() {
    let agent = Person { kind: crate::envelope::ActorKind::Agent, ..admin("robot") };
    let ask = |by: &Person, others: &[Person]| {
        let all = others.iter().cloned().chain([by.clone()]).collect::<People>();
        in_force().rule(&question(by, Extent::default(), &all))
    };
    let waits = |ruling: Ruling| matches!(ruling, Ruling::Allowed(terms) if !terms.auto);
    assert!(waits(ask(&agent, &[admin("zoe")])), "it proposes, and a person countersigns");
    let alone = ask(&agent, &[]);
    assert!(matches!(&alone, Ruling::Forbidden(_)), "{alone:?}");
    let robots = [Person { kind: crate::envelope::ActorKind::Agent, ..admin("robot2") }];
    assert!(matches!(ask(&agent, &robots), Ruling::Forbidden(_)), "two programs are nobody");
    // The only administrator is one though there are programs.
    assert!(matches!(ask(&admin("zoe"), &robots), Ruling::Allowed(terms) if terms.auto));
    assert!(!terms().may_countersign(&agent));
}

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
fn what_speaks_against_it_by_then_denies_it_when_it_is_looked_at_again() {
    let mut found = Compared { warnings: vec![Warning::LocksEverybodyOut], ..compared() };
    let denied = Group { becomes: Becomes::Denied, was_denied: false, count: 1, codes: vec![] };
    found.replayed.as_mut().unwrap().decided.push(denied);
    let outcome = |terms: Terms| {
        let (findings, ruling) = (Box::new(found.clone()), Some(Ruling::Allowed(terms)));
        let look = RuleChangeCommand::LookAgain { findings, by_us: vec![], ruling };
        given::<RuleChangeRequest>(waiting(&super::example::terms())).when(look).events().pop()
    };
    let moved_on = Violation::RulesMovedOn { base: 1, now: 2 };
    assert_eq!(outcome(Terms { version: 2, ..terms() }), Some(self::denied(moved_on)));
    let own = [("max_denied".to_owned(), vec!["0".to_owned()])].into();
    let too_many = Violation::from(Fault::TooManyDenied { denied: 1, max: 0 });
    assert_eq!(outcome(Terms { own, ..terms() }), Some(self::denied(too_many)));
    assert!(matches!(outcome(terms()), Some(RequestEvent::EvidenceChanged { .. })), "it waits on");
}

#[test]
fn what_others_were_asked_about_is_not_carried_out_alone_though_nobody_would_have_to_be_asked_by_then() {
    let alone = || Ruling::Allowed(Terms { auto: true, quorum: 0, approvers: vec![], ..terms() });
    let outcome = |history: Vec<RuleChangeEvent>, command| {
        given::<RuleChangeRequest>(history).when(command).events().pop()
    };
    let others_were_asked = Some(denied(Violation::from(Fault::OthersWereAsked)));
    assert_eq!(outcome(waiting(&terms()), review(alone(), people())), others_were_asked);
    let found = || Box::new(Compared { warnings: vec![Warning::LocksEverybodyOut], ..compared() });
    let look = RuleChangeCommand::LookAgain { findings: found(), by_us: vec![], ruling: Some(alone()) };
    assert_eq!(outcome(waiting(&terms()), look), others_were_asked);
    let differences = vec![Warning::LocksEverybodyOut];
    let overtake =
        RuleChangeCommand::Overtake { findings: found(), differences, ruling: Some(alone()), past: () };
    assert_eq!(outcome(approved(), overtake), others_were_asked);
    // Also where they left while it was still being compared.
    let mut asked = requested();
    let Some(RequestEvent::Requested { asked: draft }) = asked.first_mut() else { panic!("it was proposed") };
    draft.asks_others = true;
    assert_eq!(outcome(asked, check(compared(), Some(alone()))), others_were_asked);
    // A new one is as easy as the rules make it.
    let new = outcome(requested(), check(compared(), Some(alone())));
    assert!(matches!(&new, Some(RequestEvent::Approved { by, .. }) if by.is_empty()), "{new:?}");
}

#[test]
fn who_leaves_changes_nothing_that_is_published_and_the_end_is_told_once() {
    let without = |gone: &[&str]| {
        let mut people = people();
        for id in gone {
            people.people.remove_mut(&person(id, &[]).id);
        }
        people
    };
    let after = |history: Vec<RuleChangeEvent>, gone: &[&str]| {
        given::<RuleChangeRequest>(history).when(review(Ruling::Allowed(terms()), without(gone))).events()
    };
    let published = RequestEvent::Own(FateEvent::Published { version: 2 });
    let published = [approved(), vec![published]].concat();
    assert_eq!(after(published.clone(), &["ada"]), []);
    let (published, before) = (given::<RuleChangeRequest>(published), given::<RuleChangeRequest>(approved()));
    let gone =
        [published.state(), before.state()].map(|state| state.signer_gone(&without(&["ada"])).is_some());
    assert_eq!(gone, [false, true], "what they signed is done");
    let closed =
        |event: &RuleChangeEvent| matches!(event, RequestEvent::Closed { who, .. } if who.as_str() == "zoe");
    let told = after(approved(), &["ada", "zoe"]);
    assert!(told.len() == 1 && closed(&told[0]), "{told:?}");
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
        RuleChange::known_by(request.state()).things,
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
