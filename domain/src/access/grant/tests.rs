//! What becomes of an access once it is approved.

use super::super::GrantCommand::{Confirm, ConfirmEnd, Expire, Extend, GiveBack, Revoke};
use super::super::example::{active, ada, ending, erin, granting, person, terms, waiting as waiting_history};
use super::super::{AccessCommand, Deadline, Due, Fault, Phase, Status};
use super::*;
use crate::request::Command::Fail;
use crate::request::Common::Delay;
use crate::request::{Facets as _, later, no_longer_than, waiting};
use crate::rules::Terms;
use crate::testing::{given, noon};

fn confirm() -> AccessCommand {
    Confirm { permission: Permission::Write, before: Some(Permission::Read), by_hand: false }.into()
}

fn granted(at: Timestamp) -> AccessEvent {
    AccessEvent::Own(GrantEvent::Granted {
        permission: Permission::Write,
        holds: Some(Permission::Write),
        before: Some(Permission::Read),
        until: later(at, 2880),
        by_hand: false,
    })
}

#[test]
fn what_was_taken_away_past_the_log_ends_once_that_is_countersigned_and_once_only() {
    let repair = Code::candidate(uuid::Uuid::from_u128(9), 0);
    let taken = || {
        let (repair, by) = (repair.clone(), vec![ada().id]);
        AccessCommand::from(super::super::GrantCommand::TakenAway { repair, by })
    };
    let ends = Ending::TakenAway { repair: repair.clone(), by: vec![ada().id] };
    let event = AccessEvent::Own(GrantEvent::Ending { ending: ends.clone() });
    given::<AccessRequest>(active()).when(taken()).then([event]);
    for history in [ending(ends), granting()] {
        given::<AccessRequest>(history).when(taken()).then_nothing();
    }
}

#[test]
fn the_clock_starts_when_the_grant_is_confirmed() {
    let tomorrow = later(noon(), 1440);
    given::<AccessRequest>(granting()).at(tomorrow).when(confirm()).then([granted(tomorrow)]);
}

#[test]
fn what_is_granted_is_what_was_asked_for_however_much_is_held() {
    let holds = Some(Permission::Admin);
    let granted = AccessEvent::Own(GrantEvent::Granted {
        permission: Permission::Write,
        holds,
        before: holds,
        until: later(noon(), 2880),
        by_hand: false,
    });
    given::<AccessRequest>(granting())
        .when(Confirm { permission: Permission::Admin, before: holds, by_hand: false })
        .then([granted]);
}

#[test]
fn a_confirmation_that_comes_twice_or_too_late_changes_nothing() {
    given::<AccessRequest>(active()).when(confirm()).then_nothing();
    let mut history = granting();
    history.push(AccessEvent::Own(GrantEvent::Ending {
        ending: Ending::Revoked { by: ada().id, reason: None },
    }));
    given::<AccessRequest>(history).when(confirm()).then_nothing();
}

#[test]
fn a_failure_is_kept_once_and_a_later_success_heals_it() {
    let why = || "403".to_owned();
    let fail = |given_up| Fail { phase: Phase::Granting, why: why(), given_up };
    let failed = |given_up| AccessEvent::Failed { phase: Phase::Granting, why: why(), given_up };
    given::<AccessRequest>(granting()).when(fail(false)).then([failed(false)]);
    let mut history = granting();
    history.push(failed(false));
    given::<AccessRequest>(history.clone()).when(fail(false)).then_nothing();
    given::<AccessRequest>(history.clone()).when(fail(true)).then([failed(true)]);
    given::<AccessRequest>(history).when(confirm()).then([granted(noon())]);
}

#[test]
fn its_end_comes_by_itself_and_not_before_its_time() {
    given::<AccessRequest>(active()).when(Expire).then_nothing();
    let ending = AccessEvent::Own(GrantEvent::Ending { ending: Ending::Expired });
    given::<AccessRequest>(active()).at(later(noon(), 2880)).when(Expire).then([ending]);
}

