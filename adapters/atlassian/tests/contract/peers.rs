//! The adapters through a judge that knows the vendors' published contracts; `tests/peers/prism.sh` starts both.

use std::net::SocketAddr;
use std::sync::Arc;

use countersign_atlassian::webhook::FieldMapping;
use countersign_atlassian::{Bitbucket, Jira, JiraConfig};
use countersign_domain::access::Permission;
use countersign_domain::named::Named;
use countersign_domain::ports::{
    CallErrorKind, Clock, Comment, Forge, Located, PermissionPlan, Refusal, TicketMove, TicketStage, Tracker,
};
use countersign_outbound::{Outbound, OutboundConfig};
use countersign_sandbox::jira::Status;
use countersign_sandbox::{
    BitbucketOptions, BitbucketSandbox, BitbucketState, Fault, Faults, JiraOptions, JiraSandbox, JiraState,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    ADAM, ERIN, HandClock, bitbucket_access, bitbucket_config, jira_access, jira_config, people, secrets,
    tenant, tickets,
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
    let base_url = judge("PEER_BITBUCKET");
    let bitbucket = Bitbucket::new(&bitbucket_config(base_url), &tenant(), &outbound(), secrets()).unwrap();
    let Some(listen) = behind("PEER_BITBUCKET_BEHIND") else {
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
    assert_eq!(bitbucket.holders("infra", 1).await.unwrap().unwrap().holders, []);
    assert_eq!(bitbucket.repositories(1).await.unwrap().repositories.len(), 3);
    assert_eq!(bitbucket.search("shop", 5).await.unwrap(), ["web-shop"]);
    assert_eq!(bitbucket.examine().await.unwrap().faults, Vec::<String>::new());
    refusals(&bitbucket, &server).await;
    // The judge is awake: without the `type` that the contract demands, the adapter alone would be content.
    server.order(instead(r#"{"permission":"write"}"#));
    assert_eq!(bitbucket.permission(ERIN, "infra").await.unwrap_err().status, Some(500));
    eprintln!("{} requests judged", server.calls().len());
}

/// Everything that the contract refuses, in the way it says.
async fn refusals(bitbucket: &Bitbucket, server: &BitbucketSandbox) {
    let give = |account, wanted| PermissionPlan::between(account, "infra", None, Some(wanted));
    let expect = async |state: BitbucketState, account, refusal| {
        server.change(|kept| *kept = state).unwrap();
        let error = bitbucket.apply(&give(account, Permission::Write)).await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Refused(refusal), "{error}");
    };
    let mut outside = people();
    outside.outsiders = outside.users.split_off(1);
    expect(outside, ADAM, Refusal::NotAMember).await;
    let owned = BitbucketState { owner: Some(ADAM.to_owned()), ..people() };
    expect(owned, ADAM, Refusal::Owner).await;
    expect(BitbucketState { seats: Some(0), ..people() }, ADAM, Refusal::PlanFull).await;
    let mut closed = people();
    closed.repository_mut("infra").unwrap().closed = true;
    expect(closed, ADAM, Refusal::NotAllowed).await;
    let error = bitbucket.permission(ADAM, "infra").await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Refused(Refusal::NotAllowed), "{error}");
    assert!(bitbucket.holders("infra", 1).await.is_err());
    server.change(|kept| *kept = people()).unwrap();
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
    let base_url = judge("PEER_JIRA");
    let fields = FieldMapping { permission: Some("customfield_10041".to_owned()), ..FieldMapping::default() };
    let config = JiraConfig { fields, ..jira_config(base_url.clone()) };
    let jira = Jira::new(&config, &tenant(), &outbound(), secrets()).unwrap();
    let comment =
        Comment { marker: Uuid::from_u128(1), paragraphs: vec!["Granted.".to_owned(), String::new()] };
    let Some(listen) = behind("PEER_JIRA_BEHIND") else {
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
    let faults = jira.examine().await.unwrap().faults;
    assert!(matches!(&faults[..], [fault] if fault.contains("no field customfield_10041")), "{faults:?}");
    screens(&jira, &server, &base_url).await;
    by_hand(&base_url).await;
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

/// A step whose screen wants a field, watchers, and what Jira answers where two change an issue at the same moment or its
/// configuration is broken.
async fn screens(jira: &Jira, server: &JiraSandbox, base_url: &str) {
    let mut state: JiraState = tickets();
    let issue = state.issue_mut("OPS-17").unwrap();
    (issue.status, issue.watchers) = (Status::InProgress, vec!["5b10bot".to_owned()]);
    for way in state.workflow.0.iter_mut().filter(|way| way.to == Status::Done) {
        way.required = vec!["resolution".to_owned()];
    }
    server.change(|kept| *kept = state).unwrap();
    assert_eq!(jira.ticket("OPS-17").await.unwrap().unwrap().reach.accounts.len(), 1);
    let error = jira.plan_move("OPS-17", TicketMove::Granted).await.unwrap_err();
    assert!(error.detail.contains("wants Resolution to be filled in"), "{error}");
    let finish = |fields: Value| json!({"transition": {"id": "31"}, "fields": fields});
    let path = format!("{base_url}/rest/api/3/issue/OPS-17/transitions");
    for (fields, status) in
        [(json!({}), 400), (json!({"summary": "x"}), 400), (json!({"resolution": {"name": "Done"}}), 204)]
    {
        assert_eq!(call("POST", &path, Some(finish(fields))).await.0, status);
    }
    server.change(|kept| *kept = tickets()).unwrap();
    let plan = jira.plan_move("OPS-17", TicketMove::Started).await.unwrap();
    for (status, kind) in [(409, CallErrorKind::NotDone { after: None }), (422, CallErrorKind::Rejected)] {
        let body = r#"{"errorMessages":["Not now."],"errors":{}}"#.to_owned();
        let fault = Fault { matching: "POST".to_owned(), times: 1, status: Some(status), ..Fault::default() };
        server.order(Faults { next: vec![Fault { body: Some(body), ..fault }], ..Faults::default() });
        let error = jira.apply_move(&plan).await.unwrap_err();
        assert_eq!((error.kind, error.status), (kind, Some(status)), "{error}");
    }
}

/// What a person at play does: the sandbox takes it as Jira would.
async fn by_hand(base_url: &str) {
    let issue = format!("{base_url}/rest/api/3/issue");
    let fields =
        json!({"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "Access, please"});
    let (status, created) = call("POST", &issue, Some(json!({ "fields": fields }))).await;
    assert_eq!(status, 201, "{created}");
    let key = created["key"].as_str().unwrap();
    let edited = json!({"fields": {"summary": "Access"}});
    assert_eq!(call("PUT", &format!("{issue}/{key}"), Some(edited)).await.0, 204);
    let search = format!("{base_url}/rest/api/3/search/jql?jql=key%20%3D%20{key}&fields=summary");
    let (status, found) = call("GET", &search, None).await;
    assert_eq!((status, found["issues"][0]["fields"]["summary"].as_str()), (200, Some("Access")), "{found}");
    assert_eq!(call("DELETE", &format!("{issue}/{key}"), None).await.0, 204);
    assert_eq!(call("GET", &format!("{issue}/{key}"), None).await.0, 404);
}

async fn call(method: &str, url: &str, body: Option<Value>) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let mut request = client.request(method.parse().unwrap(), url);
    request = request.basic_auth("bot@example.com", Some("jira-token-value"));
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}
