//! The rules' stream: every version of the tenant's rules, and which one is in force.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::aggregate::{self, Aggregate};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::request::Code;
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
        /// By which change it came; nothing where the configuration began with them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change: Option<PublishedBy>,
    },
}

impl aggregate::Tagged for RulebookEvent {}

/// The change of the rules by which a version came into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedBy {
    /// The request's code.
    pub request: Code,
    /// Who proposed it.
    pub proposed_by: PrincipalId,
    /// Who countersigned it; nobody where the rules asked nobody.
    pub countersigned_by: Vec<PrincipalId>,
}

/// The commands.
#[derive(Debug, Clone)]
pub enum RulebookCommand {
    /// Begin with these rules, where there are none yet. The configuration does.
    Seed {
        /// What was compiled from them.
        rules: RuleSet,
    },
    /// Put rules in force that were countersigned.
    Publish {
        /// The version in whose place; 0 where there is none.
        base: u64,
        /// What was compiled from their text: nothing that has a fault comes into force.
        rules: RuleSet,
        /// By which change.
        change: PublishedBy,
    },
}

/// One version of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRules {
    /// From 1.
    pub version: u64,
    /// The Cedar text.
    pub text: String,
    /// By which change it came into force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<PublishedBy>,
}

/// The rules of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rulebook {
    /// The version in force.
    pub in_force: Option<PublishedRules>,
    /// By which change that came in whose place it is, where people had proposed it.
    pub before: Option<Code>,
}

impl Aggregate for Rulebook {
    const CATEGORY: &'static str = "rules";
    type Command = RulebookCommand;
    type Event = RulebookEvent;

    fn decide(&self, command: RulebookCommand, _now: Timestamp) -> Result<Vec<RulebookEvent>, Denied> {
        let (base, rules, change) = match command {
            RulebookCommand::Seed { rules } if self.in_force.is_none() => (0, rules, None),
            RulebookCommand::Seed { .. } => return Ok(vec![]),
            RulebookCommand::Publish { change, .. } if self.came_by(&change.request) => return Ok(vec![]),
            RulebookCommand::Publish { base, rules, change } => (base, rules, Some(change)),
        };
        let now = self.version();
        if base != now {
            return Err(Violation::RulesMovedOn { base, now }.into());
        }
        let (version, text) = (now + 1, rules.text().to_owned());
        Ok(vec![RulebookEvent::RulesPublished { version, text, change }])
    }

    fn evolve(&mut self, event: &RulebookEvent, _at: Timestamp) {
        let RulebookEvent::RulesPublished { version, text, change } = event.clone();
        let before = self.in_force.replace(PublishedRules { version, text, change });
        self.before = before.and_then(|rules| rules.change).map(|change| change.request);
    }
}

impl Rulebook {
    /// The version in force; 0 where there are no rules yet.
    pub fn version(&self) -> u64 {
        self.in_force.as_ref().map_or(0, |rules| rules.version)
    }

    /// Whether the version in force came by this change.
    pub fn came_by(&self, request: &Code) -> bool {
        self.in_force
            .iter()
            .filter_map(|rules| rules.change.as_ref())
            .any(|change| change.request == *request)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::rules::EXAMPLE;
    use crate::testing::given;

    fn change(number: u128) -> PublishedBy {
        PublishedBy {
            request: Code::candidate(Uuid::from_u128(number), 0),
            proposed_by: "zoe".parse().unwrap(),
            countersigned_by: vec!["yan".parse().unwrap()],
        }
    }

    fn compiled(text: &str) -> RuleSet {
        RuleSet::compile(1, text).expect("rules without a fault")
    }

    fn publish(base: u64, text: &str, number: u128) -> RulebookCommand {
        RulebookCommand::Publish { base, rules: compiled(text), change: change(number) }
    }

    fn published(version: u64, text: &str, number: Option<u128>) -> RulebookEvent {
        RulebookEvent::RulesPublished { version, text: text.to_owned(), change: number.map(change) }
    }

    #[test]
    fn the_configuration_begins_and_never_goes_on() {
        let seed = |text: &str| RulebookCommand::Seed { rules: compiled(text) };
        given::<Rulebook>([]).when(seed(EXAMPLE)).then([published(1, EXAMPLE, None)]);
        given::<Rulebook>([published(1, EXAMPLE, None)])
            .when(seed(&format!("{EXAMPLE}// others\n")))
            .then_nothing();
    }

    #[test]
    fn what_was_countersigned_takes_the_place_of_the_version_that_it_was_proposed_for_and_of_no_other() {
        let longer = format!("{EXAMPLE}\n");
        let first = given::<Rulebook>([published(1, EXAMPLE, None)]);
        first.when(publish(1, &longer, 1)).then([published(2, &longer, Some(1))]);
        given::<Rulebook>([]).when(publish(0, EXAMPLE, 1)).then([published(1, EXAMPLE, Some(1))]);
        let second = given::<Rulebook>([published(1, EXAMPLE, None), published(2, &longer, Some(1))]);
        second.when(publish(1, EXAMPLE, 2)).then_denied([Violation::RulesMovedOn { base: 1, now: 2 }]);
        first.when(publish(2, EXAMPLE, 2)).then_denied([Violation::RulesMovedOn { base: 2, now: 1 }]);
        // The very same change comes once more, after its answer was lost.
        second.when(publish(1, &longer, 1)).then_nothing();
    }

    #[test]
    fn rules_with_a_fault_are_refused_with_its_line() {
        // What does not compile is no rule set, and nothing else can be published.
        let refused = RuleSet::compile(1, "permit (\n  oops\n);").unwrap_err();
        assert_eq!(refused.0[0].line, 2, "{refused}");
    }
}
