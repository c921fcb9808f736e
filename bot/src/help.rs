//! What a tenant's agent works with: where documents are kept, read and found, the model that answers, and what it is told.

#[cfg(feature = "bedrock")]
mod bedrock;
mod folder;
mod open;

#[cfg(feature = "bedrock")]
pub use bedrock::on_bedrock;
pub use folder::{FolderSettings, Look, Watched};
pub use open::{READ_ONE_FILE, Way, furnish, open};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_domain::actions::Entry;
use countersign_domain::agents::Definition;
use countersign_domain::audience::{Acl, Audience, Collections};
use countersign_domain::conversation::{AgentName, Allowance, Price};
use countersign_domain::ports::{
    AgentPlane, Blobs, Doer, Extractor, Guardrail, KnowledgeIndex, Model, PROVISIONED, Pager,
};
use countersign_domain::support::ServiceLevel;
use countersign_domain::tenant::People;
use countersign_models::Fallbacks;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// What a tenant's agent works with.
#[derive(Clone)]
pub struct Help {
    /// Where documents are found.
    pub index: Arc<dyn KnowledgeIndex>,
    /// Where they are kept.
    pub blobs: Arc<dyn Blobs>,
    /// What reads them.
    pub extractor: Arc<dyn Extractor>,
    /// What looks at texts that go over from one side to the other, if anything does.
    pub guardrail: Option<Arc<dyn Guardrail>>,
    /// What answers.
    pub model: Arc<dyn Model>,
    /// The models that agents can name.
    pub models: Vec<Arc<dyn Model>>,
    /// Where a vendor runs agents, if one does.
    pub plane: Option<Arc<dyn AgentPlane>>,
    /// The agents that the configuration begins with, where there are none.
    pub agents: Vec<Definition>,
    /// What carries out safe actions, if anything does.
    pub doer: Option<Arc<dyn Doer>>,
    /// What wakes people, if anything does.
    pub pager: Option<Arc<dyn Pager>>,
    /// The actions there are.
    pub catalogue: Catalogue,
    /// What was found in the watched folder, if there is one.
    pub watched: Arc<Watched>,
    /// What it is told.
    pub settings: HelpSettings,
}

impl Help {
    /// The same, with models that are asked where what answers does not.
    #[must_use]
    pub fn with_behind(self, behind: Vec<Arc<dyn Model>>) -> Self {
        if behind.is_empty() {
            return self;
        }
        Self { model: Arc::new(Fallbacks::new(self.model, behind)), ..self }
    }

    /// The model that an agent names: by its own name, or by that of what speaks to it.
    pub fn named(&self, name: &str) -> Option<&Arc<dyn Model>> {
        let goes_by = |model: &&Arc<dyn Model>| {
            let own = model.name();
            own.model == name || own.backend == name
        };
        self.models.iter().find(goes_by)
    }

    /// The names by which agents can name a model.
    pub fn names_of_models(&self) -> BTreeSet<String> {
        let names = self.models.iter().map(|model| model.name());
        let there = self.plane.is_some().then(|| PROVISIONED.to_owned());
        names.flat_map(|name| [name.backend, name.model]).chain(there).collect()
    }
}

/// The actions that a tenant has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Which version of it.
    pub version: u64,
    /// Each.
    pub entries: Vec<Entry>,
}

/// What a tenant's agent is told.
#[derive(Debug, Clone, PartialEq)]
pub struct HelpSettings {
    /// Who it is.
    pub agent: AgentName,
    /// What it is to be.
    pub instruction: String,
    /// What it may offer, by the names of commands and actions; where nothing is said, whatever who asks may do.
    pub tools: Option<BTreeSet<String>>,
    /// The collections that it answers from; where nothing is said, all that may be read where it is asked.
    pub reads: Option<BTreeSet<String>>,
    /// How well a passage must fit, from 0 to 1: what fits less is no answer.
    pub threshold: f32,
    /// How many passages it is given at most.
    pub passages: usize,
    /// How many tokens it may say at most.
    pub most_tokens: u32,
    /// The largest file, in bytes.
    pub most_bytes: u64,
    /// Within which time the allowances may be had.
    pub within: SignedDuration,
    /// What one person may have.
    pub person: Allowance,
    /// What the agent may have, whoever asks it.
    pub by_agent: Allowance,
    /// What all of them may have together.
    pub tenant: Allowance,
    /// What may be had in a day beside that.
    pub daily: Daily,
    /// What each model takes, by its name; one that is not named costs nothing.
    pub prices: BTreeMap<String, Price>,
    /// What the desk promises.
    pub level: ServiceLevel,
    /// Where in the tracker its tickets are made as well, if anywhere.
    pub mirror: Option<MirrorTo>,
    /// The folder whose files are brought by themselves.
    pub folder: Option<FolderSettings>,
    /// Who may read what belongs to a collection, whatever is said of its documents. Of one that is not named, each document says it.
    pub collections: Collections,
}

/// What may be had in a day, which begins at the midnight of who asks, or of the desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Daily {
    /// What one person may have.
    pub person: Allowance,
    /// What the agent may have, whoever asks it.
    pub by_agent: Allowance,
    /// What all of them may have together.
    pub everybody: Allowance,
}

impl Daily {
    /// Whether anything of it is counted.
    pub fn is_counted(&self) -> bool {
        *self != Self::default()
    }
}

impl HelpSettings {
    /// Whether this audience may read a document with these readers that belongs to this collection.
    pub fn lets(&self, (collection, acl): (&str, &Acl), audience: &Audience, people: &People) -> bool {
        let of_all = self.collections.get(collection);
        let is_read = self.reads.as_ref().is_none_or(|reads| reads.contains(collection));
        is_read && acl.lets(audience, people) && of_all.is_none_or(|of_all| of_all.lets(audience, people))
    }

    /// Whether it is counted in money what anybody may have.
    pub fn limits_money(&self) -> bool {
        let Daily { person, by_agent, everybody } = self.daily;
        let all = [self.person, self.by_agent, self.tenant, person, by_agent, everybody];
        all.iter().any(|allowance| allowance.micros.is_some())
    }

    /// Whether it may offer what goes by this name.
    pub fn may_offer(&self, tool: &str) -> bool {
        self.tools.as_ref().is_none_or(|tools| tools.contains(tool))
    }
}

/// Where in the tracker tickets are made as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MirrorTo {
    /// The project: `OPS`.
    pub project: String,
    /// The type that they are of there, as the project names it.
    #[serde(default = "task")]
    pub kind: String,
}

fn task() -> String {
    "Task".to_owned()
}
