//! Triggers: with each, one form can be opened once
//! (<https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses>).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The triggers that were given out, with whose they are; `None` once used.
#[derive(Debug, Default)]
pub(crate) struct Triggers(Mutex<HashMap<String, Option<String>>>);

impl Triggers {
    /// A new one, for what somebody did.
    pub(super) fn make(&self, user: &str) -> String {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let trigger = format!("{}.738474920.{}", all.len() + 1, uuid::Uuid::new_v4().simple());
        all.insert(trigger.clone(), Some(user.to_owned()));
        trigger
    }

    /// Uses it up; whose it was.
    pub(super) fn exchange(&self, trigger: &str) -> Result<String, &'static str> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(trigger).ok_or("invalid_trigger_id")?.take().ok_or("exchanged_trigger_id")
    }
}
