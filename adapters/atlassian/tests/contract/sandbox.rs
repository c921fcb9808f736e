//! The sandbox itself: its control pages, and its state after a restart.

use std::time::Duration;

use countersign_domain::access::Permission;
use countersign_domain::ports::{Forge, PermissionPlan, Tracker};
use countersign_sandbox::{BitbucketOptions, BitbucketSandbox, JiraOptions, JiraSandbox, SandboxError};
use serde_json::{Value, json};

use crate::support::{
    ERIN, World, bitbucket_access, bitbucket_config, jira_access, people, secrets, tenant, tickets,
};

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

async fn get(url: &str) -> Value {
    client().get(url).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

#[tokio::test]
async fn its_state_is_shown_and_set_in_plain_json() {
    let world = World::start().await;
    let plan = PermissionPlan::between(ERIN, "payments-api", None, Some(Permission::Write));
    world.bitbucket.apply(&plan).await.unwrap();
    let page = format!("http://{}/_sandbox", world.bitbucket_server.address());
    let mut state = get(&page).await;
    assert_eq!(state["repositories"]["payments-api"], json!({"permissions": {ERIN: "write"}}));
    state["repositories"]["payments-api"]["permissions"][ERIN] = json!("admin");
    client().put(&page).json(&state).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(world.bitbucket.permission(ERIN, "payments-api").await.unwrap(), Some(Permission::Admin));

    let wrong = client().put(&page).json(&json!({"repos": {}})).send().await.unwrap();
    assert_eq!(wrong.status(), 422);
    assert!(wrong.text().await.unwrap().contains("repos"));
}

#[tokio::test]
async fn trouble_is_ordered_over_http_and_the_calls_are_listed_without_credentials() {
    let world = World::start().await;
    let page = format!("http://{}/_sandbox", world.jira_server.address());
    let faults =
        json!({"next": [{"match": "GET /rest/api/3/issue/OPS-17", "status": 503, "retry_after": 1}]});
    client().put(format!("{page}/faults")).json(&faults).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(world.jira.ticket("OPS-17").await.unwrap_err().status, Some(503));
    world.clock.turn(Duration::from_secs(1));
    assert!(world.jira.ticket("OPS-17").await.unwrap().is_some());
    let calls = get(&format!("{page}/calls")).await;
    let statuses: Vec<&Value> = calls.as_array().unwrap().iter().map(|call| &call["status"]).collect();
    assert_eq!(statuses, [503, 200]);
    assert!(!calls.to_string().contains("jira-token") && !calls.to_string().contains("Basic"), "{calls}");
    assert_eq!(get(&page).await["issues"]["OPS-17"]["status"], "To Do");
}

#[tokio::test]
async fn its_state_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start().await;
    for wanted in [Some(Permission::Write), None] {
        let options = BitbucketOptions {
            state_file: Some(folder.path().join("bitbucket.json")),
            ..BitbucketOptions::new(bitbucket_access(), people())
        };
        let server = BitbucketSandbox::start(options).await.unwrap();
        let config = bitbucket_config(server.base_url());
        let forge =
            countersign_atlassian::Bitbucket::new(&config, &tenant(), &world.outbound, secrets()).unwrap();
        let present = forge.permission(ERIN, "infra").await.unwrap();
        assert_eq!(present.is_none(), wanted.is_some(), "the second one finds what the first one wrote");
        forge.apply(&PermissionPlan::between(ERIN, "infra", present, wanted)).await.unwrap();
        server.stop().await;
    }
}

#[tokio::test]
async fn it_refuses_to_listen_on_a_network() {
    let options =
        JiraOptions { listen: "0.0.0.0:0".parse().unwrap(), ..JiraOptions::new(jira_access(), tickets()) };
    assert!(matches!(JiraSandbox::start(options).await, Err(SandboxError::NotLoopback(_))));
}

#[tokio::test]
async fn the_links_on_cards_lead_to_pages_for_people() {
    let world = World::start().await;
    let plan = PermissionPlan::between(ERIN, "infra", None, Some(Permission::Write));
    world.bitbucket.apply(&plan).await.unwrap();
    let repository = world.bitbucket.repository("infra").await.unwrap().here().unwrap();
    let page = client().get(repository.url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<td>Erin Moore</td><td>write</td>"), "{page}");

    let form = "summary=%3Cscript%3E&description=Permission%3A+read&reporter=5b10bot";
    let request = client().post(format!("{}/_sandbox/tickets", world.jira_server.base_url()));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("OPS-18 &lt;script&gt;") && !page.contains("<script>"), "{page}");
    let ticket = world.jira.ticket("OPS-18").await.unwrap().unwrap();
    assert_eq!(client().get(ticket.url).send().await.unwrap().text().await.unwrap(), page);
}
