//! The life of an effect, given, when, then.

use super::*;
use crate::access::example::person;
use crate::access::{Effect, Outcome, Permission, PermissionTask, Plan};
use crate::effect::EffectCommand::{
    Attempt, Claim, Defer, Doubt, Park, Requeue, Resolve, Revisit, Succeed, Wait,
};
use crate::effect::{Look, Resolution};
use crate::ports::PermissionPlan;
use crate::request::Code;
use crate::testing::{given, noon};
use uuid::Uuid;

type EffectEvent = super::EffectEvent<Effect>;
type Effects = super::Effects<Effect>;

fn effect() -> Effect {
    Effect::SetPermission {
        code: Code::candidate(Uuid::from_u128(1), 0),
        account: "acc".to_owned(),
        repository: "infra".to_owned(),
        repository_id: None,
        task: PermissionTask::Grant { permission: Permission::Write },
    }
}

fn plan() -> Plan {
    Plan::Permission(PermissionPlan::between("acc", "infra", Some(Permission::Read), Some(Permission::Write)))
}

fn claimed() -> Vec<EffectEvent> {
    vec![EffectEvent::EffectClaimed { effect: effect(), worker: "one".to_owned() }]
}

fn made(attempt: u32, plan: Plan) -> EffectEvent {
    EffectEvent::EffectAttempted { attempt, plan, worker: "one".to_owned() }
}

fn attempt(seen: u32) -> super::EffectCommand<Effect> {
    Attempt { plan: plan(), worker: "one".to_owned(), seen }
}

fn attempted() -> Vec<EffectEvent> {
    [claimed(), vec![made(1, plan())]].concat()
}

fn parked() -> Vec<EffectEvent> {
    let parked =
        EffectEvent::EffectParked { effect: effect(), why: "403".to_owned(), rejected: true, told: None };
    [attempted(), vec![parked]].concat()
}

fn admin() -> Person {
    Person { roles: [Role::Admin].into(), ..person("root", &[]) }
}

#[test]
fn whoever_claims_second_gets_nothing() {
    let claim = |worker: &str| Claim { effect: effect(), worker: worker.to_owned() };
    given::<Effects>([]).when(claim("one")).then(claimed());
    given::<Effects>(claimed()).when(claim("two")).then_nothing();
}

#[test]
fn attempts_are_numbered_and_the_first_ones_finding_is_kept() {
    given::<Effects>(claimed()).when(attempt(0)).then([made(1, plan())]);
    let again = Plan::Permission(PermissionPlan::between(
        "acc",
        "infra",
        Some(Permission::Write),
        Some(Permission::Write),
    ));
    let mut history = attempted();
    history.push(EffectEvent::EffectUnknown { why: "time-out".to_owned(), look_at: noon(), ended: false });
    history.push(made(2, again.clone()));
    history.push(made(3, again));
    assert_eq!(given::<Effects>(history).state().first_plan(), Some(&plan()));
}

#[test]
fn of_two_bots_at_the_same_effect_one_makes_the_attempt() {
    given::<Effects>(attempted()).when(attempt(0)).then_nothing();
    given::<Effects>(attempted()).when(attempt(1)).then([made(2, plan())]);
}

