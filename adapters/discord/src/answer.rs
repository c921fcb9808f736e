//! What Discord is answered at once, within its 3 seconds
//! (<https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction>): as the body of the
//! HTTP answer, or over the gateway as a call.

use countersign_domain::access::Form;
use serde_json::Value;
use serenity::all::{
    CreateActionRow, CreateAutocompleteResponse, CreateInputText, CreateInteractionResponse,
    CreateInteractionResponseMessage, CreateModal, InputTextStyle,
};

use crate::Message;
use crate::card::cut;
use crate::interaction::Unreadable;

/// What the form sends back, so that it is known again.
pub(crate) const FORM: &str = "request";
/// What the form for a reason sends back begins with.
pub(crate) const WHY: &str = "why:";

/// What Discord is answered at once.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Somebody is there.
    Pong,
    /// What the text may become.
    Suggestions(CreateAutocompleteResponse),
    /// The form for a request.
    Form,
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
            Self::Form => CreateInteractionResponse::Modal(form()),
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

/// Discord takes five inputs. Who asks for somebody else says so in a sentence.
fn form() -> CreateModal {
    let short = |id, label, example: &str, required| {
        CreateInputText::new(InputTextStyle::Short, label, id)
            .placeholder(example)
            .required(required)
            .max_length(200)
    };
    let inputs = [
        short("repository", "Repository", "payments-api", true),
        short("permission", "Permission", "read, write or admin", true),
        short("duration", "For how long", "2 days", false),
        short("ticket", "Ticket", "OPS-17", false),
        CreateInputText::new(InputTextStyle::Paragraph, "Why", "reason").required(true).max_length(1_000),
    ];
    let rows = inputs.map(CreateActionRow::InputText);
    CreateModal::new(FORM, "Ask for access").components(rows.into())
}

/// Whether the form for a reason can hold this reference: what a form sends back is as short as what a button does.
pub fn can_ask_why(reference: &str) -> bool {
    WHY.len() + reference.len() <= 100
}

fn why(reference: &str, title: &str, hint: &str) -> CreateModal {
    let input = CreateInputText::new(InputTextStyle::Paragraph, "Why?", "reason")
        .placeholder(cut(hint, 100))
        .required(false)
        .max_length(500);
    CreateModal::new(format!("{WHY}{reference}"), cut(title, 45))
        .components(vec![CreateActionRow::InputText(input)])
}

/// The reason as it was filled in.
pub(crate) fn reason(inputs: &[(String, String)]) -> Result<String, Unreadable> {
    Ok(filled(inputs)?.reason.unwrap_or_default())
}

/// The form as it was filled in; what was left empty is not there.
pub(crate) fn filled(inputs: &[(String, String)]) -> Result<Form, Unreadable> {
    let mut form = Form::default();
    for (id, value) in inputs {
        let field = match id.as_str() {
            "repository" => &mut form.repository,
            "permission" => &mut form.permission,
            "duration" => &mut form.duration,
            "ticket" => &mut form.ticket,
            "reason" => &mut form.reason,
            _ => return Err(Unreadable::UnknownInput),
        };
        *field = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_input_of_the_form_is_read_again() {
        let body = Answer::Form.body();
        assert_eq!(body["type"], 9);
        let rows = body["data"]["components"].as_array().unwrap();
        assert!(rows.len() <= 5);
        let ids = rows.iter().map(|row| row["components"][0]["custom_id"].as_str().unwrap());
        let inputs: Vec<_> = ids.map(|id| (id.to_owned(), format!(" {id} "))).collect();
        let form = filled(&inputs).unwrap();
        assert_eq!(form.repository.as_deref(), Some("repository"));
        assert_eq!(form.reason.as_deref(), Some("reason"));
        assert_eq!(filled(&[("other".to_owned(), String::new())]), Err(Unreadable::UnknownInput));
        assert_eq!(filled(&[("ticket".to_owned(), "  ".to_owned())]), Ok(Form::default()));
    }

    #[test]
    fn trust_c5_the_form_for_a_reason_sends_back_what_asked_for_it() {
        let reference = "r".repeat(96);
        assert!(can_ask_why(&reference) && !can_ask_why(&"r".repeat(97)));
        let body = Answer::Why { reference, title: "Deny it".into(), hint: "read".into() }.body();
        assert_eq!(body["type"], 9);
        assert_eq!(body["data"]["custom_id"].as_str().unwrap().len(), 100);
        assert_eq!(reason(&[("reason".to_owned(), " not now ".to_owned())]), Ok("not now".to_owned()));
        assert_eq!(reason(&[("reason".to_owned(), String::new())]), Ok(String::new()));
    }

    #[test]
    fn answers_are_what_discord_reads() {
        assert_eq!(Answer::Pong.body(), json!({"type": 1}));
        assert_eq!(Answer::LaterHere.body(), json!({"type": 6}));
        assert_eq!(Answer::Later.body()["type"], 5);
        assert_eq!(Answer::Later.body()["data"]["flags"], 64, "only this person sees it");
    }
}
