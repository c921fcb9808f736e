//! What speaks against an agent, and against nothing else.

use serde::{Deserialize, Serialize};

use super::Missing;
use crate::denied::{self, Own};
use crate::text::{flat, list, plain};

/// Why an agent is not defined, or not put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// It is not as an agent must be.
    BadDefinition {
        /// Each field that is not, and why.
        faults: Vec<(String, String)>,
    },
    /// It cannot be read.
    UnreadDefinition {
        /// Why, in words.
        why: String,
    },
    /// It names what is not there.
    AgentNeedsMore {
        /// Each.
        missing: Vec<Missing>,
    },
    /// It is so already.
    AgentIsSoAlready {
        /// As this version.
        version: u32,
    },
    /// Another version is there by now than that in whose place it was to be.
    AgentMovedOn {
        /// Which agent.
        agent: String,
        /// The last version there is.
        now: u32,
        /// Whether that is in force.
        in_force: bool,
    },
    /// As many agents are in force as can be.
    ManyAgents {
        /// How many.
        max: usize,
    },
    /// There is no such agent.
    UnknownAgent {
        /// As given.
        given: String,
    },
    /// There never was such a version of it.
    UnknownAgentVersion {
        /// Which agent.
        agent: String,
        /// As given.
        given: String,
    },
    /// The rules do not let them.
    MayNotDefineAgents {
        /// Which agent.
        agent: String,
    },
    /// It is not in force.
    AgentNotInForce,
    /// It is neither theirs nor for them to take out.
    NotYourAgent,
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn is_about_who(&self) -> bool {
        matches!(self, Self::MayNotDefineAgents { .. } | Self::NotYourAgent)
    }

    fn said(&self) -> String {
        match self {
            Self::BadDefinition { faults } => {
                let each = faults.iter().map(|(field, why)| format!("{} {}", flat(field), flat(why)));
                format!("The agent is not as it must be: {}.", each.collect::<Vec<_>>().join("; "))
            }
            Self::UnreadDefinition { why } => {
                format!(
                    "The agent cannot be read: {}. Write it as TOML or JSON, in a code block or a file.",
                    flat(why)
                )
            }
            Self::AgentNeedsMore { missing } => missing.iter().map(needed).collect::<Vec<_>>().join(" "),
            Self::AgentIsSoAlready { version } => {
                format!("The agent is so already, as version {version}: nothing would change.")
            }
            Self::AgentMovedOn { agent, now, in_force: true } => {
                format!(
                    "Version {now} of {} is in force by now. Look at it, and ask for yours anew.",
                    plain(agent)
                )
            }
            Self::AgentMovedOn { agent, now: 0, .. } => {
                format!("There is no agent {} any more.", plain(agent))
            }
            Self::AgentMovedOn { agent, .. } => {
                format!("{} was retired meanwhile. Ask for it anew if it shall answer again.", plain(agent))
            }
            Self::ManyAgents { max } => format!("{max} agents are in force already. Retire one first."),
            Self::UnknownAgent { given } => {
                format!("There is no agent {}. “agents” lists those there are.", plain(given))
            }
            Self::UnknownAgentVersion { agent, given } => {
                format!("There is no version {} of the agent {}.", plain(given), plain(agent))
            }
            Self::MayNotDefineAgents { agent } => format!(
                "The rules do not let you say what the agent {} is. To propose one it takes an administrator, or whoever the rules let \
                 propose agents.",
                plain(agent)
            ),
            Self::AgentNotInForce => {
                "This version of the agent is not in force, so there is nothing to retire.".to_owned()
            }
            Self::NotYourAgent => {
                "Only who asked for the agent, who countersigned it and administrators can retire it."
                    .to_owned()
            }
        }
    }
}

fn needed(Missing { field, name, here }: &Missing) -> String {
    let what = match field.as_str() {
        "backend" => "model",
        "tools" => "command or action",
        "prices" => "price of the model",
        _ => "collection",
    };
    let name = plain(name);
    if here.is_empty() {
        return format!("There is no {what} {name} here.");
    }
    let here: Vec<_> = here.iter().map(|name| plain(name)).collect();
    format!("There is no {what} {name} here, only {}.", list(&here))
}
