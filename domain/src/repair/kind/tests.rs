//! What speaks against a plan, what it is decided on, and what ends it.

use std::sync::Arc;

use super::super::example::{
    Event, OfAccess, admin, approved, deviation, found, item, plan, requested, terms, waiting,
};
use super::super::{Changed, Item, Settled};
use super::*;
use crate::access::Deviation;
use crate::access::Permission::{Admin, Write};
use crate::access::example::{DEPUTIES, ada, after_leaving, person, staff, staff_without};
use crate::envelope::Digest;
use crate::request::{Assurance, Command, Countersignature, Request, later};
use crate::testing::{given, noon};

/// Whether this, and nothing else, is said: that it is too much at once.
fn is_beyond_the_cap(violations: &[Violation]) -> bool {
    matches!(violations, [only] if matches!(only.own(), Some(Fault::BeyondTheCap { .. })))
}

type Commands = Command<OfAccess>;

fn check(found: Found<Deviation>, ruling: Ruling) -> Commands {
    let (findings, ruling) = (Box::new(found), Some(ruling));
    Command::Check { findings, ruling, past: Elsewhere::default() }
}

/// Why a plan is denied at once, where this is found of it.
fn against(plan: Plan<Deviation>, found: Found<Deviation>, terms: Terms) -> Vec<Violation> {
    let given = given::<Request<OfAccess>>([Event::Requested { asked: Box::new(plan) }]);
    match given.when(check(found, Ruling::Allowed(terms))).events().pop() {
        Some(Event::Denied { violations, .. }) => violations,
        other => panic!("it is not denied: {other:?}"),
    }
}

fn signs(by: Person, past: Elsewhere) -> Commands {
    let people = Arc::new(staff(&[by.clone(), admin("grace")]));
    let (receipt, rules, assurance) = (None, 1, Assurance::Said);
    Command::Countersign(Box::new(Countersignature { by, people, receipt, rules, assurance, past }))
}

#[test]
fn a_plan_waits_for_those_whom_the_rules_name_and_another_administrator_countersigns_it() {
    let given_asked = given::<Request<OfAccess>>(requested());
    let events = given_asked.when(check(found(), Ruling::Allowed(terms()))).events();
    assert!(matches!(&events[1], Event::Waiting { proposal: Proposal::Repair, .. }), "{events:?}");
    let open = given::<Request<OfAccess>>(waiting());
    let names: Vec<_> = open
        .when(signs(admin("heidi"), Elsewhere::default()))
        .events()
        .iter()
        .map(crate::aggregate::Event::name)
        .map(String::from)
        .collect();
    assert_eq!(names, ["repair_countersigned", "repair_approved"]);
    assert_eq!(Repair::word(given::<Request<OfAccess>>(approved()).state()), "repairing");
}

#[test]
fn who_proposes_it_does_not_countersign_it_and_neither_does_whose_it_is() {
    let open = given::<Request<OfAccess>>(waiting());
    open.when(signs(admin("grace"), Elsewhere::default())).then_denied([Violation::OwnRequest]);
    let account = |account: &str| [("forge".to_owned(), account.to_owned())].into();
    let mallory = Person { accounts: account("mallory"), ..ada() };
    open.when(signs(mallory, Elsewhere::default())).then_denied([Violation::OwnRequest]);
    let held = Plan { items: vec![Item { holder: Some(ada().id), ..plan().items.remove(0) }], ..plan() };
    let mut history = waiting();
    history[0] = Event::Requested { asked: Box::new(held) };
    let open = given::<Request<OfAccess>>(history);
    open.when(signs(ada(), Elsewhere::default())).then_denied([Violation::OwnRequest]);
}

#[test]
fn a_plan_of_nothing_or_of_what_is_not_different_any_more_is_denied_at_once() {
    let nothing = Found { items: vec![None, None, None], ..found() };
    assert_eq!(against(plan(), nothing, terms()), [Violation::from(Fault::NothingDiffers)]);
    let empty = Plan { items: vec![], ..plan() };
    let of_nothing = Found { items: vec![], ..found() };
    assert_eq!(against(empty, of_nothing, terms()), [Violation::from(Fault::NothingDiffers)]);
    let other = Found { items: vec![None], ..found() };
    assert_eq!(
        against(plan(), other, terms()),
        [Violation::from(Fault::NothingDiffers)],
        "it is of another plan"
    );
}

