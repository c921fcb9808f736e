//! Tickets: which of them are moved, who is told what of them, and the requests that people write into them.

mod late;
mod reasons;
mod said_beside;
mod seen;
mod written;

use countersign_domain::effect::EffectState;
use countersign_domain::request::Code;
use countersign_sandbox::jira::{Issue, JiraUser, Status};
use countersign_store::MemoryStore;
use countersign_tests::acting::form;
use countersign_tests::stage::{Stage, words};
use countersign_tests::vendors::{Vendor as _, account};
use serde_json::{Value, json};
use std::sync::Arc;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";
const AUDITOR: &str = "demo-auditor";

/// A stage whose tickets of the project SEC nobody sees but those whom Jira names, and whose tickets of ACC are requests.
async fn stage() -> Stage {
    let adapt = |demo: &mut countersign::demo::Demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        let jira = acme.jira.as_mut().expect("the demo's tracker");
        jira.projects.requests = ["ACC".to_owned()].into();
    };
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), adapt).await;
    stage.add_ticket("SEC-1", Status::ToDo, EMPLOYEE);
    stage.add_ticket("ACC-1", Status::ToDo, EMPLOYEE);
    change(&stage, "SEC-1", |issue| "Fire Bob on Monday".clone_into(&mut issue.summary));
    stage
}

fn change(stage: &Stage, key: &str, change: impl FnOnce(&mut Issue)) {
    stage.change_tracker(|state| change(state.issue_mut(key).expect("a ticket")));
}

fn code(card: &countersign_domain::card::Card) -> String {
    card.code.as_ref().map_or_else(|| panic!("no code on {card:#?}"), Code::to_string)
}

async fn deliver(stage: &Stage, id: &str, body: &Value) {
    let answer = stage.signed_delivery(id, body).send().await.expect("the bot answers");
    assert_eq!(answer.status(), 202, "{body}");
    stage.settle().await;
}

fn webhook(event: &str, key: &str, description: &Value) -> Value {
    json!({"webhookEvent": event, "issue": {"key": key, "fields": {
        "summary": "Access, please", "description": description,
        "reporter": {"accountId": account(EMPLOYEE), "displayName": "Erin Employee"},
    }}})
}

async fn requests_under(stage: &Stage, ticket: &str) -> Vec<Value> {
    let page = stage.get(ADMIN, "/api/v1/access-requests?limit=50").await;
    let items = page["items"].as_array().expect("a list");
    items.iter().filter(|item| item["ticket"] == ticket).cloned().collect()
}

#[tokio::test]
async fn trust_a9_somebodys_work_is_not_moved_and_a_request_is() {
    for (ticket, withdrawn, granted) in [("OPS-17", "To Do", "To Do"), ("ACC-1", "Declined", "Declined")] {
        let stage = stage().await;
        let ask = format!("access write on payments-api for 1 day ticket {ticket}");
        let card = stage.says(EMPLOYEE, &ask).await;
        stage.says(EMPLOYEE, &format!("withdraw {}", code(&card))).await;
        assert_eq!(stage.ticket(ticket).0, withdrawn);
        let card = stage.says(EMPLOYEE, &ask).await;
        stage.says(APPROVER, &format!("approve {}", code(&card))).await;
        assert_eq!(stage.status(&code(&card)).await, "active");
        assert_eq!(stage.ticket(ticket).0, granted, "what is over stays");
        assert!(stage.ticket(ticket).1.iter().any(|text| text.starts_with("Granted on")));
    }
    let stage = stage().await;
    let code = stage.ask_by_ticket("OPS-18", EMPLOYEE, &form("write", "infra", "1 day", "OPS-18")).await;
    assert_eq!(stage.ticket("OPS-18").0, "In Progress", "the webhook made it the request");
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.ticket("OPS-18").0, "Done");
}

#[tokio::test]
async fn trust_a9_nobody_learns_of_a_ticket_that_they_cannot_see() {
    let stage = stage().await;
    let ask = |ticket: &str| format!("access write on payments-api for 1 day ticket {ticket}");
    let unseen = words(&stage.says(APPROVER, &ask("SEC-1")).await);
    let absent = words(&stage.says(APPROVER, &ask("SEC-99")).await);
    let said = |text: &str| text.lines().find(|line| line.contains("I cannot tell")).map(str::to_owned);
    assert_eq!(
        said(&unseen).as_deref(),
        Some(
            "I cannot tell whether SEC-1 fits: I find no such ticket that you can see in Jira. Check the key, or ask whose ticket it is to make you a watcher."
        )
    );
    let same = |text: &str, ticket: &str| {
        let code = text.split(':').next().unwrap_or_default().to_owned();
        text.replace(ticket, "KEY").replace(&code, "CODE")
    };
    assert_eq!(
        same(&unseen, "SEC-1"),
        same(&absent, "SEC-99"),
        "one that there is looks like one that there is not"
    );
    assert_eq!(stage.ticket("SEC-1").1, [""; 0], "and it hears of nothing");
    assert!(requests_under(&stage, "SEC-1").await.is_empty(), "neither is a request yet");
    let seen = stage.says(EMPLOYEE, &ask("SEC-1")).await;
    assert_eq!(stage.status(&code(&seen)).await, "waiting", "{}", seen.text);
    stage.says(APPROVER, &format!("approve {}", code(&seen))).await;
    assert_eq!(
        stage.status(&code(&seen)).await,
        "active",
        "it is countersigned without a look at the ticket"
    );
    for (token, path) in [
        (APPROVER, "/api/v1/access-requests?limit=50"),
        (APPROVER, "/api/v1/audit?limit=500"),
        (ADMIN, "/api/v1/audit?limit=500"),
    ] {
        let answer = stage.get(token, path).await.to_string();
        assert!(answer.contains("SEC-1") && !answer.contains("Fire Bob"), "{token} {path}");
    }
    assert!(stage.get(AUDITOR, "/api/v1/audit?limit=500").await.to_string().contains("Fire Bob"));
}

