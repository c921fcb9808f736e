//! The rules' stream: every version of the tenant's rules, and which one is in force.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Person, Role, TenantEvent};
use crate::aggregate::{self, Aggregate, DecodeError};
use crate::denied::{Denied, Violation};
use crate::envelope::Envelope;
use crate::rules::RuleSet;

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum RulebookEvent {
    /// A new version of the rules is in force.
    RulesPublished {
        /// From 1.
        version: u64,
        /// The Cedar text.
        text: String,
    },
}

impl aggregate::Tagged for RulebookEvent {}

/// The commands.
#[derive(Debug, Clone)]
pub enum RulebookCommand {
    /// Publish rules.
    Publish {
        /// Who does; nobody where the configuration does.
        by: Option<Person>,
        /// The Cedar text.
        text: String,
    },
}

/// One version of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRules {
    /// From 1.
    pub version: u64,
    /// The Cedar text.
    pub text: String,
}

/// The rules of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rulebook {
    /// The version in force.
    pub in_force: Option<PublishedRules>,
}

impl Aggregate for Rulebook {
    const CATEGORY: &'static str = "rules";
    const EARLIER: Option<&'static str> = Some(super::TOGETHER);
    type Command = RulebookCommand;
    type Event = RulebookEvent;

    fn earlier(envelope: &Envelope) -> Result<Option<RulebookEvent>, DecodeError> {
        Ok(match aggregate::decode(envelope)? {
            TenantEvent::Rules(event) => Some(event),
            TenantEvent::People(_) | TenantEvent::Settings(_) => None,
        })
    }

    fn decide(&self, command: RulebookCommand, _now: Timestamp) -> Result<Vec<RulebookEvent>, Denied> {
        let RulebookCommand::Publish { by, text } = command;
        if by.is_some_and(|person| !person.is(Role::Admin)) {
            let (action, role) = ("publish rules".to_owned(), "an admin".to_owned());
            return Err(Violation::RoleRequired { action, role }.into());
        }
        if self.in_force.as_ref().is_some_and(|rules| rules.text == text) {
            return Ok(vec![]);
        }
        let version = self.in_force.as_ref().map_or(1, |rules| rules.version + 1);
        RuleSet::compile(version, &text).map_err(|faults| Violation::RuleSetFaults { faults: faults.0 })?;
        Ok(vec![RulebookEvent::RulesPublished { version, text }])
    }

    fn evolve(&mut self, event: &RulebookEvent, _at: Timestamp) {
        let RulebookEvent::RulesPublished { version, text } = event;
        self.in_force = Some(PublishedRules { version: *version, text: text.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::example::person;
    use crate::rules::EXAMPLE;
    use crate::testing::{given, noon};

    fn publish(by: Option<Person>, text: &str) -> RulebookCommand {
        RulebookCommand::Publish { by, text: text.to_owned() }
    }

    fn published(version: u64) -> RulebookEvent {
        RulebookEvent::RulesPublished { version, text: EXAMPLE.to_owned() }
    }

    #[test]
    fn rules_are_versioned_and_the_same_text_is_no_new_version() {
        given::<Rulebook>([]).when(publish(None, EXAMPLE)).then([published(1)]);
        given::<Rulebook>([published(1)]).when(publish(None, EXAMPLE)).then_nothing();
        let longer = format!("{EXAMPLE}\n");
        let second = RulebookEvent::RulesPublished { version: 2, text: longer.clone() };
        given::<Rulebook>([published(1)]).when(publish(None, &longer)).then([second]);
    }

    #[test]
    fn rules_with_a_fault_are_refused_with_its_line() {
        let outcome = Rulebook::default().decide(publish(None, "permit (\n  oops\n);"), noon()).unwrap_err();
        let [Violation::RuleSetFaults { faults }] = &outcome.0[..] else { panic!("{outcome:?}") };
        assert_eq!(faults[0].line, 2, "{faults:?}");
    }

    #[test]
    fn only_an_admin_publishes_rules() {
        let role =
            Violation::RoleRequired { action: "publish rules".to_owned(), role: "an admin".to_owned() };
        given::<Rulebook>([]).when(publish(Some(person("erin", &[])), EXAMPLE)).then_denied([role]);
        let admin = Person { roles: [Role::Admin].into(), ..person("root", &[]) };
        given::<Rulebook>([]).when(publish(Some(admin), EXAMPLE)).then([published(1)]);
    }
}
