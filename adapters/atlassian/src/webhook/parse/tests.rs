//! What is read of Jira's deliveries.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn webhook(fields: &Value) -> Value {
    json!({"webhookEvent": "jira:issue_created", "issue": {"key": "OPS-17", "fields": fields}})
}

fn read(body: &Value) -> Result<Delivered, WebhookRefusal> {
    parse(body.to_string().as_bytes(), &FieldMapping::default(), &BTreeSet::new())
}

fn asks(body: &Value) -> TicketForm {
    match read(body) {
        Ok(Delivered::Asks(ticket)) => ticket,
        other => panic!("{other:?}: {body}"),
    }
}

#[test]
fn an_access_request_is_read_with_its_reporter() {
    let ticket = asks(&webhook(&json!({
        "summary": "Write on payments-api, please",
        "reporter": {"accountId": "557058:ba89", "displayName": "Erin"},
        "description": "Permission: write\nRepository: payments-api",
    })));
    assert_eq!((ticket.key.as_str(), ticket.reporter_account.as_deref()), ("OPS-17", Some("557058:ba89")));
    assert_eq!(ticket.form.permission.as_deref(), Some("write"));
}

#[test]
fn a_webhook_about_something_else_is_no_request_and_no_fault() {
    assert_eq!(read(&webhook(&json!({"summary": "Coffee", "description": null}))), Ok(Delivered::Nothing));
    assert_eq!(read(&json!({"webhookEvent": "comment_created"})), Ok(Delivered::Nothing));
}

const FORM: &str = "Permission: write\nRepository: payments-api";

fn edit(changes: &Value) -> Value {
    json!({"webhookEvent": "jira:issue_updated", "user": {"accountId": "ed", "displayName": "Ed"},
        "issue_event_type_name": "issue_updated", "changelog": {"items": changes},
        "issue": {"key": "OPS-17", "fields": {"description": FORM, "reporter": {"accountId": "rep"}}}})
}

#[test]
fn trust_d4_a_form_that_an_edit_adds_asks_in_the_name_of_who_wrote_it() {
    let ticket = asks(&edit(&json!([{"field": "description", "fieldId": "description"}])));
    assert!(ticket.edited);
    assert_eq!(ticket.reporter_account.as_deref(), Some("ed"), "the reporter did not write it");
    assert_eq!(ticket.form.user.as_deref(), Some("rep"), "and it is for the reporter");
    let mut own = edit(&json!([]));
    own["user"]["accountId"] = json!("rep");
    let ticket = asks(&own);
    assert_eq!((ticket.reporter_account.as_deref(), ticket.form.user), (Some("rep"), None));
}

#[test]
fn trust_d4_what_is_changed_beside_the_form_asks_for_nothing() {
    assert_eq!(read(&edit(&json!([{"field": "labels"}]))), Ok(Delivered::Nothing));
    let touched = || Ok(Delivered::Touched { key: "OPS-17".to_owned() });
    assert_eq!(read(&edit(&json!([{"field": "status", "fieldId": "status"}]))), touched());
    let mut commented = edit(&json!([]));
    commented["issue_event_type_name"] = json!("issue_commented");
    assert_eq!(read(&commented), touched());
    let mut with_comment = edit(&json!([]));
    with_comment["comment"] = json!({"id": "1"});
    assert_eq!(read(&with_comment), touched());
    let said = json!({"webhookEvent": "comment_created", "issue": {"key": "OPS-17"}, "comment": {"id": "1"}});
    assert_eq!(read(&said), touched());
}

#[test]
fn an_issue_that_we_made_of_a_ticket_is_no_request_whatever_its_asker_wrote() {
    let label = "countersign-0f8fad5b-d9cb-469f-a165-70867728950e";
    let mut made = webhook(&json!({"summary": "Help", "description": FORM, "labels": [label]}));
    assert_eq!(read(&made), Ok(Delivered::Nothing));
    made["issue"]["fields"]["labels"] = json!(["countersign-release"]);
    assert!(matches!(read(&made), Ok(Delivered::Asks(_))), "a label of theirs");
}

