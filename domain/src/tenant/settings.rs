//! The settings' stream: what is so for the whole tenant, and for nobody in particular.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::aggregate::{self, Aggregate};
use crate::denied::Denied;

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
}

/// The settings of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The name people see.
    pub name: Option<String>,
}

impl Aggregate for Settings {
    const CATEGORY: &'static str = "settings";
    type Command = SettingsCommand;
    type Event = SettingsEvent;

    fn decide(&self, command: SettingsCommand, _now: Timestamp) -> Result<Vec<SettingsEvent>, Denied> {
        let SettingsCommand::Create { name } = command;
        let is_known = self.name.as_ref() == Some(&name);
        Ok(if is_known { vec![] } else { vec![SettingsEvent::TenantCreated { name }] })
    }

    fn evolve(&mut self, event: &SettingsEvent, _at: Timestamp) {
        let SettingsEvent::TenantCreated { name } = event;
        self.name = Some(name.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
}
