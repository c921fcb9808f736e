//! The book of a tenant's agents: every version of each, and which are in force. Two that want the same place have one winner here.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Definition, Fault};
use crate::aggregate::{self, Aggregate};
use crate::denied::Denied;
use crate::ports::Provisioned;
use crate::request::Code;
use crate::tenant::PublishedBy;

/// So many agents of a tenant are in force at once.
const MOST_AGENTS: usize = 100;

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum AgentBookEvent {
    /// An agent is in force as it is defined here.
    AgentPutInForce {
        /// From 1, of its name.
        version: u32,
        /// What it is.
        definition: Box<Definition>,
        /// By which change it came; nothing where the configuration began with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change: Option<PublishedBy>,
        /// What a vendor runs it as, where it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provisioned: Option<Provisioned>,
    },
    /// An agent is not in force any more.
    AgentTakenOut {
        /// Its name.
        agent: String,
        /// The version that was.
        version: u32,
    },
}

impl aggregate::Tagged for AgentBookEvent {}

/// The commands.
#[derive(Debug, Clone)]
pub enum AgentBookCommand {
    /// Begin with this agent, where there never was one of its name. The configuration does.
    Seed {
        /// What it is.
        definition: Box<Definition>,
    },
    /// Put an agent in force that was countersigned.
    Publish {
        /// The last version of its name; 0 where there is none.
        base: u32,
        /// Whether that was in force.
        was_in_force: bool,
        /// What it is.
        definition: Box<Definition>,
        /// By which change.
        change: PublishedBy,
        /// What a vendor runs it as, where it does.
        provisioned: Option<Provisioned>,
    },
    /// Take an agent out of force.
    TakeOut {
        /// Its name.
        agent: String,
        /// The version that shall not be in force any more.
        version: u32,
    },
}

/// One version of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// From 1, of its name.
    pub version: u32,
    /// Since when.
    pub at: Timestamp,
    /// What it is.
    pub definition: Definition,
    /// By which change it came; nothing where the configuration began with it.
    pub change: Option<PublishedBy>,
    /// What a vendor runs it as, where it does.
    pub provisioned: Option<Provisioned>,
}

/// All that there is of one name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Its versions, the first one first.
    pub versions: Vec<Arc<Version>>,
    /// Whether the last one is in force.
    pub in_force: bool,
}

/// The agents of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentBook {
    /// Each by its name.
    pub agents: BTreeMap<String, Kept>,
}

impl Kept {
    /// The number of its last version; 0 where there is none.
    pub fn latest(&self) -> u32 {
        self.versions.last().map_or(0, |last| last.version)
    }

    /// The version in force.
    pub fn now(&self) -> Option<&Arc<Version>> {
        self.versions.last().filter(|_| self.in_force)
    }
}

impl AgentBook {
    /// The version of an agent that is in force.
    pub fn in_force(&self, agent: &str) -> Option<&Arc<Version>> {
        self.agents.get(agent)?.now()
    }

    /// A version of an agent, whether it is in force or not.
    pub fn version(&self, agent: &str, version: u32) -> Option<&Arc<Version>> {
        self.agents.get(agent)?.versions.iter().find(|known| known.version == version)
    }

    /// The number of the last version of a name, and whether it is in force.
    pub fn latest(&self, agent: &str) -> (u32, bool) {
        self.agents.get(agent).map_or((0, false), |kept| (kept.latest(), kept.in_force))
    }

    /// The version that came by a change.
    pub fn came_by(&self, request: &Code) -> Option<&Arc<Version>> {
        let by = |version: &&Arc<Version>| version.change.as_ref().is_some_and(|by| by.request == *request);
        self.agents.values().flat_map(|kept| &kept.versions).find(by)
    }
}

impl Aggregate for AgentBook {
    const CATEGORY: &'static str = "agents";
    type Command = AgentBookCommand;
    type Event = AgentBookEvent;

    fn decide(&self, command: AgentBookCommand, _: Timestamp) -> Result<Vec<AgentBookEvent>, Denied> {
        use AgentBookCommand as C;
        let (base, was_in_force, definition, change, provisioned) = match command {
            C::Seed { definition } if self.latest(&definition.name) == (0, false) => {
                (0, false, definition, None, None)
            }
            C::Publish { change, .. } if self.came_by(&change.request).is_some() => return Ok(vec![]),
            C::Publish { base, was_in_force, definition, change, provisioned } => {
                (base, was_in_force, definition, Some(change), provisioned)
            }
            C::TakeOut { agent, version } if self.latest(&agent) == (version, true) => {
                return Ok(vec![AgentBookEvent::AgentTakenOut { agent, version }]);
            }
            C::Seed { .. } | C::TakeOut { .. } => return Ok(vec![]),
        };
        let (latest, in_force) = self.latest(&definition.name);
        if (base, was_in_force) != (latest, in_force) {
            return Err(Fault::AgentMovedOn { agent: definition.name.clone(), now: latest, in_force }.into());
        }
        if !in_force && self.agents.values().filter(|kept| kept.in_force).count() >= MOST_AGENTS {
            return Err(Fault::ManyAgents { max: MOST_AGENTS }.into());
        }
        Ok(vec![AgentBookEvent::AgentPutInForce {
            version: latest.saturating_add(1),
            definition,
            change,
            provisioned,
        }])
    }

