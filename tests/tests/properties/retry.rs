//! Trying again, ever later, and giving it to a person in the end (16, 17).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign_domain::access::{Phase, Status};
use countersign_domain::aggregate;
use countersign_domain::capabilities::EffectEvent;
use countersign_domain::effect::{BackoffPolicy, EffectState, Wish as _};
use countersign_domain::envelope::Position;
use countersign_domain::request::Code;
use countersign_projections::effect;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_sandbox::{Drop, Fault};
use countersign_store::MemoryStore;
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, trouble};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::support::{Outcome, fresh, on};

/// A stage whose jitter is what the case says, and on which no breaker interferes.
struct Trying {
    stage: Stage,
    jitter: Arc<AtomicU64>,
}

async fn trying(attempts: u32) -> Trying {
    let jitter = Arc::new(AtomicU64::new(0));
    let dice = Arc::clone(&jitter);
    let policy = BackoffPolicy {
        base: Duration::from_secs(1),
        cap: Duration::from_secs(10),
        attempts,
        ..BackoffPolicy::default()
    };
    let stage = Stage::arranged(
        Arc::new(MemoryStore::new()),
        |config| config.http_client.breaker.failures = u32::MAX,
        |world| {
            world.backoff = policy;
            world.random = Arc::new(move || f64::from_bits(dice.load(Ordering::Relaxed)));
        },
    );
    let stage = stage.await;
    stage.demo.jira.deliver_to(None);
    Trying { stage, jitter }
}

/// A repository and a ticket of a case's own.
struct Names {
    repository: String,
    ticket: String,
}

impl Names {
    fn fresh(stage: &Stage, name: &str) -> Self {
        let number = fresh();
        let names = Self { repository: format!("{name}-{number}"), ticket: format!("TRY-{number}") };
        stage.add_repository(&names.repository);
        stage.add_ticket(&names.ticket, TicketStatus::ToDo, "demo-employee");
        names
    }
}

fn answer() -> impl Strategy<Value = Fault> {
    let after = prop::option::of(1_u64..40);
    let kind = prop::sample::select(vec![503, 429, 500]);
    (kind, after).prop_map(|(status, after)| Fault {
        times: 1,
        status: Some(status),
        // Only "not now" says when.
        retry_after: after.filter(|_| status != 500),
        ..Fault::default()
    })
}

/// When each failed attempt since a position was recorded, and when it shall be tried again.
async fn waits(stage: &Stage, since: Option<Position>) -> Vec<(Timestamp, Timestamp)> {
    let log = stage.log_after(since).await;
    let effects = log.iter().filter(|envelope| envelope.stream.category() == "effect");
    let events =
        effects.map(|envelope| (envelope.at, aggregate::decode(envelope).expect("an effect's event")));
    events
        .filter_map(|(at, event)| match event {
            EffectEvent::EffectDeferred { retry_at, .. } => Some((at, retry_at)),
            EffectEvent::EffectUnknown { look_at, .. } => Some((at, look_at)),
            _ => None,
        })
        .collect()
}

fn calls(stage: &Stage, method: &str, name: &str) -> usize {
    let calls = stage.demo.bitbucket.calls();
    let asked = format!("{method} {}/", stage.forge_path(name));
    calls.iter().filter(|call| call.request.starts_with(&asked)).count()
}

/// After the n-th failure the wait is what the vendor asked for, and then the drawn share of base times two to the n-1, up
/// to the cap; nothing goes out before that time; what the vendor refuses for good is not tried again at all.
#[test]
fn a16_retry_with_exponential_backoff() {
    let faults = prop::collection::vec(answer(), 1..7);
    let refused = prop::option::weighted(0.2, prop::sample::select(vec![400_u16, 403, 404, 409, 422]));
    on(
        async || trying(8).await,
        (faults, 0.05..=1.0_f64, refused),
        async |trying, (faults, share, refused)| {
            let stage = &trying.stage;
            trying.jitter.store(share.to_bits(), Ordering::Relaxed);
            let Names { repository, ticket } = Names::fresh(stage, "backoff");
            let code = stage.ask("demo-employee", &form("write", &repository, "1 day", &ticket)).await;
            let since = stage.head().await;
            let last = refused.map(|status| Fault { times: 1, status: Some(status), ..Fault::default() });
            let matching = format!("PUT {}", stage.forge_path(&repository));
            let all = faults.iter().cloned().chain(last);
            stage
                .demo
                .bitbucket
                .order(trouble(all.map(|fault| Fault { matching: matching.clone(), ..fault })));
            stage.countersign("demo-approver", &code).await.expect("an approver may");
            for (index, fault) in faults.iter().enumerate() {
                let waits = waits(stage, since).await;
                prop_assert_eq!(waits.len(), index + 1, "one wait after each failure");
                let (at, due) = waits[index];
                let ceiling = [1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0][index];
                let asked =
                    fault.retry_after.map_or(0.0, |seconds| f64::from(u32::try_from(seconds).unwrap()));
                let wait = due.duration_since(at).as_secs_f64();
                prop_assert!(
                    (wait - asked - ceiling * share).abs() < 0.001,
                    "{} and not {} + {} * {}",
                    wait,
                    asked,
                    ceiling,
                    share
                );
                prop_assert_eq!(calls(stage, "PUT", &repository), index + 1);
                let early = due.duration_since(stage.clock_now()) - SignedDuration::from_millis(1);
                if early > SignedDuration::ZERO {
                    stage.later(early).await;
                    prop_assert_eq!(calls(stage, "PUT", &repository), index + 1, "tried before its time");
                }
                stage.later(due.duration_since(stage.clock_now()).max(SignedDuration::ZERO)).await;
            }
            prop_assert_eq!(calls(stage, "PUT", &repository), faults.len() + 1);
            let status = stage.state(&code).await.status();
            prop_assert_eq!(status, if refused.is_some() { Status::Failed } else { Status::Active });
            stage.later(SignedDuration::from_mins(30)).await;
            prop_assert_eq!(calls(stage, "PUT", &repository), faults.len() + 1, "tried again after its end");
            Ok(())
        },
    );
}

