//! What the ticket sees: it only moves on, and it hears of every error (3, 6).

use countersign_domain::access::{AccessEvent, Phase, Proposal, Status};
use countersign_domain::capabilities::{self, Effect};
use countersign_domain::effect::EffectState;
use countersign_domain::request::Origin;
use countersign_domain::ticket;
use countersign_sandbox::jira::{Status as TicketStatus, Way, Workflow};
use countersign_sandbox::{Call, Drop, Fault, JiraState};
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, trouble};
use countersign_tests::webhook::ticket_created;
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::life::life;
use crate::support::{Outcome, fresh, on_stage, passing_trouble, run};

/// What becomes of a request for a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    Granted,
    GrantedAlone,
    /// Granted, and over again.
    GivenBack,
    Denied,
    Withdrawn,
    Unknown,
    /// Nobody answers.
    Lapsed,
}

fn course() -> impl Strategy<Value = Course> {
    prop::sample::select(vec![
        Course::Granted,
        Course::GrantedAlone,
        Course::GivenBack,
        Course::Denied,
        Course::Withdrawn,
        Course::Unknown,
        Course::Lapsed,
    ])
}

const fn order(status: TicketStatus) -> u8 {
    match status {
        TicketStatus::ToDo => 0,
        TicketStatus::InProgress => 1,
        TicketStatus::Done | TicketStatus::Declined => 2,
    }
}

/// A workflow in which everything leads everywhere, the ways back first.
fn everywhere() -> Workflow {
    let way = |(number, to): (usize, TicketStatus)| Way {
        id: format!("{}", 100 + number),
        name: to.name().to_owned(),
        from: vec![],
        to,
        required: vec![],
    };
    Workflow(TicketStatus::ALL.into_iter().enumerate().map(way).collect())
}

/// The statuses that the bot brought a ticket to, one after the other, as the tracker was asked and did it.
fn taken(stage: &Stage, ticket: &str, workflow: &Workflow) -> Vec<TicketStatus> {
    let path = format!("POST /rest/api/3/issue/{ticket}/transitions");
    let done = |call: &Call| {
        let is_done = match &call.fault {
            None => call.status == Some(204),
            Some(fault) => fault.drop == Some(Drop::After),
        };
        is_done && call.request.starts_with(&path)
    };
    let calls = stage.demo.jira.calls().into_iter().filter(done);
    let way = |call: Call| {
        let id = call.body.as_ref()?["transition"]["id"].as_str()?.to_owned();
        workflow.0.iter().find(|way| way.id == id).map(|way| way.to)
    };
    calls.filter_map(way).collect()
}

/// A ticket only ever moves on, whatever becomes of the request that it is and of others that name it, whatever its status
/// was, wherever its workflow leads, whatever trouble the tracker makes and whoever moves it meanwhile, however fast it is
/// decided; and in the end it is where the outcome of its own request belongs.
#[test]
fn a03_ticket_status_transitions_are_monotonic() {
    run(life(), |life| {
        let moves =
            life.moments.iter().flat_map(|moment| &moment.effects).filter_map(|effect| match effect {
                Effect::Ticket(ticket::Effect::MoveTicket { to, .. }) => Some(to.stage()),
                _ => None,
            });
        prop_assert!(moves.clone().is_sorted(), "{:?}", moves.collect::<Vec<_>>());
        Ok(())
    });
    let begin = prop::sample::select(TicketStatus::ALL.to_vec());
    let by_hand = prop::option::weighted(0.3, prop::sample::select(TicketStatus::ALL.to_vec()));
    let stories = prop::collection::vec((course(), any::<bool>(), by_hand), 1..3);
    let faults = prop::collection::vec(passing_trouble(), 0..4);
    let workflow = prop::sample::select(vec![Workflow::default(), everywhere()]);
    on_stage((begin, stories, faults, workflow), async |stage, (begin, stories, faults, workflow)| {
        let number = fresh();
        let (ticket, repository) = (format!("MOVE-{number}"), format!("moves-{number}"));
        stage.add_repository(&repository);
        stage.add_ticket(&ticket, begin, "demo-employee");
        set(stage, |state| state.workflow.clone_from(&workflow));
        stage.demo.jira.order(trouble(faults));
        let (mut seen, mut before) = (begin, 0);
        for (index, (course, hurried, by_hand)) in stories.iter().enumerate() {
            Box::pin(take(stage, *course, (&ticket, index == 0), (&repository, *hurried))).await;
            let moved = taken(stage, &ticket, &workflow).split_off(before);
            before += moved.len();
            goes_on(seen, &moved)?;
            prop_assert!(index == 0 || moved.is_empty(), "who names a ticket moves it to {:?}", moved);
            let now = stage.demo.jira.state().issues[&ticket].status;
            prop_assert_eq!(moved.last().copied().unwrap_or(seen), now);
            if index == 0 && *course == Course::Unknown {
                prop_assert_eq!(now, begin, "nobody said no to what can be mended");
            } else if index == 0 && order(begin) < 2 {
                let granted = matches!(course, Course::Granted | Course::GrantedAlone | Course::GivenBack);
                prop_assert_eq!(now, if granted { TicketStatus::Done } else { TicketStatus::Declined });
            }
            seen = by_hand.unwrap_or(now);
            set(stage, |state| state.issue_mut(&ticket).expect("the case's ticket").status = seen);
        }
        // Whatever was tried again meanwhile: a ticket that somebody moved by hand stays where they put it.
        stage.later(SignedDuration::from_hours(1)).await;
        prop_assert_eq!(taken(stage, &ticket, &workflow).len(), before);
        stage.demo.jira.order(trouble([]));
        set(stage, |state| state.workflow = Workflow::default());
        prop_assert_eq!(stage.effects(EffectState::Parked), vec![]);
        Ok(())
    });
}

