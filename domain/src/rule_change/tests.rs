//! Given a change of the rules, when something happens, then this follows.

mod alike;
mod bounds;
mod once_more;
mod told;

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
fn what_speaks_against_it_by_then_denies_it_when_it_is_looked_at_again() {
    let hangs_on = Warning::HangsOn { person: person("ada", &[]).id };
    let mut found = Compared { warnings: vec![hangs_on], ..compared() };
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
fn trust_a4_rules_that_nobody_could_change_again_are_nobodys_to_decide() {
    let found = || Box::new(Compared { warnings: vec![Warning::LocksEverybodyOut], ..compared() });
    let alone = || Ruling::Allowed(Terms { auto: true, quorum: 0, approvers: vec![], ..terms() });
    let locks_out = Some(denied(Violation::from(Fault::LocksEverybodyOut)));
    let outcome = |history: Vec<RuleChangeEvent>, command| {
        given::<RuleChangeRequest>(history).when(command).events().pop()
    };
    // Whoever proposes it, alone or for others to countersign.
    for ruling in [alone(), Ruling::Allowed(terms())] {
        assert_eq!(outcome(requested(), check(*found(), Some(ruling))), locks_out);
    }
    // And where those who could have changed them left while it waited.
    let look = RuleChangeCommand::LookAgain {
        findings: found(),
        by_us: vec![],
        ruling: Some(Ruling::Allowed(terms())),
    };
    assert_eq!(outcome(waiting(&terms()), look), locks_out);
}

#[test]
fn what_others_were_asked_about_is_not_carried_out_alone_though_nobody_would_have_to_be_asked_by_then() {
    let alone = || Ruling::Allowed(Terms { auto: true, quorum: 0, approvers: vec![], ..terms() });
    let outcome = |history: Vec<RuleChangeEvent>, command| {
        given::<RuleChangeRequest>(history).when(command).events().pop()
    };
    let others_were_asked = Some(denied(Violation::from(Fault::OthersWereAsked)));
    assert_eq!(outcome(waiting(&terms()), review(alone(), people())), others_were_asked);
    let hangs_on = || vec![Warning::HangsOn { person: person("ada", &[]).id }];
    let found = || Box::new(Compared { warnings: hangs_on(), ..compared() });
    let look = RuleChangeCommand::LookAgain { findings: found(), by_us: vec![], ruling: Some(alone()) };
    assert_eq!(outcome(waiting(&terms()), look), others_were_asked);
    let differences = hangs_on();
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
