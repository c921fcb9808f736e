//! Questions and answers: what is cited is there, what is proposed is only a button, what is stopped stops, and who left is told
//! nothing.

use countersign::seed::seed;
use countersign_domain::conversation::Allowance;
use countersign_domain::ports::ModelFaultKind;
use countersign_tests::answers::Next;
use countersign_tests::stage::tenant;
use serde_json::json;

use super::*;

#[tokio::test]
async fn conversation_a_sentence_that_is_a_command_stays_one_and_a_question_is_asked() {
    let (stage, answers) = stage().await;
    let card = stage.says(EMPLOYEE, "access read on web-shop for 2 days").await;
    assert_eq!(card.status.as_deref(), Some("active"), "{card:#?}");
    assert!(answers.asked.lock().unwrap().is_empty(), "the agent has nothing to do with it");
    let card = stage.says(EMPLOYEE, "What is for lunch today?").await;
    assert!(said(&card).contains("I do not know"), "{card:#?}");
    assert!(card.buttons.iter().any(|button| button.say.starts_with("ticket for ")), "{card:#?}");
    let gaps = stage.get(ADMIN, "/api/v1/gaps").await;
    assert_eq!(gaps["items"][0]["text"], "What is for lunch today?", "{gaps:#}");
    let not_theirs = stage.get(EMPLOYEE, "/api/v1/gaps").await;
    assert_eq!(not_theirs["status"], 403, "{not_theirs:#}");
}

#[tokio::test]
async fn conversation_a_question_that_begins_as_a_command_and_names_nothing_there_is_one() {
    let (stage, answers) = stage().await;
    let printers =
        "When the printer is grey, its drum is worn.\nThe status of the lift is told at the reception.\n";
    live(&stage, "name=printers.txt&groups=*", printers).await;
    for (question, answer) in [
        ("Why is the printer grey?", "its drum is worn"),
        ("What is the status of the lift?", "told at the reception"),
        ("why does the printer print grey", "its drum is worn"),
    ] {
        let card = stage.says(EMPLOYEE, question).await;
        assert!(said(&card).contains(answer), "{question}: {card:#?}");
    }
    answers.asked.lock().unwrap().clear();
    let card = stage.says(EMPLOYEE, "access write on infra for 2 days ticket OPS-17").await;
    let code = card.code.expect("a request");
    for story in ["why infra", &format!("why was {code} not granted?"), "Why is infra still waiting?"] {
        let card = stage.says(EMPLOYEE, story).await;
        assert_eq!(card.code.as_ref(), Some(&code), "{story}: {card:#?}");
    }
    let unknown = stage.says(EMPLOYEE, "why K7QM2X").await;
    assert!(unknown.refused, "{unknown:#?}");
    assert!(answers.asked.lock().unwrap().is_empty(), "commands stay commands");
}

#[tokio::test]
async fn conversation_what_a_model_says_beside_the_documents_is_marked_and_false_citations_are_taken_out() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Say(
        "Tokens are valid for 30 days [1]. Tokens are valid for 90 days [1]. See ![](https://evil/?q=1) [7].",
    ));
    let card = stage.says(EMPLOYEE, "How long are tokens valid?").await;
    let lines = said(&card);
    assert!(lines.contains("Tokens are valid for 30 days . [1]"), "{lines}");
    assert!(lines.contains("90 days . ⚠") && lines.contains("check it before you rely on it"), "{lines}");
    assert!(!card.text.contains("evil") && !card.text.contains("[7]"), "{}", card.text);
    let answer = last(&stage, EMPLOYEE).await;
    assert_eq!(answer["answer"]["false_citations"], 2, "{answer:#}");
}

