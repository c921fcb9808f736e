//! A form as a modal (<https://docs.slack.dev/surfaces/modals>), and what it asks while it is filled in.
//!
//! A block of the form has the name of its field, so that errors find their place. Everything that people wrote stands in
//! plain text objects, in which Slack looks for nothing.

use countersign_domain::form::{Fault, Filled, FormSpec, Look, Slot};
use countersign_domain::ports::{Identity, Place, SurfaceKind};
use serde_json::{Value, json};
use slack_morphism::prelude::{
    SlackActionId, SlackBlock, SlackBlockChoiceItem, SlackBlockExternalSelectElement, SlackBlockId,
    SlackBlockPlainText, SlackBlockPlainTextInputElement, SlackBlockPlainTextOnly,
    SlackBlockStaticSelectElement, SlackBlockUsersSelectElement, SlackContextBlock, SlackInputBlock,
    SlackInputBlockElement, SlackModalView, SlackSectionBlock, SlackView,
};

use crate::card::cut;
use crate::read::act::remembered;

/// A form's `callback_id` is this with the form's name.
const FORM: &str = "countersign.form.";
/// The id of the global shortcut, and of buttons that open the form.
pub(crate) const OPEN_FORM: &str = "countersign.open";
/// The id of the message shortcut.
pub(crate) const MAKE_REQUEST: &str = "countersign.make_request";
/// The id of an element that searches is this with the list's name.
const SUGGEST: &str = "suggest.";

/// A plain text object's text in a section.
const TEXT: usize = 3_000;
/// A text in a context block.
const CONTEXT: usize = 2_000;
/// The text of a choice, and a choice's value.
const CHOICE: usize = 75;
const VALUE: usize = 150;
/// A modal's title, and what its buttons say.
const TITLE: usize = 24;
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
    pub faults: &'a [Fault],
}

/// The name of the form with this `callback_id`; nothing where it is none of ours.
pub(crate) fn name(callback: &str) -> Option<&str> {
    callback.strip_prefix(FORM)
}

/// The name of the list that the element with this id searches; nothing where it searches none.
pub(crate) fn list(action: &str) -> Option<&str> {
    action.strip_prefix(SUGGEST)
}

/// A form, with what is known already.
pub fn form(spec: &FormSpec, context: FormContext<'_>, filled: &Filled) -> SlackView {
    let mut blocks: Vec<SlackBlock> = Vec::new();
    if !context.intro.is_empty() {
        let intro = SlackBlockPlainText::new(cut(context.intro, TEXT)).with_emoji(false);
        blocks.push(SlackSectionBlock::new().with_text(intro.into()).into());
    }
    for slot in spec.slots {
        blocks.push(input(slot, filled.get(slot.name)).into());
        for (_, fault) in context.faults.iter().filter(|(at, _)| *at == slot.name) {
            let fault = SlackBlockPlainText::new(cut(&format!("⚠ {fault}"), CONTEXT)).with_emoji(false);
            blocks.push(SlackContextBlock::new(vec![fault.into()]).into());
        }
    }
    let modal = SlackModalView::new(plain(&cut(spec.title, TITLE)), blocks)
        .with_submit(plain(&cut(spec.submit, TITLE)))
        .with_close(plain("Cancel"))
        .with_callback_id(format!("{FORM}{}", spec.name).into());
    SlackView::Modal(match remembered(context.place) {
        place if place.is_empty() => modal,
        place => modal.with_private_metadata(place),
    })
}

/// The answer to a sent form that keeps it open and says what is wrong, each beneath its field.
pub fn errors(faults: &[Fault]) -> Value {
    let mut errors = serde_json::Map::new();
    for (slot, fault) in faults {
        let before = errors.get(*slot).and_then(Value::as_str);
        let text = before.map_or_else(|| fault.clone(), |before| format!("{before} {fault}"));
        errors.insert((*slot).to_owned(), cut(&text, TEXT).into());
    }
    json!({"response_action": "errors", "errors": errors})
}

/// The answer to somebody who is typing a name.
pub fn suggestions(found: &[String]) -> Value {
    let fits = |name: &&String| (1..=VALUE).contains(&name.chars().count());
    let options = found.iter().filter(fits).take(CHOICES).map(|name| choice(name, name));
    json!({"options": options.collect::<Vec<_>>()})
}

fn input(slot: &Slot, known: Option<&str>) -> SlackInputBlock {
    let element = match slot.look {
        Look::Line => text(slot, known, false),
        Look::Long => text(slot, known, true),
        Look::Choice(choices) => chosen(slot, choices, known),
        Look::Person => person(slot, known),
        Look::Suggested(list) => searched(slot, list, known),
    };
    let mut block = SlackInputBlock::new(plain(slot.label), element)
        .with_block_id(SlackBlockId(slot.name.to_owned()))
        .with_optional(slot.demand.is_none())
        // What is chosen or entered is told at once, so that the form can say what is wrong before it is sent.
        .with_dispatch_action(slot.look != Look::Long);
    block.hint = Some(slot.hint).filter(|hint| !hint.is_empty()).map(plain);
    block
}

fn chosen(slot: &Slot, choices: &[&str], known: Option<&str>) -> SlackInputBlockElement {
    let mut element = SlackBlockStaticSelectElement::new()
        .with_action_id(action(slot))
        .with_options(choices.iter().map(|one| choice(one, one)).collect());
    let known = choices.iter().find(|one| Some(**one) == known);
    element.initial_option = known.map(|one| choice(one, one));
    element.into()
}

fn searched(slot: &Slot, list: &str, known: Option<&str>) -> SlackInputBlockElement {
    let mut element = SlackBlockExternalSelectElement::new()
        .with_action_id(SlackActionId(format!("{SUGGEST}{list}")))
        .with_placeholder(plain("Type a part of its name"))
        .with_min_query_length(1);
    element.initial_option = known.map(|known| cut(known, slot.most)).map(|known| choice(&known, &known));
    element.into()
}

fn person(slot: &Slot, known: Option<&str>) -> SlackInputBlockElement {
    let mut element = SlackBlockUsersSelectElement::new().with_action_id(action(slot));
    // Only somebody of this surface can be shown as chosen.
    element.initial_user = known
        .and_then(Identity::mentioned)
        .filter(|identity| identity.surface == SurfaceKind::Slack)
        .map(|identity| identity.user);
    element.into()
}

fn text(slot: &Slot, known: Option<&str>, long: bool) -> SlackInputBlockElement {
    let mut element =
        SlackBlockPlainTextInputElement::new().with_action_id(action(slot)).with_max_length(slot.most as u64);
    if long {
        element = element.with_multiline(true);
    }
    element.placeholder =
        Some(slot.example).filter(|example| !example.is_empty()).map(|example| plain(&cut(example, VALUE)));
    element.initial_value = known.map(|known| cut(known, slot.most));
    element.into()
}

fn action(slot: &Slot) -> SlackActionId {
    SlackActionId(format!("form.{}", slot.name))
}

fn choice(label: &str, value: &str) -> SlackBlockChoiceItem<SlackBlockPlainTextOnly> {
    SlackBlockChoiceItem::new(plain(&cut(label, CHOICE)), value.to_owned())
}

fn plain(text: &str) -> SlackBlockPlainTextOnly {
    SlackBlockPlainText::new(text.to_owned()).with_emoji(false).into()
}

#[cfg(test)]
mod tests;
