//! The access form in a ticket: in custom fields, or as lines of text in the description.

use countersign_domain::denied::{Field, Violation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::beside;
use super::lines;
use super::markup::words_of;
use crate::document;

/// The longest text that is kept of one place of the form, in characters.
const LONGEST: usize = 4_000;

/// Which of the ticket's fields hold the form, by their ids: `permission = "customfield_10042"`. What is not named here
/// or is empty there is looked for in the description, as `Permission: write`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldMapping {
    /// The field of the permission.
    pub permission: Option<String>,
    /// The field of the repository.
    pub repository: Option<String>,
    /// The field of who shall get it.
    pub user: Option<String>,
    /// The field of the duration.
    pub duration: Option<String>,
    /// The field of the reason.
    pub reason: Option<String>,
}

impl FieldMapping {
    /// The ids of all fields that it names.
    pub fn ids(&self) -> Vec<String> {
        let Self { permission, repository, user, duration, reason } = self;
        [permission, repository, user, duration, reason].into_iter().flatten().cloned().collect()
    }
}

/// The form as it was filled in: raw texts, not checked for anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessForm {
    /// `write`.
    pub permission: Option<String>,
    /// `payments-api`.
    pub repository: Option<String>,
    /// An account id, or the name somebody typed.
    pub user: Option<String>,
    /// `2 days`.
    pub duration: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl AccessForm {
    /// Whether nothing of the form is there: the ticket is about something else.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it says what is wanted, so that it can be asked for.
    pub const fn is_complete(&self) -> bool {
        self.permission.is_some() && self.repository.is_some()
    }

    /// Reads a ticket. Where a field of it says something, that counts; what the description says otherwise is told.
    pub(super) fn read(fields: &Map<String, Value>, mapping: &FieldMapping) -> Reading {
        let found = match fields.get("description") {
            Some(description) if document::is_document(description) => {
                lines::read_as_said(&document::to_said_and_struck(description))
            }
            description => lines::read(&description.and_then(text_of).unwrap_or_default()),
        };
        let (mut filled, mut several, mut unread) = (0, found.several, found.unread);
        let harmless = found.harmless;
        let mut pick =
            |own: Field, field: &Option<String>, line: Option<String>, text: fn(&Value) -> Option<String>| {
                let field = field.as_ref().and_then(|id| fields.get(id));
                let given = field.and_then(|field| Some((field, text(field)?))).and_then(|(field, text)| {
                    let is_plain = document::is_document(field);
                    clean(&if is_plain { text } else { words_of(text.trim()) })
                });
                // A field whose text was struck out is not one that nobody filled in.
                if given.is_none() && field.is_some_and(document::has_struck) {
                    unread.push(beside::unread(&format!("{}: ~~…~~", own.as_str())));
                }
                if let Some(given) = &given {
                    filled += 1;
                    several.retain(|field| *field != own);
                    let differs = line.as_ref().filter(|line| !line.eq_ignore_ascii_case(given));
                    unread.extend(differs.map(|line| beside::unread(&format!("{}: {line}", own.as_str()))));
                }
                given.or(line).map(|text| text.chars().take(LONGEST).collect())
            };
        let lines = found.form;
        let form = Self {
            permission: pick(Field::Permission, &mapping.permission, lines.permission, text_of),
            repository: pick(Field::Repository, &mapping.repository, lines.repository, text_of),
            user: pick(Field::User, &mapping.user, lines.user, text_of),
            duration: pick(Field::Duration, &mapping.duration, lines.duration, duration_of),
            reason: pick(Field::Reason, &mapping.reason, lines.reason, text_of),
        };
        if form.repository.as_deref().is_some_and(is_several) && !several.contains(&Field::Repository) {
            several.push(Field::Repository);
        }
        Reading { form, places: found.labels + filled, several, unread, harmless }
    }
}