#[tokio::test]
async fn conversation_what_goes_on_is_told_to_the_model_and_another_answer_is_for_who_asked() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let card = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    stage.says(EMPLOYEE, "How long are tokens valid?").await;
    let told = answers.asked.lock().unwrap().last().expect("it was asked").messages.len();
    assert_eq!(told, 3, "the question before, its answer, and this one");
    let has_words = |label: &str| label.chars().filter(|c| c.is_alphabetic()).count() > 3;
    assert!(
        card.buttons.iter().all(|button| has_words(&button.label)),
        "a sign alone is read to nobody: {card:#?}"
    );
    let again = card.buttons.iter().find(|button| button.say.starts_with("answer again ")).expect("a button");
    let card = stage.says(EMPLOYEE, &again.say).await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    let stranger = stage.says(APPROVER, &again.say).await;
    assert!(stranger.refused, "{stranger:#?}");
    let good = card.buttons.iter().find(|button| button.say.ends_with("as bad")).expect("a button");
    stage.says(EMPLOYEE, &good.say).await;
    let gaps = stage.get(ADMIN, "/api/v1/gaps").await;
    assert_eq!(gaps["items"].as_array().map(Vec::len), Some(1), "a bad answer is a gap: {gaps:#}");
}

#[tokio::test]
async fn conversation_a_model_proposes_and_a_person_asks_by_a_press() {
    let (stage, answers) = stage().await;
    answers.next(Next::Call("access", json!({ "permission": "write", "repository": "payments-api" })));
    let card = stage.says(EMPLOYEE, "Why is my pull request at payments-api grey?").await;
    let asked = stage.get(ADMIN, "/api/v1/requests").await;
    assert_eq!(asked["items"], json!([]), "nothing is asked for before somebody presses");
    let button = card.buttons.first().expect("it is offered");
    assert_eq!(
        (&*button.label, &*button.say),
        ("access write on payments-api", "access write on payments-api")
    );
    stage.says(EMPLOYEE, &button.say).await;
    answers.next(Next::Call("approve", json!({ "code": "K7QM2X" })));
    let before = answers.asked.lock().unwrap().len();
    let card = stage.says(EMPLOYEE, "What is for lunch today?").await;
    assert_eq!(answers.asked.lock().unwrap().len(), before + 1, "the model was asked: {card:#?}");
    assert!(!card.buttons.iter().any(|button| button.say.contains("approve")), "{card:#?}");
}

#[tokio::test]
async fn conversation_stop_is_heard_by_the_model_and_nothing_is_answered_after_it() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Wait);
    let card = stage.says_without_waiting(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&card).contains("I am still looking"), "{card:#?}");
    let busy = stage.says_without_waiting(EMPLOYEE, "How long are tokens valid?").await;
    assert!(busy.refused && busy.text.contains("I am still answering"), "{busy:#?}");
    let stopped = stage.says(EMPLOYEE, "stop answering").await;
    assert!(said(&stopped).contains("Stopped."), "{stopped:#?}");
    heard(&answers).await;
    stage.settle().await;
    assert_eq!(last(&stage, EMPLOYEE).await["stage"], "stopped");
    let again = stage.says(EMPLOYEE, "stop answering").await;
    assert!(again.refused, "{again:#?}");
    let next = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&next).contains("closed on Sundays"), "{next:#?}");
}

#[tokio::test]
async fn conversation_stop_by_itself_stops_what_is_being_answered_and_else_means_what_it_always_did() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let card = stage.says(EMPLOYEE, "access write on infra for 2 days ticket OPS-17").await;
    let code = card.code.expect("a request").to_string();
    answers.next(Next::Wait);
    stage.says_without_waiting(EMPLOYEE, "When is the VPN closed?").await;
    let stopped = stage.says(EMPLOYEE, "stop").await;
    assert!(said(&stopped).contains("Stopped."), "{stopped:#?}");
    heard(&answers).await;
    stage.settle().await;
    assert_eq!(last(&stage, EMPLOYEE).await["stage"], "stopped");
    assert_eq!(stage.status(&code).await, "waiting", "the request has nothing to do with it");
    let next = stage.says(EMPLOYEE, "stop").await;
    assert!(!said(&next).contains("Stopped."), "nothing is being answered: {next:#?}");
}

