//! When a promise is broken somebody is woken, again and again, until somebody of the desk has heard of it.

use countersign_domain::support::{Pages, Paging};
use jiff::SignedDuration;

use super::*;

fn paging(by: Pages) -> Paging {
    Paging { by, every_minutes: 15, most: 4 }
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

#[tokio::test]
async fn ticket_paging_calls_the_pager_until_somebody_acknowledges_each_call_under_a_key_of_its_own() {
    let (stage, answers) = with(|settings| settings.level.paging = Some(paging(Pages::Webhook {}))).await;
    let woken = || answers.woken.lock().unwrap().iter().map(|(_, _, times)| *times).collect::<Vec<_>>();
    opens(&stage, EMPLOYEE, "the lift is stuck").await;
    let early = stage.says(APPROVER, "acknowledge ticket 1").await;
    assert!(early.refused, "nobody is woken yet: {early:#?}");
    stage.later(minutes(59)).await;
    assert_eq!(woken(), [0; 0]);
    stage.later(minutes(1)).await;
    assert_eq!(woken(), [1], "an answer was promised within an hour");
    stage.later(minutes(15)).await;
    assert_eq!(woken(), [1, 2]);
    let card = stage.says(APPROVER, "acknowledge ticket 1").await;
    assert!(!card.refused, "{card:#?}");
    stage.later(minutes(60)).await;
    assert_eq!(woken(), [1, 2], "somebody has heard of it");
    let keys: std::collections::BTreeSet<_> =
        answers.woken.lock().unwrap().iter().map(|(key, ..)| *key).collect();
    assert_eq!(keys.len(), 2, "the same call twice wakes nobody twice, and another one does");
}

#[tokio::test]
async fn ticket_paging_ends_by_itself_when_it_was_often_enough() {
    let (stage, answers) = with(|settings| settings.level.paging = Some(paging(Pages::Webhook {}))).await;
    opens(&stage, EMPLOYEE, "the lift is stuck").await;
    stage.later(minutes(60)).await;
    for _ in 0..8 {
        stage.later(minutes(15)).await;
    }
    assert_eq!(answers.woken.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn ticket_paging_tells_a_group_where_they_talk_and_whoever_answers_lets_them_sleep() {
    let group = || Pages::Group { group: "approvers".to_owned() };
    let answers = Arc::new(Answers::default());
    let arrange = |world: &mut countersign::world::World| {
        answers.furnish(world, |settings| settings.level.paging = Some(paging(group())));
    };
    let stage = Stage::with_chats_arranged(arrange).await;
    stage.slack_says(EMPLOYEE, "open ticket saying the lift is stuck").await;
    stage.slack_says(EMPLOYEE, "yes").await;
    let woken = |who: &str| {
        let seen = stage.slack_sees(who);
        seen.iter().filter(|text| text.contains("somebody is woken")).count()
    };
    stage.later(minutes(60)).await;
    assert_eq!((woken(APPROVER), woken(APPROVER2), woken("demo-auditor")), (1, 1, 0));
    stage.later(minutes(15)).await;
    assert_eq!(woken(APPROVER), 2);
    stage.slack_says(APPROVER2, "reply to ticket 1 saying I am on my way").await;
    stage.later(minutes(30)).await;
    assert_eq!(woken(APPROVER), 2, "there was an answer");
}
