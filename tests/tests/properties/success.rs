//! Whoever looks at the ticket learns of a grant all there is to know, once, and when it is true (5).

use std::collections::BTreeSet;

use countersign_domain::access::{AccessEvent, Form, GrantEvent, Status};
use countersign_domain::capabilities::Effect;
use countersign_domain::request::Code;
use countersign_domain::ticket;
use countersign_sandbox::bitbucket::BitbucketUser;
use countersign_sandbox::jira::{IssueComment, Status as TicketStatus};
use countersign_sandbox::{Drop, Fault};
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account, trouble};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::life::{Moment, life};
use crate::support::{Outcome, fresh, on_stage, passing_trouble, permission_name, run};

fn minute(at: Timestamp) -> String {
    at.to_string()[..16].replace('T', " ")
}

/// In every life: the ticket that was found hears of the grant once, with every fact, and no other does.
fn of_a_life(moment: &Moment) -> Outcome {
    let AccessEvent::Own(GrantEvent::Granted { permission, until, .. }) = &moment.event else {
        return Ok(());
    };
    let asked = moment.state.asked.as_ref().expect("it was asked");
    let found = moment.state.findings.as_ref().and_then(|found| found.ticket.as_ref());
    let Some(ticket) = found else {
        prop_assert_eq!(moment.comment(), None);
        return Ok(());
    };
    let to = moment.effects.iter().filter_map(|effect| match effect {
        Effect::Ticket(ticket::Effect::Comment { ticket, .. }) => Some(ticket.as_str()),
        _ => None,
    });
    prop_assert_eq!(to.collect::<Vec<_>>(), [ticket.key.as_str()]);
    let comment = moment.comment().expect("a comment");
    let by = moment.state.countersigned_by.iter().map(|id| id.as_str().to_owned());
    let facts = [
        permission.to_string(),
        asked.repository.clone().expect("a repository"),
        asked.subject.name.clone(),
        minute(moment.at),
        minute(*until),
        asked.code.to_string(),
    ];
    for fact in facts.into_iter().chain(by) {
        prop_assert!(comment.contains(&fact), "{:?} is not in {:?}", fact, comment);
    }
    Ok(())
}

/// For whom it is asked, and what they are called on the ticket.
#[derive(Debug, Clone, Copy)]
enum Whose {
    Own,
    Colleague,
    Stranger,
}

impl Whose {
    /// What is written into the form, the forge's account, and the name on the ticket.
    fn named(self, stage: &Stage, number: u32) -> (Option<String>, String, String) {
        match self {
            Self::Own => (None, account("demo-employee"), "Erin Employee".to_owned()),
            Self::Colleague => {
                (Some("Rita Auditor".to_owned()), account("demo-auditor"), "Rita Auditor".to_owned())
            }
            Self::Stranger => {
                let (nickname, account) = (format!("nick.{number}"), format!("557058:stranger-{number}"));
                stage.add_user(BitbucketUser {
                    account_id: account.clone(),
                    uuid: format!("{{00000000-0000-4000-9000-{number:012}}}"),
                    nickname: nickname.clone(),
                    display_name: format!("Somebody {number}"),
                });
                (Some(nickname), account, format!("Somebody {number}"))
            }
        }
    }
}

/// What the tracker may do with the comment itself: also lose its answer after it was written.
fn with_the_comment() -> impl Strategy<Value = Vec<Fault>> {
    let answer = prop::sample::select(vec![
        (Some(503), None),
        (Some(429), None),
        (None, Some(Drop::Before)),
        (None, Some(Drop::After)),
        (None, Some(Drop::After)),
    ]);
    let fault = answer.prop_map(|(status, drop)| Fault {
        matching: "POST /rest/api/3/issue".to_owned(),
        times: 1,
        status,
        drop,
        ..Fault::default()
    });
    prop::collection::vec(prop_oneof![3 => fault, 1 => passing_trouble()], 0..4)
}

/// The comments on a ticket that speak of a grant.
fn granted(stage: &Stage, ticket: &str) -> Vec<IssueComment> {
    let state = stage.demo.jira.state();
    let comments = state.issues[ticket].comments.iter();
    comments
        .filter(|comment| comment.text.starts_with("Granted on "))
        .map(|comment| IssueComment::clone(comment))
        .collect()
}