/// What fails as often as the policy allows is parked: visible with its reason, told to the request, left alone. Only an
/// operator can have it tried again, and then it works as if nothing had happened.
#[test]
fn a17_dead_letter_on_max_retries() {
    let phase = prop::sample::select(vec![Phase::Checking, Phase::Granting, Phase::Ending]);
    let answer = prop::sample::select(vec![(Some(503), None), (Some(500), None), (None, Some(Drop::Before))]);
    on(
        async || trying(3).await,
        (phase, answer),
        async |trying, (phase, (status, drop))| {
            let stage = &trying.stage;
            let names = Names::fresh(stage, "dead");
            // It is looked up by its name, and changed by its identity.
            let (method, path) = match phase {
                Phase::Checking => ("GET", format!("/2.0/repositories/acme/{}", names.repository)),
                Phase::Granting => ("PUT", stage.forge_path(&names.repository)),
                Phase::Ending => ("DELETE", stage.forge_path(&names.repository)),
            };
            let matching = format!("{method} {path}");
            let fault = Fault { matching, times: u32::MAX, status, drop, ..Fault::default() };
            stage.demo.bitbucket.order(trouble([fault]));
            let Names { repository, ticket } = &names;
            let code = stage.ask("demo-employee", &form("write", repository, "1 day", ticket)).await;
            if phase != Phase::Checking {
                stage.countersign("demo-approver", &code).await.expect("an approver may");
            }
            if phase == Phase::Ending {
                stage.give_back("demo-employee", &code).await;
            }
            stage.calm().await;
            let state = stage.state(&code).await;
            prop_assert_eq!(state.status(), Status::Failed);
            prop_assert_eq!(state.failure.map(|failure| failure.phase), Some(phase));
            let parked = stage.effects(EffectState::Parked);
            prop_assert_eq!(parked.len(), 1, "{:?}", parked);
            let row = &parked[0];
            prop_assert_eq!(
                row.effects.effect.as_ref().and_then(|effect| effect.code().cloned()),
                Some(code.clone())
            );
            prop_assert!(
                row.effects.why.as_ref().is_some_and(|why| why.contains("tried 3 times")),
                "{:?}",
                row
            );
            // A look-up that fails lets go of its other questions, which may still be on their way: only changes are counted.
            let tried = || (phase != Phase::Checking).then(|| calls(stage, method, repository));
            let before = tried();
            stage.later(SignedDuration::from_mins(60)).await;
            prop_assert_eq!(
                stage.effects(EffectState::Parked),
                parked.clone(),
                "a parked effect was touched"
            );
            prop_assert_eq!(tried(), before, "a parked effect was touched");
            stage.demo.bitbucket.order(trouble([]));
            let requeue = format!("requeue {}", row.id);
            stage.bot.chat.say(&stage.context("demo-employee").await, &requeue).await.unwrap();
            stage.settle().await;
            prop_assert_eq!(stage.effects(EffectState::Parked).len(), 1, "an employee requeued it");
            stage.bot.chat.say(&stage.context("demo-admin").await, &requeue).await.unwrap();
            stage.calm().await;
            requeued(stage, &code, repository, ticket, phase).await
        },
    );
}

async fn requeued(stage: &Stage, code: &Code, repository: &str, ticket: &str, phase: Phase) -> Outcome {
    prop_assert_eq!(stage.effects(EffectState::Parked), vec![]);
    let (status, held) = match phase {
        Phase::Checking => (Status::Waiting, None),
        Phase::Granting => (Status::Active, Some("write".to_owned())),
        Phase::Ending => (Status::GivenBack, None),
    };
    prop_assert_eq!(stage.state(code).await.status(), status);
    prop_assert_eq!(stage.held("demo-employee", repository), held);
    let rows = stage.bot.world.projections.rows(effect::NAME);
    prop_assert_eq!(effect::next_due(&*rows).unwrap(), None);
    let (_, comments) = stage.ticket(ticket);
    let mut once = comments.clone();
    once.sort();
    once.dedup();
    prop_assert_eq!(once.len(), comments.len(), "told twice: {:?}", comments);
    Ok(())
}
