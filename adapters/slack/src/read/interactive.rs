//! What people use: buttons, forms, shortcuts, the slash command
//! (<https://docs.slack.dev/reference/interaction-payloads>).

use countersign_domain::ports::{Act, Interaction, Place, Posted};
use serde_json::Value;

use super::act::{self, At, Remembered};
use super::shape::{Command, Interactive};
use super::{Reader, shaped};
use crate::card::{PRESS, WHY};
use crate::delivery::{AskWhy, CheckForm, Delivery, OpenForm, Trigger, Unreadable, Who, trigger_delivery};
use crate::form::{self, MAKE_REQUEST, OPEN_FORM};
use crate::text;
use crate::why::{REASON, REASON_FORM};

impl Reader {
    pub(super) fn interactive(&self, payload: &Value) -> Result<Delivery, Unreadable> {
        let used: Interactive = shaped(payload, "the interaction")?;
        self.ours(used.team.as_ref().map(|team| team.id.as_str()))?;
        let person = used.user.as_ref().ok_or(Unreadable::Missing("user"))?;
        let who = self.who(Some(&person.id), person.team_id.as_deref(), false)?;
        match used.kind.as_str() {
            "block_actions" => self.action(&used, who),
            "block_suggestion" => Ok(match used.action_id.as_deref().and_then(form::list) {
                Some(list) => {
                    let (list, query) = (list.to_owned(), used.value.unwrap_or_default());
                    Delivery::Suggest { who, list, query }
                }
                None => Delivery::Ignored,
            }),
            "view_submission" => self.filled(&used, who),
            "shortcut" | "message_action" => self.shortcut(&used, who),
            "view_closed" => Ok(Delivery::Ignored),
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
            return Ok(open(&trigger, who, place, None, None));
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
            return Ok(open(trigger, who, at.place, at.message, None));
        }
        if let Some(view) = &used.view
            && let Some(name) = form::name(&view.callback_id)
        {
            return Ok(Delivery::CheckForm(Box::new(CheckForm {
                place: self.metadata(&view.private_metadata, &who),
                filled: act::filled(name, view.state.as_ref(), &self.team),
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
        let name = form::name(&view.callback_id);
        if name.is_none() && view.callback_id != REASON_FORM {
            return Ok(Delivery::Ignored);
        }
        let delivery = match (&used.trigger_id, &view.id, &view.hash) {
            (Some(trigger), ..) => trigger_delivery(trigger),
            (None, Some(id), Some(hash)) => format!("view:{id}:{hash}"),
            _ => return Err(Unreadable::Missing("trigger_id")),
        };
        let place = self.metadata(&view.private_metadata, &who);
        let filled = act::filled(name.unwrap_or_default(), view.state.as_ref(), &self.team);
        if name.is_none() {
            let kept = Remembered::read(&view.private_metadata).ok_or(Unreadable::Missing("metadata"))?;
            let reference = kept.reference.clone().ok_or(Unreadable::Missing("reference"))?;
            let reason = filled.get(REASON).unwrap_or_default().to_owned();
            let at = At { place, message: kept.message() };
            return Ok(interaction(delivery, who, at, Act::Explained { reference, reason }));
        }
        Ok(interaction(delivery, who, At { place, message: None }, Act::Filled(filled)))
    }

    fn shortcut(&self, used: &Interactive, who: Who) -> Result<Delivery, Unreadable> {
        let callback = used.callback_id.as_deref().ok_or(Unreadable::Missing("callback_id"))?;
        if callback != OPEN_FORM && callback != MAKE_REQUEST {
            return Ok(Delivery::Ignored);
        }
        let trigger = used.trigger_id.as_deref().ok_or(Unreadable::Missing("trigger_id"))?;
        let Some(shown) = &used.message else {
            let place = Place::direct(&who.identity);
            return Ok(open(trigger, who, place, None, None));
        };
        let said = text::spoken(shown.text.as_deref().unwrap_or_default(), &self.team, None);
        let about = (!said.is_empty()).then_some(said);
        let at = self.at(used, &who);
        Ok(open(trigger, who, at.place, at.message, about))
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

fn open(trigger: &str, who: Who, place: Place, message: Option<Posted>, about: Option<String>) -> Delivery {
    Delivery::OpenForm(Box::new(OpenForm {
        delivery: trigger_delivery(trigger),
        trigger: Trigger::new(trigger),
        who,
        place,
        message,
        about,
    }))
}
