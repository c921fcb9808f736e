//! Trouble on the wire: what may be concluded from it, and nothing more.

use std::time::Duration;

use countersign_atlassian::Bitbucket;
use countersign_domain::access::Permission;
use countersign_domain::ports::{CallError, CallErrorKind, Comment, Forge, PermissionPlan, Refusal, Tracker};
use countersign_outbound::{BreakerState, MemorySecrets, Outbound, OutboundConfig, correlated};
use countersign_sandbox::bitbucket::Level;
use countersign_sandbox::{Drop, Fault, Faults};
use uuid::Uuid;

use crate::support::{ERIN, World, bitbucket_config, patience, secrets, tenant};

const NOT_DONE: CallErrorKind = CallErrorKind::NotDone { after: None };

fn once(fault: Fault) -> Faults {
    Faults { next: vec![Fault { times: 1, ..fault }], ..Faults::default() }
}

fn status(status: u16) -> Fault {
    Fault { status: Some(status), ..Fault::default() }
}

async fn grant(world: &World) -> Result<(), CallError> {
    world.bitbucket.apply(&PermissionPlan::between(ERIN, "payments-api", None, Some(Permission::Write))).await
}

async fn look(world: &World) -> Result<Option<Permission>, CallError> {
    world.bitbucket.permission(ERIN, "payments-api").await
}

fn granted(world: &World) -> bool {
    let state = world.bitbucket_server.state();
    state.repositories["payments-api"].permissions.get(ERIN) == Some(&Level::Write)
}

#[tokio::test]
async fn what_a_status_means_for_reading_and_for_writing() {
    let world = World::start().await;
    let unknown = CallErrorKind::Unknown;
    let rejected = CallErrorKind::Rejected;
    let (not_allowed, full) =
        (CallErrorKind::Refused(Refusal::NotAllowed), CallErrorKind::Refused(Refusal::PlanFull));
    for (code, reading, writing) in [
        (400, rejected, rejected),
        (403, not_allowed, not_allowed),
        (402, full, full),
        (500, NOT_DONE, unknown),
        (502, NOT_DONE, unknown),
        (504, NOT_DONE, unknown),
        (503, NOT_DONE, NOT_DONE),
        (429, NOT_DONE, NOT_DONE),
    ] {
        world.bitbucket_server.order(once(status(code)));
        let error = look(&world).await.unwrap_err();
        assert_eq!((error.kind, error.status), (reading, Some(code)), "reading: {error}");
        look(&world).await.unwrap();
        world.bitbucket_server.order(once(status(code)));
        let error = grant(&world).await.unwrap_err();
        assert_eq!((error.kind, error.status), (writing, Some(code)), "writing: {error}");
        look(&world).await.unwrap();
    }
    assert!(!granted(&world));
}

#[tokio::test]
async fn the_vendors_wish_to_wait_is_passed_on() {
    let world = World::start().await;
    for code in [429, 503] {
        world.bitbucket_server.order(once(Fault { retry_after: Some(7), ..status(code) }));
        let kind = grant(&world).await.unwrap_err().kind;
        assert_eq!(kind, CallErrorKind::NotDone { after: Some(Duration::from_secs(7)) });
    }
}

#[tokio::test]
async fn a_connection_lost_leaves_a_write_unknown_whether_it_was_done_or_not() {
    let world = World::start().await;
    for (drop, done) in [(Drop::Before, false), (Drop::After, true)] {
        world.bitbucket_server.order(once(Fault { drop: Some(drop), ..Fault::default() }));
        let error = grant(&world).await.unwrap_err();
        assert_eq!((error.kind, error.status), (CallErrorKind::Unknown, None), "{error}");
        assert_eq!(granted(&world), done);
        assert_eq!(look(&world).await.unwrap().is_some(), done, "looking tells which");
    }
}

