//! What is not clear is asked back on every surface: one question, its buttons, and an answer that is typed; one request of each.

use countersign::demo::chats::{DISCORD_CHANNEL, DISCORD_GENERAL, discord_user};
use countersign_sandbox::DiscordAct;
use countersign_tests::console::{read, sentence_behind};
use countersign_tests::discord::{labels, shown};
use countersign_tests::stage::Stage;
use countersign_tests::teams::{buttons, words};
use countersign_tests::typed::in_december;

use crate::{APPROVER, EMPLOYEE, requests};

/// A repository that there is not, and one that may be meant.
const UNKNOWN: &str = "access read on the-web-shop for 2 days";
/// Writing takes a ticket.
const NO_TICKET: &str = "access write on payments-api for 2 days";
const WHICH: &str = "Do you mean web-shop?";
const TICKET: &str = "Which ticket does it belong to?";

/// The newest request, as the list tells it.
async fn newest(stage: &Stage) -> String {
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=1").await;
    let text = |key: &str| page["items"][0][key].as_str().unwrap_or("-").to_owned();
    format!("{} on {} by {}", text("permission"), text("repository"), text("ticket"))
}

#[tokio::test]
async fn trust_c2_in_teams_a_question_is_answered_by_its_button_and_by_typing() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.teams_arrive(&[EMPLOYEE]).await;
    let answer = || stage.teams_talk(EMPLOYEE).pop().and_then(|message| message.card).expect("an answer");
    stage.teams_says(EMPLOYEE, UNKNOWN).await;
    assert!(words(&answer()).contains(WHICH), "{}", words(&answer()));
    assert!(buttons(&answer()).contains(&"web-shop".to_owned()), "{:?}", buttons(&answer()));
    assert_eq!(requests(&stage).await, 0, "nothing is asked for on a guess");
    stage.teams_presses(EMPLOYEE, "web-shop").await;
    assert_eq!((requests(&stage).await, newest(&stage).await.as_str()), (1, "read on web-shop by -"));
    stage.teams_says(EMPLOYEE, NO_TICKET).await;
    assert!(words(&answer()).contains(TICKET), "{}", words(&answer()));
    stage.teams_says(EMPLOYEE, "OPS-17").await;
    assert_eq!(
        (requests(&stage).await, newest(&stage).await.as_str()),
        (2, "write on payments-api by OPS-17")
    );
    // In the channel as well, and what somebody else says there is no answer.
    stage.teams_says_to_all(EMPLOYEE, "access write on infra for 2 days").await;
    let told = [stage.teams_channel(), stage.teams_talk(EMPLOYEE)].concat();
    let told: Vec<_> = told.iter().filter_map(|message| message.card.as_ref()).map(words).collect();
    assert!(told.iter().filter(|text| text.contains(TICKET)).count() > 1, "{told:#?}");
    stage.teams_says_to_all(APPROVER, "OPS-19").await;
    assert_eq!(requests(&stage).await, 2);
    stage.teams_says_to_all(EMPLOYEE, "OPS-18").await;
    assert_eq!((requests(&stage).await, newest(&stage).await.as_str()), (3, "write on infra by OPS-18"));
}

#[tokio::test]
async fn trust_c2_on_discord_a_question_is_answered_by_its_button_and_by_typing() {
    let stage = in_december(Stage::on_discord().await).await;
    let answer = || stage.discord_talk(EMPLOYEE).pop().expect("an answer");
    stage.discord_says(EMPLOYEE, UNKNOWN).await;
    assert!(shown(&answer()).contains(WHICH), "{}", shown(&answer()));
    assert!(labels(&answer()).contains(&"web-shop".to_owned()), "{:?}", labels(&answer()));
    assert_eq!(requests(&stage).await, 0, "nothing is asked for on a guess");
    stage.discord_presses(EMPLOYEE, "web-shop").await;
    assert_eq!((requests(&stage).await, newest(&stage).await.as_str()), (1, "read on web-shop by -"));
    stage.discord_says(EMPLOYEE, NO_TICKET).await;
    assert!(shown(&answer()).contains(TICKET), "{}", shown(&answer()));
    stage.discord_says(EMPLOYEE, "OPS-17").await;
    assert_eq!(
        (requests(&stage).await, newest(&stage).await.as_str()),
        (2, "write on payments-api by OPS-17")
    );
    // By the slash command where others are: what somebody is asked is for them alone.
    stage.discord_slash(EMPLOYEE, Some(DISCORD_GENERAL), "access write on infra for 2 days").await;
    let told = stage.discord_channel(DISCORD_GENERAL, EMPLOYEE).pop().expect("an answer");
    assert!(shown(&told).contains(TICKET) && told.only == Some(discord_user(EMPLOYEE)), "{told:#?}");
    let (user, channel) = (discord_user(APPROVER), Some(DISCORD_CHANNEL.to_owned()));
    stage.in_discord(DiscordAct::Slash { user, channel, text: Some("OPS-19".to_owned()) }).await;
    assert_eq!(requests(&stage).await, 2, "what somebody else says is no answer");
    stage.discord_slash(EMPLOYEE, Some(DISCORD_GENERAL), "OPS-18").await;
    assert_eq!((requests(&stage).await, newest(&stage).await.as_str()), (3, "write on infra by OPS-18"));
}