#[test]
fn the_end_is_the_end_only_when_it_was_read_back() {
    let expired = given::<AccessRequest>(ending(Ending::Expired));
    assert_eq!(expired.state().status(), Status::Ending);
    for left in [None, Some(Permission::Read)] {
        let ended = AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left, by_hand: false });
        expired.when(ConfirmEnd { left, by_hand: false }).then([ended]);
    }
    given::<AccessRequest>(active()).when(ConfirmEnd { left: None, by_hand: false }).then_nothing();
}

#[test]
fn trust_a7_an_end_that_is_done_on_an_operators_word_is_in_force_until_it_was_read_back() {
    let phase = Phase::Ending;
    let failed = || AccessEvent::Failed { phase, why: "403".to_owned(), given_up: false };
    let vouch = || super::super::AccessCommand::Vouch { phase, note: "by hand".to_owned() };
    let vouched = AccessEvent::Vouched { phase, note: "by hand".to_owned() };
    let parked = [ending(Ending::Expired), vec![failed()]].concat();
    given::<AccessRequest>(parked.clone()).when(vouch()).then([vouched.clone()]);
    let after = given::<AccessRequest>([parked, vec![vouched]].concat());
    after.when(vouch()).then_nothing();
    let access = after.state();
    assert!(access.could_not_end() && access.is_in_force() && access.status() == Status::Failed);
    // Where the word was wrong, it has failed once more, though for the same reason.
    after.when(Fail { phase, why: "403".to_owned(), given_up: false }).then([failed()]);
    let ended = AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left: None, by_hand: false });
    after.when(ConfirmEnd { left: None, by_hand: false }).then([ended]);
    given::<AccessRequest>(active()).when(vouch()).then_nothing();
}

#[test]
fn an_extension_is_asked_for_for_a_reason_of_its_own_which_its_receipt_covers() {
    let (longer, ruling, earlier) = (Longer::by(60), Ruling::Allowed(terms()), vec![]);
    let extend = |why: Option<&str>| {
        let (ruling, earlier, why) = (ruling.clone(), earlier.clone(), why.map(str::to_owned));
        AccessCommand::from(Extend { by: erin(), longer, ruling, earlier, why, instead: false })
    };
    let open = |why| {
        let events = given::<AccessRequest>(active()).when(extend(why)).events();
        given::<AccessRequest>([active(), events].concat()).state().clone()
    };
    let (silent, said) = (open(None), open(Some("the rollout slipped")));
    assert_eq!(said.open.as_ref().unwrap().why.as_deref(), Some("the rollout slipped"));
    assert_ne!(silent.receipt(), said.receipt(), "whoever countersigns has read it");
    assert_eq!(said.open.as_ref().unwrap().view(false).why, Some("the rollout slipped"));
    let alone = Ruling::Allowed(Terms { auto: true, quorum: 0, ..terms() });
    let why = Some("the rollout slipped".to_owned());
    let extend = Extend { by: erin(), longer, ruling: alone, earlier, why: why.clone(), instead: false };
    let until = later(noon(), 2880 + 60);
    given::<AccessRequest>(active()).when(extend).then([AccessEvent::Own(GrantEvent::Extended {
        by: vec![],
        until,
        why,
    })]);
}

#[test]
fn only_those_it_concerns_give_it_back() {
    let given_back = AccessEvent::Own(GrantEvent::Ending { ending: Ending::GivenBack { by: erin().id } });
    given::<AccessRequest>(active()).when(GiveBack { by: erin() }).then([given_back]);
    let not_yours = Violation::NotYours { action: "give back".to_owned() };
    given::<AccessRequest>(active()).when(GiveBack { by: ada() }).then_denied([not_yours]);
}

