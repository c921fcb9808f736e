//! The access form in a ticket: in custom fields, or as lines of text in the description.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document;

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

    pub(super) fn read(fields: &Map<String, Value>, mapping: &FieldMapping) -> Self {
        let description = fields.get("description").and_then(text_of).unwrap_or_default();
        let lines = Self::from_lines(&description);
        let pick = |field: &Option<String>, line: Option<String>| {
            field
                .as_ref()
                .and_then(|id| fields.get(id))
                .and_then(text_of)
                .and_then(|text| clean(&text))
                .or(line)
        };
        Self {
            permission: pick(&mapping.permission, lines.permission),
            repository: pick(&mapping.repository, lines.repository),
            user: pick(&mapping.user, lines.user),
            duration: pick(&mapping.duration, lines.duration),
            reason: pick(&mapping.reason, lines.reason),
        }
    }

    /// Reads `Label: value` lines. The first of two equal labels counts; a reason may go on over the next lines.
    fn from_lines(text: &str) -> Self {
        let mut form = Self::default();
        let mut in_reason = false;
        for line in text.lines() {
            let labelled = line.split_once(':').and_then(|(label, value)| Some((form.place(label)?, value)));
            match labelled {
                Some((place, value)) => {
                    in_reason = place.is_reason && place.value.is_none();
                    if place.value.is_none() {
                        *place.value = clean(value);
                    }
                }
                None if line.trim().is_empty() => in_reason = false,
                None if in_reason => {
                    let more = line.trim();
                    form.reason = Some(
                        form.reason.map_or_else(|| more.to_owned(), |reason| format!("{reason} {more}")),
                    );
                }
                None => {}
            }
        }
        form
    }

    fn place(&mut self, label: &str) -> Option<Place<'_>> {
        let bare = label.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let is_reason = bare == "reason";
        let value = match bare.as_str() {
            "permission" => &mut self.permission,
            "repository" => &mut self.repository,
            "user" => &mut self.user,
            "duration" => &mut self.duration,
            "reason" => &mut self.reason,
            _ => return None,
        };
        Some(Place { value, is_reason })
    }
}

struct Place<'a> {
    value: &'a mut Option<String>,
    is_reason: bool,
}

/// The text of a field, whatever kind of field it is.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(_) if document::is_document(value) => Some(document::to_text(value)),
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

/// Without the marks that Jira's editors put around words; `None` where nothing is left.
fn clean(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['*', '`']).trim();
    let text = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text);
    let text = text.strip_prefix("[~accountid:").and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: &Value, mapping: &FieldMapping) -> AccessForm {
        AccessForm::read(fields.as_object().unwrap(), mapping)
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
            reason: Some("the rollout: it needs two people".to_owned()),
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
    fn the_first_of_two_equal_labels_counts() {
        assert_eq!(described("Permission: read\nPermission: admin").permission.as_deref(), Some("read"));
    }

    #[test]
    fn a_ticket_about_something_else_has_no_form() {
        for text in ["", "The coffee machine: broken", "Permission:", "user", "http://example.com/user"] {
            assert!(described(text).is_empty(), "{text}");
        }
    }
}
