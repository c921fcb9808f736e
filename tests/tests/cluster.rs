//! Several bots on one log: everything happens, and happens once, whoever comes and goes.

use countersign_domain::access::{AccessRequest, Effect, Permission, PermissionTask};
use countersign_domain::envelope::{Actor, ActorKind, Cause, NewEvent};
use countersign_domain::ports::{Append, EventStore as _, Expected};
use countersign_domain::request::Code;
use countersign_domain::roster::Duty;
use countersign_sandbox::{Fault, Faults};
use countersign_tests::cluster::{Cluster, TERM};
use countersign_tests::vendors::Vendor as _;
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

const READ_MODELS: [&str; 3] = ["request", "effect", "audit"];

/// A request that one countersignature grants, for one of the demo's repositories.
async fn asked(cluster: &Cluster, bot: usize, repository: &str, ticket: &str) -> String {
    let text = format!("access write on {repository} for 2 days ticket {ticket} because rollout");
    let card = cluster.says(bot, "demo-employee", &text).await;
    let code =
        card.code.map_or_else(|| panic!("no code on the card: {}", card.text), |code| code.to_string());
    cluster.settle().await;
    code
}

async fn status(cluster: &Cluster, bot: usize, code: &str) -> String {
    let requests = &cluster.bots()[bot].bot.requests;
    let tenant = countersign_tests::stage::tenant();
    let state: AccessRequest =
        requests.state(&tenant, &code.parse().expect("a code")).await.expect("the log answers");
    state.status().as_str().to_owned()
}

/// What an account holds at the forge.
fn held(cluster: &Cluster, repository: &str) -> Option<String> {
    let state = cluster.demo.bitbucket.state();
    let level = state.repositories.get(repository)?.permissions.get("712020:demo-employee")?;
    serde_json::to_value(level).ok()?.as_str().map(str::to_owned)
}

fn digests(cluster: &Cluster, bot: usize) -> Vec<String> {
    let projections = &cluster.bots()[bot].bot.world.projections;
    READ_MODELS.map(|name| projections.digest(name).expect("a read model").to_string()).to_vec()
}