#[test]
fn approvers_and_admins_revoke_even_what_is_being_granted() {
    let revoke = |by: Person| Revoke { by, reason: None };
    let ending = |by: &Person| {
        AccessEvent::Own(GrantEvent::Ending { ending: Ending::Revoked { by: by.id.clone(), reason: None } })
    };
    given::<AccessRequest>(active()).when(revoke(ada())).then([ending(&ada())]);
    let admin = Person { roles: [Role::Admin].into(), ..person("root", &[]) };
    given::<AccessRequest>(granting()).when(revoke(admin.clone())).then([ending(&admin)]);
    assert!(matches!(
        given::<AccessRequest>(active()).state().revoke(&person("eve", &[]), None).unwrap_err().0[..],
        [Violation::RoleRequired { .. }]
    ));
    let wrong = Violation::WrongStatus { action: "revoke".to_owned(), status: "waiting".to_owned() };
    given::<AccessRequest>(waiting_history(&terms())).when(revoke(ada())).then_denied([wrong]);
}

fn extend(minutes: u64, terms: Terms) -> AccessCommand {
    let (longer, ruling) = (Longer::by(minutes), Ruling::Allowed(terms));
    Extend { by: erin(), longer, ruling, earlier: vec![], why: None, instead: false }.into()
}

/// The extension waits, and no longer than the access lasts.
fn waits_for_more(minutes: u64) -> AccessEvent {
    let proposal = Proposal::Extension(Longer::by(minutes));
    no_longer_than(later(noon(), 2880), waiting(proposal, &erin().id, terms(), noon()))
}

#[test]
fn an_extension_waits_no_longer_than_the_access_that_it_extends_lasts() {
    let due = |minutes_before: u64| {
        let now = later(noon(), 2880 - minutes_before);
        let events = given::<AccessRequest>(active()).at(now).when(extend(60, terms())).events();
        let open = given::<AccessRequest>([active(), events].concat()).state().open.clone();
        open.expect("it waits").due
    };
    assert_eq!([due(2880), due(60)], [later(noon(), 2880); 2]);
}

#[test]
fn an_extension_waits_for_a_countersignature_of_its_own() {
    let proposed = waits_for_more(1440);
    given::<AccessRequest>(active()).when(extend(1440, terms())).then([proposed.clone()]);
    let mut history = active();
    history.push(proposed);
    let open = given::<AccessRequest>(history);
    assert_eq!(open.state().status(), Status::Active);
    let status = "waiting for an extension already".to_owned();
    let already = Violation::WrongStatus { action: "extend".to_owned(), status };
    open.when(extend(60, terms())).then_denied([already]);
    let countersign = super::super::example::countersign(ada(), None, 1);
    let last = open.when(countersign).events().pop().unwrap();
    assert_eq!(
        last,
        AccessEvent::Own(GrantEvent::Extended {
            by: vec![ada().id],
            until: later(noon(), 2880 + 1440),
            why: None
        })
    );
}

#[test]
fn an_extension_beyond_what_the_rules_allow_is_denied_with_the_figures() {
    let (fits, until) = (5 * 1440, Some(later(noon(), 7 * 1440)));
    let too_long = Violation::from(Fault::UnbrokenTooLong { max: 7 * 1440, since: noon(), fits, until });
    given::<AccessRequest>(active()).when(extend(6 * 1440, terms())).then_denied([too_long]);
}

#[test]
fn trust_a10_an_access_that_the_rules_extend_alone_does_not_roll_for_ever() {
    let auto = Terms { auto: true, quorum: 0, ..terms() };
    let (mut history, mut now) = (active(), noon());
    for _ in 0..5 {
        now = later(now, 1440);
        let extended =
            given::<AccessRequest>(history.clone()).at(now).when(extend(1440, auto.clone())).events();
        history.extend(extended);
    }
    let week = later(noon(), 7 * 1440);
    assert_eq!(given::<AccessRequest>(history.clone()).state().own.grant.as_ref().unwrap().until, week);
    let nothing =
        Violation::from(Fault::UnbrokenTooLong { max: 7 * 1440, since: noon(), fits: 0, until: None });
    given::<AccessRequest>(history).at(now).when(extend(1, auto)).then_denied([nothing]);
}

