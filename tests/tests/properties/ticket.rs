//! What the ticket sees: it only moves on, it hears of the grant in full, and of every error (3, 5, 6).

use countersign_domain::access::{AccessEvent, GrantEvent, Phase, Proposal, Status};
use countersign_domain::effect::{Effect, EffectState};
use countersign_domain::request::Origin;
use countersign_domain::words;
use countersign_sandbox::Fault;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::acting::form;
use countersign_tests::vendors::{Vendor as _, trouble};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::life::life;
use crate::support::{cases, fresh, on_stage, passing_trouble, run};

/// What becomes of a request for a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    Granted,
    GrantedAlone,
    Denied,
    Withdrawn,
    Unknown,
}

fn course() -> impl Strategy<Value = Course> {
    prop::sample::select(vec![
        Course::Granted,
        Course::GrantedAlone,
        Course::Denied,
        Course::Withdrawn,
        Course::Unknown,
    ])
}

const fn order(status: TicketStatus) -> u8 {
    match status {
        TicketStatus::ToDo => 0,
        TicketStatus::InProgress => 1,
        TicketStatus::Done | TicketStatus::Declined => 2,
    }
}

/// A ticket only ever moves on, whatever becomes of the request that it is and of others that name it, whatever its status
/// was, and whatever trouble the tracker makes meanwhile; and in the end it is where the outcome of its own request belongs.
#[test]
fn a03_ticket_status_transitions_are_monotonic() {
    run(life(), |life| {
        let moves = life.iter().flat_map(|moment| &moment.effects).filter_map(|effect| match effect {
            Effect::MoveTicket { to, .. } => Some(to.stage()),
            _ => None,
        });
        prop_assert!(moves.clone().is_sorted(), "{:?}", moves.collect::<Vec<_>>());
        Ok(())
    });
    let begin = prop::sample::select(TicketStatus::ALL.to_vec());
    let courses = prop::collection::vec(course(), 1..3);
    let faults = prop::collection::vec(passing_trouble(), 0..4);
    on_stage((begin, courses, faults), async |stage, (begin, courses, faults)| {
        let number = fresh();
        let (ticket, repository) = (format!("MOVE-{number}"), format!("moves-{number}"));
        stage.add_repository(&repository);
        stage.add_ticket(&ticket, begin, "demo-employee");
        stage.demo.jira.order(trouble(faults));
        let mut seen = begin;
        for (index, course) in courses.iter().enumerate() {
            take(stage, *course, (&ticket, index == 0), &repository).await;
            stage.calm().await;
            let now = stage.demo.jira.state().issues[&ticket].status;
            prop_assert!(order(now) >= order(seen), "from {:?} back to {:?}", seen, now);
            if index == 0 && order(begin) < 2 {
                let granted = matches!(course, Course::Granted | Course::GrantedAlone);
                prop_assert_eq!(now, if granted { TicketStatus::Done } else { TicketStatus::Declined });
            }
            prop_assert!(order(seen) < 2 || now == seen, "{:?} became {:?}", seen, now);
            prop_assert!(
                index == 0 || now == seen,
                "who names a ticket moves it from {:?} to {:?}",
                seen,
                now
            );
            seen = now;
        }
        stage.demo.jira.order(trouble([]));
        prop_assert_eq!(stage.effects(EffectState::Parked), vec![]);
        Ok(())
    });
}

async fn take(
    stage: &countersign_tests::stage::Stage,
    course: Course,
    (ticket, asks_itself): (&str, bool),
    repository: &str,
) {
    let asked = match course {
        Course::GrantedAlone => form("read", "web-shop", "1 day", ticket),
        Course::Unknown => form("write", "no-such-repository", "1 day", ticket),
        _ => form("write", repository, "1 day", ticket),
    };
    let code = if asks_itself {
        stage.ask_by_ticket(ticket, "demo-employee", &asked).await
    } else {
        stage.ask("demo-employee", &asked).await
    };
    stage.calm().await;
    let code = code.to_string();
    match course {
        Course::Granted => {
            let context = stage.context("demo-approver").await;
            stage.bot.requests.countersign(&context, &code, None).await.unwrap().unwrap();
        }
        Course::Denied => {
            let context = stage.context("demo-approver").await;
            stage.bot.requests.deny(&context, &code, None, None).await.unwrap().unwrap();
        }
        Course::Withdrawn => {
            let context = stage.context("demo-employee").await;
            stage.bot.requests.withdraw(&context, &code).await.unwrap().unwrap();
        }
        Course::GrantedAlone | Course::Unknown => {}
    }
    stage.settle().await;
}