#[test]
fn trust_d4_whoever_is_made_the_reporter_has_asked_for_nothing() {
    let item = |from: &Value| json!([{"field": "reporter", "fieldId": "reporter", "from": from, "to": "ed"}]);
    assert_eq!(read(&edit(&item(&json!("rep")))), Ok(Delivered::Nothing));
    assert!(matches!(read(&edit(&item(&Value::Null))), Ok(Delivered::Asks(_))), "there was none before");
}

#[test]
fn trust_d4_moved_and_deleted_tickets_are_told() {
    let moved = edit(&json!([
        {"field": "project", "fieldId": "project"}, {"field": "Key", "fromString": "ACC-4", "toString": "OPS-17"},
    ]));
    let (key, to) = ("ACC-4".to_owned(), "OPS-17".to_owned());
    assert_eq!(read(&moved), Ok(Delivered::Moved { key, to }));
    let deleted = json!({"webhookEvent": "jira:issue_deleted", "issue": {"key": "OPS-17"}});
    assert_eq!(read(&deleted), Ok(Delivered::Gone { key: "OPS-17".to_owned() }));
}

#[test]
fn trust_d4_what_a_rule_of_jira_automation_sends_is_read() {
    let fields = json!({"description": FORM, "reporter": {"accountId": "rep"}});
    for body in
        [json!({"issue": {"key": "OPS-17", "fields": fields}}), json!({"key": "OPS-17", "fields": fields})]
    {
        assert_eq!(asks(&body).reporter_account.as_deref(), Some("rep"), "{body}");
    }
}

#[test]
fn trust_c7_what_looks_like_a_request_and_cannot_be_read_is_told_from_what_does_not() {
    let described = |text: &str| webhook(&json!({"summary": "A ticket", "description": text}));
    for unreadable in [
        "Permission: write",
        "Permission: …\nRepository: …",
        "Hello, I need write access to the payments repository, please.",
        "Please give me write access to payments-api, it's for the rollout",
        "Bitte um Schreibzugriff auf payments-api für den Rollout",
        "J'ai besoin d'un accès en écriture à payments-api, merci",
        "Necesito acceso de escritura a payments-api",
        "Permission: write\nRepository: payments-api\nRepository: infra",
        "Permission: write\nRepository: infra, archive",
        "||Permission||Repository||\n|write|payments-api|\n|read|infra|",
        "Permission: write\nRepository: payments-api\n\nPermission: admin\nRepository: infra",
        "Permission: write\nRepository: payments-api\nDuration: 2 days\nUntil: Friday",
    ] {
        let read = read(&described(unreadable)).unwrap();
        let one = unreadable == "Permission: write";
        assert_eq!(matches!(read, Delivered::Unreadable(_)), !one, "{unreadable}: {read:?}");
    }
    for other in [
        "Access logs show 500s when users write to the shop repository",
        "Reason: the coffee machine is broken",
        "User: bob cannot log in",
        "Please write it down.",
        "{noformat}\nPermission: admin\nRepository: payments-api\n{noformat}\nThis is what the bot's form looks like.",
        "Nobody can access the lift. Please write to the caretaker.",
    ] {
        assert_eq!(read(&described(other)), Ok(Delivered::Nothing), "{other}");
    }
    // In a project of requests every ticket is one.
    let body = described("The coffee machine is broken").to_string();
    let requests = ["OPS".to_owned()].into();
    let read = parse(body.as_bytes(), &FieldMapping::default(), &requests);
    assert!(matches!(read, Ok(Delivered::Unreadable(_))), "{read:?}");
}