/// The form of a ticket, and what was found beside it.
pub(super) struct Reading {
    pub(super) form: AccessForm,
    /// How many of its places there are in the ticket, filled in or not.
    pub(super) places: usize,
    /// Of what there is more than one.
    pub(super) several: Vec<Field>,
    /// What cannot be placed, or not be done.
    pub(super) unread: Vec<Violation>,
    /// What every template has, and is harmless unless it names somebody or something that there is.
    pub(super) harmless: Vec<String>,
}

/// Whether one line names several repositories. No name holds what stands between these; an address may hold anything.
fn is_several(text: &str) -> bool {
    const BETWEEN: [&str; 8] = [",", ";", " & ", " + ", " and ", " und ", " et ", " y "];
    let parts =
        BETWEEN.iter().map(|between| text.split(between).filter(|part| !part.trim().is_empty()).count());
    !text.contains("://") && parts.max() > Some(1)
}

/// The text of a field, whatever kind of field it is.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        // Jira writes every number with a fraction: `2.0`.
        Value::Number(number) => {
            let text = number.to_string();
            Some(text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned))
        }
        Value::Object(_) if document::is_document(value) => Some(document::to_text(value)),
        // Of a choice in two steps the second one is what is meant.
        Value::Object(object) if object.get("child").is_some_and(Value::is_object) => {
            object.get("child").and_then(text_of)
        }
        // A person, an option, a named thing: the id that cannot be mistaken first.
        Value::Object(object) => ["accountId", "value", "name"]
            .iter()
            .find_map(|part| object.get(*part)?.as_str())
            .map(str::to_owned),
        Value::Array(items) => {
            let texts: Vec<String> =
                items.iter().filter(|item| !item.is_array()).filter_map(text_of).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        Value::Null | Value::Bool(_) => None,
    }
}

/// The text of a duration: a field of numbers holds days.
fn duration_of(value: &Value) -> Option<String> {
    const MINUTES: f64 = 24.0 * 60.0;
    let Value::Number(number) = value else { return text_of(value) };
    let minutes = number.as_f64()? * MINUTES;
    if minutes.fract() != 0.0 {
        return text_of(value);
    }
    let (count, unit) =
        if minutes % MINUTES == 0.0 { (minutes / MINUTES, "days") } else { (minutes, "minutes") };
    Some(format!("{count} {unit}"))
}

