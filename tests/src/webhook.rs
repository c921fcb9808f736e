//! Webhooks as Jira sends them: signed over the raw body, with the id of their delivery.

use countersign::demo::WEBHOOK_SECRET;
use countersign_domain::access::Form;
use countersign_domain::request::Code;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::stage::Stage;
use crate::vendors::account;

/// The header's value that fits this body.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// What Jira sends about a new ticket whose description holds this form.
pub fn ticket_created(key: &str, reporter: &str, form: &Form) -> Value {
    let line = |label: &str, text: &Option<String>| {
        text.as_ref().map_or_else(String::new, |text| format!("{label}: {text}\n"))
    };
    let description = [
        "Hello, please give me access.\n\n".to_owned(),
        line("Permission", &form.permission),
        line("Repository", &form.repository),
        line("User", &form.user),
        line("Duration", &form.duration),
        line("Reason", &form.reason),
    ];
    json!({
        "webhookEvent": "jira:issue_created",
        "issue": {"key": key, "fields": {
            "summary": "Access, please",
            "reporter": {"accountId": account(reporter), "displayName": reporter},
            "description": description.concat(),
        }},
    })
}

impl Stage {
    /// A ticket asks in the name of its reporter, and everything happens that follows from it.
    pub async fn ask_by_ticket(&self, ticket: &str, reporter: &str, form: &Form) -> Code {
        let body = ticket_created(ticket, reporter, form);
        let answer = self.signed_delivery(ticket, &body).send().await.expect("the bot answers");
        assert_eq!(answer.status(), 202, "the webhook is taken");
        self.settle().await;
        let page = self.get("demo-admin", "/api/v1/access-requests?limit=50").await;
        let items = page["items"].as_array().expect("a list");
        let own = items.iter().find(|item| item["ticket"] == ticket).expect("a request of the ticket");
        own["code"].as_str().expect("a code").parse().expect("a code")
    }

    /// A delivery to the bot, without any header of Jira's.
    pub fn delivery(&self, body: Vec<u8>) -> RequestBuilder {
        let request = self.http.post(self.url("/webhooks/jira/acme"));
        request.header("content-type", "application/json").body(body)
    }

    /// A delivery that is signed as it should be.
    pub fn signed_delivery(&self, id: &str, body: &Value) -> RequestBuilder {
        let body = body.to_string().into_bytes();
        let signature = signature(WEBHOOK_SECRET, &body);
        let request = self.delivery(body).header("x-hub-signature", signature);
        request.header("x-atlassian-webhook-identifier", id)
    }
}