#[test]
fn an_extension_that_waits_is_withdrawn_with_the_one_in_its_place_or_not_at_all() {
    let instead = |minutes, by: Person| Extend {
        by,
        longer: Longer::by(minutes),
        ruling: Ruling::Allowed(terms()),
        earlier: vec![],
        why: None,
        instead: true,
    };
    let proposed = waits_for_more;
    let withdrawn = |minutes| AccessEvent::Withdrawn {
        proposal: Proposal::Extension(Longer::by(minutes)),
        by: erin().id,
    };
    let open = given::<AccessRequest>([active(), vec![proposed(180)]].concat());
    open.when(instead(60, erin())).then([withdrawn(180), proposed(60)]);
    // Refused, the one that waits waits on.
    let refused = open.state().decide(instead(30 * 1440, erin()).into(), noon());
    let is_too_long = |denied: Denied| matches!(denied.0[0].own(), Some(Fault::UnbrokenTooLong { .. }));
    assert!(refused.is_err_and(is_too_long));
    open.when(instead(60, ada())).then_denied([Violation::NotYours { action: "withdraw".to_owned() }]);
    // And where it was decided meanwhile, nobody gets both.
    let (action, status) = ("withdraw".to_owned(), "active".to_owned());
    let decided = Violation::WrongStatus { action, status };
    given::<AccessRequest>(active()).when(instead(60, erin())).then_denied([decided]);
}

#[test]
fn an_access_of_somebody_else_or_one_that_is_over_is_not_extended() {
    let stranger = Extend {
        by: ada(),
        longer: Longer::by(60),
        ruling: Ruling::Allowed(terms()),
        earlier: vec![],
        why: None,
        instead: false,
    };
    let not_yours = Violation::NotYours { action: "extend".to_owned() };
    given::<AccessRequest>(active()).when(stranger).then_denied([not_yours]);
    let wrong = Violation::WrongStatus { action: "extend".to_owned(), status: "ending".to_owned() };
    given::<AccessRequest>(ending(Ending::Expired)).when(extend(60, terms())).then_denied([wrong]);
}

#[test]
fn what_takes_access_away_may_use_the_reserve_of_space() {
    use crate::aggregate::Aggregate;
    let access = AccessRequest::default();
    assert!(
        access.is_urgent(&Expire.into())
            && access.is_urgent(&ConfirmEnd { left: None, by_hand: false }.into())
    );
    assert!(access.is_urgent(&crate::access::example::review(crate::tenant::People::default(), None)));
    assert!(!access.is_urgent(&confirm()));
}

#[test]
fn trust_a7_an_access_is_in_force_until_its_end_was_read_back() {
    let is_in_force = |history: Vec<AccessEvent>| given::<AccessRequest>(history).state().is_in_force();
    assert!(!is_in_force(granting()) && is_in_force(active()));
    let mut history = ending(Ending::Expired);
    assert!(is_in_force(history.clone()));
    history.push(AccessEvent::Failed { phase: Phase::Ending, why: "no".to_owned(), given_up: false });
    assert!(is_in_force(history.clone()) && given::<AccessRequest>(history.clone()).state().could_not_end());
    history.push(AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left: None, by_hand: false }));
    assert!(!is_in_force(history.clone()) && !given::<AccessRequest>(history).state().could_not_end());
    let mut never_confirmed = granting();
    never_confirmed.push(AccessEvent::Own(GrantEvent::Ending { ending: Ending::Expired }));
    assert!(is_in_force(never_confirmed), "it may have been set");
}

#[test]
fn trust_a7_a_vendor_that_lets_nobody_in_is_told_once_until_something_goes_on() {
    let delay = || Delay { vendor: "bitbucket".to_owned() };
    let delayed = AccessEvent::Delayed { vendor: "bitbucket".to_owned() };
    given::<AccessRequest>(granting()).when(delay()).then([delayed.clone()]);
    let told = [granting(), vec![delayed]].concat();
    given::<AccessRequest>(told.clone()).when(delay()).then_nothing();
    assert_eq!(given::<AccessRequest>(told.clone()).state().delayed.as_deref(), Some("bitbucket"));
    let ending = AccessEvent::Own(GrantEvent::Ending { ending: Ending::Expired });
    assert_eq!(given::<AccessRequest>([told, vec![ending]].concat()).state().delayed, None);
    given::<AccessRequest>(active()).when(delay()).then_nothing();
}

