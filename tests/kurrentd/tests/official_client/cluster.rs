//! Several nodes, judged by the official client: who leads, what followers refuse, deaths and their traps.
use crate::common::{append, client, event, events, read, revisions, settings};
use countersign_kurrentd::{Cluster, Options, Role};
use kurrentdb::operations;
use kurrentdb::{
    AppendToStreamOptions, Client, Error, ReadAllOptions, ReadStreamOptions, StreamState,
    SubscribeToAllOptions, SubscriptionEvent,
};

/// A client of one node, content with it: by default the client insists on the leader for everything, reads too.
fn content(cluster: &Cluster, node: usize) -> Client {
    client(&format!("{}&nodePreference=random", cluster.url_of(node)))
}

async fn three() -> Cluster {
    Cluster::start(Options::nodes(3)).await.expect("the system has free ports")
}

/// A client that looks for the leader.
fn leaders_client(cluster: &Cluster) -> Client {
    client(&format!("{}&nodePreference=leader", cluster.url()))
}

#[tokio::test]
async fn kurrentd_gossips_who_leads_and_who_lives() {
    let cluster = three().await;
    cluster.kill(2).await;
    let one = settings(&format!("{}&discoveryInterval=1", cluster.url_of(1)));
    let members = operations::Client::new(one).unwrap().read_gossip().await.unwrap();
    let seen: Vec<_> = members.iter().map(|member| (member.state, member.is_alive)).collect();
    let expected = [
        (operations::VNodeState::Leader, true),
        (operations::VNodeState::Follower, true),
        (operations::VNodeState::Shutdown, false),
    ];
    assert_eq!(seen, expected);
    assert_eq!(u32::from(cluster.endpoints()[1].port), members[1].http_end_point.port);
}

#[tokio::test]
async fn kurrentd_leads_a_client_to_the_node_it_prefers() {
    let cluster = three().await;
    cluster.elect(2);
    let client = leaders_client(&cluster);
    append(&client, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    assert!(client.server_info().await.unwrap().version() >= 25);
}

#[tokio::test]
async fn kurrentd_followers_refuse_what_is_for_the_leader_and_name_it() {
    let cluster = three().await;
    let client = client(&cluster.url_of(1));
    let options = AppendToStreamOptions::default().requires_leader(true);
    match client.append_to_stream("a-1", &options, event(1)).await {
        Err(Error::NotLeaderException(leader)) => {
            assert_eq!(leader.port, u32::from(cluster.endpoints()[0].port));
        }
        other => panic!("{other:?}"),
    }
    // the client has followed the name, and the next try succeeds
    client.append_to_stream("a-1", &options, event(1)).await.unwrap();
}

#[tokio::test]
async fn kurrentd_followers_refuse_reads_that_are_for_the_leader() {
    let cluster = three().await;
    let client = client(&cluster.url_of(1));
    let options = ReadAllOptions::default().requires_leader(true);
    assert!(matches!(client.read_all(&options).await, Err(Error::NotLeaderException(_))));
    content(&cluster, 1).read_all(&ReadAllOptions::default()).await.unwrap();
}

#[tokio::test]
async fn kurrentd_followers_hand_other_writes_on_if_they_may() {
    let cluster = three().await;
    append(&content(&cluster, 1), "a-1", StreamState::NoStream, events(1)).await.unwrap();
    let strict = Cluster::start(Options { forwarding: false, ..Options::nodes(2) }).await.unwrap();
    let refused = append(&content(&strict, 1), "a-1", StreamState::NoStream, events(1)).await;
    assert!(matches!(refused, Err(Error::NotLeaderException(_))));
}

#[tokio::test]
async fn kurrentd_kills_the_leader_and_the_client_does_not_look_for_the_new_one() {
    let cluster = three().await;
    let client = leaders_client(&cluster);
    append(&client, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    assert_eq!(cluster.kill_leader().await, Some(0));
    assert_eq!((cluster.leader(), cluster.role(1)), (Some(1), Role::Leader));
    for _ in 0..3 {
        let failed = append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await;
        assert!(matches!(failed, Err(Error::ServerError(_))), "{failed:?}");
    }
    // a new client finds it, and nothing is lost
    let client = leaders_client(&cluster);
    append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
}

#[tokio::test]
async fn kurrentd_kills_drop_what_is_under_way() {
    let cluster = three().await;
    let client = leaders_client(&cluster);
    let mut gate = cluster.hold_writes(countersign_kurrentd::Stage::BeforeCommit);
    let under_way = tokio::spawn({
        let client = client.clone();
        async move { append(&client, "a-1", StreamState::NoStream, events(1)).await }
    });
    gate.reached_by(1).await;
    let mut subscription = client.subscribe_to_all(&SubscribeToAllOptions::default()).await;
    while !matches!(subscription.next_subscription_event().await, Ok(SubscriptionEvent::CaughtUp(_))) {}
    cluster.kill_leader().await;
    assert!(matches!(subscription.next().await, Err(Error::ServerError(_))));
    assert!(matches!(under_way.await.unwrap(), Err(Error::ServerError(_))));
    gate.open();
    assert_eq!(cluster.counts().appends.len(), 0, "it was not written later either");
}

#[tokio::test]
async fn kurrentd_revives_a_node_on_its_port() {
    let cluster = Cluster::start(Options::default()).await.unwrap();
    let client = client(&cluster.url());
    append(&client, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    cluster.kill(0).await;
    assert_eq!(cluster.leader(), None);
    assert!(append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await.is_err());
    cluster.revive(0).await.unwrap();
    // a client that had a connection once comes back by itself
    append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
}

#[tokio::test]
async fn kurrentd_changes_the_leader_without_a_death() {
    let cluster = three().await;
    let client = leaders_client(&cluster);
    append(&client, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    cluster.elect(2);
    let refused = append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await;
    assert!(matches!(refused, Err(Error::NotLeaderException(_))));
    append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
}

#[tokio::test]
async fn kurrentd_is_not_ready_while_nobody_leads() {
    let cluster = three().await;
    let client = content(&cluster, 0);
    append(&client, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    cluster.abdicate();
    let refused = append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await;
    assert!(matches!(refused, Err(Error::ServerError(message)) if message.contains("Not Ready")));
    cluster.elect(1);
    append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
}

#[tokio::test]
async fn kurrentd_followers_lag_behind_on_command() {
    let cluster = three().await;
    let leader = client(&cluster.url_of(0));
    append(&leader, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    cluster.freeze(1);
    append(&leader, "a-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
    let follower = content(&cluster, 1);
    let options = ReadStreamOptions::default();
    assert_eq!(revisions(&read(&follower, "a-1", options.clone()).await.unwrap()), [0]);
    cluster.heal(1);
    assert_eq!(revisions(&read(&follower, "a-1", options).await.unwrap()), [0, 1]);
}

#[tokio::test]
async fn kurrentd_deposed_leaders_read_old_and_write_nothing() {
    let cluster = three().await;
    let old = client(&cluster.url_of(0));
    append(&old, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    assert_eq!(cluster.depose(), Some(0));
    assert_eq!((cluster.role(0), cluster.leader()), (Role::Deposed, Some(1)));
    append(&client(&cluster.url_of(1)), "a-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
    let options = ReadStreamOptions::default().requires_leader(true);
    assert_eq!(revisions(&read(&old, "a-1", options).await.unwrap()), [0]);
    let stuck = append(&old, "a-1", StreamState::StreamRevision(0), events(1)).await;
    assert!(matches!(stuck, Err(Error::Grpc { code: countersign_kurrentd::Code::Aborted, .. })));
}