#[test]
fn a_plan_that_contradicts_itself_or_that_nobody_can_read_is_denied_at_once() {
    let eve = || item(deviation("eve", Some(Write)), Remedy::Revert);
    let twice = Plan { items: vec![eve(), Item { remedy: Remedy::Adopt, ..eve() }], ..plan() };
    let found_of = |plan: &Plan<Deviation>| Found {
        items: plan.items.iter().map(|item| Some(item.drift.clone())).collect(),
        held: [("{1}".to_owned(), 1_000)].into(),
        in_all: 1_000,
        ..found()
    };
    let found = found_of(&twice);
    assert_eq!(
        against(twice, found, terms()),
        [Violation::from(Fault::TwiceInPlan { what: "eve on infra".to_owned() })]
    );
    let many = |n: usize| item(deviation(&n.to_string(), Some(Write)), Remedy::Revert);
    let long = Plan { items: (0..=MOST_ITEMS).map(many).collect(), ..plan() };
    let found = found_of(&long);
    let (items, max) = (MOST_ITEMS + 1, MOST_ITEMS);
    assert_eq!(
        against(long.clone(), found.clone(), terms()),
        [Violation::from(Fault::TooManyItems { items, max })]
    );
    let mut most = long;
    most.items.pop();
    let found = Found { items: found.items[..MOST_ITEMS].to_vec(), ..found };
    assert_eq!(<OfAccess as Kind>::violations(&most, &found, None), [], "as many as may be");
}

#[test]
fn what_shall_not_be_spoken_of_is_spoken_of_again_within_a_quarter() {
    let ignoring = |until| {
        let ignored = item(deviation("eve", Some(Write)), Remedy::Ignore { until });
        Plan { items: vec![ignored], ..plan() }
    };
    let one = || Found { items: vec![found().items[0].clone()], ..found() };
    let past = Violation::BadMoment { given: noon().to_string() };
    assert_eq!(against(ignoring(noon()), one(), terms()), [past]);
    let quarter = later(noon(), 90 * 24 * 60);
    let too_long = Violation::from(Fault::IgnoredTooLong { days: 90 });
    assert_eq!(against(ignoring(later(quarter, 1)), one(), terms()), [too_long]);
    let given = given::<Request<OfAccess>>([Event::Requested { asked: Box::new(ignoring(quarter)) }]);
    let events = given.when(check(one(), Ruling::Allowed(terms()))).events();
    assert!(matches!(events[1], Event::Waiting { .. }), "{events:?}");
}

#[test]
fn a_plan_beyond_the_share_is_denied_when_it_is_made_and_when_it_is_countersigned() {
    let few = Found { held: [("{1}".to_owned(), 3)].into(), ..found() };
    assert!(is_beyond_the_cap(&against(plan(), few, terms())));
    let open = given::<Request<OfAccess>>(waiting());
    let others = Elsewhere([("{1}".to_owned(), 2)].into());
    let denied = open.state().countersigned(signs(admin("heidi"), others));
    assert!(is_beyond_the_cap(&denied), "another plan is at it: {denied:?}");
}

impl RepairRequest<Deviation> {
    /// Why a command is denied.
    fn countersigned(&self, command: Commands) -> Vec<Violation> {
        crate::aggregate::Aggregate::decide(self, command, noon()).expect_err("it was carried out").0
    }
}

#[test]
fn what_is_otherwise_when_somebody_is_about_to_decide_makes_a_new_receipt() {
    let open = given::<Request<OfAccess>>(waiting());
    let look = |found: Found<Deviation>| Command::<OfAccess>::LookAgain {
        findings: Box::new(found),
        by_us: vec![],
        ruling: None,
    };
    let counted = Found { held: [].into(), in_all: 7, ..found() };
    open.when(look(counted)).then_nothing();
    let one_is_settled = Found { items: [vec![None], found().items.split_off(1)].concat(), ..found() };
    let mut history = waiting();
    history[1] = Event::Checked { findings: Box::new(one_is_settled.clone()), ruling: None };
    given::<Request<OfAccess>>(history).when(look(one_is_settled)).then_nothing();
    let now = deviation("eve", Some(Admin));
    let mut more = found();
    more.items[0] = Some(now.clone());
    let events = open.when(look(more)).events();
    let [Event::EvidenceChanged { differences, .. }] = &events[..] else { panic!("{events:?}") };
    let (place, title) = (now.place(), "eve on infra".to_owned());
    let shown = Some(deviation("eve", Some(Write)));
    assert_eq!(*differences, [Changed { place, title, shown, found: Some(now) }]);
    let changed = given::<Request<OfAccess>>([waiting(), events].concat());
    assert_ne!(changed.state().receipt(), open.state().receipt());
    let gone = open.when(look(Found { items: vec![None, None, None], ..found() })).events();
    assert!(
        matches!(&gone[1], Event::Denied { violations, .. } if *violations == [Violation::from(Fault::NothingDiffers)]),
        "{gone:?}"
    );
}

