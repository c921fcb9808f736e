//! What people use: buttons, forms, shortcuts, the slash command
//! (<https://docs.slack.dev/reference/interaction-payloads>).

use countersign_domain::access::Form;
use countersign_domain::ports::{Act, Interaction, Place, Posted};
use serde_json::Value;

use super::act::{self, At, Remembered};
use super::shape::{Command, Interactive};
use super::{Reader, shaped};
use crate::card::{PRESS, WHY};
use crate::delivery::{AskWhy, CheckForm, Delivery, OpenForm, Trigger, Unreadable, Who, trigger_delivery};
use crate::form::{FORM, MAKE_REQUEST, OPEN_FORM, REPOSITORY};
use crate::text;
use crate::why::REASON_FORM;

impl Reader {
    pub(super) fn interactive(&self, payload: &Value) -> Result<Delivery, Unreadable> {
        let used: Interactive = shaped(payload, "the interaction")?;
        self.ours(used.team.as_ref().map(|team| team.id.as_str()))?;
        let person = used.user.as_ref().ok_or(Unreadable::Missing("user"))?;
        let who = self.who(Some(&person.id), person.team_id.as_deref(), false)?;
        match used.kind.as_str() {
            "block_actions" => self.action(&used, who),
            "block_suggestion" if used.action_id.as_deref() == Some(REPOSITORY) => {
                Ok(Delivery::Suggest { who, query: used.value.unwrap_or_default() })
            }
            "view_submission" => self.filled(&used, who),
            "shortcut" | "message_action" => self.shortcut(&used, who),
            "block_suggestion" | "view_closed" => Ok(Delivery::Ignored),
            other => Err(Unreadable::UnknownKind(other.chars().take(80).collect())),
        }
    }

    pub(super) fn command(&self, payload: &Value) -> Result<Delivery, Unreadable> {
        let command: Command = shaped(payload, "the slash command")?;
        self.ours(command.team_id.as_deref())?;
        command.name.ok_or(Unreadable::Missing("command"))?;
        let who = self.who(command.user_id.as_deref(), None, false)?;
        let channel = command.channel_id.ok_or(Unreadable::Missing("channel"))?;
        let trigger = command.trigger_id.ok_or(Unreadable::Missing("trigger_id"))?;
        let place = self.aside(&channel, None, &who);
        let said = text::spoken(command.text.as_deref().unwrap_or_default(), &self.team, None);
        if said.is_empty() {
            return Ok(open(&trigger, who, place, None, Form::default()));
        }
        Ok(Delivery::Interaction(Interaction {
            delivery: trigger_delivery(&trigger),
            direct: Place::direct(&who.identity),
            identity: who.identity,
            stranger: who.stranger,
            place,
            message: None,
            act: Act::Said(said),
        }))
    }

    fn action(&self, used: &Interactive, who: Who) -> Result<Delivery, Unreadable> {
        let [action] = used.actions.as_slice() else { return Err(Unreadable::Missing("one action")) };
        let id = action.action_id.as_deref().ok_or(Unreadable::Missing("action_id"))?;
        let at = self.at(used, &who);
        if id == OPEN_FORM {
            let trigger = used.trigger_id.as_deref().ok_or(Unreadable::Missing("trigger_id"))?;
            return Ok(open(trigger, who, at.place, at.message, Form::default()));
        }
        if let Some(view) = used.view.as_ref().filter(|view| view.callback_id == FORM) {
            return Ok(Delivery::CheckForm(Box::new(CheckForm {
                place: self.metadata(&view.private_metadata, &who),
                form: act::form(view.state.as_ref(), &self.team),
                who,
                view: view.id.clone().ok_or(Unreadable::Missing("view id"))?,
                hash: view.hash.clone(),
            })));
        }
        let asks_why = id.starts_with(WHY);
        if !asks_why && !id.starts_with(PRESS) {
            return Ok(Delivery::Ignored);
        }
        let reference = action.value.clone().ok_or(Unreadable::Missing("value"))?;
        let trigger = used.trigger_id.as_deref().ok_or(Unreadable::Missing("trigger_id"))?;
        let pressed = did(trigger_delivery(trigger), who, at, Act::Pressed(reference.clone()));
        if !asks_why {
            return Ok(Delivery::Interaction(pressed));
        }
        let trigger = Trigger::new(trigger);
        Ok(Delivery::AskWhy(Box::new(AskWhy { pressed, trigger, reference })))
    }

    fn filled(&self, used: &Interactive, who: Who) -> Result<Delivery, Unreadable> {
        let view = used.view.as_ref().ok_or(Unreadable::Missing("view"))?;
        if view.callback_id != FORM && view.callback_id != REASON_FORM {
            return Ok(Delivery::Ignored);
        }
        let delivery = match (&used.trigger_id, &view.id, &view.hash) {
            (Some(trigger), ..) => trigger_delivery(trigger),
            (None, Some(id), Some(hash)) => format!("view:{id}:{hash}"),
            _ => return Err(Unreadable::Missing("trigger_id")),
        };
        let place = self.metadata(&view.private_metadata, &who);
        let form = act::form(view.state.as_ref(), &self.team);
        if view.callback_id == REASON_FORM {
            let kept = Remembered::read(&view.private_metadata).ok_or(Unreadable::Missing("metadata"))?;
            let reference = kept.reference.clone().ok_or(Unreadable::Missing("reference"))?;
            let reason = form.reason.unwrap_or_default();
            let at = At { place, message: kept.message() };
            return Ok(interaction(delivery, who, at, Act::Explained { reference, reason }));
        }
        Ok(interaction(delivery, who, At { place, message: None }, Act::Filled(form)))
    }

    fn shortcut(&self, used: &Interactive, who: Who) -> Result<Delivery, Unreadable> {
        let callback = used.callback_id.as_deref().ok_or(Unreadable::Missing("callback_id"))?;
        if callback != OPEN_FORM && callback != MAKE_REQUEST {
            return Ok(Delivery::Ignored);
        }
        let trigger = used.trigger_id.as_deref().ok_or(Unreadable::Missing("trigger_id"))?;
        let Some(shown) = &used.message else {
            let place = Place::direct(&who.identity);
            return Ok(open(trigger, who, place, None, Form::default()));
        };
        let said = text::spoken(shown.text.as_deref().unwrap_or_default(), &self.team, None);
        let prefill = Form { reason: (!said.is_empty()).then_some(said), ..Form::default() };
        let at = self.at(used, &who);
        Ok(open(trigger, who, at.place, at.message, prefill))
    }
}

fn interaction(delivery: String, who: Who, at: At, act: Act) -> Delivery {
    Delivery::Interaction(did(delivery, who, at, act))
}

fn did(delivery: String, who: Who, at: At, act: Act) -> Interaction {
    Interaction {
        delivery,
        direct: Place::direct(&who.identity),
        identity: who.identity,
        stranger: who.stranger,
        place: at.place,
        message: at.message,
        act,
    }
}

fn open(trigger: &str, who: Who, place: Place, message: Option<Posted>, prefill: Form) -> Delivery {
    Delivery::OpenForm(Box::new(OpenForm {
        delivery: trigger_delivery(trigger),
        trigger: Trigger::new(trigger),
        who,
        place,
        message,
        prefill,
    }))
}
