//! The adapters through a judge that knows the vendors' published contracts; `tests/peers/prism.sh` starts both.

use std::net::SocketAddr;
use std::sync::Arc;

use countersign_atlassian::{Bitbucket, Jira};
use countersign_domain::access::Permission;
use countersign_domain::named::Named;
use countersign_domain::ports::{
    Clock, Comment, Forge, Located, PermissionPlan, TicketMove, TicketStage, Tracker,
};
use countersign_outbound::{Outbound, OutboundConfig};
use countersign_sandbox::{BitbucketOptions, BitbucketSandbox, Fault, Faults, JiraOptions, JiraSandbox};
use uuid::Uuid;

use crate::support::{
    ERIN, HandClock, bitbucket_access, bitbucket_config, jira_access, jira_config, people, secrets, tenant,
    tickets,
};

/// The address of the judge.
fn judge(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names no judge"))
}

/// Where the judge expects the sandbox, for a proxy; without it the judge answers by itself.
fn behind(variable: &str) -> Option<SocketAddr> {
    std::env::var(variable).ok().map(|address| address.parse().unwrap())
}

/// The next answer is this, whatever was asked.
fn instead(body: &str) -> Faults {
    let next = vec![Fault { times: 1, body: Some(body.to_owned()), ..Fault::default() }];
    Faults { next, ..Faults::default() }
}

fn outbound() -> Outbound {
    Outbound::new(OutboundConfig::default(), Arc::new(HandClock::default()) as Arc<dyn Clock>).unwrap()
}

#[tokio::test]
#[ignore = "tests/peers/prism.sh runs it beside its judge"]
async fn bitbuckets_contract_is_kept_by_the_adapter_and_the_sandbox() {
    let base_url = judge("COUNTERSIGN_PEER_BITBUCKET");
    let bitbucket = Bitbucket::new(&bitbucket_config(base_url), &tenant(), &outbound(), secrets()).unwrap();
    let Some(listen) = behind("COUNTERSIGN_PEER_BITBUCKET_BEHIND") else {
        return mocked_bitbucket(&bitbucket).await;
    };
    let options = BitbucketOptions { listen, ..BitbucketOptions::new(bitbucket_access(), people()) };
    let server = BitbucketSandbox::start(options).await.unwrap();
    for text in [ERIN, "{d301aafa-d676-4ee0-88be-962be7417567}", "erin"] {
        assert_eq!(bitbucket.user(text).await.unwrap().one().unwrap().account, ERIN, "{text}");
    }
    assert_eq!(bitbucket.user("mallory").await.unwrap(), Named::Nothing);
    assert_eq!(bitbucket.repository("infra").await.unwrap().here().unwrap().name, "infra");
    assert_eq!(bitbucket.repository("payroll").await.unwrap(), Located::Nowhere);
    for wanted in [Some(Permission::Write), Some(Permission::Admin), Some(Permission::Read), None] {
        let present = bitbucket.permission(ERIN, "infra").await.unwrap();
        let plan = PermissionPlan::between(ERIN, "infra", present, wanted);
        bitbucket.apply(&plan).await.unwrap();
        assert_eq!(bitbucket.permission(ERIN, "infra").await.unwrap(), wanted);
    }
    assert!(bitbucket.permission(ERIN, "payroll").await.is_err());
    // The judge is awake: without the `type` that the contract demands, the adapter alone would be content.
    server.order(instead(r#"{"permission":"write"}"#));
    assert_eq!(bitbucket.permission(ERIN, "infra").await.unwrap_err().status, Some(500));
    eprintln!("{} requests judged", server.calls().len());
}

/// The judge answers from the contract's examples: every request of ours must be one it knows. Repositories have no
/// example, and what the judge invents for them breaks the contract itself.
async fn mocked_bitbucket(bitbucket: &Bitbucket) {
    bitbucket.permission(ERIN, "geordi").await.unwrap();
    for wanted in [Some(Permission::Write), None] {
        let plan = PermissionPlan::between(ERIN, "geordi", Some(Permission::Read), wanted);
        bitbucket.apply(&plan).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "tests/peers/prism.sh runs it beside its judge"]
async fn jiras_contract_is_kept_by_the_adapter_and_the_sandbox() {
    let base_url = judge("COUNTERSIGN_PEER_JIRA");
    let jira = Jira::new(&jira_config(base_url), &tenant(), &outbound(), secrets()).unwrap();
    let comment =
        Comment { marker: Uuid::from_u128(1), paragraphs: vec!["Granted.".to_owned(), String::new()] };
    let Some(listen) = behind("COUNTERSIGN_PEER_JIRA_BEHIND") else {
        return mocked_jira(&jira, &comment).await;
    };
    let options = JiraOptions { listen, ..JiraOptions::new(jira_access(), tickets()) };
    let server = JiraSandbox::start(options).await.unwrap();
    assert_eq!(jira.ticket("OPS-17").await.unwrap().unwrap().stage, TicketStage::Todo);
    assert_eq!(jira.ticket("OPS-99").await.unwrap(), None);
    assert!(!jira.has_comment("OPS-17", comment.marker).await.unwrap());
    jira.comment("OPS-17", &comment).await.unwrap();
    assert!(jira.has_comment("OPS-17", comment.marker).await.unwrap());
    for to in [TicketMove::Started, TicketMove::Granted] {
        let plan = jira.plan_move("OPS-17", to).await.unwrap();
        jira.apply_move(&plan).await.unwrap();
    }
    assert_eq!(jira.ticket("OPS-17").await.unwrap().unwrap().stage, TicketStage::Done);
    // The judge is awake: with a field that the contract does not know, the adapter alone would be content.
    let status = r#"{"name":"Done","statusCategory":{"key":"done"}}"#;
    server.order(instead(&format!(r#"{{"key":"OPS-17","bogus":1,"fields":{{"status":{status}}}}}"#)));
    assert_eq!(jira.ticket("OPS-17").await.unwrap_err().status, Some(500));
    eprintln!("{} requests judged", server.calls().len());
}

/// The judge answers from the contract's examples: every request of ours must be one it knows. Its issues are never
/// where a workflow would have led, so moves are left to the proxy.
async fn mocked_jira(jira: &Jira, comment: &Comment) {
    jira.comment("OPS-17", comment).await.unwrap();
    assert!(!jira.has_comment("OPS-17", comment.marker).await.unwrap());
}