#[test]
fn what_a_deputy_countersigned_is_asked_anew_where_whom_they_stood_in_for_is_back_before_it_is_begun() {
    let zoe = person("zoe", &[DEPUTIES]);
    let countersigned = Event::Countersigned {
        by: zoe.id.clone(),
        receipt: Digest::of(b"what was shown"),
        assurance: Assurance::Said,
        stands_in_for: Some(ada().id),
    };
    let is_approved = Event::Approved { by: vec![zoe.id.clone()], fixed: Nothing {} };
    let history = given::<Request<OfAccess>>([waiting(), vec![countersigned, is_approved]].concat());
    let review = |people: People, granted: Option<Ruling>| {
        let (people, open, past) = (Arc::new(people), None, Elsewhere::default());
        Command::<OfAccess>::Review(Box::new(Review { people, open, granted, past }))
    };
    let others = [zoe, admin("grace")];
    history.when(review(staff_without(&others, &[ada()]), None)).then_nothing();
    let anew = |terms: Terms| {
        let waits = crate::request::waiting(Proposal::Repair, &admin("grace").id, terms.clone(), noon());
        [Event::Rechecked { terms: Box::new(terms) }, waits]
    };
    history.when(review(staff(&others), None)).then(anew(terms()));
    // Where the rules have become stricter by then, it waits for as many as they want now.
    let stricter = Terms { version: 2, quorum: 2, ..terms() };
    let allowed = Ruling::Allowed(stricter.clone());
    history.when(review(staff(&others), Some(allowed))).then(anew(stricter));
}

#[test]
fn where_somebody_leaves_who_countersigned_it_nothing_of_it_is_begun_and_what_is_begun_goes_on() {
    let review = |people| {
        let (open, granted, past) = (None, None, Elsewhere::default());
        Command::<OfAccess>::Review(Box::new(Review { people: Arc::new(people), open, granted, past }))
    };
    let everybody = || staff(&[ada(), admin("grace")]);
    let history = given::<Request<OfAccess>>(approved());
    history.when(review(everybody())).then_nothing();
    let off = RepairEvent::CalledOff { who: ada().id, name: "ada".to_owned() };
    history.when(review(after_leaving(everybody(), &ada()))).then([Event::Own(off.clone())]);
    // Nor where she is there, and might not countersign it any more.
    let regrouped = staff(&[person("ada", &[]), admin("grace")]);
    history.when(review(regrouped)).then([Event::Own(off.clone())]);
    let over = given::<Request<OfAccess>>([approved(), vec![Event::Own(off.clone())]].concat());
    assert!(!over.state().is_to_be_done(0));
    assert_eq!(Repair::word(over.state()), "called_off");
    assert_eq!(<OfAccess as Kind>::meaning(&off).because_of, Some(&ada().id));
    let begun = RepairEvent::Reverted { item: 0, drift: deviation("eve", Some(Write)), by_hand: false };
    let begun = given::<Request<OfAccess>>([approved(), vec![Event::Own(begun)]].concat());
    begun.when(review(after_leaving(everybody(), &ada()))).then_nothing();
    let gone = history.when(review(after_leaving(everybody(), &admin("grace")))).events();
    assert!(matches!(gone[..], [Event::Closed { .. }]), "who proposed it is gone: {gone:?}");
}

