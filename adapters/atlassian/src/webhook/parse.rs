//! Reading a verified webhook: which ticket, who reported it, and the access form in it.

use serde_json::Value;

use super::{AccessForm, FieldMapping, TicketForm, WebhookRefusal};
use crate::jira::is_key;

/// Reads a webhook whose signature was checked. `None`: it is a webhook of Jira's, but no access request.
pub fn parse(body: &[u8], mapping: &FieldMapping) -> Result<Option<TicketForm>, WebhookRefusal> {
    let body: Value =
        serde_json::from_slice(body).map_err(|error| WebhookRefusal::NotJson(error.to_string()))?;
    let wrong = |why: &str| WebhookRefusal::WrongShape(why.to_owned());
    let event = body["webhookEvent"].as_str().ok_or_else(|| wrong("`webhookEvent` is missing"))?;
    if !matches!(event, "jira:issue_created" | "jira:issue_updated") {
        return Ok(None);
    }
    let issue = &body["issue"];
    let key = issue["key"].as_str().filter(|key| is_key(key));
    let key = key.ok_or_else(|| wrong("`issue.key` is missing or not like OPS-17"))?;
    let fields = issue["fields"].as_object().ok_or_else(|| wrong("`issue.fields` is missing"))?;
    let form = AccessForm::read(fields, mapping);
    if form.is_empty() {
        return Ok(None);
    }
    let reporter = fields.get("reporter").unwrap_or(&Value::Null);
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Some(TicketForm {
        key: key.to_owned(),
        title: fields.get("summary").and_then(text).unwrap_or_default(),
        event: event.to_owned(),
        reporter_account: text(&reporter["accountId"]),
        reporter_name: text(&reporter["displayName"]),
        form,
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn webhook(fields: &Value) -> Value {
        json!({"webhookEvent": "jira:issue_created", "issue": {"key": "OPS-17", "fields": fields}})
    }

    fn read(body: &Value) -> Result<Option<TicketForm>, WebhookRefusal> {
        parse(body.to_string().as_bytes(), &FieldMapping::default())
    }

    #[test]
    fn an_access_request_is_read_with_its_reporter() {
        let ticket = read(&webhook(&json!({
            "summary": "Write on payments-api, please",
            "reporter": {"accountId": "557058:ba89", "displayName": "Erin"},
            "description": "Permission: write\nRepository: payments-api",
        })))
        .unwrap()
        .unwrap();
        assert_eq!(
            (ticket.key.as_str(), ticket.reporter_account.as_deref()),
            ("OPS-17", Some("557058:ba89"))
        );
        assert_eq!(ticket.form.permission.as_deref(), Some("write"));
    }

    #[test]
    fn a_webhook_about_something_else_is_no_request_and_no_fault() {
        assert_eq!(read(&webhook(&json!({"summary": "Coffee", "description": null}))), Ok(None));
        assert_eq!(read(&json!({"webhookEvent": "comment_created"})), Ok(None));
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
                parse(body.as_bytes(), &FieldMapping::default()),
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
            let _ = parse(&bytes, &FieldMapping::default());
        }

        #[test]
        fn no_field_of_whatever_shape_makes_it_panic(
            description in any_json(), custom in any_json(), reporter in any_json(), summary in any_json(),
        ) {
            let mapping = FieldMapping { permission: Some("customfield_1".to_owned()), ..FieldMapping::default() };
            let body = webhook(&json!({
                "description": description, "customfield_1": custom, "reporter": reporter, "summary": summary,
            }));
            prop_assert!(parse(body.to_string().as_bytes(), &mapping).is_ok());
        }
    }
}