/// Each effect that was claimed has one success, and none is open.
async fn every_effect_succeeded_once(cluster: &Cluster) {
    let mut effects = std::collections::BTreeMap::<String, Vec<String>>::new();
    for event in cluster.log().await {
        if event.stream.category() == "effect" {
            effects.entry(event.stream.to_string()).or_default().push(event.kind);
        }
    }
    for (effect, kinds) in effects {
        let succeeded = kinds.iter().filter(|kind| *kind == "effect_succeeded").count();
        assert_eq!((kinds[0].as_str(), succeeded), ("effect_claimed", 1), "{effect}: {kinds:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_what_is_asked_of_one_bot_is_done_by_all_and_once() {
    let cluster = Cluster::of(3).await;
    let all: usize = cluster.bots().iter().map(|member| member.holds().len()).sum();
    assert_eq!(all, Duty::work().count(), "every duty is held by one of them");
    assert!(cluster.bots().iter().all(|member| member.holds().len() >= 2), "and none has much more");

    let requests = [("payments-api", "OPS-17"), ("web-shop", "OPS-18"), ("infra", "OPS-19")];
    for (bot, (repository, ticket)) in requests.into_iter().enumerate() {
        let code = asked(&cluster, bot, repository, ticket).await;
        assert_eq!(status(&cluster, (bot + 1) % 3, &code).await, "waiting", "every bot knows of it");
        cluster.says((bot + 2) % 3, "demo-approver", &format!("approve {code}")).await;
        cluster.settle().await;
        assert_eq!(status(&cluster, bot, &code).await, "active");
        assert_eq!(held(&cluster, repository).as_deref(), Some("write"));
    }
    every_effect_succeeded_once(&cluster).await;
    let puts = cluster.demo.bitbucket.calls();
    assert_eq!(puts.iter().filter(|call| call.request.starts_with("PUT")).count(), 3, "each was set once");
    let attempts = cluster.log().await;
    let workers: std::collections::BTreeSet<_> = attempts
        .iter()
        .filter(|event| event.kind == "effect_attempted")
        .map(|event| {
            serde_json::from_str::<serde_json::Value>(event.data.get()).unwrap()["worker"].clone().to_string()
        })
        .collect();
    assert!(workers.len() > 1, "the work was shared: {workers:?}");
    assert_eq!(digests(&cluster, 0), digests(&cluster, 1), "all bots show the same");
    assert_eq!(digests(&cluster, 0), digests(&cluster, 2), "all bots show the same");

    // What ends, ends once, though every bot sees that it is due.
    cluster.later(SignedDuration::from_hours(49)).await;
    assert_eq!(cluster.count("access_ended").await, 3);
    assert_eq!(held(&cluster, "payments-api"), None);
    every_effect_succeeded_once(&cluster).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_a_bot_that_is_not_heard_of_is_replaced_and_its_attempt_is_looked_up() {
    let cluster = Cluster::of(2).await;
    let code = asked(&cluster, 0, "payments-api", "OPS-17").await;
    // The forge does it, and does not answer for longer than anybody waits.
    let slow = Fault {
        delay_ms: Some(600_000),
        matching: "PUT /2.0/repositories".to_owned(),
        times: 1,
        ..Fault::default()
    };
    cluster.demo.bitbucket.order(Faults { next: vec![slow], ..Faults::default() });
    cluster.says(0, "demo-approver", &format!("approve {code}")).await;
    let (attempt, worker) = attempted(&cluster).await;
    let owner = cluster.bots().iter().position(|member| member.name == worker).expect("one of them");
    cluster.cut_off(owner);
    cluster.later(TERM / 3).await;
    cluster.later(TERM * 2).await;
    let other = 1 - owner;
    assert_eq!(cluster.bots()[other].holds().len(), Duty::work().count(), "the other one does everything");
    let log = cluster.log().await;
    let kinds: Vec<_> =
        log.iter().filter(|event| event.stream == attempt).map(|event| event.kind.as_str()).collect();
    assert_eq!(
        kinds[..3],
        ["effect_claimed", "effect_attempted", "effect_unknown"],
        "it is known to be unknown"
    );
    assert_eq!(status(&cluster, other, &code).await, "active");
    assert_eq!(held(&cluster, "payments-api").as_deref(), Some("write"));

    // The one that was cut off comes back, and finds that it had stopped.
    cluster.reconnect(owner);
    cluster.later(TERM / 3).await;
    assert_eq!(cluster.bots()[owner].holds().len(), 4, "it has its part again");
    every_effect_succeeded_once(&cluster).await;
    assert_eq!(digests(&cluster, 0), digests(&cluster, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_a_vendor_that_asks_one_bot_to_wait_is_left_alone_by_all() {
    let cluster = Cluster::of(2).await;
    // For each bot, a repository whose permissions fall to it.
    let repositories = [0, 1].map(|bot| repository_of(&cluster, bot));
    let mut codes = Vec::new();
    for repository in &repositories {
        codes.push(asked(&cluster, 0, repository, "OPS-17").await);
    }
    cluster.says(0, "demo-approver", &format!("approve {}", codes[1])).await;
    cluster.settle().await;
    let busy = Fault {
        matching: "PUT /2.0/repositories".to_owned(),
        times: 1,
        status: Some(429),
        retry_after: Some(60),
        ..Fault::default()
    };
    cluster.demo.bitbucket.order(Faults { next: vec![busy], ..Faults::default() });
    cluster.says(0, "demo-approver", &format!("approve {}", codes[0])).await;
    cluster.settle().await;
    let calls = || cluster.demo.bitbucket.calls().len();
    let before = calls();

    cluster.says(0, "demo-employee", &format!("give back {}", codes[1])).await;
    cluster.later(SignedDuration::from_secs(59)).await;
    assert_eq!(calls(), before, "nobody calls it for a minute, the bot that was not asked neither");
    assert_eq!(cluster.count("effect_deferred").await, 1, "what is held back counts as not tried");
    assert_eq!(held(&cluster, &repositories[0]), None);
    assert_eq!(held(&cluster, &repositories[1]).as_deref(), Some("write"));

    cluster.later(SignedDuration::from_mins(5)).await;
    assert_eq!(held(&cluster, &repositories[0]).as_deref(), Some("write"));
    assert_eq!(held(&cluster, &repositories[1]), None);
    for (code, expected) in codes.iter().zip(["active", "given_back"]) {
        assert_eq!(status(&cluster, 0, code).await, expected);
    }
    every_effect_succeeded_once(&cluster).await;
}

/// A new repository, the employee's permission on which only this bot sets.
fn repository_of(cluster: &Cluster, bot: usize) -> String {
    let vendor = cluster.demo.bitbucket.state();
    let is_its = |repository: &String| {
        let effect = Effect::SetPermission {
            code: Code::candidate(Uuid::nil(), 0),
            account: "712020:demo-employee".to_owned(),
            repository: repository.clone(),
            repository_id: Some(format!("{{{}}}", vendor.repository_uuid(repository))),
            task: PermissionTask::Grant { permission: Permission::Write },
        };
        cluster.bots()[bot].bot.world.duties.perform(&countersign_tests::stage::tenant(), &effect)
    };
    let repository =
        (0..1000).map(|number| format!("service-{number}")).find(is_its).expect("one of so many");
    cluster.demo.change_forge(|state| {
        state.repositories.entry(repository.clone()).or_default();
    });
    repository
}

/// The stream of the attempt at the forge that is under way, and which bot makes it.
async fn attempted(cluster: &Cluster) -> (countersign_domain::names::StreamName, String) {
    loop {
        let head = cluster.store.head().await.expect("the log answers");
        for event in cluster.log().await.iter().rev() {
            let data: serde_json::Value = serde_json::from_str(event.data.get()).expect("JSON");
            if event.kind == "effect_attempted" && data["plan"]["kind"] == "permission" {
                return (event.stream.clone(), data["worker"].as_str().expect("a name").to_owned());
            }
        }
        cluster.store.wait_past(head).await.expect("the log goes on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_a_bot_that_stops_hands_over_at_once_and_one_that_comes_gets_its_part() {
    let mut cluster = Cluster::of(2).await;
    let code = asked(&cluster, 0, "payments-api", "OPS-17").await;
    cluster.stop(0).await;
    cluster.turns().await;
    assert_eq!(cluster.bots()[0].holds().len(), Duty::work().count());
    cluster.says(0, "demo-approver", &format!("approve {code}")).await;
    cluster.settle().await;
    assert_eq!(status(&cluster, 0, &code).await, "active");
    cluster.join().await;
    cluster.turns().await;
    assert_eq!(cluster.bots().iter().map(|member| member.holds().len()).collect::<Vec<_>>(), [4, 4]);
    cluster.later(SignedDuration::from_hours(49)).await;
    assert_eq!(status(&cluster, 1, &code).await, "expired");
    every_effect_succeeded_once(&cluster).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_what_happens_while_no_bot_can_be_heard_is_made_up_for() {
    let cluster = Cluster::of(2).await;
    let code = asked(&cluster, 0, "payments-api", "OPS-17").await;
    cluster.says(0, "demo-approver", &format!("approve {code}")).await;
    cluster.settle().await;
    for bot in 0..2 {
        cluster.cut_off(bot);
    }
    // Longer than any term, and than the access.
    cluster.clock.turn(SignedDuration::from_hours(49));
    assert!(
        cluster.bots().iter().all(|member| !member.bot.world.duties.holds(&Duty::Work(0))),
        "both stopped"
    );
    for bot in 0..2 {
        cluster.reconnect(bot);
    }
    cluster.later(TERM / 3).await;
    assert_eq!(status(&cluster, 0, &code).await, "expired");
    assert_eq!(held(&cluster, "payments-api"), None);
    assert_eq!(cluster.count("access_ended").await, 1);
    every_effect_succeeded_once(&cluster).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_what_one_bot_asked_back_is_answered_at_another_whose_read_models_do_not_know_it_yet() {
    let cluster = Cluster::of(2).await;
    let code = asked(&cluster, 0, "payments-api", "OPS-17").await;
    // What is folded at the second bot stays behind for a while: a log that did not answer is looked for a second later.
    cluster.cut_off(1);
    let card = cluster.says(0, "demo-approver", &format!("deny {code}")).await;
    assert!(card.text.contains("Nothing was decided yet"), "{}", card.text);
    cluster.reconnect(1);
    let card = cluster.says(1, "demo-approver", "because of the freeze").await;
    // What failed while it was cut off is tried again some seconds later, by the clock.
    cluster.later(SignedDuration::from_secs(10)).await;
    assert_eq!(status(&cluster, 0, &code).await, "denied", "{}", card.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_an_older_bot_leaves_what_it_does_not_know_to_newer_ones() {
    let cluster = Cluster::of(2).await;
    let code = asked(&cluster, 0, "payments-api", "OPS-17").await;
    let command = Uuid::from_u128(77);
    let actor = Actor {
        id: "demo-admin".parse().unwrap(),
        kind: ActorKind::Person,
        surface: "web".to_owned(),
        via: None,
    };
    let at = "2026-03-02T09:00:00Z".parse().unwrap();
    let cause = Cause { actor, command, correlation: command, causation: command, at };
    let event = NewEvent::new(&cause, 0, "effect_teleported", 1, &json!({ "to": "Mars" }));
    let stream = format!("acme.effect-{command}").parse().unwrap();
    let append = Append { stream, expected: Expected::NoStream, events: vec![event], urgent: false };
    cluster.store.append(append).await.expect("a newer bot appends it");
    cluster.later(TERM / 3).await;
    cluster.later(TERM / 3).await;
    for member in cluster.bots() {
        let standing = member.bot.world.duties.standing().expect("one of several");
        let why = standing.unfit.expect("it says that it waits");
        assert!(why.contains("effect_teleported"), "{why}");
        assert!(standing.holds.is_empty(), "and leaves everything to others: {:?}", standing.holds);
    }
    let before = cluster.count("effect_attempted").await;
    cluster.says(0, "demo-approver", &format!("approve {code}")).await;
    cluster.settle().await;
    assert_eq!(cluster.count("effect_attempted").await, before, "it takes no effect any more");
    assert_eq!(status(&cluster, 0, &code).await, "granting", "which waits for a bot that knows");
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_a_chats_connection_is_taken_over() {
    let mut cluster = Cluster::with_chats(2).await;
    let slack = |cluster: &Cluster| {
        let holds = |member: &countersign_tests::cluster::Member| {
            member.holds().iter().any(|duty| duty.to_string() == "slack/acme")
        };
        cluster.bots().iter().position(holds)
    };
    let owner = slack(&cluster).expect("one of them listens");
    let chats = cluster.demo.chats.as_ref().expect("there are chats");
    chats.slack.connected(1).await;
    cluster.stop(owner).await;
    cluster.turns().await;
    assert_eq!(slack(&cluster), Some(0), "the other one listens now");
    let chats = cluster.demo.chats.as_ref().expect("there are chats");
    chats.slack.connected(1).await;
}