fn set(stage: &Stage, change: impl FnOnce(&mut JiraState)) {
    stage.change_tracker(change);
}

/// No step leads back, and none leads out of an end.
fn goes_on(from: TicketStatus, moved: &[TicketStatus]) -> Outcome {
    let mut from = from;
    for to in moved {
        prop_assert!(order(*to) > order(from), "from {:?} to {:?}, of {:?}", from, to, moved);
        from = *to;
    }
    Ok(())
}

async fn take(
    stage: &Stage,
    course: Course,
    (ticket, asks_itself): (&str, bool),
    (repository, hurried): (&str, bool),
) {
    // Once for each, so that a request of the same is another one.
    let asked = match course {
        Course::GrantedAlone => form("read", "web-shop", "1 day", ticket),
        Course::Unknown => form("write", "no-such-repository", "1 day", ticket),
        _ => form("write", repository, "1 day", ticket),
    };
    let code = if asks_itself && course == Course::Unknown {
        // It is told what is not there, and asks for nothing.
        let body = ticket_created(ticket, "demo-employee", &asked);
        stage.signed_delivery(ticket, &body).send().await.expect("the bot answers");
        return stage.calm().await;
    } else if asks_itself {
        stage.ask_by_ticket(ticket, "demo-employee", &asked).await
    } else {
        stage.ask("demo-employee", &asked).await
    };
    if !hurried {
        stage.calm().await;
    }
    let requests = &stage.bot.requests;
    // Where the tracker does not answer at this moment, or the request was not looked up yet, it is decided when it was.
    for _ in 0..8 {
        let approver = stage.context("demo-approver").await;
        let employee = stage.context("demo-employee").await;
        let opened = stage.opened(&code).await;
        let done = match course {
            Course::Granted | Course::GivenBack => requests.countersign(&approver, &opened, None).await,
            Course::Denied => requests.deny(&approver, &opened, None, None).await,
            Course::Withdrawn => requests.withdraw(&employee, &opened).await,
            Course::GrantedAlone | Course::Unknown | Course::Lapsed => break,
        };
        if done.expect("the log takes it").is_ok() {
            break;
        }
        stage.calm().await;
    }
    stage.calm().await;
    match course {
        Course::GivenBack => {
            let employee = stage.context("demo-employee").await;
            drop(requests.give_back(&employee, &stage.opened(&code).await).await);
        }
        Course::Lapsed => stage.later(SignedDuration::from_hours(73)).await,
        _ => {}
    }
    stage.calm().await;
}

/// Whatever is refused or fails for good is told on the ticket, in full: each fault's sentence, each approver's reason,
/// and what a vendor said, whichever part of the work it was.
#[test]
fn a06_error_propagation_completeness() {
    run(life(), |life| {
        for moment in &life.moments {
            let told: Vec<String> = match &moment.event {
                AccessEvent::Failed { why, .. } => vec![why.clone()],
                AccessEvent::Denied { proposal: Proposal::Grant, violations, reason, by, .. } => {
                    let by = by.iter().map(|id| id.as_str().to_owned());
                    violations.iter().map(capabilities::violation).chain(reason.clone()).chain(by).collect()
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
            let by_checks = matches!(&moment.event, AccessEvent::Denied { by: None, .. });
            if asked.origin == Origin::Chat && by_checks && !moment.state.has_waited {
                // It is told to who said it; the ticket may be anybody's, and has heard of nothing.
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
            // Before it is asked for, the ticket is read, and what cannot be looked at then is looked at again.
            times: if phase == Phase::Checking { 2 } else { 1 },
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
