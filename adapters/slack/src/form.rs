//! The request form, a modal (<https://docs.slack.dev/surfaces/modals>), and what it asks while it is filled in.
//!
//! A block of the form has the name of its field, so that errors find their place. Everything that people wrote stands in
//! plain text objects, in which Slack looks for nothing.

use countersign_domain::access::{Form, NAME_MAX, Permission, REASON_MAX};
use countersign_domain::denied::Field;
use countersign_domain::ports::Place;
use serde_json::{Value, json};
use slack_morphism::prelude::{
    SlackActionId, SlackBlock, SlackBlockChoiceItem, SlackBlockExternalSelectElement, SlackBlockId,
    SlackBlockPlainText, SlackBlockPlainTextInputElement, SlackBlockPlainTextOnly,
    SlackBlockStaticSelectElement, SlackBlockUsersSelectElement, SlackContextBlock, SlackInputBlock,
    SlackInputBlockElement, SlackModalView, SlackSectionBlock, SlackView,
};

use crate::card::cut;
use crate::read::act::remembered;

/// The form's `callback_id`.
pub(crate) const FORM: &str = "countersign.request";
/// The id of the global shortcut, and of buttons that open the form.
pub(crate) const OPEN_FORM: &str = "countersign.open";
/// The id of the message shortcut.
pub(crate) const MAKE_REQUEST: &str = "countersign.make_request";
/// The element that searches repositories.
pub(crate) const REPOSITORY: &str = "form.repository";

/// A plain text object's text in a section.
const TEXT: usize = 3_000;
/// A text in a context block.
const CONTEXT: usize = 2_000;
/// The text of a choice, and a choice's value.
const CHOICE: usize = 75;
const VALUE: usize = 150;
/// How many choices a list has.
const CHOICES: usize = 100;

/// What the form says beside its fields.
#[derive(Debug, Clone, Copy)]
pub struct FormContext<'a> {
    /// Where the answer belongs: the form remembers it.
    pub place: &'a Place,
    /// A line or two above the fields; nothing, where empty.
    pub intro: &'a str,
    /// What is wrong with what is filled in so far, shown beneath the field.
    pub faults: &'a [(Field, String)],
}

/// What is wrong with a form, by its field.
pub type FormFaults = Vec<(Field, String)>;

/// A repository that somebody may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What the form then holds, at most 150 characters.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// The form, with what is known already.
pub fn form(context: FormContext<'_>, prefill: &Form) -> SlackView {
    let mut blocks: Vec<SlackBlock> = Vec::new();
    if !context.intro.is_empty() {
        let intro = SlackBlockPlainText::new(cut(context.intro, TEXT)).with_emoji(false);
        blocks.push(SlackSectionBlock::new().with_text(intro.into()).into());
    }
    let inputs = [
        (Field::Permission, permission(prefill.permission.as_deref())),
        (Field::Repository, repository(prefill.repository.as_deref())),
        (Field::User, user(prefill.user.as_deref())),
        (Field::Duration, line(Field::Duration, prefill.duration.as_deref(), "2 days")),
        (Field::Ticket, line(Field::Ticket, prefill.ticket.as_deref(), "OPS-17")),
        (Field::Reason, reason(prefill.reason.as_deref())),
    ];
    for (field, element) in inputs {
        blocks.push(input(field, element).into());
        for (_, fault) in context.faults.iter().filter(|(at, _)| *at == field) {
            let fault = SlackBlockPlainText::new(cut(&format!("⚠ {fault}"), CONTEXT)).with_emoji(false);
            blocks.push(SlackContextBlock::new(vec![fault.into()]).into());
        }
    }
    let modal = SlackModalView::new(plain("Ask for access"), blocks)
        .with_submit(plain("Ask"))
        .with_close(plain("Cancel"))
        .with_callback_id(FORM.to_owned().into());
    SlackView::Modal(match remembered(context.place) {
        place if place.is_empty() => modal,
        place => modal.with_private_metadata(place),
    })
}

