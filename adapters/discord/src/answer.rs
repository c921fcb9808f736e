//! What Discord is answered at once, within its 3 seconds
//! (<https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction>): as the body of the
//! HTTP answer, or over the gateway as a call.

use countersign_domain::form::{Filled, FormSpec, Look, Slot};
use countersign_domain::request::REASON_MAX;
use serde_json::Value;
use serenity::all::{
    CreateActionRow, CreateAutocompleteResponse, CreateInputText, CreateInteractionResponse,
    CreateInteractionResponseMessage, CreateModal, InputTextStyle,
};

use crate::Message;
use crate::card::cut;

/// What a form sends back is this with its name.
pub(crate) const FORM: &str = "form:";
/// What the form for a reason sends back begins with.
pub(crate) const WHY: &str = "why:";

/// The input of that form.
const REASON: &str = "reason";
/// How many inputs a form has.
const INPUTS: usize = 5;
/// What stands above a form, and above an input.
const TITLE: usize = 45;
/// What stands in an input that is empty.
const PLACEHOLDER: usize = 100;
/// What an input takes.
const LONGEST: u16 = 4_000;

/// What Discord is answered at once.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Somebody is there.
    Pong,
    /// What the text may become.
    Suggestions(CreateAutocompleteResponse),
    /// A form to fill in.
    Form(&'static FormSpec),
    /// The form for the reason of a decision.
    Why {
        /// What the button holds that asks for it.
        reference: String,
        /// The form's title.
        title: String,
        /// Who reads it.
        hint: String,
    },
    /// An answer follows, for this person only. They see that the bot is at it.
    Later,
    /// Said at once, to this person only.
    Say(Box<Message>),
    /// A button was pressed: the message stays as it is until it is put in order.
    LaterHere,
}

impl Answer {
    /// As Discord reads it.
    pub fn body(&self) -> Value {
        let response = match self {
            Self::Pong => CreateInteractionResponse::Pong,
            Self::Suggestions(suggestions) => CreateInteractionResponse::Autocomplete(suggestions.clone()),
            Self::Form(spec) => CreateInteractionResponse::Modal(form(spec)),
            Self::Why { reference, title, hint } => {
                CreateInteractionResponse::Modal(why(reference, title, hint))
            }
            Self::Later => {
                let only = CreateInteractionResponseMessage::new().ephemeral(true);
                CreateInteractionResponse::Defer(only)
            }
            Self::Say(card) => CreateInteractionResponse::Message(card.respond().ephemeral(true)),
            Self::LaterHere => CreateInteractionResponse::Acknowledge,
        };
        let mut body = serde_json::to_value(response).unwrap_or_default();
        if let Some(body) = body.as_object_mut() {
            // Discord's contract has no `null` there.
            body.retain(|_, value| !value.is_null());
        }
        body
    }
}

/// As many inputs as Discord takes, each of them a text. It lets nobody be chosen: who asks for somebody else says so in a
/// sentence.
fn form(spec: &FormSpec) -> CreateModal {
    let slots = spec.slots.iter().filter(|slot| slot.look != Look::Person);
    let rows = slots.take(INPUTS).map(|slot| CreateActionRow::InputText(input(slot)));
    CreateModal::new(format!("{FORM}{}", spec.name), cut(spec.title, TITLE)).components(rows.collect())
}

fn input(slot: &Slot) -> CreateInputText {
    let style = if slot.look == Look::Long { InputTextStyle::Paragraph } else { InputTextStyle::Short };
    let example = match slot.look {
        Look::Choice(choices) => choices.join(", "),
        _ if slot.example.is_empty() => slot.hint.to_owned(),
        _ => slot.example.to_owned(),
    };
    CreateInputText::new(style, cut(slot.label, TITLE), slot.name)
        .placeholder(cut(&example, PLACEHOLDER))
        .required(slot.demand.is_some())
        .max_length(longest(slot.most))
}

/// So many characters, as far as an input takes them.
fn longest(most: usize) -> u16 {
    u16::try_from(most).unwrap_or(LONGEST).min(LONGEST)
}

