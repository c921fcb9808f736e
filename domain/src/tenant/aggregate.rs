//! The tenant's stream: who belongs to it, and every version of its rules.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Person, Role};
use crate::aggregate::{self, Aggregate};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::rules::RuleSet;

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum TenantEvent {
    /// The tenant is here.
    TenantCreated {
        /// The name people see.
        name: String,
    },
    /// Somebody belongs to it, or changed.
    PersonRecorded {
        /// Who, whole.
        person: Person,
    },
    /// Somebody does not belong to it any more.
    PersonRemoved {
        /// Who.
        id: PrincipalId,
    },
    /// A new version of the rules is in force.
    RulesPublished {
        /// From 1.
        version: u64,
        /// The Cedar text.
        text: String,
    },
}

impl aggregate::Event for TenantEvent {}

/// The commands. They come from the configuration, from an admin, or from the directory.
#[derive(Debug, Clone)]
pub enum TenantCommand {
    /// Make the tenant known.
    Create {
        /// The name people see.
        name: String,
    },
    /// Record a person as they are now.
    Record {
        /// Who, whole.
        person: Person,
    },
    /// Remove a person.
    Remove {
        /// Who.
        id: PrincipalId,
    },
    /// Publish rules.
    PublishRules {
        /// Who does; nobody where the configuration does.
        by: Option<Person>,
        /// The Cedar text.
        text: String,
    },
}

/// One tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TenantState {
    /// The name people see.
    pub name: Option<String>,
    /// Who belongs to it.
    pub people: BTreeMap<PrincipalId, Person>,
    /// The rules in force: version and text.
    pub rules: Option<PublishedRules>,
}

/// One version of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRules {
    /// From 1.
    pub version: u64,
    /// The Cedar text.
    pub text: String,
}

impl TenantState {
    /// The person that a word in chat means: their id, an account of theirs, or their whole name.
    pub fn find(&self, word: &str) -> Option<&Person> {
        let word = word.trim().trim_start_matches('@');
        let is = |text: &str| text.eq_ignore_ascii_case(word);
        let by_id = self.people.values().find(|person| is(person.id.as_str()));
        by_id.or_else(|| {
            self.people.values().find(|p| p.accounts.values().any(|account| is(account)) || is(&p.name))
        })
    }

    /// The person with this account at a vendor.
    pub fn by_account(&self, vendor: &str, account: &str) -> Option<&Person> {
        self.people.values().find(|person| person.accounts.get(vendor).is_some_and(|own| own == account))
    }

    fn publish(&self, by: Option<&Person>, text: String) -> Result<Vec<TenantEvent>, Denied> {
        if by.is_some_and(|person| !person.is(Role::Admin)) {
            let (action, role) = ("publish rules".to_owned(), "an admin".to_owned());
            return Err(Violation::RoleRequired { action, role }.into());
        }
        if self.rules.as_ref().is_some_and(|rules| rules.text == text) {
            return Ok(vec![]);
        }
        let version = self.rules.as_ref().map_or(1, |rules| rules.version + 1);
        RuleSet::compile(version, &text).map_err(|faults| Violation::RuleSetFaults { faults: faults.0 })?;
        Ok(vec![TenantEvent::RulesPublished { version, text }])
    }
}

impl Aggregate for TenantState {
    const CATEGORY: &'static str = "tenant";
    type Command = TenantCommand;
    type Event = TenantEvent;

    fn decide(&self, command: TenantCommand, _now: Timestamp) -> Result<Vec<TenantEvent>, Denied> {
        Ok(match command {
            TenantCommand::Create { name } if self.name.as_ref() != Some(&name) => {
                vec![TenantEvent::TenantCreated { name }]
            }
            TenantCommand::Record { person } if self.people.get(&person.id) != Some(&person) => {
                vec![TenantEvent::PersonRecorded { person }]
            }
            TenantCommand::Remove { id } if self.people.contains_key(&id) => {
                vec![TenantEvent::PersonRemoved { id }]
            }
            TenantCommand::PublishRules { by, text } => self.publish(by.as_ref(), text)?,
            TenantCommand::Create { .. } | TenantCommand::Record { .. } | TenantCommand::Remove { .. } => {
                vec![]
            }
        })
    }

    fn evolve(&mut self, event: &TenantEvent, _at: Timestamp) {
        match event {
            TenantEvent::TenantCreated { name } => self.name = Some(name.clone()),
            TenantEvent::PersonRecorded { person } => {
                self.people.insert(person.id.clone(), person.clone());
            }
            TenantEvent::PersonRemoved { id } => {
                self.people.remove(id);
            }
            TenantEvent::RulesPublished { version, text } => {
                self.rules = Some(PublishedRules { version: *version, text: text.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::example::person;
    use crate::rules::EXAMPLE;
    use crate::testing::given;

    fn publish(by: Option<Person>, text: &str) -> TenantCommand {
        TenantCommand::PublishRules { by, text: text.to_owned() }
    }

    fn published(version: u64) -> TenantEvent {
        TenantEvent::RulesPublished { version, text: EXAMPLE.to_owned() }
    }

    #[test]
    fn rules_are_versioned_and_the_same_text_is_no_new_version() {
        given::<TenantState>([]).when(publish(None, EXAMPLE)).then([published(1)]);
        given::<TenantState>([published(1)]).when(publish(None, EXAMPLE)).then_nothing();
        let longer = format!("{EXAMPLE}\n");
        let second = TenantEvent::RulesPublished { version: 2, text: longer.clone() };
        given::<TenantState>([published(1)]).when(publish(None, &longer)).then([second]);
    }

    #[test]
    fn rules_with_a_fault_are_refused_with_its_line() {
        let outcome = TenantState::default().publish(None, "permit (\n  oops\n);".to_owned()).unwrap_err();
        let [Violation::RuleSetFaults { faults }] = &outcome.0[..] else { panic!("{outcome:?}") };
        assert_eq!(faults[0].line, 2, "{faults:?}");
    }

    #[test]
    fn only_an_admin_publishes_rules() {
        let role =
            Violation::RoleRequired { action: "publish rules".to_owned(), role: "an admin".to_owned() };
        given::<TenantState>([]).when(publish(Some(person("erin", &[])), EXAMPLE)).then_denied([role]);
    }

    #[test]
    fn a_person_is_recorded_once_and_removed_once() {
        let erin = person("erin", &["staff"]);
        let recorded = TenantEvent::PersonRecorded { person: erin.clone() };
        given::<TenantState>([])
            .when(TenantCommand::Record { person: erin.clone() })
            .then([recorded.clone()]);
        let known = given::<TenantState>([recorded]);
        known.when(TenantCommand::Record { person: erin.clone() }).then_nothing();
        known
            .when(TenantCommand::Remove { id: erin.id.clone() })
            .then([TenantEvent::PersonRemoved { id: erin.id }]);
        given::<TenantState>([]).when(TenantCommand::Remove { id: person("x", &[]).id }).then_nothing();
    }
}
