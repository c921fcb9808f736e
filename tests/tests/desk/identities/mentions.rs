//! A3: a colleague who is mentioned is found, on every surface; somebody unknown is told to be so, with what helps. D6: and no
//! answer shows an id.

use countersign::demo::chats::{TEAMS_CHANNEL, discord_user, slack_user, teams_object};
use countersign_domain::access::{AccessRequest, Status};
use countersign_domain::request::Code;
use countersign_projections::{access, request};
use countersign_sandbox::slack::{SlackAct, SlackPersonKind};
use countersign_sandbox::teams::TeamsUser;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::teams::{teams_user, words};

use super::{APPROVER, APPROVER2, EMPLOYEE};

/// The newest request.
fn newest(stage: &Stage) -> Option<(Code, AccessRequest)> {
    let rows = stage.bot.world.projections.rows(request::NAME);
    let list = access::list(&*rows, &tenant(), &access::AccessFilter::default(), None, 1);
    list.expect("the read model answers").items.pop().map(|row| (row.code, row.access))
}

/// For whom the newest request is, which waits.
fn subject(stage: &Stage) -> String {
    let (_, access) = newest(stage).expect("something was asked for");
    assert_eq!(access.status(), Status::Waiting);
    access.asked.and_then(|asked| asked.subject.principal).expect("a person of the tenant").to_string()
}

fn write_for(mention: &str) -> String {
    format!("access write on payments-api for {mention} for 2 days ticket OPS-17 because {mention} rolls out")
}

const UNKNOWN: &str = "I do not know who that is yet.";

#[tokio::test]
async fn trust_a3_slack_a_colleague_who_is_mentioned_or_picked_is_found() {
    let stage = Stage::with_chats().await;
    stage.slack_says(APPROVER2, "help").await;
    for mention in [format!("<@{}>", slack_user(APPROVER2)), format!("<@{}|ben>", slack_user(APPROVER2))] {
        stage.slack_says(EMPLOYEE, &write_for(&mention)).await;
        assert_eq!(subject(&stage), APPROVER2);
        let shown = stage.slack_sees(APPROVER).pop().expect("who may countersign is asked");
        assert!(shown.contains("Why: “Ben Approver rolls out”"), "{shown}");
        assert!(!shown.contains("slack/"), "{shown}");
    }
    let user = slack_user(EMPLOYEE);
    stage.in_slack(SlackAct::Command { user: user.clone(), channel: None, text: String::new() }).await;
    let view = stage.slack().state().views.into_keys().next().expect("the form is open");
    let picked = slack_user(APPROVER);
    let fields =
        [("permission", "write"), ("repository", "web-shop"), ("user", &picked), ("ticket", "OPS-17")];
    for (block, value) in fields {
        let (view, block, value) = (view.clone(), block.to_owned(), value.to_owned());
        stage.in_slack(SlackAct::Fill { user: user.clone(), view, block, value }).await;
    }
    stage.in_slack(SlackAct::Submit { user, view }).await;
    assert_eq!(subject(&stage), APPROVER);
}

#[tokio::test]
async fn trust_a3_slack_somebody_whom_nobody_knows_is_nobody_and_the_answer_says_what_helps() {
    let stage = Stage::with_chats().await;
    stage.joins_slack("U0NEW", "Nia New", SlackPersonKind::Member);
    stage.slack_says(EMPLOYEE, &write_for("<@U0NEW>")).await;
    let told = stage.slack_sees(EMPLOYEE).pop().expect("an answer");
    assert!(told.contains(UNKNOWN) && told.contains("link their Slack account"), "{told}");
    assert!(!told.contains("U0NEW"), "{told}");
    assert!(newest(&stage).is_none(), "nothing is asked for somebody unknown");
}

/// The Entra object of somebody whom the tenant does not know.
const NIA: &str = "0a1b2c3d-0000-4000-8000-00000000000f";

/// Somebody comes into the Teams of whom the bot knows nothing.
fn nia_joins_teams(stage: &Stage) {
    stage.change_teams(|state| {
        state.users.push(TeamsUser {
            id: teams_user("new"),
            object: NIA.to_owned(),
            name: "Nia New".to_owned(),
            principal: "nia@acme.example".to_owned(),
            guest: false,
        });
        for talk in state.talks.iter_mut().filter(|talk| talk.id == TEAMS_CHANNEL) {
            talk.members.push(teams_user("new"));
        }
    });
}

#[tokio::test]
async fn trust_a3_teams_a_colleague_who_is_mentioned_is_found_by_what_the_connector_says_of_them() {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER, APPROVER2]).await;
    stage.teams_says_to_all(EMPLOYEE, &write_for("<at>Ben Approver</at>")).await;
    assert_eq!(subject(&stage), APPROVER2);
    nia_joins_teams(&stage);
    let before = newest(&stage).map(|(code, _)| code);
    stage.teams_says_to_all(EMPLOYEE, &write_for("<at>Nia New</at>")).await;
    assert_eq!(newest(&stage).map(|(code, _)| code), before, "nothing is asked for somebody unknown");
    let told: Vec<String> =
        stage.teams_channel().iter().filter_map(|said| said.card.as_ref()).map(words).collect();
    let told = [told, stage.teams_sees(EMPLOYEE)].concat().join("\n---\n");
    assert!(told.contains(UNKNOWN) && told.contains("link their Microsoft Teams account"), "{told}");
}