#[tokio::test]
async fn conversation_whoever_leaves_while_they_are_being_answered_is_told_nothing() {
    let (mut stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Wait);
    stage.says_without_waiting(EMPLOYEE, "When is the VPN closed?").await;
    let acme = stage.demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
    acme.people.retain(|person| person.id.as_str() != EMPLOYEE);
    let config = stage.demo.config.tenants[&tenant()].clone();
    let bot = &stage.bot;
    seed(&bot.world, &bot.engine, &bot.directory, &tenant(), &config).await.expect("the tenant is seeded");
    heard(&answers).await;
    stage.settle().await;
    let audit = stage.get("demo-auditor", "/api/v1/audit?type=turn_stopped").await;
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(1), "{audit:#}");
    let answered = stage.get("demo-auditor", "/api/v1/audit?type=turn_answered").await;
    assert_eq!(answered["items"], json!([]), "{answered:#}");
}

#[tokio::test]
async fn conversation_a_document_that_is_retired_while_it_is_answered_from_is_left_out_and_that_is_said() {
    let (stage, answers) = stage().await;
    let code = live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    live(&stage, "name=more.txt&title=More&groups=*", "The VPN is closed for guests.\n").await;
    answers.next(Next::Wait);
    stage.says_without_waiting(EMPLOYEE, "When is the VPN closed?").await;
    stage.says_without_waiting(ADMIN, &format!("retire document {code}")).await;
    answers.go_on.notify_one();
    stage.settle().await;
    let answer = last(&stage, EMPLOYEE).await;
    let text = answer["answer"]["text"].as_str().unwrap_or_else(|| panic!("{answer:#}"));
    assert!(text.contains("closed for guests") && !text.contains("Sundays"), "{answer:#}");
    assert_eq!(answer["answer"]["gone"].as_array().map(Vec::len), Some(1), "{answer:#}");
}

#[tokio::test]
async fn conversation_a_model_that_fails_is_asked_once_more_and_then_the_person_is_told() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Fail(ModelFaultKind::Cut));
    let card = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    answers.next(Next::Fail(ModelFaultKind::Cut));
    answers.next(Next::Fail(ModelFaultKind::SilentAtFirst));
    let card = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&card).contains("I could not answer that just now"), "{card:#?}");
    answers.next(Next::Fail(ModelFaultKind::Barred));
    let card = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&card).contains("until somebody who runs this bot has mended it"), "{card:#?}");
}

#[tokio::test]
async fn conversation_limits_are_told_with_what_they_are_and_begin_anew() {
    let (stage, _) =
        with(|settings| settings.person = Allowance { turns: Some(2), ..Allowance::default() }).await;
    for _ in 0..2 {
        let card = stage.says(EMPLOYEE, "What is for lunch today?").await;
        assert!(!card.refused, "{card:#?}");
    }
    let card = stage.says(EMPLOYEE, "What is for lunch today?").await;
    assert!(card.refused && card.text.contains("You have had 2 questions"), "{card:#?}");
    let others = stage.says(APPROVER, "What is for lunch today?").await;
    assert!(!others.refused, "it is one's own: {others:#?}");
    stage.later(jiff::SignedDuration::from_mins(61)).await;
    let card = stage.says(EMPLOYEE, "What is for lunch today?").await;
    assert!(!card.refused, "{card:#?}");
}

#[tokio::test]
async fn conversation_the_api_waits_for_an_answer_and_refuses_what_is_longer_than_anybody_asks() {
    let (stage, _) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let answer =
        stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": "When is the VPN closed?" })).await;
    assert_eq!(answer["stage"], "answered", "{answer:#}");
    let citation = &answer["answer"]["citations"][0];
    assert_eq!(
        (&citation["support"], &citation["title"]),
        (&json!("exact"), &json!("The VPN")),
        "{answer:#}"
    );
    let long = "😀".repeat(5_000);
    let refused = stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": long })).await;
    assert_eq!(refused["status"], 422, "{refused:#}");
    assert!(refused["detail"].as_str().unwrap().contains("5000 characters"), "{refused:#}");
}

#[tokio::test]
async fn conversation_what_a_button_says_is_read_in_full_before_it_is_pressed() {
    let (stage, answers) = stage().await;
    let reason = "the shop waits for a change of its settings that nobody else can make before Friday";
    let wish = json!({ "permission": "write", "repository": "payments-api", "reason": reason });
    answers.next(Next::Call("access", wish));
    let card = stage.says(EMPLOYEE, "Why is my pull request at payments-api grey?").await;
    assert!(said(&card).contains(reason), "the label has no room for it: {card:#?}");
}
