//! An action is done as it was countersigned, or not at all.

use countersign_tests::answers::Next;
use serde_json::json;

use super::*;

async fn asked(stage: &Stage, arguments: Value) -> Value {
    let answer =
        stage.post(EMPLOYEE, "/api/v1/actions/restart_job", &json!({ "arguments": arguments })).await;
    stage.settle().await;
    answer
}

#[tokio::test]
async fn action_what_is_countersigned_is_what_is_done_and_it_is_seen_to_be() {
    let (stage, answers) = stage().await;
    "stopped".clone_into(&mut answers.job.lock().unwrap());
    let told = asked(&stage, json!({ "job": "web-shop", "times": 2 })).await;
    let code = code(&told);
    let card = stage.says(ADMIN, &format!("status {code}")).await;
    let line = "Does: POST https://jobs.example/web-shop/restart, with {\"times\":2}";
    assert!(card.lines.iter().any(|shown| shown == line), "{card:#?}");
    assert!(card.lines.iter().any(|shown| shown == "It stands now: \"stopped\""), "{card:#?}");
    assert!(answers.done.lock().unwrap().is_empty(), "nobody has countersigned it");
    stage.says(EMPLOYEE, &format!("approve {code}")).await;
    assert!(answers.done.lock().unwrap().is_empty(), "nobody countersigns their own");
    stage.says(ADMIN, &format!("approve {code}")).await;
    let done: Vec<_> = answers.done.lock().unwrap().iter().map(|(_, call)| call.clone()).collect();
    assert_eq!(done, ["POST https://jobs.example/web-shop/restart {\"times\":2}"]);
    let card = stage.says(ADMIN, &format!("status {code}")).await;
    assert_eq!(card.status.as_deref(), Some("done"), "{card:#?}");
    assert!(card.lines.iter().any(|shown| shown == "Read back after it: \"running\""), "{card:#?}");
    assert!(!said(&card).contains("stands now"), "what stood before is not how it stands: {card:#?}");
    assert!(stage.history(&code).await.contains(&"action_done".to_owned()));
}

#[tokio::test]
async fn action_what_stands_otherwise_by_then_is_not_done_on_what_was_shown() {
    let (stage, answers) = stage().await;
    "stopped".clone_into(&mut answers.job.lock().unwrap());
    let code = code(&asked(&stage, json!({ "job": "web-shop", "times": 2 })).await);
    "burning".clone_into(&mut answers.job.lock().unwrap());
    stage.says(ADMIN, &format!("approve {code}")).await;
    assert!(answers.done.lock().unwrap().is_empty(), "it is shown anew first");
    stage.says(ADMIN, &format!("approve {code}")).await;
    assert_eq!(answers.done.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn action_arguments_are_held_against_their_schema() {
    let (stage, answers) = stage().await;
    for (arguments, says) in [
        (json!({ "job": "web-shop", "times": 9 }), "times must be 1 to 3"),
        (json!({ "job": "web-shop" }), "times is missing"),
        (json!({ "job": "..", "times": 1 }), "leads to another one"),
        (json!({ "job": "web-shop", "times": 1, "host": "evil" }), "host is not one of its fields"),
    ] {
        let refused = asked(&stage, arguments).await;
        assert!(refused["detail"].as_str().unwrap().contains(says), "{refused:#}");
    }
    let unknown = stage.post(EMPLOYEE, "/api/v1/actions/drop_all", &json!({ "arguments": {} })).await;
    assert!(unknown["detail"].as_str().unwrap().contains("There is no action drop_all"), "{unknown:#}");
    assert!(answers.done.lock().unwrap().is_empty());
    let listed = stage.get(EMPLOYEE, "/api/v1/actions").await;
    assert_eq!(listed["items"][0]["name"], "restart_job");
}

#[tokio::test]
async fn action_one_is_asked_for_in_a_sentence_and_held_against_its_schema() {
    let (stage, answers) = stage().await;
    "stopped".clone_into(&mut answers.job.lock().unwrap());
    let listed = stage.says(EMPLOYEE, "list actions").await;
    assert_eq!(said(&listed), "run action restart_job with job=…, times=… — restart a job");
    for (wrong, says) in [
        ("run action restart_job with job=web-shop, times=9", "times must be 1 to 3"),
        ("run action restart_job with job=web-shop", "times is missing"),
        ("run action drop_all with nothing=1", "There is no action drop_all"),
    ] {
        let refused = stage.says(EMPLOYEE, wrong).await;
        assert!(refused.refused && refused.text.contains(says), "{wrong}: {refused:#?}");
    }
    stage.says(EMPLOYEE, "run action restart_job with job=web-shop, times=2 because it hangs").await;
    let listed = stage.get(ADMIN, "/api/v1/requests").await;
    let code = code(&listed["items"][0]);
    assert!(answers.done.lock().unwrap().is_empty(), "nobody has countersigned it");
    stage.says(ADMIN, &format!("approve {code}")).await;
    let done: Vec<_> = answers.done.lock().unwrap().iter().map(|(_, call)| call.clone()).collect();
    assert_eq!(done, ["POST https://jobs.example/web-shop/restart {\"times\":2}"]);
}

#[tokio::test]
async fn action_what_the_agent_offers_is_asked_for_by_a_press_and_tells_that_others_wrote_before_it() {
    let (stage, answers) = stage().await;
    live(&stage, "name=import.txt&groups=*", "When the mail import hangs, restart its job.\n").await;
    let offer = |arguments: Value| answers.next(Next::Call("run_action_restart_job", arguments));
    offer(json!({ "job": "mail", "times": 2 }));
    let card = stage.says(EMPLOYEE, "What helps when the mail import hangs?").await;
    let button = card.buttons.first().unwrap_or_else(|| panic!("it is offered: {card:#?}"));
    assert_eq!(button.label, "run action restart_job with job=mail, times=2");
    assert_eq!(button.say, "run offered restart_job with job=mail, times=2");
    assert_eq!(
        stage.get(ADMIN, "/api/v1/requests?kind=action").await["items"],
        json!([]),
        "nobody has pressed"
    );
    let told = stage.get(EMPLOYEE, "/api/v1/conversations").await;
    assert_eq!(told["items"][0]["answer"]["offers"][0]["say"], *button.say, "{told:#}");
    stage.says(EMPLOYEE, &button.say).await;
    let listed = stage.get(ADMIN, "/api/v1/requests?kind=action").await;
    let code = code(&listed["items"][0]);
    let card = stage.says(ADMIN, &format!("status {code}")).await;
    assert!(said(&card).contains("The agent offered this after it had read what others wrote"), "{card:#?}");
    stage.says(EMPLOYEE, &format!("approve {code}")).await;
    assert!(
        answers.done.lock().unwrap().is_empty(),
        "it is asked for in their name, so they do not countersign"
    );
    stage.says(ADMIN, &format!("approve {code}")).await;
    assert_eq!(answers.done.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn action_what_a_model_makes_of_arguments_that_say_something_else_is_no_button() {
    let (stage, answers) = stage().await;
    for arguments in [
        json!({ "job": "mail, times=3", "times": 2 }),
        json!({ "job": "mail because they say so", "times": 2 }),
        json!({ "job": "mail", "times": 9 }),
    ] {
        answers.next(Next::Call("run_action_restart_job", arguments.clone()));
        let card = stage.says(EMPLOYEE, "What helps when the mail import hangs?").await;
        assert!(!card.buttons.iter().any(|button| button.say.starts_with("run ")), "{arguments}: {card:#?}");
    }
}
