//! Nothing is answered, told or done before it is durable, and a crash at any step changes nothing (18, 19, 26).

use std::sync::Arc;
use std::sync::atomic::Ordering;

use countersign::bot::Bot;
use countersign::config::Config;
use countersign::context::Context;
use countersign::demo::Demo;
use countersign::requests::requester;
use countersign_domain::access::{AccessRequest, Status};
use countersign_domain::ports::Clock;
use countersign_domain::request::{Code, Origin};
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_sandbox::{Drop, Fault};
use countersign_store::MemoryStore;
use countersign_tests::acting::{form, opened};
use countersign_tests::clock::HandClock;
use countersign_tests::stage::{self, Stage, calm, tenant};
use countersign_tests::stores::{Behind, Gated, Mortal};
use countersign_tests::vendors::{Vendor as _, trouble};
use countersign_tests::watched::Watch;
use countersign_tests::webhook::ticket_created;
use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::{Outcome, fresh, on, passing_trouble, permission_name, runtime};

struct AtTheGate {
    stage: Stage,
    gate: Arc<Behind<Gated>>,
}

async fn at_the_gate() -> AtTheGate {
    let gate = Arc::new(Behind(Gated::default()));
    let stage = Stage::on(Arc::clone(&gate) as _).await;
    stage.demo.jira.deliver_to(None);
    AtTheGate { stage, gate }
}

/// A webhook is answered only when it is durable: not while it is being kept, and with an error where it cannot be. And
/// nobody is told "granted", in the log or on the ticket, before the forge was read back and says so.
#[test]
fn a18_acknowledgement_after_success() {
    let lies = prop::collection::vec(prop::sample::select(vec![None, Some(200), Some(503)]), 0..3);
    on(
        at_the_gate,
        (any::<bool>(), permission_name(), lies),
        async |AtTheGate { stage, gate }, (full, permission, lies)| {
            let number = fresh();
            let (ticket, repository) = (format!("ACK-{number}"), format!("acks-{number}"));
            stage.add_repository(&repository);
            stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
            let form = form(permission, &repository, "2 days", &ticket);
            let body = ticket_created(&ticket, "demo-employee", &form);
            gate.0.open.send_replace(false);
            gate.0.full.store(full, Ordering::Relaxed);
            let before = stage.head().await;
            let mut answer = tokio::spawn(stage.signed_delivery(&ticket, &body).send());
            gate.0.waiting.subscribe().wait_for(|waiting| *waiting == 1).await.unwrap();
            prop_assert!(!answer.is_finished(), "answered before it was kept");
            prop_assert_eq!(stage.head().await, before);
            gate.0.open.send_replace(true);
            let status = (&mut answer).await.unwrap().unwrap().status();
            let kept =
                stage.log_after(before).await.iter().any(|envelope| envelope.kind == "webhook_received");
            gate.0.full.store(false, Ordering::Relaxed);
            prop_assert_eq!((status.is_success(), kept), (!full, !full), "{}", status);
            if full {
                // It comes again, as Jira sends it again.
                prop_assert_eq!(stage.signed_delivery(&ticket, &body).send().await.unwrap().status(), 202);
            }
            stage.settle().await;
            told_when_true(stage, &ticket, &repository, &lies).await
        },
    );
}

/// Countersigns the request of a ticket while the forge says "done" and does nothing, or is busy, or is truthful.
async fn told_when_true(stage: &Stage, ticket: &str, repository: &str, lies: &[Option<u16>]) -> Outcome {
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=20").await;
    let items = page["items"].as_array().unwrap();
    let code = items.iter().find(|item| item["ticket"] == ticket).unwrap()["code"].as_str().unwrap();
    let code: Code = code.parse().unwrap();
    let fault = |status: &Option<u16>| Fault {
        matching: format!("PUT {}", stage.forge_path(repository)),
        times: 1,
        status: *status,
        body: Some("{}".to_owned()),
        ..Fault::default()
    };
    stage.demo.bitbucket.order(trouble(lies.iter().filter(|lie| lie.is_some()).map(fault)));
    for approver in ["demo-approver", "demo-approver2"] {
        let _ = stage.countersign(approver, &code).await;
    }
    let held = || stage.held("demo-employee", repository);
    let mut turns = 0;
    while stage.state(&code).await.status() != Status::Active {
        prop_assert!(turns < 8, "{:#?}", stage.state(&code).await);
        prop_assert_eq!(held(), None);
        prop_assert!(!stage.ticket(ticket).1.iter().any(|text| text.contains("Granted")));
        stage.later(jiff::SignedDuration::from_secs(40)).await;
        turns += 1;
    }
    prop_assert_eq!(turns > 0, lies.iter().any(Option::is_some));
    prop_assert!(held().is_some());
    let log = stage.log_after(None).await;
    let place = |kind: &str| {
        let of_code = |data: &str| data.contains(&code.to_string()) || data.contains("until");
        let mut found = log.iter().filter(|envelope| {
            envelope.kind == kind
                && (envelope.stream.id() == code.stream_id() || of_code(envelope.data.get()))
        });
        found
            .rfind(|envelope| kind != "effect_succeeded" || envelope.data.get().contains("permission_is"))
            .map(|envelope| envelope.pos)
    };
    prop_assert!(place("effect_succeeded") < place("access_granted"));
    prop_assert!(stage.ticket(ticket).1.iter().any(|text| text.contains("Granted")));
    Ok(())
}

