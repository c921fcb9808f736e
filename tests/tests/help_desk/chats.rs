//! Questions in a chat: each has one message there, which says that somebody looks, and is the answer then.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_sandbox::slack::SlackAct;
use countersign_tests::answers::Next;
use countersign_tests::until::until;

use super::*;

/// What the bot has told somebody in private that says this.
fn told(stage: &Stage, id: &str, what: &str) -> Vec<String> {
    stage.slack_sees(id).into_iter().filter(|text| text.contains(what)).collect()
}

/// Says something in private, and does not wait for what follows: a model that waits lets the bot never settle.
async fn says_without_waiting(stage: &Stage, id: &str, text: &str) {
    let (user, text) = (slack_user(id), text.to_owned());
    let say = SlackAct::Say { user, channel: None, text, thread: None };
    stage.slack().act(say).await.expect("it can be said in Slack");
}

#[tokio::test]
async fn conversation_in_a_chat_that_somebody_looks_becomes_the_answer_and_a_ticket_stands_beneath_it() {
    let (stage, answers) = in_chats().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Wait);
    says_without_waiting(&stage, EMPLOYEE, "When is the VPN closed?").await;
    until("it says that it looks", || !told(&stage, EMPLOYEE, "I am still looking").is_empty()).await;
    answers.go_on.notify_one();
    stage.settle().await;
    let [answer] = &told(&stage, EMPLOYEE, "When is the VPN closed?")[..] else {
        panic!("{:#?}", stage.slack_sees(EMPLOYEE))
    };
    assert!(answer.contains("closed on Sundays") && !answer.contains("still looking"), "{answer}");
    stage.slack_presses(EMPLOYEE, "Ask a person").await;
    let [answer] = &told(&stage, EMPLOYEE, "closed on Sundays")[..] else {
        panic!("{:#?}", stage.slack_sees(EMPLOYEE))
    };
    assert!(answer.contains("Ticket 1 is open for it"), "{answer}");
}

#[tokio::test]
async fn conversation_in_a_chat_a_stop_is_told_once_by_the_message_that_said_that_somebody_looks() {
    let (stage, answers) = in_chats().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Wait);
    says_without_waiting(&stage, EMPLOYEE, "When is the VPN closed?").await;
    until("it says that it looks", || !told(&stage, EMPLOYEE, "I am still looking").is_empty()).await;
    says_without_waiting(&stage, EMPLOYEE, "stop").await;
    heard(&answers).await;
    stage.settle().await;
    assert_eq!(told(&stage, EMPLOYEE, "Stopped.").len(), 1, "{:#?}", stage.slack_sees(EMPLOYEE));
    assert_eq!(told(&stage, EMPLOYEE, "still looking"), [""; 0]);
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