#[test]
fn trust_d4_a_form_in_another_language_and_an_end_are_read() {
    let described = |text: &str| asks(&webhook(&json!({"summary": "A ticket", "description": text}))).form;
    let form = described("Berechtigung: Schreiben\nRepository: payments-api\nDauer: 2 Tage\nGrund: Rollout");
    let texts = [form.permission, form.repository, form.duration, form.reason];
    assert_eq!(texts.map(Option::unwrap), ["schreiben", "payments-api", "2 Tage", "Rollout"]);
    let form = described("Permission: write\nRepository: payments-api\nUntil: Friday.");
    assert_eq!(form.duration.as_deref(), Some("until Friday"));
}

#[test]
fn trust_d4_a_document_that_shows_the_form_in_code_or_quotes_asks_for_nothing() {
    for kind in ["codeBlock", "blockquote"] {
        let line = |text: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
        let shown = if kind == "codeBlock" {
            json!([{"type": "text", "text": "Permission: admin\nRepository: infra"}])
        } else {
            json!([line("Permission: admin"), line("Repository: infra")])
        };
        let document =
            json!({"type": "doc", "content": [{"type": kind, "content": shown}, line("So it looks.")]});
        assert_eq!(read(&webhook(&json!({"description": document}))), Ok(Delivered::Nothing), "{kind}");
    }
}

#[test]
fn what_jira_never_sends_is_named() {
    let wrong = [
        json!({}),
        json!([]),
        json!({"webhookEvent": "jira:issue_created"}),
        json!({"webhookEvent": "jira:issue_created", "issue": {"key": "../admin", "fields": {}}}),
        json!({"webhookEvent": "jira:issue_created", "issue": {"key": "OPS-1", "fields": 7}}),
    ];
    for body in wrong {
        assert!(matches!(read(&body), Err(WebhookRefusal::WrongShape(_))), "{body}");
    }
    for body in ["", "{", "\u{feff}{}", &"[".repeat(100_000)] {
        assert!(matches!(
            parse(body.as_bytes(), &FieldMapping::default(), &BTreeSet::new()),
            Err(WebhookRefusal::NotJson(_))
        ));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(json!("Permission: write\nReason:")),
        Just(json!(FORM)),
        Just(json!("doc")),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("type|content|text|attrs|id|value|name|accountId", inner, 0..5)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes, &FieldMapping::default(), &BTreeSet::new());
    }

    #[test]
    fn no_field_of_whatever_shape_makes_it_panic(
        description in any_json(), custom in any_json(), reporter in any_json(), summary in any_json(),
    ) {
        let mapping = FieldMapping { permission: Some("customfield_1".to_owned()), ..FieldMapping::default() };
        let body = webhook(&json!({
            "description": description, "customfield_1": custom, "reporter": reporter, "summary": summary,
        }));
        prop_assert!(parse(body.to_string().as_bytes(), &mapping, &BTreeSet::new()).is_ok());
    }

    /// Whatever the rest of an edit looks like, a delivery is read or refused, and nothing is asked that is not there.
    #[test]
    fn trust_d4_no_edit_of_whatever_shape_asks_for_what_is_not_written(
        changelog in any_json(), user in any_json(), kind in any_json(),
        description in prop_oneof![2 => any_json(), 1 => Just(json!(FORM)), 1 => "Permission: write\n.{0,20}Repository: .{0,20}".prop_map(Value::from)],
    ) {
        let mut body = webhook(&json!({"description": description, "reporter": {"accountId": "r"}}));
        body["webhookEvent"] = json!("jira:issue_updated");
        body["changelog"] = json!({"items": changelog});
        body["user"] = user;
        body["issue_event_type_name"] = kind;
        let delivered = read(&body);
        prop_assert!(delivered.is_ok());
        if let Ok(Delivered::Asks(ticket)) = delivered {
            let text = body["issue"]["fields"]["description"].to_string();
            for said in [ticket.form.permission, ticket.form.repository, ticket.form.duration] {
                let said = said.unwrap_or_default();
                let words = said.split_whitespace().map(|word| json!(word).to_string());
                for word in words {
                    // A list of texts is read with commas between them.
                    let word = word.trim_matches('"').trim_end_matches(',');
                    prop_assert!(text.contains(word), "{} of {}", word, text);
                }
            }
        }
    }
}