#[tokio::test]
async fn trust_a9_an_approver_is_shown_of_a_ticket_what_they_can_see() {
    let stage = stage().await;
    let card = stage.says(EMPLOYEE, "access write on payments-api for 1 day ticket SEC-1").await;
    assert!(card.text.contains("SEC-1 “Fire Bob on Monday” (To Do)"), "its reporter sees it: {}", card.text);
    let code = code(&card);
    let shown = async |token: &str| stage.says(token, &format!("status {code}")).await.text;
    for token in [APPROVER, ADMIN] {
        let text = shown(token).await;
        assert!(text.contains("Ticket: SEC-1\n"), "{text}");
        assert!(!text.contains("Fire Bob"), "{text}");
        let json = stage.get(token, &format!("/api/v1/access-requests/{code}")).await;
        assert_eq!(json["access"]["findings"]["ticket"], json!({"key": "SEC-1"}));
        assert!(!stage.says(token, &format!("why {code}")).await.text.contains("Fire Bob"));
    }
    let json = stage.get(EMPLOYEE, &format!("/api/v1/access-requests/{code}")).await;
    assert_eq!(json["access"]["findings"]["ticket"]["title"], "Fire Bob on Monday");
    assert!(json["access"]["findings"]["ticket"]["reach"].is_null(), "who watches it is nobody's business");

    // Whoever watches a ticket can see it; and that somebody does makes no new receipt.
    change(&stage, "SEC-1", |issue| issue.watchers = vec![account(APPROVER)]);
    let approved = stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active", "{}", approved.text);
    let watched = stage.says(EMPLOYEE, "access write on infra for 1 day ticket SEC-1").await;
    let seen = stage.says(APPROVER, &format!("status {}", watched.code.expect("a code"))).await.text;
    assert!(seen.contains("Fire Bob"), "{seen}");
}

#[tokio::test]
async fn trust_a9_a_rule_can_demand_a_status_of_the_ticket() {
    let stage = stage().await;
    let rules = stage.get(ADMIN, "/api/v1/rules").await["text"].as_str().expect("the rules").to_owned();
    let strict =
        rules.replacen("@id(\"write\")", "@id(\"write\")\n@ticket_status(\"In Progress, Review\")", 1);
    stage.publish(&strict).await;
    let ask = "access write on payments-api for 1 day ticket OPS-17";
    let card = stage.says(EMPLOYEE, ask).await;
    assert!(card.text.contains("The rules want OPS-17 to be in “In Progress” or “Review”"), "{}", card.text);
    change(&stage, "OPS-17", |issue| issue.status = Status::InProgress);
    let card = stage.says(EMPLOYEE, ask).await;
    assert_eq!(stage.status(&code(&card)).await, "waiting");
}

#[tokio::test]
async fn trust_d4_a_form_in_a_table_is_a_request_and_the_ticket_calls_people_by_name() {
    let stage = stage().await;
    let table = "||Permission|write|\n||Repository|payments-api|\n||Duration|2 days|\n||Reason|rollout|";
    deliver(&stage, "d1", &webhook("jira:issue_created", "OPS-17", &json!(table))).await;
    let [request] = &requests_under(&stage, "OPS-17").await[..] else { panic!("one request") };
    let code = request["code"].as_str().expect("a code");
    stage.says(APPROVER, &format!("approve {code}")).await;
    let comments = stage.ticket("OPS-17").1.join("\n");
    assert!(comments.contains("Countersigned by Ada Approver."), "{comments}");
    assert!(!comments.contains("demo-"), "{comments}");
}

#[tokio::test]
async fn trust_d4_a_form_that_an_edit_adds_asks_once_and_leaves_the_work_where_it_is() {
    let stage = stage().await;
    let form = json!("Permission: write\nRepository: payments-api\nDuration: 1 day\nReason: rollout");
    deliver(&stage, "d1", &webhook("jira:issue_updated", "OPS-17", &form)).await;
    let mut again = webhook("jira:issue_updated", "OPS-17", &form);
    again["timestamp"] = json!(7);
    deliver(&stage, "d2", &again).await;
    deliver(&stage, "d3", &webhook("jira:issue_created", "OPS-17", &form)).await;
    assert_eq!(requests_under(&stage, "OPS-17").await.len(), 1);
    assert_eq!(stage.ticket("OPS-17").0, "To Do", "it was somebody's work before");
}

