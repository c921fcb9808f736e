//! Questions in a chat: each has one message there, which says that somebody looks, and is the answer then.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_sandbox::slack::SlackAct;
use countersign_tests::answers::Next;
use countersign_tests::until::until;

use super::*;

/// What the employee is shown of their question, in private.
fn shown(stage: &Stage, question: &str) -> Vec<String> {
    stage.slack_sees(EMPLOYEE).into_iter().filter(|text| text.contains(question)).collect()
}

/// The one message that shows a question, which says this.
#[track_caller]
fn one_that_says(stage: &Stage, question: &str, what: &str) -> String {
    let all = shown(stage, question);
    let says: Vec<_> = all.iter().filter(|text| text.contains(what)).collect();
    let [only] = says[..] else { panic!("{what}: {all:#?}") };
    only.clone()
}

/// Waits until what is shown of a question says this.
async fn until_shown(stage: &Stage, question: &str, what: &str) {
    until(what, || shown(stage, question).iter().any(|text| text.contains(what))).await;
}

/// Says something in private, and does not wait for what follows: a model that waits lets the bot never settle.
async fn says_without_waiting(stage: &Stage, text: &str) {
    let (user, text) = (slack_user(EMPLOYEE), text.to_owned());
    let say = SlackAct::Say { user, channel: None, text, thread: None };
    stage.slack().act(say).await.expect("it can be said in Slack");
}

#[tokio::test]
async fn conversation_in_a_chat_that_somebody_looks_becomes_the_answer_and_a_ticket_stands_beneath_it() {
    const ASKS: &str = "When is the VPN closed?";
    let (stage, answers) = in_chats().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Wait);
    says_without_waiting(&stage, ASKS).await;
    until_shown(&stage, ASKS, "I am still looking").await;
    answers.go_on.notify_one();
    stage.settle().await;
    assert_eq!(shown(&stage, ASKS).len(), 1, "{:#?}", stage.slack_sees(EMPLOYEE));
    let answer = one_that_says(&stage, ASKS, "closed on Sundays");
    assert!(!answer.contains("still looking"), "{answer}");
    stage.slack_presses(EMPLOYEE, "Ask a person").await;
    stage.slack_presses(EMPLOYEE, "Send it").await;
    let answer = one_that_says(&stage, ASKS, "Ticket 1 is open for it");
    assert!(answer.contains("closed on Sundays"), "{answer}");
}

#[tokio::test]
async fn conversation_in_a_chat_a_stop_is_told_once_by_the_message_that_said_that_somebody_looks() {
    const ASKS: &str = "When is the VPN closed?";
    let (stage, answers) = in_chats().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Wait);
    says_without_waiting(&stage, ASKS).await;
    until_shown(&stage, ASKS, "I am still looking").await;
    says_without_waiting(&stage, "stop").await;
    heard(&answers).await;
    stage.settle().await;
    let all = stage.slack_sees(EMPLOYEE);
    assert_eq!(all.iter().filter(|text| text.contains("Stopped.")).count(), 1, "{all:#?}");
    assert!(!one_that_says(&stage, ASKS, "Stopped.").contains("still looking"), "{all:#?}");
}

#[tokio::test]
async fn conversation_in_a_chat_the_message_grows_with_the_answer_as_seldom_as_the_vendor_wants() {
    const ASKS: &str = "How long are tokens valid?";
    let (stage, answers) = in_chats().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Speak(&["Tokens are", " valid for 30 days [1]. The VPN", " is closed. So"]));
    says_without_waiting(&stage, ASKS).await;
    until_shown(&stage, ASKS, "I am still looking").await;
    answers.go_on.notify_one();
    until_shown(&stage, ASKS, "valid for 30 days").await;
    let growing = one_that_says(&stage, ASKS, "There is more to come.");
    assert!(!growing.contains("is closed"), "{growing}");
    answers.go_on.notify_one();
    stage.clock.turn(jiff::SignedDuration::from_secs(2));
    until_shown(&stage, ASKS, "The VPN is closed.").await;
    answers.go_on.notify_one();
    stage.settle().await;
    assert_eq!(shown(&stage, ASKS).len(), 1, "{:#?}", stage.slack_sees(EMPLOYEE));
    let answer = one_that_says(&stage, ASKS, "[1] “The VPN”");
    assert!(!answer.contains("more to come"), "{answer}");
}

#[tokio::test]
async fn conversation_in_a_channel_everybody_in_the_thread_sees_the_question_answered_in_one_message() {
    let (stage, _) = in_chats().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let asks = "<@U0BOT> When is the VPN closed?";
    let said = stage.slack_user_says(&slack_user(EMPLOYEE), Some(SLACK_CHANNEL), asks).await;
    let messages = stage.slack_channel(SLACK_CHANNEL);
    let answers: Vec<_> = messages.iter().filter(|message| message.thread_ts == said.ts).collect();
    let [answer] = &answers[..] else { panic!("{messages:#?}") };
    assert!(answer.only.is_none() && answer.text.contains("closed on Sundays"), "{answer:#?}");
    assert!(
        stage.slack_whispers(&slack_user(EMPLOYEE), SLACK_CHANNEL).is_empty(),
        "and nobody is told beside"
    );
}

#[tokio::test]
async fn conversation_what_somebody_asks_in_a_channel_is_no_stream_for_others_who_may_not_be_in_it() {
    let (stage, _) = in_chats().await;
    let asks = "<@U0BOT> When is the VPN closed?";
    stage.slack_user_says(&slack_user(EMPLOYEE), Some(SLACK_CHANNEL), asks).await;
    let log = stage.log_after(None).await;
    let asked = log.iter().find(|event| event.kind == "turn_asked").expect("it was asked");
    let url = stage.url(&format!("/api/v1/conversations/{}/events", asked.stream.id()));
    for (token, status) in [(APPROVER, 404), (ADMIN, 404), (EMPLOYEE, 200)] {
        let answer = stage.client().get(&url).bearer_auth(token).send().await.expect("the bot answers");
        assert_eq!(answer.status(), status, "{token}");
    }
}

#[tokio::test]
async fn document_a_card_in_the_channel_of_approvals_shows_nothing_of_what_few_may_read() {
    let (stage, _) = in_chats().await;
    let pay = b"The bonus is paid in March.\n";
    let told = bring(&stage, EMPLOYEE, "name=pay.txt&title=Pay&groups=approvers", pay).await;
    let shown = stage.slack_channel(SLACK_CHANNEL).into_iter().map(|message| message.text);
    let shown: Vec<_> = shown.filter(|text| text.contains(&code(&told))).collect();
    assert!(!shown.is_empty() && shown.iter().all(|text| !text.contains("March")), "{shown:#?}");
    let alone = stage.says(ADMIN, &format!("status {}", code(&told))).await;
    assert!(alone.text.contains("March"), "who decides is told in private: {alone:#?}");
}
