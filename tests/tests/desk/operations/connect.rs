//! A vendor that is not what was configured is told apart from a thing that is not there, and says what is missing.

use std::sync::Arc;

use countersign_sandbox::{Fault, Faults};
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, trouble};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ADMIN, EMPLOYEE, alarms};

const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

fn endless(matching: &str, status: u16) -> Fault {
    Fault { matching: matching.to_owned(), times: 100_000, status: Some(status), ..Fault::default() }
}

/// What `/readyz` says of a vendor.
async fn shown(stage: &Stage, vendor: &str) -> Value {
    let ready = stage.get(ADMIN, "/readyz").await;
    let mut vendors = ready["vendors"].as_array().expect("a list").iter();
    vendors.find(|shown| shown["vendor"] == vendor).unwrap_or_else(|| panic!("{ready:#}")).clone()
}

#[tokio::test]
async fn trust_d2_a_jira_of_another_kind_is_not_a_ticket_that_is_missing() {
    let stage = Stage::with_chats().await;
    // Jira Data Center answers so to all of the REST API 3.
    let unknown =
        json!({"message": "null for uri: /rest/api/3/issue/OPS-17", "status-code": 404}).to_string();
    stage.demo.jira.order(trouble([Fault { body: Some(unknown), ..endless("GET /rest/api/3", 404) }]));
    let card = stage.says(EMPLOYEE, WRITE).await;
    assert!(!card.text.contains("There is no ticket"), "{}", card.text);
    let card = stage.says(EMPLOYEE, &format!("status {}", card.code.expect("a code"))).await;
    assert_eq!(card.status.as_deref(), Some("checking"), "nothing is denied for ever");
    assert!(card.text.contains("Jira does not let me in"), "{}", card.text);
    assert_eq!(alarms(&stage).await, ["vendor"]);
    let fault = shown(&stage, "jira").await["faults"][0].as_str().expect("a fault").to_owned();
    assert!(
        fault.contains("not a Jira Cloud (its REST API 3)") && fault.contains("check the address"),
        "{fault}"
    );
    stage.demo.jira.order(Faults::default());
    stage.later(SignedDuration::from_mins(1)).await;
    assert_eq!(
        stage.status(&card.code.expect("a code").to_string()).await,
        "waiting",
        "it goes on by itself"
    );
}

#[tokio::test]
async fn trust_d2_a_workspace_that_is_not_there_is_not_a_repository_that_is_missing() {
    let stage = Stage::with_chats().await;
    stage.demo.bitbucket.order(trouble([endless("GET /2.0/repositories", 404)]));
    let card = stage.says(EMPLOYEE, WRITE).await;
    assert!(!card.text.contains("There is no repository"), "{}", card.text);
    assert_eq!(alarms(&stage).await, ["vendor"]);
    let fault = shown(&stage, "bitbucket").await["faults"][0].as_str().expect("a fault").to_owned();
    assert!(fault.contains("the workspace acme"), "{fault}");
}

#[tokio::test]
async fn trust_d2_what_is_surely_not_there_is_said_at_once() {
    let stage = Stage::new().await;
    let card = stage.says(EMPLOYEE, "access write on paymentz for 2 days ticket OPS-99").await;
    assert!(
        card.text.contains("There is no repository paymentz. Do you mean payments-api?"),
        "{}",
        card.text
    );
    let card = stage.says(EMPLOYEE, "payments-api").await;
    assert!(
        card.text.contains("whether OPS-99 fits: I find no such ticket that you can see in Jira"),
        "{}",
        card.text
    );
    assert_eq!(stage.audited("access_requested").await.len(), 0, "it is asked back, and no request was born");
}

#[tokio::test]
async fn trust_d2_every_vendor_says_at_the_start_who_the_bot_is_there_and_what_is_missing() {
    let stage = Stage::with_chats().await;
    let no_rights = json!({"error": {"message": "Your credentials lack one or more required privilege scopes.",
        "detail": {"required": ["repository:admin"], "granted": ["repository"]}}});
    // The workspace's first repository is asked about.
    let lacking = Fault {
        body: Some(no_rights.to_string()),
        ..endless("GET /2.0/repositories/acme/archive/permissions-config", 403)
    };
    stage.demo.bitbucket.order(trouble([lacking]));
    let statuses = json!([{"name": "To Do"}, {"name": "In Progress"}, {"name": "Done"}]).to_string();
    stage
        .demo
        .jira
        .order(trouble([Fault { body: Some(statuses), ..endless("GET /rest/api/3/status", 200) }]));
    stage.bot.overseer.examine_all().await;
    let bitbucket = shown(&stage, "bitbucket").await;
    assert_eq!(bitbucket["answered"], "the workspace acme");
    let fault = bitbucket["faults"][0].as_str().expect("a fault");
    assert!(fault.contains("repository:admin"), "{fault}");
    let jira = shown(&stage, "jira").await;
    let fault = jira["faults"][0].as_str().expect("a fault");
    assert!(
        fault.contains("there is no status “Declined”") && fault.contains("statuses.declined"),
        "{fault}"
    );
    for chat in ["slack", "teams", "discord"] {
        let shown = shown(&stage, chat).await;
        assert!(shown["answered"].is_string() && shown["faults"] == json!([]), "{shown:#}");
    }
    assert_eq!(alarms(&stage).await, Vec::<String>::new(), "what is missing is no closed door");
}