/// Whether the form for a reason can hold this reference: what a form sends back is as short as what a button does.
pub fn can_ask_why(reference: &str) -> bool {
    WHY.len() + reference.len() <= 100
}

fn why(reference: &str, title: &str, hint: &str) -> CreateModal {
    let input = CreateInputText::new(InputTextStyle::Paragraph, "Why?", REASON)
        .placeholder(cut(hint, 100))
        .required(false)
        .max_length(longest(REASON_MAX));
    CreateModal::new(format!("{WHY}{reference}"), cut(title, TITLE))
        .components(vec![CreateActionRow::InputText(input)])
}

/// The reason as it was filled in.
pub(crate) fn reason(inputs: &[(String, String)]) -> String {
    filled("", inputs.iter().cloned()).get(REASON).unwrap_or_default().to_owned()
}

/// The form as it was filled in; what was left empty is not there.
pub(crate) fn filled(form: &str, inputs: impl Iterator<Item = (String, String)>) -> Filled {
    let fields = inputs.map(|(slot, text)| (slot, text.trim().to_owned()));
    Filled { form: form.to_owned(), fields: fields.filter(|(_, text)| !text.is_empty()).collect() }
}

#[cfg(test)]
mod tests {
    use countersign_domain::access::FORM as FORM_OF_ACCESS;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_input_of_the_form_is_read_again() {
        let body = Answer::Form(&FORM_OF_ACCESS).body();
        assert_eq!(body["type"], 9);
        assert_eq!(body["data"]["custom_id"], "form:access");
        let rows = body["data"]["components"].as_array().unwrap();
        let ids: Vec<_> =
            rows.iter().map(|row| row["components"][0]["custom_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, ["permission", "repository", "duration", "ticket", "reason"]);
        let sent = filled("access", ids.iter().map(|id| (id.clone(), format!(" {id} "))));
        assert_eq!((sent.get("repository"), sent.get("reason")), (Some("repository"), Some("reason")));
        let blank = filled("access", [("ticket".to_owned(), "  ".to_owned())].into_iter());
        assert_eq!(blank, FORM_OF_ACCESS.begun(None));
    }

    #[test]
    fn a_form_keeps_discords_limits_however_much_it_would_say() {
        const LONG: &str = "twenty characters!! twenty characters!! twenty characters!! twenty characters!! twenty characters!! and more";
        const SLOT: Slot = Slot {
            name: "one",
            label: LONG,
            example: "",
            hint: LONG,
            look: Look::Line,
            most: 9_000,
            demand: None,
        };
        const MANY: FormSpec = FormSpec { name: "many", title: LONG, submit: "", slots: &[SLOT; 7] };
        let body = Answer::Form(&MANY).body();
        let length = |value: &Value| value.as_str().unwrap().chars().count();
        let rows = body["data"]["components"].as_array().unwrap();
        let input = &rows[0]["components"][0];
        assert_eq!(rows.len(), 5);
        assert!(length(&body["data"]["title"]) <= 45 && length(&input["label"]) <= 45);
        assert!(length(&input["placeholder"]) <= 100 && input["max_length"].as_u64().unwrap() <= 4_000);
    }

    #[test]
    fn trust_c5_the_form_for_a_reason_sends_back_what_asked_for_it() {
        let reference = "r".repeat(96);
        assert!(can_ask_why(&reference) && !can_ask_why(&"r".repeat(97)));
        let body = Answer::Why { reference, title: "Deny it".into(), hint: "read".into() }.body();
        assert_eq!(body["type"], 9);
        assert_eq!(body["data"]["custom_id"].as_str().unwrap().len(), 100);
        assert_eq!(reason(&[("reason".to_owned(), " not now ".to_owned())]), "not now");
        assert_eq!(reason(&[("reason".to_owned(), String::new())]), "");
    }

    #[test]
    fn answers_are_what_discord_reads() {
        assert_eq!(Answer::Pong.body(), json!({"type": 1}));
        assert_eq!(Answer::LaterHere.body(), json!({"type": 6}));
        assert_eq!(Answer::Later.body()["type"], 5);
        assert_eq!(Answer::Later.body()["data"]["flags"], 64, "only this person sees it");
    }
}