#[tokio::test]
async fn trust_c2_in_the_console_a_question_is_answered_by_its_button_and_by_typing() {
    let stage = in_december(Stage::new().await).await;
    let session = stage.signs_in(EMPLOYEE).await;
    let says = async |text: &str| session.sends("/say", &[("text", text)]).await;
    let page = says(UNKNOWN).await;
    assert!(read(&page).contains(WHICH), "{}", read(&page));
    assert_eq!(requests(&stage).await, 0, "nothing is asked for on a guess");
    says(&sentence_behind(&page, "web-shop")).await;
    assert_eq!((requests(&stage).await, newest(&stage).await.as_str()), (1, "read on web-shop by -"));
    let page = says(NO_TICKET).await;
    assert!(read(&page).contains(TICKET), "{}", read(&page));
    says("OPS-17").await;
    assert_eq!(
        (requests(&stage).await, newest(&stage).await.as_str()),
        (2, "write on payments-api by OPS-17")
    );
}

/// Two requests of the same person that wait, by their codes.
async fn two_wait(stage: &Stage) -> [String; 2] {
    let sentences = [
        "access read on infra for 2 hours",
        "access write on payments-api for 2 days ticket OPS-17 because rollout",
    ];
    let mut codes = Vec::new();
    for sentence in sentences {
        codes.push(stage.says(EMPLOYEE, sentence).await.code.expect("a code").to_string());
    }
    codes.try_into().expect("there are two")
}

const OVER: &str = "Nothing of this can be done any more.";

#[tokio::test]
async fn trust_c3_a_question_whose_every_offer_is_over_offers_nothing_any_more() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.teams_arrive(&[EMPLOYEE]).await;
    let codes = two_wait(&stage).await;
    stage.slack_says(EMPLOYEE, "withdraw").await;
    stage.teams_says(EMPLOYEE, "withdraw").await;
    stage.discord_says(EMPLOYEE, "withdraw").await;
    let (_, slack) = stage.slack_talk(EMPLOYEE).pop().expect("a question");
    let teams = stage.teams_talk(EMPLOYEE).pop().expect("a question");
    let discord = stage.discord_talk(EMPLOYEE).pop().expect("a question");
    // How the same messages stand by now: what can be pressed, and what they say.
    let now = || {
        let own = stage.slack_talk(EMPLOYEE).into_iter().find(|(_, message)| message.ts == slack.ts);
        let (_, on_slack) = own.expect("it stands there");
        let own = stage.teams_talk(EMPLOYEE).into_iter().find(|message| message.id == teams.id);
        let in_teams = own.and_then(|message| message.card).expect("it stands there");
        let own = stage.discord_talk(EMPLOYEE).into_iter().find(|message| message.id == discord.id);
        let on_discord = own.expect("it stands there");
        [
            (countersign_tests::slack::labels(&on_slack), on_slack.text),
            (buttons(&in_teams), words(&in_teams)),
            (labels(&on_discord), shown(&on_discord)),
        ]
    };
    for (offered, said) in now() {
        assert!(offered.len() >= 2 && !said.contains(OVER), "{offered:?}: {said}");
    }
    stage.says(EMPLOYEE, &format!("withdraw {}", codes[0])).await;
    stage.settle().await;
    for (offered, said) in now() {
        assert!(!offered.is_empty() && !said.contains(OVER), "one of them still can be: {said}");
    }
    stage.says(APPROVER, &format!("deny {} because the freeze begins", codes[1])).await;
    stage.settle().await;
    for (offered, said) in now() {
        assert!(offered.is_empty() && said.contains(OVER), "{offered:?}: {said}");
    }
}

const TOO_MUCH: &str = "That is too much at once";

/// The last thing that was heard is kept no longer than anybody reads.
async fn kept_short(stage: &Stage) {
    let heard = stage.audited("interaction_received").await.pop().expect("it was heard");
    let length = heard.to_string().len();
    assert!((1_000..6_000).contains(&length), "nobody keeps what nobody reads: {length}");
}

#[tokio::test]
async fn trust_b2_who_says_too_much_in_teams_is_told_so() {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE]).await;
    stage.teams_says(EMPLOYEE, &"please ".repeat(20_000)).await;
    let told = stage.teams_sees(EMPLOYEE).pop().expect("an answer");
    assert!(told.contains(TOO_MUCH), "{told}");
    kept_short(&stage).await;
}

#[tokio::test]
async fn trust_b2_who_says_too_much_on_discord_is_told_so() {
    let stage = Stage::on_discord().await;
    stage.discord_says(EMPLOYEE, &"please ".repeat(20_000)).await;
    let told = stage.discord_sees(EMPLOYEE).pop().expect("an answer");
    assert!(told.contains(TOO_MUCH), "{told}");
    kept_short(&stage).await;
}