    fn evolve(&mut self, event: &AgentBookEvent, at: Timestamp) {
        match event {
            AgentBookEvent::AgentPutInForce { version, definition, change, provisioned } => {
                let kept = self.agents.entry(definition.name.clone()).or_default();
                let (version, definition, change) = (*version, Definition::clone(definition), change.clone());
                let provisioned = provisioned.clone();
                kept.versions.push(Arc::new(Version { version, at, definition, change, provisioned }));
                kept.in_force = true;
            }
            AgentBookEvent::AgentTakenOut { agent, .. } => {
                if let Some(kept) = self.agents.get_mut(agent) {
                    kept.in_force = false;
                }
            }
        }
    }

    /// Taking one out is possible where there is no space for anything else.
    fn is_urgent(&self, command: &AgentBookCommand) -> bool {
        matches!(command, AgentBookCommand::TakeOut { .. })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::example::{change, definition};
    use super::*;
    use crate::testing::given;

    fn put(version: u32, number: Option<u128>) -> AgentBookEvent {
        AgentBookEvent::AgentPutInForce {
            version,
            definition: Box::new(definition()),
            change: number.map(change),
            provisioned: None,
        }
    }

    fn publish(base: u32, was_in_force: bool, number: u128) -> AgentBookCommand {
        let (definition, change) = (Box::new(definition()), change(number));
        AgentBookCommand::Publish { base, was_in_force, definition, change, provisioned: None }
    }

    fn take_out(version: u32) -> AgentBookCommand {
        AgentBookCommand::TakeOut { agent: definition().name, version }
    }

    fn taken_out(version: u32) -> AgentBookEvent {
        AgentBookEvent::AgentTakenOut { agent: definition().name, version }
    }

    #[test]
    fn the_configuration_begins_and_never_goes_on() {
        let seed = || AgentBookCommand::Seed { definition: Box::new(definition()) };
        given::<AgentBook>([]).when(seed()).then([put(1, None)]);
        given::<AgentBook>([put(1, None)]).when(seed()).then_nothing();
        given::<AgentBook>([put(1, None), taken_out(1)]).when(seed()).then_nothing();
    }

    #[test]
    fn of_two_that_want_the_same_place_one_has_it_and_the_other_is_told() {
        given::<AgentBook>([]).when(publish(0, false, 1)).then([put(1, Some(1))]);
        let first = given::<AgentBook>([put(1, Some(1))]);
        first.when(publish(0, false, 1)).then_nothing();
        let moved = |now, in_force| Fault::AgentMovedOn { agent: definition().name, now, in_force };
        first.when(publish(0, false, 2)).then_denied([moved(1, true).into()]);
        first.when(publish(1, true, 2)).then([put(2, Some(2))]);
        // What was retired meanwhile does not come back by what was countersigned while it was in force.
        let retired = given::<AgentBook>([put(1, Some(1)), taken_out(1)]);
        retired.when(publish(1, true, 2)).then_denied([moved(1, false).into()]);
        retired.when(publish(1, false, 2)).then([put(2, Some(2))]);
    }

    #[test]
    fn only_the_version_that_was_meant_is_taken_out() {
        given::<AgentBook>([put(1, None)]).when(take_out(1)).then([taken_out(1)]);
        given::<AgentBook>([put(1, None), taken_out(1)]).when(take_out(1)).then_nothing();
        given::<AgentBook>([put(1, None), put(2, Some(1))]).when(take_out(1)).then_nothing();
    }

    #[test]
    fn every_version_is_kept_and_one_is_in_force() {
        let mut book = AgentBook::default();
        for event in [put(1, None), put(2, Some(1))] {
            book.evolve(&event, crate::testing::noon());
        }
        let name = definition().name;
        assert_eq!(book.in_force(&name).map(|version| version.version), Some(2));
        assert_eq!(book.version(&name, 1).map(|version| version.version), Some(1));
        assert_eq!(
            book.came_by(&Code::candidate(Uuid::from_u128(1), 0)).map(|version| version.version),
            Some(2)
        );
        book.evolve(&taken_out(2), crate::testing::noon());
        assert_eq!((book.in_force(&name), book.latest(&name)), (None, (2, false)));
    }
}