/// Whenever an access is granted, its ticket hears of it once: when, what, on what, for whom, until when, by whom, by the names
/// that people have; whoever it is for, whatever trouble the tracker makes with it, and not before the forge has it.
#[test]
fn a05_success_updates_contain_required_information() {
    run(life(), |life| life.moments.iter().try_for_each(of_a_life));
    let whose = prop::sample::select(vec![Whose::Own, Whose::Colleague, Whose::Stranger]);
    let case = (permission_name(), whose, any::<bool>(), prop::bool::weighted(0.8), with_the_comment());
    on_stage(case, async |stage, (permission, whose, by_ticket, is_seen, faults)| {
        let number = fresh();
        let (ticket, repository) = (format!("GIVE-{number}"), format!("gives-{number}"));
        let (user, account, name) = whose.named(stage, number);
        // Who joined this very minute may be nobody yet: the members are listed once a minute.
        stage.later(SignedDuration::from_mins(1)).await;
        stage.add_repository(&repository);
        // A ticket that who asks cannot see is told nothing, and nothing is told of it.
        stage.add_ticket(&ticket, TicketStatus::ToDo, if is_seen { "demo-employee" } else { "demo-admin" });
        let named = permission != "read" || by_ticket || is_seen;
        let asked = Form { user, ..form(permission, &repository, "1 day", if named { &ticket } else { "" }) };
        let code = if by_ticket {
            stage.ask_by_ticket(&ticket, "demo-employee", &asked).await
        } else {
            stage.ask("demo-employee", &asked).await
        };
        stage.demo.jira.order(trouble(faults));
        let mut approvers = Vec::new();
        for (id, name) in [("demo-approver", "Ada Approver"), ("demo-approver2", "Ben Approver")] {
            for _ in 0..6 {
                // While the tracker does not answer nobody can decide.
                if stage.state(&code).await.status() == Status::Waiting
                    && stage.countersign(id, &code).await.is_ok()
                {
                    approvers.push(name);
                    break;
                }
                stage.calm().await;
            }
        }
        let at = stage.clock_now();
        stage.calm().await;
        stage.demo.jira.order(trouble([]));
        if !is_seen && !by_ticket && named {
            prop_assert_eq!(stage.state(&code).await.status(), Status::Denied);
            prop_assert_eq!(stage.ticket(&ticket).1, Vec::<String>::new());
            return Ok(());
        }
        let state = stage.state(&code).await;
        prop_assert_eq!(state.status(), Status::Active, "{:#?}", state);
        let Some(grant) = state.own.grant else {
            return Err(TestCaseError::fail("it is active and no grant"));
        };
        prop_assert!(grant.since >= at.checked_sub(SignedDuration::from_hours(1)).expect("a time"));
        let comments = granted(stage, &ticket);
        if !named {
            prop_assert!(comments.is_empty(), "{:?}", comments);
            return Ok(());
        }
        prop_assert_eq!(comments.len(), 1, "{:?}", comments);
        let facts =
            [permission, &repository, &name, &minute(grant.since), &minute(grant.until), &code.to_string()];
        told_in_full(&comments[0].text, facts.into_iter().chain(approvers))?;
        not_too_early(stage, (&ticket, &repository, &account), &code)
    });
}

fn told_in_full<'a>(comment: &str, facts: impl Iterator<Item = &'a str>) -> Outcome {
    for fact in facts {
        prop_assert!(comment.contains(fact), "{:?} is not in {:?}", fact, comment);
    }
    prop_assert!(!comment.contains("demo-"), "people have names: {}", comment);
    prop_assert!(
        !comment.contains("712020:") && !comment.contains("557058:"),
        "people have names: {}",
        comment
    );
    Ok(())
}

/// The forge was asked for it, and said that it is so, before the ticket heard of it.
fn not_too_early(stage: &Stage, (ticket, repository, account): (&str, &str, &str), code: &Code) -> Outcome {
    let held = stage.demo.bitbucket.state().repositories[repository].permissions.clone();
    prop_assert_eq!(held.keys().cloned().collect::<BTreeSet<_>>(), BTreeSet::from([account.to_owned()]));
    let path = stage.forge_path(repository);
    let set = stage
        .demo
        .bitbucket
        .calls()
        .into_iter()
        .filter(|call| call.request.starts_with(&format!("PUT {path}")));
    let set = set.map(|call| call.at).max();
    let is_told = |call: &countersign_sandbox::Call| {
        let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
        call.request.starts_with(&format!("POST /rest/api/3/issue/{ticket}/comment"))
            && body.contains("Granted on ")
    };
    let told = stage.demo.jira.calls().into_iter().filter(is_told).map(|call| call.at).min();
    prop_assert!(set.is_some() && set < told, "{}: set at {:?}, told at {:?}", code, set, told);
    Ok(())
}
