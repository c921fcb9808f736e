//! Lists go on where a page ended, one thing is not sent again to who has it, and what is ended once is ended.

use serde_json::json;

use super::*;

/// All of a list, so many at a time.
async fn paged(stage: &Stage, token: &str, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (vec![], String::new());
    loop {
        let page = stage.get(token, &format!("{path}?limit={limit}{after}")).await;
        let items = page["items"].as_array().unwrap_or_else(|| panic!("no list: {page:#}"));
        assert!(items.len() <= limit, "{path}: {page:#}");
        all.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

async fn delete(stage: &Stage, token: &str, path: &str) -> (u16, Value) {
    let request = stage.client().delete(stage.url(path)).bearer_auth(token);
    let answer = request.send().await.expect("the bot answers");
    let status = answer.status().as_u16();
    let told = answer.json().await.expect("JSON");
    stage.settle().await;
    (status, told)
}

/// A bot with some of everything that is listed.
async fn filled() -> Stage {
    let (stage, _) = stage().await;
    for number in 1..=5 {
        stage.post(EMPLOYEE, "/api/v1/tickets", &json!({ "text": format!("number {number}") })).await;
    }
    for name in ["one", "two", "three"] {
        live(&stage, &format!("name={name}.txt&groups=*"), &format!("The {name} document.\n")).await;
    }
    for question in ["What is for lunch?", "Where is the lift?", "Who waters the palms?"] {
        stage.says(EMPLOYEE, question).await;
    }
    stage
}

#[tokio::test]
async fn lists_of_the_help_desk_go_on_where_a_page_ended_and_hold_each_item_once() {
    let stage = filled().await;
    for (token, list, many) in [
        (EMPLOYEE, "tickets", 5),
        (EMPLOYEE, "documents", 3),
        (EMPLOYEE, "conversations", 3),
        (ADMIN, "gaps", 3),
        (EMPLOYEE, "actions", 1),
    ] {
        let path = format!("/api/v1/{list}");
        let whole = stage.get(token, &path).await;
        assert_eq!(
            (whole["items"].as_array().map(Vec::len), &whole["next"]),
            (Some(many), &Value::Null),
            "{list}"
        );
        for limit in 1..=many {
            assert_eq!(json!(paged(&stage, token, &path, limit).await), whole["items"], "{list} by {limit}");
        }
    }
    let numbers: Vec<_> = paged(&stage, EMPLOYEE, "/api/v1/tickets", 2).await;
    let numbers: Vec<_> = numbers.iter().map(|ticket| ticket["opened"]["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [5, 4, 3, 2, 1], "the newest first");
    let page = stage.get(EMPLOYEE, "/api/v1/tickets?limit=2").await;
    stage.post(EMPLOYEE, "/api/v1/tickets", &json!({ "text": "one more" })).await;
    let next = page["next"].as_str().expect("there are more");
    let page = stage.get(EMPLOYEE, &format!("/api/v1/tickets?limit=2&after={next}")).await;
    assert_eq!(page["items"][0]["opened"]["number"], 3, "what comes meanwhile moves nothing: {page:#}");
}

#[tokio::test]
async fn lists_name_a_cursor_that_is_none_and_what_they_do_not_take() {
    let stage = filled().await;
    let tickets = stage.get(EMPLOYEE, "/api/v1/tickets?limit=1").await;
    let of_tickets = tickets["next"].as_str().expect("there are more");
    for list in ["tickets", "documents", "conversations", "gaps", "actions"] {
        let mut wrong =
            vec![("after=nonsense".to_owned(), "hand back `next`"), ("limit=0".to_owned(), "1 to 500")];
        wrong.push(("page=2".to_owned(), "`after`"));
        if list != "tickets" {
            wrong.push((format!("after={of_tickets}"), "hand back `next`"));
        }
        for (query, says) in wrong {
            let problem = stage.get(ADMIN, &format!("/api/v1/{list}?{query}")).await;
            assert_eq!(problem["status"], 400, "{list}?{query}: {problem:#}");
            assert!(problem["detail"].as_str().unwrap().contains(says), "{list}?{query}: {problem:#}");
        }
    }
}

#[tokio::test]
async fn document_one_is_retired_by_deleting_it_by_who_may_and_as_often_as_they_like() {
    let (stage, answers) = stage().await;
    let code = live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let path = format!("/api/v1/documents/{code}");
    let (status, refused) = delete(&stage, "demo-auditor", &path).await;
    assert_eq!(status, 403, "{refused:#}");
    assert_eq!(delete(&stage, EMPLOYEE, "/api/v1/documents/ZZZZZZ").await.0, 404);
    assert_eq!(answers.indexed().len(), 1);
    for _ in 0..2 {
        let (status, told) = delete(&stage, EMPLOYEE, &format!("{path}?because=out%20of%20date")).await;
        assert_eq!((status, &told["status"]), (200, &json!("retired")), "{told:#}");
    }
    assert!(answers.indexed().is_empty());
    let retired = stage.history(&code).await.into_iter().filter(|kind| kind == "document_retired").count();
    assert_eq!(retired, 1);
    let why = stage.says(EMPLOYEE, &format!("why {code}")).await;
    assert!(why.text.contains("out of date"), "{}", why.text);
}

#[tokio::test]
async fn ticket_one_is_closed_by_deleting_it_by_who_may_and_as_often_as_they_like() {
    let (stage, _) = stage().await;
    stage.post(EMPLOYEE, "/api/v1/tickets", &json!({ "text": "The lift is stuck" })).await;
    let (status, refused) = delete(&stage, "demo-auditor", "/api/v1/tickets/1").await;
    assert_eq!(status, 403, "{refused:#}");
    assert_eq!(delete(&stage, EMPLOYEE, "/api/v1/tickets/2").await.0, 404);
    for _ in 0..2 {
        let (status, told) = delete(&stage, EMPLOYEE, "/api/v1/tickets/1").await;
        assert_eq!((status, &told["status"]), (200, &json!("closed")), "{told:#}");
    }
    let closed = stage.get("demo-auditor", "/api/v1/audit?type=ticket_closed").await;
    assert_eq!(closed["items"].as_array().map(Vec::len), Some(1), "{closed:#}");
}

#[tokio::test]
async fn ticket_the_same_key_opens_one_and_what_somebody_has_of_it_is_not_sent_again() {
    let (stage, _) = stage().await;
    let open = async |text: &str| {
        let request = stage.client().post(stage.url("/api/v1/tickets")).bearer_auth(EMPLOYEE);
        let request = request.header("idempotency-key", "lift-17").json(&json!({ "text": text }));
        let opened: Value = request.send().await.expect("the bot answers").json().await.expect("JSON");
        opened["opened"]["number"].as_u64().unwrap_or_else(|| panic!("{opened:#}"))
    };
    assert_eq!(
        [open("The lift is stuck").await, open("The lift is stuck").await, open("Another").await],
        [1, 1, 2]
    );
    let look = async |tag: Option<&str>| {
        let request = stage.client().get(stage.url("/api/v1/tickets/1")).bearer_auth(EMPLOYEE);
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-none-match", tag));
        let answer = request.send().await.expect("the bot answers");
        let tag = answer.headers().get("etag").expect("one thing has a tag").to_str().unwrap().to_owned();
        (answer.status().as_u16(), tag)
    };
    let (status, tag) = look(None).await;
    assert_eq!(status, 200);
    assert_eq!(look(Some(&tag)).await, (304, tag.clone()));
    stage.post(APPROVER, "/api/v1/tickets/1/replies", &json!({ "text": "Which one?" })).await;
    let (status, changed) = look(Some(&tag)).await;
    assert!(status == 200 && changed != tag, "what is said on it changes it");
}

#[tokio::test]
async fn conversation_a_question_of_ones_own_has_an_address_and_is_nobody_elses() {
    let (stage, _) = stage().await;
    let asked = stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": "What is for lunch?" })).await;
    let path = format!("/api/v1/turns/{}", asked["turn"].as_str().unwrap());
    let one = stage.get(EMPLOYEE, &path).await;
    assert_eq!(
        (&one["question"], &one["stage"]),
        (&json!("What is for lunch?"), &json!("answered")),
        "{one:#}"
    );
    for (token, path) in [(APPROVER, &*path), (ADMIN, &*path), (EMPLOYEE, "/api/v1/turns/x")] {
        assert_eq!(stage.get(token, path).await["status"], 404, "{token} {path}");
    }
}