#[tokio::test]
async fn a_connection_lost_while_reading_changed_nothing() {
    let world = World::start().await;
    world.bitbucket_server.order(once(Fault { drop: Some(Drop::After), ..Fault::default() }));
    assert_eq!(look(&world).await.unwrap_err().kind, NOT_DONE);
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_found_and_not_written_twice() {
    let world = World::start().await;
    let comment = Comment { marker: Uuid::from_u128(7), paragraphs: vec!["Granted.".to_owned()] };
    world.jira_server.order(once(Fault { drop: Some(Drop::After), ..Fault::default() }));
    let error = world.jira.comment("OPS-17", &comment).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Unknown);
    assert!(world.jira.has_comment("OPS-17", comment.marker).await.unwrap());
}

#[tokio::test]
async fn a_vendor_that_is_too_slow_is_not_waited_for() {
    let mut world = World::start().await;
    let hasty = OutboundConfig { timeout: Duration::from_millis(50), ..patience() };
    let outbound = Outbound::new(hasty, world.clock.clone()).unwrap();
    let config = bitbucket_config(world.bitbucket_server.base_url());
    world.bitbucket = Bitbucket::new(&config, &tenant(), &outbound, secrets()).unwrap();
    let slow = Fault { delay_ms: Some(60_000), ..Fault::default() };
    world.bitbucket_server.order(Faults { next: vec![Fault { times: 2, ..slow }], ..Faults::default() });
    let error = look(&world).await.unwrap_err();
    assert_eq!(error.kind, NOT_DONE);
    assert!(error.detail.contains("did not answer in time"), "{error}");
    assert_eq!(grant(&world).await.unwrap_err().kind, CallErrorKind::Unknown);
}

#[tokio::test]
async fn garbage_instead_of_an_answer_is_a_broken_contract() {
    let world = World::start().await;
    for body in ["{\"permission\":", "<html>", "[]", "{}", "{\"permission\":\"owner\"}", ""] {
        world.bitbucket_server.order(once(Fault { body: Some(body.to_owned()), ..Fault::default() }));
        assert_eq!(look(&world).await.unwrap_err().kind, CallErrorKind::Rejected, "{body}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_read_to_it() {
    let world = World::start().await;
    let endless = Fault { fill: Some(10_000_000), ..Fault::default() };
    world.bitbucket_server.order(once(endless.clone()));
    let error = look(&world).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("larger than 65536 bytes"), "{error}");
    world.bitbucket_server.order(once(endless));
    assert_eq!(grant(&world).await.unwrap_err().kind, CallErrorKind::Unknown);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_our_credential() {
    let world = World::start().await;
    let thief = World::start().await;
    let location = Some(format!("{}/users/{ERIN}", thief.bitbucket_server.base_url()));
    world.bitbucket_server.order(once(Fault { location, ..status(302) }));
    let error = look(&world).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("redirects are not followed"), "{error}");
    assert!(thief.bitbucket_server.calls().is_empty());
}

#[tokio::test]
async fn a_wrong_credential_is_named_never_shown() {
    let world = World::start().await;
    let secrets = MemorySecrets::from([("bitbucket-token", "stale-token-value")]);
    let config = bitbucket_config(world.bitbucket_server.base_url());
    let bitbucket =
        Bitbucket::new(&config, &tenant(), &world.outbound, std::sync::Arc::new(secrets)).unwrap();
    let echo = r#"{"error":{"message":"stale-token-value is not a token"}}"#.to_owned();
    for fault in [Faults::default(), once(Fault { body: Some(echo), ..status(401) })] {
        world.bitbucket_server.order(fault);
        let error = bitbucket.repository("infra").await.unwrap_err();
        assert_eq!((error.kind, error.status), (CallErrorKind::Barred, Some(401)));
        assert!(error.detail.contains("store it as the secret `bitbucket-token`"), "{error}");
        assert!(!error.to_string().contains("stale-token-value"), "{error}");
    }
}

#[tokio::test]
async fn an_absent_secret_calls_nobody() {
    let world = World::start().await;
    let config = bitbucket_config(world.bitbucket_server.base_url());
    let nobody = std::sync::Arc::new(MemorySecrets::default());
    let bitbucket = Bitbucket::new(&config, &tenant(), &world.outbound, nobody).unwrap();
    let error = bitbucket.repository("infra").await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Barred);
    assert!(error.detail.contains("bitbucket-token"), "{error}");
    assert!(world.bitbucket_server.calls().is_empty());
}