#[tokio::test]
async fn trust_d4_a_ticket_that_is_edited_leaves_nothing_to_approve_that_it_does_not_ask_for() {
    let stage = stage().await;
    let say = |long: &str| {
        json!(format!("Permission: write\nRepository: payments-api\nDuration: {long}\nReason: rollout"))
    };
    deliver(&stage, "d1", &webhook("jira:issue_created", "OPS-17", &say("1 day"))).await;
    let first = requests_under(&stage, "OPS-17").await[0]["code"].as_str().expect("a code").to_owned();
    // Whoever mends the title changes nothing of the form, whoever they are.
    for (id, who) in [("d2", EMPLOYEE), ("d3", APPROVER)] {
        let mut title = webhook("jira:issue_updated", "OPS-17", &say("1 day"));
        title["issue"]["fields"]["summary"] = json!(format!("Access, says {who}"));
        title["user"] = json!({"accountId": account(who), "displayName": who});
        deliver(&stage, id, &title).await;
    }
    assert_eq!(requests_under(&stage, "OPS-17").await.len(), 1);
    assert_eq!(stage.status(&first).await, "waiting");
    assert_eq!(stage.ticket("OPS-17").1.len(), 1, "{:#?}", stage.ticket("OPS-17").1);

    deliver(&stage, "d4", &webhook("jira:issue_updated", "OPS-17", &say("2 days"))).await;
    let both = requests_under(&stage, "OPS-17").await;
    let second = both[0]["code"].as_str().expect("a code").to_owned();
    assert_eq!((both.len(), &both[0]["minutes"]), (2, &json!(2880)));
    assert_eq!(
        (stage.status(&first).await, stage.status(&second).await),
        ("withdrawn".into(), "waiting".into())
    );
    let refused = stage.says(APPROVER, &format!("approve {first}")).await;
    assert!(refused.refused && refused.text.contains("nothing to decide here any more"), "{}", refused.text);
    let why = "OPS-17 was edited, and asks for something else now.";
    for asked in ["status", "why"] {
        let card = stage.says(APPROVER, &format!("{asked} {first}")).await;
        assert!(card.text.contains(why), "{}", card.text);
    }
    let comments = stage.ticket("OPS-17").1;
    let told = comments.iter().filter(|text| text.contains(why)).count();
    assert_eq!((told, stage.ticket("OPS-17").0.as_str()), (1, "In Progress"), "{comments:#?}");
    // The ticket is still the request, and moves with it.
    stage.says(APPROVER, &format!("deny {second} because no")).await;
    assert_eq!(stage.ticket("OPS-17").0, "Declined");
}

#[tokio::test]
async fn trust_d4_a_ticket_that_is_edited_and_cannot_be_read_any_more_asks_for_nothing() {
    for (key, edited) in [
        ("ACC-5", "Permission: owner\nRepository: payments-api"),
        ("ACC-6", "I need access to the payments repository"),
    ] {
        let stage = stage().await;
        stage.add_ticket(key, Status::ToDo, EMPLOYEE);
        let form = json!("Permission: write\nRepository: payments-api\nDuration: 1 day\nReason: rollout");
        deliver(&stage, "d1", &webhook("jira:issue_created", key, &form)).await;
        let code = requests_under(&stage, key).await[0]["code"].as_str().expect("a code").to_owned();
        deliver(&stage, "d2", &webhook("jira:issue_updated", key, &json!(edited))).await;
        assert_eq!(stage.status(&code).await, "withdrawn", "{edited}");
        deliver(&stage, "d1", &webhook("jira:issue_created", key, &form)).await;
        assert_eq!(stage.status(&code).await, "withdrawn", "the same delivery is over");
        // Edited back, it asks for what was decided, and is told how to ask again.
        deliver(&stage, "d3", &webhook("jira:issue_updated", key, &form)).await;
        assert_eq!(requests_under(&stage, key).await.len(), 1, "{edited}");
        let told = stage.ticket(key).1.pop().unwrap_or_default();
        assert!(told.contains("asks for the same as before") && told.contains("To ask again"), "{told}");
    }
}