/// Without the marks that people put around words; `None` where nothing is left that says anything.
pub(super) fn clean(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['*', '`', '_']).trim();
    text.contains(char::is_alphanumeric).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: &Value, mapping: &FieldMapping) -> AccessForm {
        AccessForm::read(fields.as_object().unwrap(), mapping).form
    }

    fn described(text: &str) -> AccessForm {
        read(&json!({"description": text}), &FieldMapping::default())
    }

    #[test]
    fn a_form_of_plain_lines_is_read() {
        let form = described(
            "Hello!\r\n*Permission:* write\r\n- REPOSITORY : {{payments-api}}\r\nUser: [~accountid:557058:ba89]\r\n\
             Duration: 2 days\r\nReason: the rollout:\r\nit needs two people\r\n\r\nThanks",
        );
        let expected = AccessForm {
            permission: Some("write".to_owned()),
            repository: Some("payments-api".to_owned()),
            user: Some("557058:ba89".to_owned()),
            duration: Some("2 days".to_owned()),
            reason: Some("the rollout:\nit needs two people".to_owned()),
        };
        assert_eq!(form, expected);
    }

    #[test]
    fn custom_fields_of_every_kind_are_read_and_win_over_the_description() {
        let mapping = FieldMapping {
            permission: Some("customfield_1".to_owned()),
            repository: Some("customfield_2".to_owned()),
            user: Some("customfield_3".to_owned()),
            duration: Some("customfield_4".to_owned()),
            reason: Some("customfield_5".to_owned()),
        };
        let fields = json!({
            "description": "Permission: admin\nDuration: 1 day",
            "customfield_1": {"value": "write"},
            "customfield_2": [{"name": "payments-api"}],
            "customfield_3": {"accountId": "557058:ba89", "displayName": "Erin"},
            "customfield_4": null,
            "customfield_5": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "rollout"}]}]},
        });
        let form = read(&fields, &mapping);
        let texts = [form.permission, form.repository, form.user, form.duration, form.reason];
        assert_eq!(texts.map(Option::unwrap), ["write", "payments-api", "557058:ba89", "1 day", "rollout"]);
    }

    #[test]
    fn trust_d4_cascading_and_number_fields_are_read() {
        let mapping = FieldMapping {
            repository: Some("customfield_2".to_owned()),
            duration: Some("customfield_4".to_owned()),
            reason: Some("customfield_5".to_owned()),
            ..FieldMapping::default()
        };
        let of = |duration: Value| {
            let fields = json!({
                "customfield_2": {"value": "Payments", "id": "1", "child": {"value": "payments-api", "id": "2"}},
                "customfield_4": duration,
                "customfield_5": 2.0,
            });
            let form = read(&fields, &mapping);
            assert_eq!(
                (form.repository.as_deref(), form.reason.as_deref()),
                (Some("payments-api"), Some("2"))
            );
            form.duration.unwrap()
        };
        assert_eq!(of(json!(2.0)), "2 days");
        assert_eq!(of(json!(0.5)), "720 minutes");
        assert_eq!(of(json!("2 weeks")), "2 weeks");
        assert_eq!(of(json!({"value": "1 day"})), "1 day");
    }

    #[test]
    fn the_first_of_two_equal_labels_counts() {
        assert_eq!(described("Permission: read\nPermission: admin").permission.as_deref(), Some("read"));
    }

    #[test]
    fn a_ticket_about_something_else_has_no_form() {
        for text in ["", "The coffee machine: broken", "Permission:", "user", "http://example.com/user"] {
            assert!(described(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn trust_c7_what_a_document_strikes_out_or_leaves_unticked_is_told() {
        let text = |text: &str, struck: bool| {
            let marks = if struck { json!([{"type": "strike"}]) } else { json!([]) };
            json!({"type": "text", "text": text, "marks": marks})
        };
        let line = |content: Vec<Value>| json!({"type": "paragraph", "content": content});
        let task = |state: &str, said: &str| json!({"type": "taskItem", "attrs": {"state": state}, "content": [text(said, false)]});
        let unread = |more: Vec<Value>| {
            let form = ["Permission: read", "Repository: web-shop"].map(|said| line(vec![text(said, false)]));
            let content: Vec<Value> = form.into_iter().chain(more).collect();
            let fields = json!({"description": {"type": "doc", "version": 1, "content": content}});
            AccessForm::read(fields.as_object().unwrap(), &FieldMapping::default()).unread.len()
        };
        assert_eq!(unread(vec![line(vec![text("User: ", false), text("Ben Approver", true)])]), 1);
        assert_eq!(unread(vec![line(vec![text("User: Ben Approver", true)])]), 1);
        let tasks = vec![task("DONE", "Duration: 2 days"), task("TODO", "User: Ben Approver")];
        assert_eq!(unread(vec![json!({"type": "taskList", "content": tasks})]), 1);
        let mended = vec![text("Duration: ", false), text("3 days", true), text(" 2 days", false)];
        assert_eq!(unread(vec![line(mended)]), 0);
        let mapping = FieldMapping { user: Some("customfield_3".to_owned()), ..FieldMapping::default() };
        let user = json!({"type": "doc", "content": [line(vec![text("Ben Approver", true)])]});
        let fields = json!({"description": "Permission: read\nRepository: web-shop", "customfield_3": user});
        assert_eq!(AccessForm::read(fields.as_object().unwrap(), &mapping).unread.len(), 1);
    }
}
