//! Models one behind the other, and what they cost: who answers where the first does not, and what is said when the money is gone.

use countersign_domain::conversation::{Allowance, Price};
use countersign_domain::ports::{Model, ModelFaultKind};
use countersign_tests::answers::{Next, put};

use super::*;

const CLOSED: &str = "When is the VPN closed?";

/// A bot with a document, whose model has another one behind it.
async fn with_another() -> (Stage, Arc<Answers>, Arc<Answers>) {
    let (answers, others) = (Arc::new(Answers::default()), Arc::new(Answers::default()));
    let help = answers.help(|_| {}).with_behind(vec![Arc::clone(&others) as Arc<dyn Model>]);
    let store = Arc::new(MemoryStore::new());
    let stage = Stage::arranged(store, |_| {}, |world| put(world, help)).await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    (stage, answers, others)
}

#[tokio::test]
async fn conversation_whoever_stands_behind_a_model_answers_where_it_does_not_and_that_is_said() {
    let (stage, answers, others) = with_another().await;
    for fault in [ModelFaultKind::Barred, ModelFaultKind::Refused, ModelFaultKind::SilentAtFirst] {
        answers.next(Next::Fail(fault));
        let card = stage.says(EMPLOYEE, CLOSED).await;
        assert!(said(&card).contains("closed on Sundays"), "{fault:?}: {card:#?}");
        assert!(said(&card).contains("The model that usually answers did not just now"), "{card:#?}");
    }
    assert_eq!(others.asked.lock().unwrap().len(), 3);
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(!said(&card).contains("usually answers"), "it is back: {card:#?}");
}

#[tokio::test]
async fn conversation_where_no_model_answers_the_person_is_told_kindly() {
    let (stage, answers, others) = with_another().await;
    for _ in 0..2 {
        answers.next(Next::Fail(ModelFaultKind::Barred));
        others.next(Next::Fail(ModelFaultKind::Overloaded { after: None }));
    }
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("I could not answer that just now"), "what may pass is said to: {card:#?}");
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
}

#[tokio::test]
async fn conversation_what_begins_to_be_heard_and_breaks_off_is_told_by_another_model_from_the_start() {
    let (stage, answers, others) = with_another().await;
    answers.next(Next::Break("The VPN is open. "));
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays") && !said(&card).contains("VPN is open"), "{card:#?}");
    assert_eq!((answers.asked.lock().unwrap().len(), others.asked.lock().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn conversation_money_that_is_gone_is_told_kindly_and_there_is_more_later() {
    let (stage, _) = with(|settings| {
        // An answer of the stage reads 100 tokens and writes 20: 200 millionths.
        settings.prices = [("quoting@1".to_owned(), Price { read: 1_000, written: 5_000 })].into();
        settings.by_agent = Allowance { micros: Some(400), ..Allowance::default() };
    })
    .await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    for person in [EMPLOYEE, APPROVER] {
        let card = stage.says(person, CLOSED).await;
        assert!(!card.refused, "{card:#?}");
    }
    for person in [EMPLOYEE, APPROVER, ADMIN] {
        let card = stage.says(person, CLOSED).await;
        assert!(card.refused, "it is the agent's, whoever asks: {card:#?}");
        assert!(card.text.contains("I have had as much as was set aside for answers"), "{}", card.text);
        assert!(card.text.contains("Commands go on as always"), "{}", card.text);
    }
    let command = stage.says(EMPLOYEE, "my access").await;
    assert!(!command.refused, "{command:#?}");
    let steps = stage.get("demo-auditor", "/api/v1/audit?type=model_step_finished").await;
    let summary = steps["items"][0]["summary"].as_str().unwrap_or_else(|| panic!("{steps:#}"));
    assert!(summary.contains("for 0.0002"), "what it cost is in the log: {summary}");
    stage.later(jiff::SignedDuration::from_mins(61)).await;
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(!card.refused, "{card:#?}");
}

#[tokio::test]
async fn conversation_what_has_no_price_costs_nothing() {
    let (stage, _) =
        with(|settings| settings.person = Allowance { micros: Some(1), ..Allowance::default() }).await;
    for _ in 0..3 {
        let card = stage.says(EMPLOYEE, CLOSED).await;
        assert!(!card.refused, "{card:#?}");
    }
}

#[tokio::test]
async fn conversation_what_there_is_for_a_day_is_told_with_when_the_next_one_begins() {
    let two = Allowance { turns: Some(2), ..Allowance::default() };
    let (stage, _) = with(|settings| settings.daily.person = two).await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    for _ in 0..2 {
        let card = stage.says(EMPLOYEE, CLOSED).await;
        assert!(!card.refused, "{card:#?}");
    }
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(card.refused && card.text.contains("You have had 2 questions today"), "{card:#?}");
    assert!(card.text.contains("at 00:00 your time"), "{}", card.text);
    assert!(!stage.says(APPROVER, CLOSED).await.refused, "what one has had is not another's");
    stage.later(jiff::SignedDuration::from_hours(24)).await;
    assert!(!stage.says(EMPLOYEE, CLOSED).await.refused, "it is another day");
}

#[tokio::test]
async fn conversation_who_moves_from_one_time_zone_to_the_next_has_no_new_day_with_each() {
    const ZONES: [&str; 6] = [
        "Pacific/Auckland",
        "Asia/Tokyo",
        "Asia/Dubai",
        "Europe/London",
        "America/New_York",
        "Pacific/Honolulu",
    ];
    let one = Allowance { turns: Some(1), ..Allowance::default() };
    let (stage, _) = with(|settings| settings.daily.person = one).await;
    let mut answered = 0;
    for _ in 0..5 {
        for zone in ZONES {
            stage.says(EMPLOYEE, &format!("my time zone is {zone}")).await;
            answered += usize::from(!stage.says(EMPLOYEE, CLOSED).await.refused);
        }
        stage.later(jiff::SignedDuration::from_hours(4)).await;
    }
    assert!((1..=2).contains(&answered), "{answered} in twenty hours");
}