#[tokio::test]
async fn trust_c7_a_ticket_that_cannot_be_read_gets_one_comment_with_the_form_to_copy() {
    let stage = stage().await;
    let text = json!("Hello, I need write access to the payments repository, please!");
    deliver(&stage, "d1", &webhook("jira:issue_created", "OPS-17", &text)).await;
    let mut edited = webhook("jira:issue_updated", "OPS-17", &text);
    edited["issue"]["fields"]["summary"] = json!("Access, please, soon");
    deliver(&stage, "d2", &edited).await;
    assert_eq!(requests_under(&stage, "OPS-17").await.len(), 0);
    let comments = stage.ticket("OPS-17").1;
    insta::assert_snapshot!(comments.join("\n---\n"), @r"
    This looks like a request for access. I could not read the permission and the repository in it.
    Please copy these lines into the description and fill them in. As soon as the ticket is saved I look again.
    Permission: …
    Repository: …
    User: me
    Duration: 1 day
    Reason: …
    A permission is read, write or admin. “me” stands for whoever writes it.
    ");
    // Copied as it stands it still asks for nothing; filled in it does.
    deliver(&stage, "d3", &webhook("jira:issue_updated", "OPS-17", &json!(comments[0]))).await;
    assert_eq!(requests_under(&stage, "OPS-17").await.len(), 0);
    let filled = comments[0].replacen('…', "write", 1).replacen('…', "payments-api", 1);
    deliver(&stage, "d4", &webhook("jira:issue_updated", "OPS-17", &json!(filled))).await;
    assert_eq!(requests_under(&stage, "OPS-17").await[0]["status"], "waiting");
}

fn described(text: &str) -> Value {
    json!(text.replace("; ", "\n"))
}

#[tokio::test]
async fn trust_c7_what_a_ticket_says_and_cannot_be_read_or_found_is_told_and_asks_for_nothing() {
    let stage = stage().await;
    for (number, form, told) in [
        (
            1,
            "Permission: write; Repository: paymnts",
            "There is no repository paymnts in Bitbucket. Check the spelling. Do you mean payments-api",
        ),
        (2, "Permission: write; Repository: infra, web-shop", "it names more than one repository"),
        (3, "Permission: owner; Repository: infra", "“owner” is not a permission"),
        (4, "Permission: write; Repository: infra; Duration: 2", "“2” is not a duration I can use"),
        (
            5,
            "Permission: write; Repository: infra; Duration: a while",
            "“a while” is not a duration I can use",
        ),
        (6, "Permission: write; Repository: infra; User: Ada Aprover", "Do you mean “Ada Approver”?"),
        (
            7,
            "Permission: write; Repository: infra; Until: whenever it is done",
            "I cannot read “whenever it is done” as a time",
        ),
        (
            8,
            "||Permission||Repository||; |write|infra|; |read|web-shop|",
            "it names more than one permission and repository",
        ),
        (
            9,
            "Permission: write; Repository: payments-api; Permission: admin; Repository: infra",
            "One ticket is one request",
        ),
    ] {
        let key = format!("ACC-{}", 10 + number);
        stage.add_ticket(&key, Status::ToDo, EMPLOYEE);
        deliver(&stage, &key, &webhook("jira:issue_created", &key, &described(form))).await;
        assert!(requests_under(&stage, &key).await.is_empty(), "{form}");
        let (status, comments) = stage.ticket(&key);
        assert_eq!((status.as_str(), comments.len()), ("To Do", 1), "{form}: {comments:#?}");
        assert!(comments[0].contains(told), "{form}: {}", comments[0]);
        assert!(!comments[0].contains("demo-"), "{}", comments[0]);
    }
}

#[tokio::test]
async fn trust_c7_a_ticket_that_was_mended_is_the_request_and_is_moved_as_one() {
    let stage = stage().await;
    let say = |what: &str| {
        json!(format!("Permission: push\nRepository: {what}\nDuration: 2 Tage\nReason: rollout"))
    };
    deliver(&stage, "d1", &webhook("jira:issue_created", "OPS-17", &say("paymnts"))).await;
    insta::assert_snapshot!(stage.ticket("OPS-17").1.join("\n---\n"), @r"
    This looks like a request for access, and I cannot take it like this. Nothing is asked for yet.
    There is no repository paymnts in Bitbucket. Check the spelling. Do you mean payments-api?
    Please write it like this in place of what stands there now. As soon as the ticket is saved I look again.
    Permission: write
    Repository: …
    User: me
    Duration: 2 Tage
    Reason: rollout
    A permission is read, write or admin. “me” stands for whoever writes it.
    ");
    // Saved as it was, it is told nothing twice.
    let mut again = webhook("jira:issue_updated", "OPS-17", &say("paymnts"));
    again["timestamp"] = json!(7);
    deliver(&stage, "d2", &again).await;
    assert_eq!(stage.ticket("OPS-17").1.len(), 1);
    deliver(&stage, "d3", &webhook("jira:issue_updated", "OPS-17", &say("payments-api"))).await;
    let [request] = &requests_under(&stage, "OPS-17").await[..] else { panic!("one request") };
    assert_eq!(
        (&request["permission"], &request["status"]),
        (&json!("write"), &json!("waiting")),
        "{request:#}"
    );
    assert_eq!(stage.ticket("OPS-17").0, "In Progress");
    stage.says(APPROVER, &format!("approve {}", request["code"].as_str().expect("a code"))).await;
    assert_eq!(stage.ticket("OPS-17").0, "Done");
}

#[tokio::test]
async fn trust_c7_a_ticket_is_read_in_the_words_of_its_tenant_and_until_a_day() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        let write = countersign_domain::access::Permission::Write;
        acme.words.insert(write, vec!["deployer".to_owned()]);
    })
    .await;
    for (key, form) in [
        ("OPS-17", "Permission: Deployer; Repository: infra; Until: tomorrow 6pm"),
        ("OPS-18", "Berechtigung: Schreibzugriff; Repository: payments-api; Dauer: until tomorrow 6pm"),
    ] {
        deliver(&stage, key, &webhook("jira:issue_created", key, &described(form))).await;
        let [request] = &requests_under(&stage, key).await[..] else { panic!("{:#?}", stage.ticket(key)) };
        assert_eq!(
            (&request["permission"], &request["status"]),
            (&json!("write"), &json!("waiting")),
            "{form}"
        );
        assert!(request["access"]["asked"]["until"].is_string(), "{request:#}");
    }
}

