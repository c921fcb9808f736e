//! Reading a verified webhook: which ticket, who reported it, and the access form in it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::form::Reading;
use super::spoken::asks_in_words;
use super::{AccessForm, Delivered, FieldMapping, TicketForm, WebhookRefusal};
use crate::jira::{is_key, is_made_by_us};

/// The longest name, title or account that is kept, in characters: Jira's titles have 255 at most.
const LONGEST_NAME: usize = 255;

/// What happened, as Jira names it.
const CREATED: &str = "jira:issue_created";
const UPDATED: &str = "jira:issue_updated";
const DELETED: &str = "jira:issue_deleted";
/// Something happened beside the ticket: a comment, or work that was logged.
const BESIDE: [&str; 2] = ["issue_comment", "issue_worklog"];

/// Reads a webhook whose signature was checked. `requests` are the projects whose tickets are requests and nothing else.
pub fn parse(
    body: &[u8],
    mapping: &FieldMapping,
    requests: &BTreeSet<String>,
) -> Result<Delivered, WebhookRefusal> {
    let body: Value =
        serde_json::from_slice(body).map_err(|error| WebhookRefusal::NotJson(error.to_string()))?;
    let wrong = |why: &str| WebhookRefusal::WrongShape(why.to_owned());
    // A rule of Jira Automation sends the ticket, without saying what happened.
    let (event, issue) = match body["webhookEvent"].as_str() {
        Some(event) => (event, &body["issue"]),
        None if body["issue"].is_object() => (CREATED, &body["issue"]),
        None if body["fields"].is_object() => (CREATED, &body),
        None => return Err(wrong("`webhookEvent` is missing")),
    };
    if ![CREATED, UPDATED, DELETED].contains(&event) {
        return Ok(touched(&body, event, issue));
    }
    let key = issue["key"].as_str().filter(|key| is_key(key));
    let key = key.ok_or_else(|| wrong("`issue.key` is missing or not like OPS-17"))?;
    if event == DELETED {
        return Ok(Delivered::Gone { key: key.to_owned() });
    }
    let fields = issue["fields"].as_object().ok_or_else(|| wrong("`issue.fields` is missing"))?;
    if let Some(old) = moved_from(&body).filter(|old| *old != key) {
        return Ok(Delivered::Moved { key: old.to_owned(), to: key.to_owned() });
    }
    // What somebody asked the help desk is no request for access, whatever stands in it.
    if is_made_by_us(fields) || event == UPDATED && !touches_the_form(&body, mapping) {
        return Ok(touched(&body, event, issue));
    }
    let Reading { form, places, several, unread, harmless } = AccessForm::read(fields, mapping);
    let ticket = TicketForm { several, unread, harmless, ..ticket(&body, key, event, fields, form) };
    let is_request = key.rsplit_once('-').is_some_and(|(project, _)| requests.contains(project));
    Ok(if !ticket.several.is_empty() {
        Delivered::Unreadable(ticket)
    } else if ticket.form.is_complete() {
        Delivered::Asks(ticket)
    } else if is_request || places > 1 || asks_in_words(&ticket.title, fields) {
        Delivered::Unreadable(ticket)
    } else if event == UPDATED && fields.contains_key("description") {
        // Where the description is not told, nobody knows what stands in it.
        Delivered::AsksNothing { key: ticket.key, at: ticket.at }
    } else {
        Delivered::Nothing
    })
}

/// Whether something was said on a ticket, or it was moved on, which a ticket of ours may be waiting for.
fn touched(body: &Value, event: &str, issue: &Value) -> Delivered {
    let kind = body["issue_event_type_name"].as_str().unwrap_or_default();
    let is_said = event.starts_with("comment_") || body["comment"].is_object() || kind.starts_with(BESIDE[0]);
    let is_moved = changes(body).any(|item| item["field"] == "status" || item["fieldId"] == "status");
    let key = issue["key"].as_str().filter(|key| is_key(key) && (is_said || is_moved));
    key.map_or(Delivered::Nothing, |key| Delivered::Touched { key: key.to_owned() })
}

/// When what a delivery tells of happened, by the tracker's clock: deliveries come late, and in another order.
fn written_at(body: &Value) -> Option<Timestamp> {
    body["timestamp"].as_i64().and_then(|millis| Timestamp::from_millisecond(millis).ok())
}

fn ticket(
    body: &Value,
    key: &str,
    event: &str,
    fields: &Map<String, Value>,
    mut form: AccessForm,
) -> TicketForm {
    let text = |value: &Value| {
        let text = value.as_str().map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| text.chars().take(LONGEST_NAME).collect::<String>())
    };
    let reporter = fields.get("reporter").unwrap_or(&Value::Null);
    let edited = event == UPDATED;
    // Whoever writes a form into somebody else's ticket asks by themselves, and for that person.
    let editor = Some(&body["user"]).filter(|user| edited && user["accountId"].is_string());
    let asker = editor.unwrap_or(reporter);
    if form.user.is_none() && asker["accountId"] != reporter["accountId"] {
        form.user = text(&reporter["accountId"]);
    }
    TicketForm {
        key: key.to_owned(),
        title: fields.get("summary").and_then(text).unwrap_or_default(),
        event: event.to_owned(),
        edited,
        reporter_account: text(&asker["accountId"]),
        reporter_name: text(&asker["displayName"]),
        form,
        several: vec![],
        at: written_at(body),
        unread: vec![],
        harmless: vec![],
    }
}

/// What was changed, where the webhook says so.
fn changes(body: &Value) -> impl Iterator<Item = &Value> {
    body["changelog"]["items"].as_array().into_iter().flatten()
}

/// The key that the ticket had, where it was moved to another project.
fn moved_from(body: &Value) -> Option<&str> {
    let is_key_change = |item: &&Value| item["field"].as_str().is_some_and(|field| field == "Key");
    changes(body).find(is_key_change)?["fromString"].as_str().filter(|key| is_key(key))
}

/// Whether an edit can have changed what is asked for. Our own comments and moves do not.
fn touches_the_form(body: &Value, mapping: &FieldMapping) -> bool {
    let kind = body["issue_event_type_name"].as_str().unwrap_or_default();
    if body["comment"].is_object() || BESIDE.iter().any(|beside| kind.starts_with(beside)) {
        return false;
    }
    let mapped =
        [&mapping.permission, &mapping.repository, &mapping.user, &mapping.duration, &mapping.reason];
    let is_ours = |field: &str| {
        let one_of_ours = mapped.iter().any(|own| own.as_deref() == Some(field));
        one_of_ours || ["description", "reporter", "summary"].contains(&field.to_lowercase().as_str())
    };
    // Whoever is made the reporter instead of another has asked for nothing by that.
    let had_one = |item: &Value| {
        ["from", "fromString"].iter().any(|from| item[from].as_str().is_some_and(|id| !id.is_empty()))
    };
    let is_handed_on = |item: &Value| item["field"] == "reporter" && had_one(item);
    let touches = |item: &Value| match item["fieldId"].as_str() {
        _ if is_handed_on(item) => false,
        Some(id) => is_ours(id),
        None => item["fieldtype"] == "custom" || item["field"].as_str().is_some_and(is_ours),
    };
    // Without a list of changes nobody knows, and the same form does not ask twice.
    changes(body).next().is_none() || changes(body).any(touches)
}

#[cfg(test)]
mod tests;