#[tokio::test]
async fn trust_d2_what_a_chat_does_not_let_the_bot_do_is_named_with_the_cure() {
    let stage = Stage::with_chats().await;
    let faults = async |vendor: &str| {
        stage.bot.overseer.examine_all().await;
        let shown = shown(&stage, vendor).await;
        assert!(shown["answered"].is_string(), "it answers all the same: {shown:#}");
        shown["faults"].as_array().expect("a list").iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let granted = |scopes: &[&str]| Some(scopes.iter().map(ToString::to_string).collect());
    let all = [
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "mpim:history",
        "reactions:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
        "team:read",
    ];
    stage.change_slack(|state| state.scopes = granted(&all));
    assert_eq!(faults("slack").await, [""; 0], "it may do more than it must");
    let some: Vec<_> =
        all.into_iter().filter(|scope| !["chat:write", "im:history"].contains(scope)).collect();
    stage.change_slack(|state| state.scopes = granted(&some));
    let [lacking] = &faults("slack").await[..] else { panic!("one fault") };
    assert!(lacking.contains("the app lacks the scopes chat:write, im:history: add them"), "{lacking}");

    let no = json!({"message": "Missing Access", "code": 50_001}).to_string();
    stage.discord().order(trouble([Fault { body: Some(no), ..endless("GET /api/v10/applications", 403) }]));
    let [lacking] = &faults("discord").await[..] else { panic!("one fault") };
    assert!(lacking.contains("invite it again with the scope `applications.commands`"), "{lacking}");
    assert_eq!(alarms(&stage).await, Vec::<String>::new(), "what is missing is no closed door");
}

#[tokio::test]
async fn trust_d2_a_group_of_a_chat_that_the_configuration_names_and_there_is_not_is_told() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        let follows = |group: &str| ("oncall".to_owned(), group.to_owned());
        acme.slack.as_mut().expect("the demo's Slack").groups.extend([follows("S0NONE")]);
        acme.teams.as_mut().expect("the demo's Teams").groups.extend([follows("19:none@thread.tacv2")]);
        acme.discord.as_mut().expect("the demo's Discord").groups.extend([follows("77")]);
    })
    .await;
    stage.bot.overseer.examine_all().await;
    for (chat, group) in [("slack", "S0NONE"), ("teams", "19:none@thread.tacv2"), ("discord", "77")] {
        let shown = shown(&stage, chat).await;
        let told = format!(
            "there is no {group} for the group oncall to follow: check `{chat}.groups` in the configuration"
        );
        assert_eq!(shown["faults"], json!([told]), "{shown:#}");
    }
}

#[tokio::test]
async fn trust_d2_a_channel_of_a_chat_that_the_configuration_names_and_there_is_not_is_told() {
    let named = [("slack", "C0NONE"), ("teams", "19:none@thread.tacv2"), ("discord", "77")];
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        let [slack, teams, discord] = named.map(|(_, channel)| channel.to_owned());
        acme.slack.as_mut().expect("the demo's Slack").channels.push(slack);
        acme.teams.as_mut().expect("the demo's Teams").channels.push(teams);
        acme.discord.as_mut().expect("the demo's Discord").channels.push(discord);
    })
    .await;
    stage.bot.overseer.examine_all().await;
    for (chat, channel) in named {
        let shown = shown(&stage, chat).await;
        let faults: Vec<_> =
            shown["faults"].as_array().expect("a list").iter().map(ToString::to_string).collect();
        let [fault] = &faults[..] else { panic!("one fault, and of this channel alone: {shown:#}") };
        assert!(
            fault.contains(&format!("nothing can be shown in the channel {channel}: there is none")),
            "{fault}"
        );
        assert!(fault.contains(&format!("check `{chat}.channels` in the configuration")), "{fault}");
    }
}

#[tokio::test]
async fn trust_d2_a_channel_that_the_bot_cannot_look_at_is_told_with_what_is_missing() {
    let stage = Stage::with_chats().await;
    let scopes = ["chat:write", "usergroups:read"].map(str::to_owned);
    stage.change_slack(|state| state.scopes = Some(scopes.into()));
    let no = json!({"message": "Missing Access", "code": 50_001}).to_string();
    stage.discord().order(trouble([Fault { body: Some(no), ..endless("GET /api/v10/channels", 403) }]));
    let no = json!({"error": {"code": "BotNotInConversationRoster", "message": "The bot is not part of the conversation roster."}});
    let no = Fault { body: Some(no.to_string()), ..endless("GET /v3/conversations", 403) };
    stage.teams().order(trouble([no]));
    stage.bot.overseer.examine_all().await;
    for (chat, missing) in [
        ("slack", "the scopes app_mentions:read, channels:history, channels:read"),
        ("slack", "cannot be asked: it answered missing_scope"),
        ("discord", "the bot may not see it: let it"),
        ("teams", "cannot be asked: "),
    ] {
        let shown = shown(&stage, chat).await;
        assert!(shown["faults"].to_string().contains(missing), "{missing}: {shown:#}");
    }
    assert_eq!(alarms(&stage).await, Vec::<String>::new(), "what is missing is no closed door");
}

#[tokio::test]
async fn trust_d2_a_field_of_jira_that_the_configuration_names_and_there_is_not_is_told() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        let fields = &mut acme.jira.as_mut().expect("the demo's tracker").fields;
        fields.repository = Some("customfield_10031".to_owned());
        fields.permission = Some("customfield_10030".to_owned());
    })
    .await;
    stage.change_tracker(|state| {
        let issue = state.issue_mut("OPS-17").expect("a ticket of the demo");
        issue.fields.insert("customfield_10030".to_owned(), json!("write"));
    });
    stage.bot.overseer.examine_all().await;
    let shown = shown(&stage, "jira").await;
    let told = "there is no field customfield_10031: check `fields` in the configuration";
    assert_eq!(shown["faults"], json!([told]), "{shown:#}");
}