/// The answer to a sent form that keeps it open and says what is wrong, each beneath its field.
pub fn errors(faults: &[(Field, String)]) -> Value {
    let mut errors = serde_json::Map::new();
    for (field, fault) in faults {
        let before = errors.get(field.as_str()).and_then(Value::as_str);
        let text = before.map_or_else(|| fault.clone(), |before| format!("{before} {fault}"));
        errors.insert(field.as_str().to_owned(), cut(&text, TEXT).into());
    }
    json!({"response_action": "errors", "errors": errors})
}

/// The answer to somebody who is typing the name of a repository.
pub fn suggestions(found: &[Suggestion]) -> Value {
    let fits = |choice: &&Suggestion| (1..=VALUE).contains(&choice.value.chars().count());
    let options = found.iter().filter(fits).take(CHOICES).map(|found| choice(&found.label, &found.value));
    json!({"options": options.collect::<Vec<_>>()})
}

fn input(field: Field, element: SlackInputBlockElement) -> SlackInputBlock {
    let (label, hint) = match field {
        Field::Permission => ("Permission", None),
        Field::Repository => ("Repository", None),
        Field::User => ("For whom", Some("You, if you leave it empty.")),
        Field::Duration => {
            ("For how long", Some("For example 4 hours, or 2 days. A day, if you leave it empty."))
        }
        Field::Ticket => ("Ticket", None),
        Field::Reason => ("Reason", Some("Approvers read this.")),
    };
    let needed = matches!(field, Field::Permission | Field::Repository);
    let mut block = SlackInputBlock::new(plain(label), element)
        .with_block_id(SlackBlockId(field.as_str().to_owned()))
        .with_optional(!needed)
        // What is chosen or entered is told at once, so that the form can say what is wrong before it is sent.
        .with_dispatch_action(field != Field::Reason);
    block.hint = hint.map(plain);
    block
}

fn permission(known: Option<&str>) -> SlackInputBlockElement {
    let choice = |permission: Permission| choice(permission.as_str(), permission.as_str());
    let mut element = SlackBlockStaticSelectElement::new()
        .with_action_id(action(Field::Permission))
        .with_options(Permission::ALL.into_iter().map(choice).collect());
    let known = Permission::ALL.into_iter().find(|permission| Some(permission.as_str()) == known);
    element.initial_option = known.map(choice);
    element.into()
}

fn repository(known: Option<&str>) -> SlackInputBlockElement {
    let mut element = SlackBlockExternalSelectElement::new()
        .with_action_id(action(Field::Repository))
        .with_placeholder(plain("Type a part of its name"))
        .with_min_query_length(1);
    element.initial_option = known.map(|known| cut(known, NAME_MAX)).map(|known| choice(&known, &known));
    element.into()
}

fn user(known: Option<&str>) -> SlackInputBlockElement {
    let mut element = SlackBlockUsersSelectElement::new().with_action_id(action(Field::User));
    // Only somebody of this surface can be shown as chosen.
    element.initial_user = known
        .and_then(countersign_domain::ports::Identity::mentioned)
        .filter(|identity| identity.surface == countersign_domain::ports::SurfaceKind::Slack)
        .map(|identity| identity.user);
    element.into()
}

fn line(field: Field, known: Option<&str>, example: &str) -> SlackInputBlockElement {
    let mut element = SlackBlockPlainTextInputElement::new()
        .with_action_id(action(field))
        .with_placeholder(plain(example))
        .with_max_length(NAME_MAX as u64);
    element.initial_value = known.map(|known| cut(known, NAME_MAX));
    element.into()
}

fn reason(known: Option<&str>) -> SlackInputBlockElement {
    let mut element = SlackBlockPlainTextInputElement::new()
        .with_action_id(action(Field::Reason))
        .with_multiline(true)
        .with_max_length(REASON_MAX as u64);
    element.initial_value = known.map(|known| cut(known, REASON_MAX));
    element.into()
}

fn action(field: Field) -> SlackActionId {
    SlackActionId(format!("form.{}", field.as_str()))
}

fn choice(label: &str, value: &str) -> SlackBlockChoiceItem<SlackBlockPlainTextOnly> {
    SlackBlockChoiceItem::new(plain(&cut(label, CHOICE)), value.to_owned())
}

fn plain(text: &str) -> SlackBlockPlainTextOnly {
    SlackBlockPlainText::new(text.to_owned()).with_emoji(false).into()
}

#[cfg(test)]
mod tests;