#[test]
fn who_has_an_access_is_told_once_that_it_ends_soon() {
    use super::super::GrantCommand::Warn;
    let until = crate::request::later(noon(), 2880);
    let soon = until.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap();
    let warned = AccessEvent::Own(GrantEvent::EndsSoon { until });
    given::<AccessRequest>(active()).when(Warn).then_nothing();
    given::<AccessRequest>(active()).at(soon).when(Warn).then([warned.clone()]);
    given::<AccessRequest>(active()).at(until).when(Warn).then_nothing();
    let told = [active(), vec![warned]].concat();
    given::<AccessRequest>(told.clone()).at(soon).when(Warn).then_nothing();
    // What is being taken back already ends for another reason, and once.
    let given_back = || given::<AccessRequest>(ending(Ending::GivenBack { by: erin().id }));
    assert_eq!(given_back().state().deadlines(), []);
    given_back().at(soon).when(Warn).then_nothing();
    given_back().at(until).when(Expire).then_nothing();
    assert_eq!(given::<AccessRequest>(told).state().deadlines(), [(until, Deadline::Own(Due::Expire))]);
}

#[test]
fn only_what_failed_while_it_was_granted_is_wanted_all_the_same_and_only_an_end_could_not_end() {
    let failed = |mut history: Vec<AccessEvent>, phase| {
        history.push(AccessEvent::Failed { phase, why: "403".to_owned(), given_up: false });
        let state = given::<AccessRequest>(history).state().clone();
        (state.held(), state.could_not_end())
    };
    assert_eq!(failed(granting(), Phase::Granting), (Some(Permission::Write), false));
    assert_eq!(failed(ending(Ending::Expired), Phase::Ending), (None, true));
    assert_eq!(failed(super::super::example::requested(), Phase::Checking), (None, false));
}

#[test]
fn an_access_lasts_from_its_beginning_to_its_end_and_longer_by_what_is_added() {
    let grant = given::<AccessRequest>(active()).state().own.grant.clone().unwrap();
    assert_eq!((grant.minutes(), Longer::by(60).after(grant.until)), (2880, later(noon(), 2940)));
    let short = super::super::Grant { until: later(noon(), 60), ..grant };
    assert_eq!(short.warn_at(), later(noon(), 45), "when a quarter of it is left");
    let century = noon().checked_add(jiff::SignedDuration::from_hours(100 * 366 * 24)).unwrap();
    assert_eq!(Longer::by(u64::MAX).after(short.until), later(century, 60), "nobody has a calendar for more");
}

#[test]
fn a_failure_is_of_what_is_being_done_and_another_reason_is_news() {
    let fail = |phase, why: &str| Fail { phase, why: why.to_owned(), given_up: false };
    let failed =
        |why: &str| AccessEvent::Failed { phase: Phase::Granting, why: why.to_owned(), given_up: false };
    let parked = given::<AccessRequest>([granting(), vec![failed("403")]].concat());
    parked.when(fail(Phase::Granting, "404")).then([failed("404")]);
    parked.when(fail(Phase::Ending, "404")).then_nothing();
    given::<AccessRequest>(granting()).when(fail(Phase::Checking, "404")).then_nothing();
}

#[test]
fn an_end_that_had_failed_is_the_end_when_it_succeeds_after_all_and_ends_once() {
    let failed = AccessEvent::Failed { phase: Phase::Ending, why: "403".to_owned(), given_up: false };
    let ended = AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left: None, by_hand: false });
    let parked = [ending(Ending::Expired), vec![failed]].concat();
    given::<AccessRequest>(parked.clone())
        .when(ConfirmEnd { left: None, by_hand: false })
        .then([ended.clone()]);
    let over = given::<AccessRequest>([parked, vec![ended]].concat());
    over.when(ConfirmEnd { left: None, by_hand: false }).then_nothing();
}
