//! The settings' stream: what is so for the whole tenant, and for nobody in particular.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::aggregate::{self, Aggregate};
use crate::denied::Denied;
use crate::ports::ModelName;

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum SettingsEvent {
    /// The tenant is here, or has another name.
    TenantCreated {
        /// The name people see.
        name: String,
    },
    /// The model that answers is set otherwise from now on.
    LlmSettingsChanged {
        /// What it is now, with the digest of what is set.
        model: ModelName,
    },
    /// What was to be set for the model cannot be used: what was set before stays.
    LlmSettingsRefused {
        /// What is wrong, each with its file and line.
        faults: Vec<String>,
    },
}

impl aggregate::Tagged for SettingsEvent {}

/// The commands.
#[derive(Debug, Clone)]
pub enum SettingsCommand {
    /// Make the tenant known under this name.
    Create {
        /// The name people see.
        name: String,
    },
    /// Say which model answers, as it is set.
    Serve {
        /// Which.
        model: ModelName,
    },
    /// Say that what was to be set for the model cannot be used.
    Refuse {
        /// What is wrong, each with its file and line.
        faults: Vec<String>,
    },
}

/// The settings of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The name people see.
    pub name: Option<String>,
    /// The model that answers, where that can be set otherwise while the bot runs.
    pub model: Option<ModelName>,
    /// What is wrong with what was to be set in its place.
    pub refused: Vec<String>,
}

impl Aggregate for Settings {
    const CATEGORY: &'static str = "settings";
    type Command = SettingsCommand;
    type Event = SettingsEvent;

    fn decide(&self, command: SettingsCommand, _now: Timestamp) -> Result<Vec<SettingsEvent>, Denied> {
        let (is_known, event) = match command {
            SettingsCommand::Create { name } => {
                (self.name.as_ref() == Some(&name), SettingsEvent::TenantCreated { name })
            }
            SettingsCommand::Serve { model } => {
                let is_known = self.model.as_ref() == Some(&model) && self.refused.is_empty();
                (is_known, SettingsEvent::LlmSettingsChanged { model })
            }
            SettingsCommand::Refuse { faults } => {
                (self.refused == faults, SettingsEvent::LlmSettingsRefused { faults })
            }
        };
        Ok(if is_known { vec![] } else { vec![event] })
    }

    fn evolve(&mut self, event: &SettingsEvent, _at: Timestamp) {
        match event {
            SettingsEvent::TenantCreated { name } => self.name = Some(name.clone()),
            SettingsEvent::LlmSettingsChanged { model } => {
                self.model = Some(model.clone());
                self.refused.clear();
            }
            SettingsEvent::LlmSettingsRefused { faults } => self.refused.clone_from(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Digest;
    use crate::testing::given;

    #[test]
    fn a_name_that_is_so_already_is_no_event() {
        let (name, other) = ("Acme".to_owned(), "Acme AG".to_owned());
        let created = SettingsEvent::TenantCreated { name: name.clone() };
        let create = |name: &str| SettingsCommand::Create { name: name.to_owned() };
        given::<Settings>([]).when(create(&name)).then([created.clone()]);
        given::<Settings>([created.clone()]).when(create(&name)).then_nothing();
        let renamed = SettingsEvent::TenantCreated { name: other.clone() };
        given::<Settings>([created]).when(create(&other)).then([renamed]);
    }

    #[test]
    fn another_setting_of_the_model_is_told_once_and_so_is_one_that_cannot_be_used() {
        let model = |settings: &[u8]| ModelName {
            backend: "company_llm".to_owned(),
            model: "house-7b".to_owned(),
            settings: Digest::of(settings),
        };
        let changed = |settings| SettingsEvent::LlmSettingsChanged { model: model(settings) };
        let serve = |settings| SettingsCommand::Serve { model: model(settings) };
        let faults = || vec!["payload.json:3: EOF while parsing".to_owned()];
        let (refuse, refused) = (
            SettingsCommand::Refuse { faults: faults() },
            SettingsEvent::LlmSettingsRefused { faults: faults() },
        );
        given::<Settings>([]).when(serve(b"one")).then([changed(b"one")]);
        given::<Settings>([changed(b"one")]).when(serve(b"one")).then_nothing();
        given::<Settings>([changed(b"one")]).when(serve(b"two")).then([changed(b"two")]);
        given::<Settings>([changed(b"one")]).when(refuse.clone()).then([refused.clone()]);
        given::<Settings>([changed(b"one"), refused.clone()]).when(refuse).then_nothing();
        given::<Settings>([changed(b"one"), refused]).when(serve(b"one")).then([changed(b"one")]);
    }
}