#[test]
fn a_plan_is_told_step_by_step_before_and_after() {
    let open = given::<Request<OfAccess>>(waiting());
    insta::assert_snapshot!(super::super::dry_run(&open.state().steps()).join("\n"));
    let settled = |item, became| Settled { item, became };
    let mut over = given::<Request<OfAccess>>(approved()).state().clone();
    over.own.settled = vec![
        settled(0, super::super::Became::Repaired { by_hand: false }),
        settled(1, super::super::Became::Repaired { by_hand: false }),
        settled(2, super::super::Became::Otherwise { found: None }),
    ];
    let would: Vec<_> = over.steps().into_iter().map(|step| step.would).collect();
    insta::assert_snapshot!(would.join("\n"));
    insta::assert_snapshot!(super::super::summary(&plan()));
}

#[test]
fn rules_that_say_nothing_tell_who_may_propose() {
    let refused = |policies: &[&str], messages: &[&str]| {
        let texts = |all: &[&str]| all.iter().map(ToString::to_string).collect();
        let refusal = Refusal { version: 1, policies: texts(policies), messages: texts(messages) };
        let given = given::<Request<OfAccess>>(requested());
        match given.when(check(found(), Ruling::Forbidden(refusal))).events().pop() {
            Some(Event::Denied { violations, .. }) => violations,
            other => panic!("it is not denied: {other:?}"),
        }
    };
    assert!(matches!(refused(&[], &[])[..], [Violation::RoleRequired { .. }]));
    let (policies, messages) = (vec![], vec!["Nobody else is here.".to_owned()]);
    assert_eq!(refused(&[], &["Nobody else is here."]), [Violation::ForbiddenByRule { policies, messages }]);
}

#[test]
fn the_rules_are_asked_of_the_first_thing_that_a_plan_touches() {
    let (plan, people) = (plan(), staff(&[admin("grace")]));
    let question = <OfAccess as Kind>::question(&plan, None, &people).expect("grace is here");
    assert_eq!((question.action, question.asker.id.as_str()), ("repair_access", "grace"));
    let gone = after_leaving(people, &admin("grace"));
    assert!(<OfAccess as Kind>::question(&plan, None, &gone).is_none());
}

#[test]
fn what_failed_counts_where_it_is_what_is_being_done() {
    let noticed = |history: Vec<Event>| {
        let request = given::<Request<OfAccess>>(history);
        [Phase::Checking, Phase::Repairing].map(|phase| {
            let fail = Command::<OfAccess>::Fail { phase, why: "403".to_owned(), given_up: false };
            !request.when(fail).events().is_empty()
        })
    };
    assert_eq!(noticed(requested()), [true, false]);
    assert_eq!(noticed(waiting()), [false, false]);
    assert_eq!(noticed(approved()), [false, true]);
}

#[test]
fn the_end_is_told_and_what_a_plan_is_about_is_found() {
    let off = RepairEvent::CalledOff { who: ada().id, name: "ada".to_owned() };
    let one = RepairEvent::Reverted { item: 0, drift: deviation("eve", Some(Write)), by_hand: false };
    let news = [RepairEvent::Finished {}, off, one].map(|event| <OfAccess as Kind>::meaning(&event).news);
    assert_eq!(news, [Some(RepairNews::Repaired), Some(RepairNews::CalledOff), None]);
    let request = given::<Request<OfAccess>>(requested());
    let things = <OfAccess as Kind>::things(request.state());
    let things: Vec<_> = things.iter().map(|thing| (thing.kind, thing.id.as_str())).collect();
    assert_eq!(
        things,
        [
            ("account", "eve"),
            ("account", "mallory"),
            ("account", "trudy"),
            ("repository", "infra"),
            ("repository", "{1}"),
        ],
        "each once"
    );
}

#[test]
fn only_of_what_was_approved_and_is_not_over_is_anything_done() {
    let is_to_be_done = |history: Vec<Event>| given::<Request<OfAccess>>(history).state().is_to_be_done(1);
    let failed = |phase| Event::Failed { phase, why: "403".to_owned(), given_up: false };
    let one = RepairEvent::Reverted { item: 0, drift: deviation("eve", Some(Write)), by_hand: false };
    let begun = [approved(), vec![Event::Own(one)]].concat();
    assert!(is_to_be_done(approved()) && is_to_be_done(begun.clone()));
    assert!(is_to_be_done([begun.clone(), vec![failed(Phase::Repairing)]].concat()), "the rest goes on");
    assert!(!is_to_be_done([requested(), vec![failed(Phase::Checking)]].concat()), "nobody approved it");
    assert!(!is_to_be_done([begun, vec![Event::Own(RepairEvent::Finished {})]].concat()));
}