/// What survives a crash: the vendors, the clock, the data folder.
struct Outside {
    demo: Demo,
    clock: Arc<HandClock>,
    _folder: TempDir,
}

async fn outside() -> Arc<Outside> {
    let folder = tempfile::tempdir().unwrap();
    let config =
        Config { data: folder.path().to_owned(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    let demo = Demo::start(config).await.unwrap();
    let clock = Arc::new(HandClock::at("2026-03-02T09:00:00Z".parse().unwrap()));
    Arc::new(Outside { demo, clock, _folder: folder })
}

/// What people want, with the ids of what they say: said again after a crash, it is the same.
#[derive(Clone)]
struct Wish {
    id: Uuid,
    form: countersign_domain::access::Form,
    gives_back: bool,
}

/// Starts a bot on what is left, says everything (again), and lets everything happen.
async fn live(
    outside: Arc<Outside>,
    store: Arc<Behind<Mortal>>,
    wish: Wish,
) -> (AccessRequest, Option<countersign_domain::envelope::Position>) {
    let clock = Arc::clone(&outside.clock) as Arc<dyn Clock>;
    let bot = stage::start(stage::world(&outside.demo, store, clock), &outside.demo).await;
    let context = async |who: &str, step: &str| {
        let id = who.parse().unwrap();
        let person = bot.directory.person(&tenant(), &id).await.unwrap().unwrap();
        Context::begin(tenant(), person, "web", Uuid::new_v5(&wish.id, step.as_bytes()))
    };
    calm(&bot, &outside.clock).await;
    // The ticket asks: only one that is the request moves with it.
    let ask = context("demo-employee", "ask").await;
    let resolved = bot.requests.resolver().form(&ask.tenant, &ask.person, &wish.form).await.unwrap();
    let (cause, asker) = (ask.cause("ask", bot.world.clock.now()), requester(&ask.person));
    let asked = bot
        .requests
        .ask_as(&ask.tenant, &cause, (Origin::Ticket, None), asker, resolved)
        .await
        .unwrap()
        .unwrap();
    calm(&bot, &outside.clock).await;
    let code = &asked.code;
    let approve = context("demo-approver", "approve").await;
    let _ = bot.requests.countersign(&approve, &opened(&bot.requests, code).await, None).await.unwrap();
    calm(&bot, &outside.clock).await;
    if wish.gives_back {
        let back = context("demo-employee", "give back").await;
        let _ = bot.requests.give_back(&back, &opened(&bot.requests, code).await).await.unwrap();
        calm(&bot, &outside.clock).await;
    }
    let state = bot.requests.state(&tenant(), &asked.code).await.unwrap();
    let head = bot.world.store.head().await.unwrap();
    stop(bot).await;
    (state, head)
}

async fn stop(bot: Bot) {
    bot.stop().await;
}

/// However often the program is killed, at whatever append, with the append kept or lost, with the reactor's checkpoint
/// gone and vendors in trouble: in the end everything is as if it had never been killed, and nothing was said twice.
#[test]
fn a19_restart_idempotency() {
    let crash = (1_u32..30, any::<bool>());
    let crashes = prop::collection::vec(crash, 1..3);
    let lost = prop::option::weighted(0.3, Just(Drop::After));
    let faults = prop::collection::vec(passing_trouble(), 0..2);
    on(
        outside,
        (crashes, lost, faults, any::<bool>()),
        async |outside, (crashes, lost, faults, gives_back)| {
            let number = fresh();
            let (ticket, repository) = (format!("LIFE-{number}"), format!("lives-{number}"));
            outside.demo.add_repository(&repository);
            outside.demo.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
            let cut = Fault { matching: "PUT".to_owned(), times: 1, drop: lost, ..Fault::default() };
            outside.demo.bitbucket.order(trouble(Some(cut).filter(|_| lost.is_some())));
            outside.demo.jira.order(trouble(faults));
            let log = Arc::new(MemoryStore::new());
            let form = form("write", &repository, "2 days", &ticket);
            let wish = Wish { id: Uuid::new_v5(&Uuid::NAMESPACE_URL, ticket.as_bytes()), form, gives_back };
            let lives =
                crashes.into_iter().map(|(appends, kept)| (Some(appends), kept)).chain([(None, false)]);
            let mut last = None;
            for (appends, kept) in lives {
                let store = Arc::new(Behind(Mortal::new(Arc::clone(&log), appends, kept)));
                let runtime = runtime();
                let life = runtime.spawn(live(Arc::clone(outside), Arc::clone(&store), wish.clone()));
                tokio::select! {
                    lived = life => last = Some(lived.unwrap()),
                    () = store.0.death() => {}
                }
                // Everything that ran in this life ends wherever it is.
                runtime.shutdown_background();
            }
            let (state, head) = last.expect("the last life is long enough");
            prop_assert_eq!(state.status(), if gives_back { Status::GivenBack } else { Status::Active });
            let held = outside.demo.bitbucket.state().repositories[&repository].permissions.len();
            prop_assert_eq!(held, usize::from(!gives_back));
            let issue = outside.demo.jira.state().issues[&ticket].clone();
            prop_assert_eq!(issue.status, TicketStatus::Done);
            let comments: Vec<&str> = issue.comments.iter().map(|comment| comment.text.as_str()).collect();
            for word in
                ["waiting for", "Granted on", "taken back"].iter().take(if gives_back { 3 } else { 2 })
            {
                let times = comments.iter().filter(|text| text.contains(word)).count();
                prop_assert_eq!(times, 1, "{}: {:?}", word, comments);
            }
            prop_assert_eq!(comments.len(), if gives_back { 3 } else { 2 }, "{:?}", comments);
            // Another start finds nothing to do.
            let store = Arc::new(Behind(Mortal::new(Arc::clone(&log), None, false)));
            let again = Box::pin(live(Arc::clone(outside), store, wish)).await;
            prop_assert_eq!(again, (state, head));
            Ok(())
        },
    );
}

struct UnderWatch {
    stage: Stage,
    watch: Watch,
}

async fn under_watch() -> UnderWatch {
    let mut watch = None;
    let stage =
        Stage::arranged(Arc::new(MemoryStore::new()), |_| {}, |world| watch = Some(Watch::over(world))).await;
    stage.demo.jira.deliver_to(None);
    UnderWatch { stage, watch: watch.expect("the world was arranged") }
}

/// Before anything is changed at a vendor, the log says durably that exactly this is about to be done; whatever trouble
/// there is, whichever way the request goes.
#[test]
fn a26_audit_first_persistence() {
    let faults = || prop::collection::vec(passing_trouble(), 0..3);
    on(
        under_watch,
        (permission_name(), any::<bool>(), faults(), faults()),
        async |UnderWatch { stage, watch }, (permission, granted, forge, tracker)| {
            let number = fresh();
            let (ticket, repository) = (format!("FIRST-{number}"), format!("firsts-{number}"));
            stage.add_repository(&repository);
            stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
            stage
                .demo
                .bitbucket
                .order(trouble(forge.into_iter().map(|fault| Fault { matching: String::new(), ..fault })));
            stage.demo.jira.order(trouble(tracker));
            watch.take().await;
            // The ticket itself asks: one that is only named is told, and not moved.
            let asked = form(permission, &repository, "1 day", &ticket);
            let code = stage.ask_by_ticket(&ticket, "demo-employee", &asked).await;
            stage.calm().await;
            if granted {
                for approver in ["demo-approver", "demo-approver2"] {
                    let _ = stage.countersign(approver, &code).await;
                }
                stage.calm().await;
                stage.give_back("demo-employee", &code).await;
            } else {
                let context = stage.context("demo-approver").await;
                stage
                    .bot
                    .requests
                    .deny(&context, &stage.opened(&code).await, None, None)
                    .await
                    .unwrap()
                    .expect("an approver may");
            }
            stage.calm().await;
            let noticed = watch.take().await;
            prop_assert!(noticed.unknown.is_empty(), "{:?}", noticed.unknown);
            prop_assert!(noticed.changes >= if granted { 6 } else { 4 }, "{:?}", noticed);
            Ok(())
        },
    );
}