#[tokio::test]
async fn nobody_at_home_means_not_done() {
    let mut world = World::start().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let config = bitbucket_config(format!("http://{address}/2.0"));
    world.bitbucket = Bitbucket::new(&config, &tenant(), &world.outbound, secrets()).unwrap();
    let error = grant(&world).await.unwrap_err();
    assert_eq!(error.kind, NOT_DONE);
    assert!(error.detail.contains("cannot be reached"), "{error}");
}

#[tokio::test]
async fn a_sick_vendor_is_left_alone_and_tried_again_when_the_time_has_come() {
    let world = World::start().await;
    world
        .bitbucket_server
        .order(Faults { next: vec![Fault { times: 3, ..status(503) }], ..Faults::default() });
    for _ in 0..3 {
        look(&world).await.unwrap_err();
    }
    let calls = world.bitbucket_server.calls().len();
    let error = look(&world).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NotDone { after: Some(Duration::from_secs(30)) });
    assert_eq!(world.bitbucket_server.calls().len(), calls, "nobody was called");
    assert!(world.jira.ticket("OPS-17").await.unwrap().is_some(), "the other vendor is not affected");
    let open = |view: &countersign_outbound::BreakerView| (view.vendor.clone(), view.state);
    let views: Vec<_> = world.outbound.breakers().iter().map(open).collect();
    assert_eq!(
        views,
        [("bitbucket".to_owned(), BreakerState::Open), ("jira".to_owned(), BreakerState::Closed)]
    );

    world.clock.turn(Duration::from_secs(30));
    look(&world).await.unwrap();
    look(&world).await.unwrap();
    assert!(world.outbound.breakers().iter().all(|view| view.state == BreakerState::Closed));
}

#[tokio::test]
async fn trust_d1_a_repository_or_a_ticket_that_fails_holds_up_no_other() {
    let world = World::start().await;
    let bad = |path: &str| Fault { matching: path.to_owned(), times: 3, ..status(500) };
    world
        .bitbucket_server
        .order(Faults { next: vec![bad("GET /2.0/repositories/acme/payments-api")], ..Faults::default() });
    world.jira_server.order(Faults { next: vec![bad("GET /rest/api/3/issue/OPS-17")], ..Faults::default() });
    for _ in 0..3 {
        look(&world).await.unwrap_err();
        world.jira.ticket("OPS-17").await.unwrap_err();
    }
    let calls = world.bitbucket_server.calls().len() + world.jira_server.calls().len();
    look(&world).await.unwrap_err();
    world.jira.ticket("OPS-17").await.unwrap_err();
    let now = world.bitbucket_server.calls().len() + world.jira_server.calls().len();
    assert_eq!(now, calls, "what failed is left alone");
    assert!(
        world.bitbucket.repository("no-such-thing").await.unwrap().here().is_none(),
        "another repository is asked for"
    );
    assert!(world.jira.ticket("OPS-404").await.unwrap().is_none(), "another ticket is asked for");
    assert!(world.outbound.breakers().iter().all(|view| view.state == BreakerState::Closed));
}

#[tokio::test]
async fn refusals_do_not_open_the_breaker() {
    let world = World::start().await;
    for _ in 0..10 {
        world.bitbucket_server.order(once(status(403)));
        look(&world).await.unwrap_err();
    }
    look(&world).await.unwrap();
}

#[tokio::test]
async fn the_correlation_goes_along() {
    let world = World::start().await;
    correlated("01J-request", look(&world)).await.unwrap();
    look(&world).await.unwrap();
    let ids: Vec<_> = world.bitbucket_server.calls().into_iter().map(|call| call.request_id).collect();
    assert_eq!(ids, [Some("01J-request".to_owned()), None]);
}