proptest! {
    #![proptest_config(cases())]

    /// Whenever an access is granted, its ticket hears of it once: when, what, on what, for whom, until when, by whom.
    #[test]
    fn a05_success_updates_contain_required_information(life in life()) {
        for moment in &life {
            let AccessEvent::Own(GrantEvent::Granted { permission, until, .. }) = &moment.event else { continue };
            let asked = moment.state.asked.as_ref().expect("it was asked");
            let Some(ticket) = &asked.ticket else {
                prop_assert_eq!(moment.comment(), None);
                continue;
            };
            let to = moment.effects.iter().filter_map(|effect| match effect {
                Effect::Comment { ticket, .. } => Some(ticket.as_str()),
                _ => None,
            });
            prop_assert_eq!(to.collect::<Vec<_>>(), [ticket.as_str()]);
            let comment = moment.comment().expect("a comment");
            let minute = |at: &jiff::Timestamp| at.to_string()[..16].replace('T', " ");
            let by = moment.state.countersigned_by.iter().map(|id| id.as_str().to_owned());
            let facts = [
                permission.to_string(), asked.repository.clone().expect("a repository"), asked.subject.name.clone(),
                minute(&moment.at), minute(until), asked.code.to_string(),
            ];
            for fact in facts.into_iter().chain(by) {
                prop_assert!(comment.contains(&fact), "{:?} is not in {:?}", fact, comment);
            }
        }
    }
}

/// Whatever is refused or fails for good is told on the ticket, in full: each fault's sentence, each approver's reason,
/// and what a vendor said, whichever part of the work it was.
#[test]
fn a06_error_propagation_completeness() {
    run(life(), |life| {
        for moment in &life {
            let told: Vec<String> = match &moment.event {
                AccessEvent::Failed { why, .. } => vec![why.clone()],
                AccessEvent::Denied { proposal: Proposal::Grant, violations, reason, by } => {
                    let by = by.iter().map(|id| id.as_str().to_owned());
                    violations.iter().map(words::violation).chain(reason.clone()).chain(by).collect()
                }
                _ => continue,
            };
            let asked = moment.state.asked.as_ref().expect("it was asked");
            let found = moment.state.findings.as_ref();
            let unknown = match found {
                Some(found) => found.ticket.is_none(),
                // Nobody could look: a ticket that was only named may be anybody's.
                None => asked.origin == Origin::Chat,
            };
            if asked.ticket.is_none() || unknown {
                continue;
            }
            let comment = moment.comment();
            if asked.origin == Origin::Chat && matches!(&moment.event, AccessEvent::Denied { by: None, .. }) {
                // It is told to who said it; the ticket may be anybody's.
                prop_assert_eq!(comment, None);
                continue;
            }
            for fact in told {
                prop_assert!(
                    comment.as_ref().is_some_and(|text| text.contains(&fact)),
                    "{} in {:?}",
                    fact,
                    comment
                );
            }
        }
        Ok(())
    });
    let phase = prop::sample::select(vec![Phase::Checking, Phase::Granting, Phase::Ending]);
    let status = prop::sample::select(vec![400_u16, 403, 409, 422]);
    on_stage((phase, status, "[a-z]{4,12} [a-z]{4,12}"), async |stage, (phase, status, message)| {
        let number = fresh();
        let (ticket, repository) = (format!("FAIL-{number}"), format!("fails-{number}"));
        stage.add_repository(&repository);
        stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
        let matching = match phase {
            Phase::Checking => "GET /2.0/repositories",
            Phase::Granting => "PUT /2.0/repositories",
            Phase::Ending => "DELETE /2.0/repositories",
        };
        let body = serde_json::json!({"type": "error", "error": {"message": message}}).to_string();
        let fault = Fault {
            matching: matching.to_owned(),
            times: 1,
            status: Some(status),
            body: Some(body),
            ..Fault::default()
        };
        stage.demo.bitbucket.order(trouble([fault]));
        let asked = form("write", &repository, "1 day", &ticket);
        let code = stage.ask_by_ticket(&ticket, "demo-employee", &asked).await;
        if phase != Phase::Checking {
            stage.countersign("demo-approver", &code).await.expect("an approver may");
        }
        if phase == Phase::Ending {
            stage.later(SignedDuration::from_hours(24)).await;
        }
        let state = stage.state(&code).await;
        prop_assert_eq!(state.status(), Status::Failed, "{:#?}", state);
        let failure = state.failure.expect("a failure");
        prop_assert_eq!(failure.phase, phase);
        prop_assert!(failure.why.contains(&message), "{}", failure.why);
        let comments = stage.ticket(&ticket).1;
        let told = comments.iter().any(|text| text.contains(&message) && text.contains(&code.to_string()));
        prop_assert!(told, "{:?}", comments);
        let parked = stage.effects(EffectState::Parked);
        let in_full = |why: &String| why.contains(&message) && why.contains(&status.to_string());
        prop_assert!(parked.iter().any(|row| row.effects.why.as_ref().is_some_and(in_full)));
        Ok(())
    });
}