#[tokio::test]
async fn trust_c7_a_ticket_that_asks_in_words_gets_the_form_in_any_language() {
    let stage = stage().await;
    for (key, text) in [
        ("OPS-17", "Please give me write access to payments-api, it's for the rollout"),
        ("OPS-18", "Bitte um Schreibzugriff auf payments-api für den Rollout"),
    ] {
        let mut body = webhook("jira:issue_created", key, &json!(text));
        body["issue"]["fields"]["summary"] = json!("The rollout");
        deliver(&stage, key, &body).await;
        let comments = stage.ticket(key).1;
        assert!(matches!(&comments[..], [one] if one.contains("Permission: …")), "{text}: {comments:#?}");
        assert!(requests_under(&stage, key).await.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn trust_d4_who_has_no_account_or_is_unknown_is_told_so_without_an_internal_word() {
    let stage = stage().await;
    let mut nobody = webhook(
        "jira:issue_created",
        "OPS-17",
        &json!("Permission: write\nRepository: payments-api\nReason: rollout"),
    );
    nobody["issue"]["fields"]["reporter"] = Value::Null;
    deliver(&stage, "d1", &nobody).await;
    assert!(stage.ticket("OPS-17").1[0].contains("the ticket has no reporter"));
    nobody["issue"]["key"] = json!("OPS-18");
    nobody["issue"]["fields"]["reporter"] = json!({"accountId": "557058:ba89", "displayName": "Jane Doe"});
    deliver(&stage, "d2", &nobody).await;
    let comments = stage.ticket("OPS-18").1.join("\n");
    assert!(comments.contains("I do not know yet who “Jane Doe” is here"), "{comments}");
    assert_eq!(stage.ticket("OPS-18").0, "To Do", "nobody has said no");
    assert!(requests_under(&stage, "OPS-18").await.is_empty());
    let all = [stage.ticket("OPS-17").1.join("\n"), comments].join("\n");
    assert!(!all.contains("jira:") && !all.contains("no-reporter") && !all.contains("557058"), "{all}");
}

#[tokio::test]
async fn trust_d4_a_title_that_misleads_is_a_fault_of_the_title_and_no_title_is_a_reason() {
    let stage = stage().await;
    let form = json!("Permission: write\nRepository: payments-api");
    let mut misleading = webhook("jira:issue_created", "OPS-17", &form);
    misleading["issue"]["fields"]["summary"] = json!("ab\u{202e}c");
    deliver(&stage, "d1", &misleading).await;
    let comments = stage.ticket("OPS-17").1.join("\n");
    assert!(
        comments.contains("The ticket's title holds the invisible character U+202E at place 3"),
        "{comments}"
    );
    assert!(!comments.contains("The reason"), "{comments}");
    assert_eq!(stage.ticket("OPS-17").0, "To Do", "a title can be mended");
    deliver(&stage, "d2", &webhook("jira:issue_created", "OPS-18", &form)).await;
    let request = requests_under(&stage, "OPS-18").await.remove(0);
    assert_eq!((&request["reason"], &request["status"]), (&Value::Null, &json!("waiting")));
}

#[tokio::test]
async fn trust_d4_a_signed_delivery_without_an_id_is_taken_once() {
    let stage = stage().await;
    let body = json!({"key": "OPS-17", "fields": {
        "description": "Permission: write\nRepository: payments-api",
        "reporter": {"accountId": account(EMPLOYEE)},
    }})
    .to_string()
    .into_bytes();
    let signature = countersign_tests::webhook::signature(countersign::demo::WEBHOOK_SECRET, &body);
    for status in ["accepted", "repeated"] {
        let delivery = stage.delivery(body.clone()).header("x-hub-signature", &signature);
        let answer: Value = delivery.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(answer["status"], status);
    }
    stage.settle().await;
    assert_eq!(requests_under(&stage, "OPS-17").await.len(), 1);
}

#[tokio::test]
async fn trust_d3_a_request_whose_ticket_cannot_go_all_the_way_is_granted_and_leaves_it_where_it_is() {
    let stage = stage().await;
    stage.change_tracker(|state| {
        state.workflow.0.retain(|way| way.to != Status::Done);
        state.users.push(JiraUser { account_id: account("nobody"), display_name: "Nobody".to_owned() });
    });
    let card = stage.says(EMPLOYEE, "access read on web-shop ticket ACC-1").await;
    stage.calm().await;
    assert_eq!(stage.status(&code(&card)).await, "active");
    assert_eq!(stage.ticket("ACC-1").0, "To Do", "not half the way");
    let parked = stage.effects(EffectState::Parked);
    assert_eq!(parked.len(), 1, "{parked:#?}");
}

#[tokio::test]
async fn trust_d4_a_request_whose_ticket_is_gone_asks_its_approver_whether_that_matters() {
    let stage = stage().await;
    let code = code(&stage.says(EMPLOYEE, "access write on payments-api for 1 day ticket OPS-17").await);
    let before = stage.says(APPROVER, &format!("status {code}")).await;
    let button =
        before.buttons.iter().find(|button| button.say.starts_with("approve")).expect("a button").clone();
    stage.demo.jira.delete("OPS-17").expect("it is deleted");
    deliver(&stage, "d1", &json!({"webhookEvent": "jira:issue_deleted", "issue": {"key": "OPS-17"}})).await;
    let asked = stage.says(APPROVER, &format!("status {code}")).await;
    assert!(asked.text.contains("OPS-17 is gone from Jira"), "{}", asked.text);
    assert!(asked.text.contains("Does that matter? Deny it if it does."), "{}", asked.text);
    let stale = stage.says(APPROVER, &button.say).await;
    assert!(stale.text.contains("changed since you saw it"), "{}", stale.text);
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active", "it did not matter to them");
    assert_eq!(stage.effects(EffectState::Parked), vec![], "nothing is said to a ticket that is gone");
}

#[tokio::test]
async fn trust_d4_a_moved_ticket_is_told_under_the_key_it_has_now_and_its_title_to_nobody_who_cannot_see_it()
{
    let stage = stage().await;
    let code = code(&stage.says(EMPLOYEE, "access write on payments-api for 1 day ticket OPS-17").await);
    let key = stage.demo.jira.move_to("OPS-17", "SEC").expect("it is moved");
    change(&stage, &key, |issue| {
        issue.status = Status::InProgress;
        "A secret plan".clone_into(&mut issue.summary);
    });
    let moved = json!({"webhookEvent": "jira:issue_updated",
        "changelog": {"items": [{"field": "Key", "fromString": "OPS-17", "toString": key}]},
        "issue": {"key": key, "fields": {}}});
    deliver(&stage, "d1", &moved).await;
    let told = async |token: &str| {
        let status = stage.says(token, &format!("status {code}")).await.text;
        let why = stage.says(token, &format!("why {code}")).await.text;
        let json = stage.get(token, &format!("/api/v1/access-requests/{code}")).await.to_string();
        let audit = stage.get(token, "/api/v1/audit?limit=500").await.to_string();
        (status.clone(), [status, why, json, audit].join("\n"))
    };
    let (status, all) = told(APPROVER).await;
    assert!(status.contains(&format!("OPS-17 became {key}")), "{status}");
    assert!(status.contains(&format!("{key} has changed in Jira")), "{status}");
    assert!(!all.contains("A secret plan"), "{all}");
    let (_, all) = told("demo-admin").await;
    assert!(!all.contains("A secret plan"), "{all}");
    let exported = stage.get_text("demo-admin", "/api/v1/export").await;
    assert!(!exported.contains("A secret plan") && exported.contains("ticket_changed"), "{exported}");
    let exported = stage.get_text("demo-auditor", "/api/v1/export").await;
    assert!(exported.contains("A secret plan"), "an auditor reads the log as it is");
    let (status, _) = told(EMPLOYEE).await;
    assert!(status.contains("A secret plan"), "its reporter sees it: {status}");
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    assert!(stage.ticket(&key).1.iter().any(|text| text.starts_with("Granted on")));
}

#[tokio::test]
async fn trust_a5_a_card_says_no_status_of_a_ticket_that_the_bot_itself_moves() {
    let stage = stage().await;
    let card = stage.says(EMPLOYEE, "access write on payments-api for 1 day ticket ACC-1").await;
    assert_eq!(stage.ticket("ACC-1").0, "In Progress", "the bot has moved it");
    let status = stage.says(EMPLOYEE, &format!("status {}", code(&card))).await.text;
    let line = status.lines().find(|line| line.starts_with("Ticket: ")).expect("its ticket");
    assert!(line.starts_with("Ticket: ACC-1 “The ticket ACC-1”"), "{line}");
    assert!(!line.contains("To Do"), "that is over: {line}");
    // Somebody's work goes its own way, and how it stood is what is decided on.
    let work = stage.says(EMPLOYEE, "access write on infra for 1 day ticket OPS-17").await.text;
    assert!(work.contains("OPS-17 “Roll out the new payment flow” (To Do)"), "{work}");
}

#[tokio::test]
async fn trust_c7_an_edit_of_a_ticket_that_was_declined_asks_anew_or_is_told_how() {
    let stage = stage().await;
    let form =
        |long: &str| described(&format!("Permission: write; Repository: payments-api; Duration: {long}"));
    deliver(&stage, "d1", &webhook("jira:issue_created", "OPS-17", &form("30 days"))).await;
    let (status, comments) = stage.ticket("OPS-17");
    assert_eq!(status, "Declined", "{comments:#?}");
    // Edited, and asking the same: it is told once how to ask again.
    for (id, title) in [("d2", "Access, please, soon"), ("d3", "Access, please, now")] {
        let mut same = webhook("jira:issue_updated", "OPS-17", &form("30 days"));
        same["issue"]["fields"]["summary"] = json!(title);
        deliver(&stage, id, &same).await;
    }
    let told = stage.ticket("OPS-17").1.split_off(comments.len());
    assert!(matches!(&told[..], [one] if one.contains("asks for the same as before")), "{told:#?}");
    assert_eq!(requests_under(&stage, "OPS-17").await.len(), 1);
    // Edited, and asking for something else: that is a new request, and the ticket hears of it and of where it stays.
    deliver(&stage, "d4", &webhook("jira:issue_updated", "OPS-17", &form("2 days"))).await;
    let requests = requests_under(&stage, "OPS-17").await;
    let waiting: Vec<_> = requests.iter().filter(|request| request["status"] == "waiting").collect();
    let [request] = &waiting[..] else { panic!("one that waits: {requests:#?}") };
    let comments = stage.ticket("OPS-17").1;
    assert!(
        comments.last().expect("a comment").contains("waiting for one countersignature"),
        "{comments:#?}"
    );
    stage.says(APPROVER, &format!("approve {}", request["code"].as_str().expect("a code"))).await;
    let comments = stage.ticket("OPS-17").1;
    assert!(comments.iter().any(|text| text.starts_with("Granted on")), "{comments:#?}");
    assert_eq!(stage.effects(EffectState::Parked), vec![], "nobody is asked to move it back");
}

#[tokio::test]
async fn trust_d4_a_ticket_that_comes_while_the_forge_is_away_is_read_when_it_is_back() {
    use countersign_sandbox::{Fault, Faults};
    use countersign_tests::vendors::trouble;
    for (form, read) in [
        ("Permission: write; Repository: payments-api; Duration: 1 day", true),
        ("Permission: write; Repository: payments-api; User: Ben Approver", true),
        ("Permission: write; Repository: paymnts", false),
        ("Permission: write; Repository: payments-api; User: nobody-at-all", false),
    ] {
        let stage = stage().await;
        let down = Fault { matching: "GET".to_owned(), times: 999, status: Some(503), ..Fault::default() };
        stage.demo.bitbucket.order(trouble([down]));
        deliver(&stage, "d1", &webhook("jira:issue_created", "ACC-1", &described(form))).await;
        assert!(requests_under(&stage, "ACC-1").await.is_empty(), "{form}: nothing is asked for unread");
        assert_eq!(stage.ticket("ACC-1"), ("To Do".to_owned(), vec![]), "{form}: nobody said no");
        // The same delivery again, and a restart, change nothing.
        deliver(&stage, "d2", &webhook("jira:issue_created", "ACC-1", &described(form))).await;
        let stage = stage.restarted(async |_| {}).await;
        stage.demo.bitbucket.order(Faults::default());
        stage.calm().await;
        let (requests, (_, comments)) = (requests_under(&stage, "ACC-1").await, stage.ticket("ACC-1"));
        assert_eq!(requests.len(), usize::from(read), "{form}: {requests:#?} {comments:#?}");
        if read {
            assert_eq!(requests[0]["status"], "waiting", "{form}");
        } else {
            assert_eq!(comments.len(), 1, "{form}: {comments:#?}");
            assert!(comments[0].contains("Nothing is asked for yet"), "{comments:#?}");
        }
    }
}

#[tokio::test]
async fn trust_d4_no_ticket_is_granted_with_a_part_left_out() {
    let stage = stage().await;
    for (number, title, line, told) in [
        (
            1,
            "Access, please",
            "Condition: only after approval by security",
            "“Condition: only after approval by security”",
        ),
        (
            2,
            "Access, please",
            "Start: 2026-12-24 09:00",
            "It cannot begin later, so I did not take “2026-12-24 09:00”",
        ),
        (3, "Access, please", "For [~accountid:ACCOUNT]", "“For Ada Approver”"),
        (4, "DRAFT - do not grant", "Reason: rollout", "The ticket's title may say something"),
        (5, "Access, please", "Beneficiary: Adda Aprover", "Do you mean “Ada Approver”?"),
        (6, "Access, please", "User: …", "There is no user"),
        // Beneath the reason that the bot's own form ends in, bold, in a list and in a table.
        (
            7,
            "Access, please",
            "Reason: rollout\n\nDo not grant this before Monday",
            "“Do not grant this before Monday”",
        ),
        (8, "Access, please", "Reason: rollout\n\nFor [~accountid:ACCOUNT]", "“For Ada Approver”"),
        (
            9,
            "Access, please",
            "Reason: rollout\nThis is for Ben, only after Ada agrees",
            "“This is for Ben, only after Ada agrees”",
        ),
        (10, "Access, please", "*Only after approval by security*", "Only after approval by security"),
        (
            11,
            "Access, please",
            "* For our new colleague [~accountid:ACCOUNT]",
            "“* For our new colleague Ada Approver”",
        ),
        (12, "Access, please", "| 4 | Condition | only after approval |", "only after approval"),
        (13, "Access, please", "We need it from Monday 10:30 on", "“We need it from Monday 10:30 on”"),
    ] {
        let key = format!("ACC-{}", 100 + number);
        stage.add_ticket(&key, Status::ToDo, EMPLOYEE);
        let line = line.replace("ACCOUNT", &account(APPROVER));
        let text = format!("Permission: read\nRepository: web-shop\nDuration: 2 hours\n{line}");
        let mut body = webhook("jira:issue_created", &key, &json!(text));
        body["issue"]["fields"]["summary"] = json!(title);
        deliver(&stage, &key, &body).await;
        assert!(requests_under(&stage, &key).await.is_empty(), "{line}");
        let (status, comments) = stage.ticket(&key);
        assert_eq!((status.as_str(), comments.len()), ("To Do", 1), "{line}: {comments:#?}");
        assert!(comments[0].contains(told), "{line}: {}", comments[0]);
        assert!(
            comments[0].contains("Permission: read\nRepository: web-shop"),
            "the form to copy: {}",
            comments[0]
        );
        let proposes_me = comments[0].contains("User: me");
        assert_eq!(proposes_me, number != 5 && number != 6, "{line}: {}", comments[0]);
    }
    // What tells why beneath the reason is more of it.
    stage.add_ticket("ACC-31", Status::ToDo, EMPLOYEE);
    let text =
        "Permission: read\nRepository: web-shop\nDuration: 2 hours\nReason: the rollout\nThe build fails.";
    deliver(&stage, "d31", &webhook("jira:issue_created", "ACC-31", &json!(text))).await;
    let [request] = &requests_under(&stage, "ACC-31").await[..] else {
        panic!("{:?}", stage.ticket("ACC-31"))
    };
    assert_eq!(request["reason"], "the rollout\nThe build fails.", "{request:#}");
    // Said in a line of the form it is the request, for whom it says.
    stage.add_ticket("ACC-30", Status::ToDo, EMPLOYEE);
    let text = "Permission: read, Repository: web-shop, On behalf of: Ada Approver, Duration: 2 hours";
    deliver(&stage, "d30", &webhook("jira:issue_created", "ACC-30", &json!(text))).await;
    let [request] = &requests_under(&stage, "ACC-30").await[..] else { panic!("one request") };
    assert_eq!((&request["user"], &request["minutes"]), (&json!(APPROVER), &json!(120)), "{request:#}");
}

/// The same delivery as the tracker sent it at this millisecond.
fn sent_at(millis: i64, mut delivery: Value) -> Value {
    delivery["timestamp"] = json!(millis);
    delivery
}

fn form_for(long: &str, reason: &str) -> Value {
    json!(format!("Permission: write\nRepository: payments-api\nDuration: {long}\nReason: {reason}"))
}

#[tokio::test]
async fn trust_d4_a_delivery_that_comes_late_closes_nothing_that_the_ticket_says_by_now() {
    let stage = stage().await;
    let edit = |millis, long: &str| {
        sent_at(millis, webhook("jira:issue_updated", "OPS-17", &form_for(long, "rollout")))
    };
    deliver(
        &stage,
        "d0",
        &sent_at(1_000, webhook("jira:issue_created", "OPS-17", &form_for("1 day", "rollout"))),
    )
    .await;
    // Jira tries the first edit again, and by then there is a second.
    deliver(&stage, "d2", &edit(3_000, "3 days")).await;
    deliver(&stage, "d1", &edit(2_000, "2 days")).await;
    let open = async || {
        let all = requests_under(&stage, "OPS-17").await;
        let open: Vec<_> = all.into_iter().filter(|request| request["status"] == "waiting").collect();
        open.iter().map(|request| request["minutes"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(open().await, [json!(3 * 1440)], "what the ticket says now");
    let comments = stage.ticket("OPS-17").1.len();
    // Neither does one that cannot be read, or asks for nothing.
    for (id, text) in [("d3", "Permission: owner\nRepository: payments-api"), ("d4", "Nothing.")] {
        deliver(&stage, id, &sent_at(2_500, webhook("jira:issue_updated", "OPS-17", &json!(text)))).await;
    }
    assert_eq!((open().await, stage.ticket("OPS-17").1.len()), (vec![json!(3 * 1440)], comments));
    deliver(&stage, "d5", &edit(4_000, "2 days")).await;
    assert_eq!(open().await, [json!(2 * 1440)], "an edit that is newer counts");
}

#[tokio::test]
async fn trust_d4_a_form_that_an_edit_takes_out_wholly_asks_for_nothing_any_more() {
    let stage = stage().await;
    deliver(&stage, "d1", &webhook("jira:issue_created", "OPS-17", &form_for("1 day", "rollout"))).await;
    let code = requests_under(&stage, "OPS-17").await[0]["code"].as_str().expect("a code").to_owned();
    let nothing = json!("We talked about it: the rollout is off.");
    deliver(&stage, "d2", &webhook("jira:issue_updated", "OPS-17", &nothing)).await;
    assert_eq!(stage.status(&code).await, "withdrawn");
    let why = "OPS-17 was edited, and asks for nothing any more.";
    for asked in ["status", "why"] {
        let card = stage.says(APPROVER, &format!("{asked} {code}")).await;
        assert!(card.text.contains(why), "{}", card.text);
    }
    let comments = stage.ticket("OPS-17").1;
    assert_eq!(comments.iter().filter(|text| text.contains(why)).count(), 1, "{comments:#?}");
    // What is decided already goes on, and a ticket that never asked for anything is left alone.
    deliver(&stage, "d3", &webhook("jira:issue_updated", "OPS-17", &form_for("2 days", "rollout"))).await;
    let code = requests_under(&stage, "OPS-17").await[0]["code"].as_str().expect("a code").to_owned();
    stage.says(APPROVER, &format!("approve {code}")).await;
    deliver(&stage, "d4", &webhook("jira:issue_updated", "OPS-17", &nothing)).await;
    assert_eq!(stage.status(&code).await, "active");
    deliver(&stage, "d5", &webhook("jira:issue_updated", "OPS-18", &nothing)).await;
    assert_eq!(stage.ticket("OPS-18").1, [""; 0]);
}

#[tokio::test]
async fn trust_d4_a_ticket_hears_of_it_when_an_edit_changes_only_why() {
    let stage = stage().await;
    deliver(&stage, "d1", &webhook("jira:issue_created", "OPS-17", &form_for("1 day", "rollout"))).await;
    let first = requests_under(&stage, "OPS-17").await[0]["code"].as_str().expect("a code").to_owned();
    deliver(&stage, "d2", &webhook("jira:issue_updated", "OPS-17", &form_for("1 day", "the audit"))).await;
    let now = requests_under(&stage, "OPS-17").await;
    let open: Vec<_> = now.iter().filter(|request| request["status"] == "waiting").collect();
    let [open] = &open[..] else { panic!("one waits: {now:#?}") };
    assert_eq!(open["reason"], "the audit", "whoever countersigns reads why");
    assert_ne!(open["code"], first.as_str());
    let comments = stage.ticket("OPS-17").1;
    let told =
        comments.iter().any(|text| text.contains("asks for something else now") && text.contains(&first));
    assert!(told && comments.last().is_some_and(|text| text.contains("waiting for")), "{comments:#?}");
}
