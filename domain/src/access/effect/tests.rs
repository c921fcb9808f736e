//! What becomes of access's effects, and what they touch and call.

use super::*;
use crate::access::example::findings;

fn code() -> Code {
    Code::candidate(Uuid::from_u128(1), 0)
}

fn set(task: PermissionTask) -> Effect {
    set_on(1, None, task)
}

fn set_on(request: u128, repository_id: Option<&str>, task: PermissionTask) -> Effect {
    Effect::SetPermission {
        code: Code::candidate(Uuid::from_u128(request), 0),
        account: "acc".to_owned(),
        repository: "infra".to_owned(),
        repository_id: repository_id.map(str::to_owned),
        task,
    }
}

const GRANT: PermissionTask = PermissionTask::Grant { permission: Permission::Write };

fn look_up(request: u128, ticket: Option<&str>) -> Effect {
    Effect::LookUp {
        code: Code::candidate(Uuid::from_u128(request), 0),
        account: "acc".to_owned(),
        repository: None,
        ticket: ticket.map(str::to_owned),
    }
}

fn look_again(repository: &str) -> Effect {
    let (account, repository) = ("acc".to_owned(), repository.to_owned());
    Effect::LookAgain { code: code(), account, repository }
}

fn then(effect: &Effect, became: Became<'_, Effect>) -> Vec<Then<Effect, FollowUp>> {
    effect.outcome(became).into_iter().map(|reaction| reaction.then).collect()
}

/// That the request is told this.
fn told(name: &'static str, command: AccessCommand) -> Then<Effect, FollowUp> {
    Then::FollowUp(FollowUp::Tell { code: code(), name, command: Box::new(command) })
}

fn parked(told: &str) -> Became<'_, Effect> {
    Became::Parked { why: "bitbucket: set it: error decoding response body", told, rejected: true }
}

#[test]
fn a_grant_is_confirmed_with_what_was_read_back_and_one_that_was_taken_away_meanwhile_is_not() {
    let outcome = |now| Outcome::PermissionIs { now, before: Some(Permission::Read) };
    let (permission, before) = (Permission::Admin, Some(Permission::Read));
    let confirm = told("confirm", GrantCommand::Confirm { permission, before, by_hand: false }.into());
    assert_eq!(then(&set(GRANT), Became::Done(&outcome(Some(Permission::Admin)))), [confirm]);
    assert_eq!(then(&set(GRANT), Became::Done(&outcome(None))), []);
    let found = || Box::new(findings());
    let overtaken = Outcome::Overtaken { findings: found(), differences: vec![] };
    let overtake =
        Then::FollowUp(FollowUp::Overtake { code: code(), findings: found(), differences: vec![] });
    assert_eq!(then(&set(GRANT), Became::Done(&overtaken)), [overtake]);
}

#[test]
fn trust_a8_an_end_is_confirmed_with_what_is_left_and_only_one_that_was_ended_again_is_settled() {
    let outcome = Outcome::PermissionIs { now: Some(Permission::Read), before: None };
    let end = || {
        told("confirm end", GrantCommand::ConfirmEnd { left: Some(Permission::Read), by_hand: false }.into())
    };
    assert_eq!(then(&set(PermissionTask::End), Became::Done(&outcome)), [end()]);
    let settle = |repository: &str| {
        let (repository, account) = (repository.to_owned(), "acc".to_owned());
        Then::FollowUp(FollowUp::Own(Errand::Settle(Spot { repository, account })))
    };
    let again = |id| set_on(1, id, PermissionTask::EndAgain { left: None });
    assert_eq!(then(&again(None), Became::Done(&outcome)), [end(), settle("infra")]);
    assert_eq!(then(&again(Some("{a}")), Became::Done(&outcome)), [end(), settle("{a}")]);
}