#[test]
fn a_time_out_is_a_doubt_and_not_an_outcome() {
    let (why, look_at, ended) = ("time-out".to_owned(), noon(), false);
    let doubt = Doubt { why: why.clone(), look_at, ended };
    let unknown = EffectEvent::EffectUnknown { why, look_at, ended };
    given::<Effects>(attempted()).when(doubt).then([unknown.clone()]);
    let after = given::<Effects>([attempted(), vec![unknown]].concat());
    assert_eq!(
        (after.state().state, after.state().tries, after.state().due),
        (EffectState::Unknown, 1, Some(noon()))
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn trust_c6_nothing_is_put_off_until_a_time_that_has_passed(
        by in proptest::prop_oneof![1 => proptest::strategy::Just(0_i64), 9 => -200_000_i64..200_000],
    ) {
        let asked_for = noon() + SignedDuration::from_secs(by);
        let defer = Defer { why: String::new(), retry_at: asked_for, pause: None };
        let events = given::<Effects>(attempted()).when(defer).events();
        let [EffectEvent::EffectDeferred { retry_at, .. }] = events.as_slice() else { panic!("{events:?}") };
        proptest::prop_assert!(*retry_at > noon() && *retry_at >= asked_for);
        proptest::prop_assert!(by <= 0 || *retry_at == asked_for);
        let doubt = Doubt { why: String::new(), look_at: asked_for, ended: false };
        let events = given::<Effects>(attempted()).when(doubt).events();
        let [EffectEvent::EffectUnknown { look_at, .. }] = events.as_slice() else { panic!("{events:?}") };
        proptest::prop_assert_eq!(*look_at, asked_for.max(noon()));
    }
}

#[test]
fn what_is_over_stays_over() {
    let outcome = Outcome::PermissionIs { now: Some(Permission::Write), before: None };
    let succeed = || Succeed { outcome: outcome.clone() };
    let succeeded = EffectEvent::EffectSucceeded { effect: effect(), outcome: outcome.clone() };
    given::<Effects>(attempted()).when(succeed()).then([succeeded.clone()]);
    let over = given::<Effects>([attempted(), vec![succeeded]].concat());
    over.when(succeed()).then_nothing();
    over.when(Defer { why: String::new(), retry_at: noon(), pause: None }).then_nothing();
    over.when(Park { why: String::new(), rejected: false, told: None }).then_nothing();
}

#[test]
fn an_operator_requeues_what_is_parked_and_it_is_looked_up_first() {
    let requeued = EffectEvent::EffectRequeued { by: admin().id };
    given::<Effects>(parked()).when(Requeue { by: admin() }).then([requeued.clone()]);
    let after = given::<Effects>([parked(), vec![requeued]].concat());
    assert_eq!((after.state().state, after.state().tries), (EffectState::Unknown, 0));
    let not_parked = Violation::from(Fault::NotParked { state: "attempted".to_owned() });
    given::<Effects>(attempted()).when(Requeue { by: admin() }).then_denied([not_parked]);
    let role =
        Violation::RoleRequired { action: "requeue an effect".to_owned(), role: "an admin".to_owned() };
    given::<Effects>(parked()).when(Requeue { by: person("erin", &[]) }).then_denied([role]);
}

#[test]
fn what_came_about_without_a_parked_effect_has_it_looked_at_again_and_no_other() {
    let revisit = || Revisit { by: admin().id };
    given::<Effects>(parked()).when(revisit()).then([EffectEvent::EffectRequeued { by: admin().id }]);
    given::<Effects>(attempted()).when(revisit()).then_nothing();
}

#[test]
fn an_operator_resolves_what_was_done_by_hand_and_the_old_permission_is_not_forgotten() {
    let resolve = Resolve { by: admin(), resolution: Resolution::Done, note: None, look: None };
    given::<Effects>(parked()).when(resolve).then([EffectEvent::EffectResolved {
        effect: effect(),
        by: admin().id,
        resolution: Resolution::Done,
        note: None,
        before: Some("read".to_owned()),
        outcome: None,
    }]);
}

#[test]
fn trust_a7_what_can_be_seen_not_to_be_done_is_not_done_on_an_operators_word() {
    let resolve = |by, resolution, look| Resolve { by, resolution, note: None, look };
    let seen = |history: Vec<EffectEvent>, resolution, look| {
        let events = given::<Effects>(history).when(resolve(admin(), resolution, Some(look))).events();
        let [EffectEvent::EffectResolved { outcome, .. }] = &events[..] else { panic!("{events:?}") };
        outcome.clone()
    };
    let was = |before| Outcome::PermissionIs { now: Some(Permission::Write), before };
    let otherwise = || Look::Otherwise { shown: "nothing".to_owned(), wanted: "write".to_owned() };
    let done = seen(parked(), Resolution::Done, Look::Done(was(None)));
    let before = Some(Permission::Read);
    assert_eq!(done, Some(was(before)), "what was seen is kept, beside what the first attempt found");
    let not_done =
        Violation::from(Fault::NotDone { shown: "nothing".to_owned(), wanted: "write".to_owned() });
    given::<Effects>(parked())
        .when(resolve(admin(), Resolution::Done, Some(otherwise())))
        .then_denied([not_done]);
    assert_eq!(seen(parked(), Resolution::Abandoned, otherwise()), None, "nobody says that it is done");
    let role =
        Violation::RoleRequired { action: "resolve an effect".to_owned(), role: "an admin".to_owned() };
    given::<Effects>(parked())
        .when(resolve(person("erin", &[]), Resolution::Done, Some(otherwise())))
        .then_denied([role]);
}

#[test]
fn the_words_of_the_states_are_read_back_and_four_are_open() {
    for state in EffectState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert!("".parse::<EffectState>().is_err() && "new".parse::<EffectState>().is_err());
    let open: Vec<_> = EffectState::ALL.into_iter().filter(|state| state.is_open()).collect();
    assert_eq!(
        open,
        [EffectState::Claimed, EffectState::Attempted, EffectState::Deferred, EffectState::Unknown]
    );
}

#[test]
fn nothing_is_attempted_that_nobody_claimed_or_that_is_parked() {
    given::<Effects>([]).when(attempt(0)).then_nothing();
    given::<Effects>(parked()).when(attempt(1)).then_nothing();
}

#[test]
fn what_only_waits_has_failed_at_nothing_however_long_it_waits() {
    let (retry_at, why) = (noon() + SignedDuration::from_secs(600), "not accepted yet".to_owned());
    let failed = EffectEvent::EffectDeferred { why: "503".to_owned(), retry_at, pause: None, waits: false };
    let waits = EffectEvent::EffectDeferred { why: why.clone(), retry_at, pause: None, waits: true };
    given::<Effects>(claimed()).when(Wait { why, until: retry_at }).then([waits.clone()]);
    let history = [claimed(), vec![failed.clone(), waits.clone(), waits]].concat();
    let state = |history: &[EffectEvent]| given::<Effects>(history.to_vec()).state().clone();
    assert_eq!((state(&history).tries, state(&history).failures_with_this_one()), (3, 1));
    let history = [history, vec![failed]].concat();
    assert_eq!(state(&history).failures_with_this_one(), 2);
}

#[test]
fn every_time_it_did_not_work_counts_until_an_operator_requeues_it() {
    let (retry_at, look_at) = (noon() + SignedDuration::from_secs(60), noon());
    let deferred =
        || EffectEvent::EffectDeferred { why: "503".to_owned(), retry_at, pause: None, waits: false };
    let unknown = EffectEvent::EffectUnknown { why: "time-out".to_owned(), look_at, ended: false };
    let mut history = [claimed(), vec![deferred(), deferred(), unknown, made(1, plan())]].concat();
    let seen = |history: &[EffectEvent]| {
        let state = given::<Effects>(history.to_vec()).state().clone();
        (state.state, state.tries, state.requeues, state.due)
    };
    assert_eq!(seen(&history[..3]), (EffectState::Deferred, 2, 0, Some(retry_at)));
    assert_eq!(seen(&history), (EffectState::Attempted, 3, 0, None), "it is being made");
    history.push(parked().pop().unwrap());
    history.push(EffectEvent::EffectRequeued { by: admin().id });
    assert_eq!(seen(&history), (EffectState::Unknown, 0, 1, None), "it is looked up at once");
    history.push(parked().pop().unwrap());
    history.push(EffectEvent::EffectRequeued { by: admin().id });
    assert_eq!(seen(&history).2, 2);
    let never = [claimed(), vec![parked().pop().unwrap(), EffectEvent::EffectRequeued { by: admin().id }]];
    assert_eq!(seen(&never.concat()).0, EffectState::Claimed, "there is nothing to look up");
}

#[test]
fn every_step_of_what_takes_access_away_may_use_the_reserve_of_space() {
    let of = |task| {
        let Effect::SetPermission { code, account, repository, repository_id, .. } = effect() else {
            panic!("a permission is set")
        };
        Effect::SetPermission { code, account, repository, repository_id, task }
    };
    for (task, urgent) in [
        (PermissionTask::Grant { permission: Permission::Write }, false),
        (PermissionTask::End, true),
        (PermissionTask::EndAgain { left: None }, true),
    ] {
        let claim = Claim { effect: of(task), worker: "one".to_owned() };
        assert_eq!(Effects::default().is_urgent(&claim), urgent, "{task:?}");
        let claimed = EffectEvent::EffectClaimed { effect: of(task), worker: "one".to_owned() };
        assert_eq!(given::<Effects>([claimed]).state().is_urgent(&attempt(0)), urgent, "{task:?}");
    }
    assert!(!Effects::default().is_urgent(&attempt(0)));
}

#[test]
fn trust_e3_a_note_that_says_nothing_is_none_and_one_that_deceives_is_refused() {
    let resolve = |note: &str| Resolve {
        by: admin(),
        resolution: Resolution::Abandoned,
        note: Some(note.to_owned()),
        look: None,
    };
    let noted = |note: &str| {
        let events = given::<Effects>(parked()).when(resolve(note)).events();
        let [EffectEvent::EffectResolved { note, .. }] = events.as_slice() else { panic!("{events:?}") };
        note.clone()
    };
    assert_eq!((noted("  "), noted(" by hand ")), (None, Some("by hand".to_owned())));
    let character = "U+202E".to_owned();
    let fault = Violation::BadCharacter { field: Field::Reason, character, place: 4 };
    given::<Effects>(parked()).when(resolve("by \u{202e}hand")).then_denied([fault]);
}

/// The same effect, where it takes the access back.
fn ending() -> Effect {
    let Effect::SetPermission { code, account, repository, repository_id, .. } = effect() else {
        panic!("a permission is set")
    };
    Effect::SetPermission { code, account, repository, repository_id, task: PermissionTask::End }
}

/// What it set out to do, where it found this: nothing shall be there.
fn ends(present: Option<Permission>) -> Plan {
    Plan::Permission(PermissionPlan::between("acc", "infra", present, None))
}

/// An ending that was parked, and of which an operator says that it was done by hand.
fn vouched() -> Vec<EffectEvent> {
    let (by, note) = (admin().id, Some("by hand".to_owned()));
    let told = || None;
    vec![
        EffectEvent::EffectClaimed { effect: ending(), worker: "one".to_owned() },
        made(1, ends(Some(Permission::Write))),
        EffectEvent::EffectParked { effect: ending(), why: "403".to_owned(), rejected: true, told: told() },
        EffectEvent::EffectVouched { effect: ending(), by, note },
    ]
}

fn done_by_hand() -> super::EffectCommand<Effect> {
    Resolve { by: admin(), resolution: Resolution::Done, note: Some("by hand".to_owned()), look: None }
}

#[test]
fn trust_a7_what_takes_access_away_ends_on_nobodys_word_and_is_looked_at_until_it_is_read_back() {
    let mut before = vouched();
    let said = before.pop().unwrap();
    given::<Effects>(before.clone()).when(done_by_hand()).then([said]);
    let after = given::<Effects>(vouched());
    assert!(after.state().is_vouched_for() && after.state().due == Some(noon()), "it is looked at at once");
    // Said again, it is looked at at once, and not in an hour.
    let again = EffectEvent::EffectRequeued { by: admin().id };
    after.when(done_by_hand()).then([again.clone()]);
    let again = given::<Effects>([vouched(), vec![again]].concat());
    assert!(again.state().is_vouched_for() && again.state().due.is_none());
    assert_eq!(
        (after.state().requeues, again.state().requeues),
        (1, 2),
        "what follows has another id each time"
    );
    // Whatever the forge says to that, nobody has to look after it.
    for (rejected, why) in [(true, "403"), (false, "503 (tried 8 times)")] {
        let park = || Park { why: why.to_owned(), rejected, told: None };
        let events = after.when(park()).events();
        let [EffectEvent::EffectUnknown { look_at, ended: false, .. }] = events[..] else {
            panic!("{events:?}")
        };
        assert!(look_at > noon(), "it is looked at again");
        assert!(given::<Effects>([vouched(), events].concat()).state().is_vouched_for());
    }
    let outcome = Outcome::PermissionIs { now: None, before: Some(Permission::Write) };
    let done = EffectEvent::EffectSucceeded { effect: ending(), outcome: outcome.clone() };
    after.when(Succeed { outcome }).then([done.clone()]);
    assert!(!given::<Effects>([vouched(), vec![done]].concat()).state().is_vouched_for());
}

#[test]
fn trust_a7_a_word_that_is_seen_not_to_be_so_counts_no_more() {
    let looked = |plan| given::<Effects>([vouched(), vec![made(2, plan)]].concat());
    assert!(looked(ends(None)).state().is_vouched_for(), "it is so");
    let wrong = looked(ends(Some(Permission::Write)));
    assert!(!wrong.state().is_vouched_for(), "it is there");
    let park = Park { why: "403".to_owned(), rejected: true, told: None };
    assert!(matches!(wrong.when(park).events()[..], [EffectEvent::EffectParked { .. }]));
    // What it says may be taken back as well: it is given up, or tried at once.
    let given_up = Resolve { by: admin(), resolution: Resolution::Abandoned, note: None, look: None };
    let events = given::<Effects>(vouched()).when(given_up).events();
    assert!(matches!(events[..], [EffectEvent::EffectResolved { .. }]));
    let requeued = EffectEvent::EffectRequeued { by: admin().id };
    given::<Effects>(vouched()).when(Requeue { by: admin() }).then([requeued.clone()]);
    given::<Effects>(vouched()).when(Revisit { by: admin().id }).then([requeued]);
}

#[test]
fn trust_a7_a_word_whose_look_ends_the_bot_each_time_waits_for_an_operator_again() {
    let mut history = vouched();
    for number in 2..=6 {
        history.push(made(number, ends(None)));
        let ended = Doubt { why: "it ended".to_owned(), look_at: noon(), ended: true };
        let events = given::<Effects>(history.clone()).when(ended).events();
        history.extend(events);
    }
    let parked = |event: &EffectEvent| matches!(event, EffectEvent::EffectParked { .. });
    assert_eq!(history.iter().rposition(parked), Some(history.len() - 1), "after the fifth time");
    assert_eq!(history.iter().filter(|event| parked(event)).count(), 2, "and not before");
    let known = given::<Effects>(history);
    assert!(!known.state().is_vouched_for() && known.state().state == EffectState::Parked);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..proptest::prelude::ProptestConfig::with_cases(256) })]

    /// Whatever else becomes of attempts between, no more than a few in a row end their bot before a person must look.
    #[test]
    fn an_effect_that_ends_its_bot_each_time_is_parked_after_a_few_attempts(
        others in proptest::collection::vec(proptest::collection::vec(proptest::bool::ANY, 0..3), 1..20),
    ) {
        let mut history = claimed();
        let (mut in_a_row, mut begun) = (0_u32, 0_u32);
        let mut begin = |history: &mut Vec<EffectEvent>| {
            begun += 1;
            history.extend(given::<Effects>(history.clone()).when(attempt(begun - 1)).events());
        };
        // Some attempts end with a word, in between; at last none does.
        let ends = others.into_iter().flat_map(|known| known.into_iter().map(Some).chain([None]));
        for known in ends.chain(std::iter::repeat_n(None, 5)) {
            begin(&mut history);
            let command = match known {
                Some(true) => Defer { why: "503".to_owned(), retry_at: noon(), pause: None },
                Some(false) => Doubt { why: "time-out".to_owned(), look_at: noon(), ended: false },
                None => Doubt { why: "it ended".to_owned(), look_at: noon(), ended: true },
            };
            in_a_row = if known.is_some() { 0 } else { in_a_row + 1 };
            let events = given::<Effects>(history.clone()).when(command).events();
            history.extend(events.clone());
            if let [EffectEvent::EffectParked { why, told: Some(told), .. }] = &events[..] {
                proptest::prop_assert_eq!(in_a_row, 5);
                proptest::prop_assert!(why.contains("5 times") && told.contains("5 times"), "{} {}", why, told);
                return Ok(());
            }
            proptest::prop_assert!(in_a_row < 5, "it goes on for ever");
        }
        proptest::prop_assert!(false, "it was never parked");
    }
}