#[tokio::test]
async fn trust_a3_discord_a_colleague_who_is_mentioned_is_found() {
    let stage = Stage::on_discord().await;
    for mention in ["<@", "<@!"].map(|begin| format!("{begin}{}>", discord_user(APPROVER2))) {
        stage.discord_says(EMPLOYEE, &write_for(&mention)).await;
        assert_eq!(subject(&stage), APPROVER2);
    }
    stage.discord_slash(EMPLOYEE, None, &write_for(&format!("<@{}>", discord_user(APPROVER)))).await;
    assert_eq!(subject(&stage), APPROVER);
    let before = newest(&stage).map(|(code, _)| code);
    stage.discord_says(EMPLOYEE, &write_for("<@999>")).await;
    assert_eq!(newest(&stage).map(|(code, _)| code), before, "nothing is asked for somebody unknown");
    let told = stage.discord_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains(UNKNOWN) && told.contains("link their Discord account"), "{told}");
}

/// Sentences of all kinds that mention somebody (`@`), or two (`ADA` as well).
const SENTENCES: [&str; 15] = [
    "cc @ read on web-shop for 1 hour",
    "read on web-shop for @ 1 hour",
    "read on web-shop @",
    "@ and ADA need read on web-shop",
    "approve @",
    "status @",
    "why @",
    "revoke @",
    "withdraw @",
    "who has read on @",
    "unlink @",
    "omit me until friday ask @",
    "my time zone is @",
    "access read on @",
    "what about @",
];

#[tokio::test]
async fn trust_d6_slack_no_answer_shows_the_id_of_whoever_is_mentioned() {
    let stage = Stage::with_chats().await;
    stage.slack_says(APPROVER, "help").await;
    stage.slack_says(APPROVER2, "help").await;
    stage.joins_slack("U0NEW", "Nia New", SlackPersonKind::Member);
    let (ada, ben) = (format!("<@{}>", slack_user(APPROVER)), format!("<@{}>", slack_user(APPROVER2)));
    for text in SENTENCES {
        for mention in [ben.as_str(), "<@U0NEW>"] {
            stage.slack_says(EMPLOYEE, &text.replace('@', mention).replace("ADA", &ada)).await;
            let told = stage.slack_sees(EMPLOYEE).join("\n---\n");
            assert!(!told.contains("slack/T") && !told.contains("U0NEW"), "{text}: {told}");
            assert!(!told.contains(&slack_user(APPROVER2)), "{text}: {told}");
        }
    }
    let before = newest(&stage).map(|(code, _)| code);
    stage.slack_says(EMPLOYEE, &format!("write on payments-api for {ben} 1 day OPS-17")).await;
    assert_ne!(newest(&stage).map(|(code, _)| code), before, "{:?}", stage.slack_sees(EMPLOYEE).pop());
    assert_eq!(subject(&stage), APPROVER2);
}

#[tokio::test]
async fn trust_d6_teams_no_answer_shows_the_id_of_whoever_is_mentioned() {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER, APPROVER2]).await;
    nia_joins_teams(&stage);
    let told = || {
        let shared = stage.teams_channel();
        let shared = shared.iter().filter_map(|said| said.card.as_ref()).map(words);
        shared.chain(stage.teams_sees(EMPLOYEE)).collect::<Vec<_>>().join("\n---\n")
    };
    let (ada, ben) = (teams_object(APPROVER).to_string(), teams_object(APPROVER2).to_string());
    for text in SENTENCES {
        for mention in ["<at>Ben Approver</at>", "<at>Nia New</at>"] {
            let text = text.replace('@', mention).replace("ADA", "<at>Ada Approver</at>");
            stage.teams_says_to_all(EMPLOYEE, &text).await;
            for id in ["teams/", "29:1", NIA, &ada, &ben] {
                assert!(!told().contains(id), "{id}, of {text}: {}", told());
            }
        }
    }
    assert!(told().contains("Ben Approver") && told().contains(UNKNOWN), "it was answered: {}", told());
}

#[tokio::test]
async fn trust_d6_discord_no_answer_shows_the_id_of_whoever_is_mentioned() {
    const STRANGER: &str = "424242424242424242";
    let stage = Stage::on_discord().await;
    let (ada, ben) = (format!("<@{}>", discord_user(APPROVER)), format!("<@{}>", discord_user(APPROVER2)));
    for text in SENTENCES {
        for mention in [ben.clone(), format!("<@!{STRANGER}>")] {
            stage.discord_says(EMPLOYEE, &text.replace('@', &mention).replace("ADA", &ada)).await;
            let told = stage.discord_sees(EMPLOYEE).join("\n---\n");
            for id in ["discord/", STRANGER, &discord_user(APPROVER), &discord_user(APPROVER2)] {
                assert!(!told.contains(id), "{id}, of {text}: {told}");
            }
        }
    }
    let told = stage.discord_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("Ben Approver") && told.contains(UNKNOWN), "it was answered: {told}");
}