#[test]
fn trust_a7_a_parked_effect_fails_its_phase_in_plain_words_and_an_ending_is_an_alarm_beside() {
    let fail =
        |phase, why: &str| told("fail", AccessCommand::Fail { phase, why: why.to_owned(), given_up: false });
    let why = "bitbucket: set it: error decoding response body".to_owned();
    let alarm = Then::RaiseAlarm { about: About::Ending { code: code() }, why };
    for task in [PermissionTask::End, PermissionTask::EndAgain { left: Some(Permission::Read) }] {
        assert_eq!(then(&set(task), parked("no")), [fail(Phase::Ending, "no"), alarm.clone()]);
    }
    assert_eq!(then(&set(GRANT), parked("no")), [fail(Phase::Granting, "no")], "that is no alarm");
    let plain = crate::words::WHY_THEY_KNOW;
    assert_eq!(then(&look_up(1, None), parked(plain)), [fail(Phase::Checking, plain)]);
}

#[test]
fn trust_e3_what_an_operator_gives_up_is_told_as_that_and_what_was_done_by_hand_as_done() {
    let why = || "not worth it".to_owned();
    let given_up = |phase| told("fail", AccessCommand::Fail { phase, why: why(), given_up: true });
    let became = || Became::GivenUp { why: "not worth it" };
    assert_eq!(then(&set(GRANT), became()), [given_up(Phase::Granting)]);
    assert_eq!(then(&set(PermissionTask::End), became()), [given_up(Phase::Ending)]);
    let by_hand = || Became::DoneByHand { before: Some("read") };
    let before = Some(Permission::Read);
    let confirm = GrantCommand::Confirm { permission: Permission::Write, before, by_hand: true };
    let confirm = told("confirm", confirm.into());
    assert_eq!(then(&set(GRANT), by_hand()), [confirm]);
    let ended = told("confirm end", GrantCommand::ConfirmEnd { left: None, by_hand: true }.into());
    assert_eq!(then(&set(PermissionTask::End), by_hand()), std::slice::from_ref(&ended));
    assert_eq!(then(&set(PermissionTask::EndAgain { left: None }), by_hand()), [ended]);
    assert_eq!(then(&look_up(1, None), by_hand()), []);
}

#[test]
fn trust_a7_of_an_end_that_an_operator_vouches_for_the_request_hears_that_it_is_looked_at() {
    let vouch = |phase| told("vouch", AccessCommand::Vouch { phase, note: "by hand".to_owned() });
    for task in [PermissionTask::End, PermissionTask::EndAgain { left: None }] {
        assert_eq!(then(&set(task), Became::Vouched { note: "by hand" }), [vouch(Phase::Ending)]);
    }
    let plan = |present| Plan::Permission(PermissionPlan::between("acc", "infra", present, None));
    assert!(Effect::changes(&plan(Some(Permission::Read))) && !Effect::changes(&plan(None)));
    assert!(!Effect::changes(&Plan::Read));
}

#[test]
fn what_was_found_is_told_to_the_request() {
    let check = Then::FollowUp(FollowUp::Check { code: code(), findings: Box::new(findings()) });
    let found = Outcome::Found(Box::new(findings()));
    assert_eq!(then(&look_up(1, None), Became::Done(&found)), [check]);
}

#[test]
fn what_is_looked_at_again_waits_on_whatever_becomes_of_the_look() {
    for outcome in [Outcome::LookedAgain, Outcome::Unseen] {
        assert_eq!(then(&look_again("infra"), Became::Done(&outcome)), []);
    }
    assert_eq!(then(&look_again("infra"), parked("no")), []);
    assert_eq!(then(&look_again("infra"), Became::GivenUp { why: "not worth it" }), []);
    assert_eq!(look_again("infra").is_awaited_by(), None);
}

#[test]
fn one_look_stands_for_all_at_what_waits_on_the_same_repository() {
    assert!(look_again("infra").is_done_by_any_in_its_lane());
    assert!(![set(GRANT), look_up(1, None)].iter().any(Wish::is_done_by_any_in_its_lane));
    assert_eq!(look_again("infra").lane(), look_again("infra").lane());
    assert_ne!(look_again("infra").lane(), look_again("payments-api").lane());
    assert_ne!(look_again("infra").lane(), set(GRANT).lane(), "no permission waits for it");
    assert_eq!(look_again("infra").calls(), [VendorRole::Forge, VendorRole::Tracker]);
}

#[test]
fn what_the_first_attempt_found_goes_with_the_outcome_in_the_word_that_is_read_back() {
    let plan = |present| Plan::Permission(PermissionPlan::between("acc", "infra", present, None));
    for present in [None, Some(Permission::Read), Some(Permission::Write), Some(Permission::Admin)] {
        let word = Effect::found(&plan(present));
        assert_eq!(word.and_then(|word| word.parse().ok()), present);
        let (now, before) = (None, Some(Permission::Write));
        let since = Effect::since(Outcome::PermissionIs { now, before }, &plan(present));
        assert_eq!(since, Outcome::PermissionIs { now, before: present });
    }
    assert_eq!(Effect::found(&Plan::Read), None);
}

#[test]
fn a_permission_is_one_lane_whoever_asks_and_by_the_identity_of_its_repository() {
    let lane = |id| set_on(1, id, GRANT).lane();
    assert_eq!(lane(None), set_on(2, None, PermissionTask::End).lane());
    // A repository is itself under another name, and another one under the same.
    assert_ne!(lane(Some("{a}")), lane(Some("{b}")));
    let keys = [Some("{a}"), None].map(|id| set_on(1, id, GRANT).repository_key().map(str::to_owned));
    assert_eq!(keys, [Some("{a}".to_owned()), Some("infra".to_owned())]);
    assert_eq!(look_up(1, None).repository_key(), None);
    assert_ne!(look_up(1, None).lane(), look_up(2, None).lane());
}

#[test]
fn access_calls_whom_it_needs_is_awaited_by_its_request_and_hurries_where_it_takes_access_away() {
    use VendorRole::{Forge, Tracker};
    assert_eq!(set(GRANT).calls(), [Forge]);
    assert_eq!(look_up(1, None).calls(), [Forge]);
    assert_eq!(look_up(1, Some("OPS-17")).calls(), [Forge, Tracker], "the ticket is asked about as well");
    let all = [
        set(GRANT),
        set(PermissionTask::End),
        set(PermissionTask::EndAgain { left: None }),
        look_up(1, None),
    ];
    assert_eq!(all.each_ref().map(Wish::is_urgent), [false, true, true, false]);
    assert!(all.iter().all(|effect| effect.is_awaited_by() == Some(&code())));
    assert!(all.iter().all(|effect| effect.code() == Some(&code())));
    assert_eq!(
        all.map(|effect| effect.kind()),
        ["set_permission", "set_permission", "set_permission", "look_up"]
    );
}

#[test]
fn what_access_does_outside_is_said_in_words() {
    let all = [
        set(GRANT),
        set(PermissionTask::End),
        set(PermissionTask::EndAgain { left: None }),
        look_up(1, None),
        look_again("infra"),
    ];
    assert_eq!(
        all.map(|effect| effect.in_words()),
        [
            "set write on infra for acc",
            "take back the access on infra from acc",
            "take back again the access on infra from acc, which had ended",
            "look up acc, the repository and the ticket",
            "look again at what waits for acc on the same repository",
        ]
    );
    let plan = PermissionPlan::between("acc", "infra", Some(Permission::Read), None);
    assert_eq!(Effect::plan_in_words(&Plan::Permission(plan)), "acc on infra from read to nothing");
    let invited =
        PermissionPlan::between("acc", "infra", None, None).beside_invitation(Some(Permission::Write));
    let said = Effect::plan_in_words(&Plan::Permission(invited));
    assert_eq!(said, "acc on infra from nothing to nothing, beside an invitation to write");
    assert_eq!(Effect::plan_in_words(&Plan::Read), "read only");
    let outcome = Outcome::Found(Box::new(findings()));
    assert_eq!(Effect::outcome_in_words(&outcome), "Done and read back");
    let seen = [Outcome::LookedAgain, Outcome::Unseen].map(|outcome| Effect::outcome_in_words(&outcome));
    assert_eq!(seen, ["Done", "Not seen: whoever decides looks again"]);
    let differences = vec![Difference::TicketGone { ticket: "OPS-17".to_owned() }];
    let gone = words::differences(&differences);
    let overtaken = Outcome::Overtaken { findings: Box::new(findings()), differences };
    assert_eq!(Effect::outcome_in_words(&overtaken), format!("Not done, for {gone}"));
}
