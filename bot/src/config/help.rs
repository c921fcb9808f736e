//! What answers the questions of a tenant: its agent, the model behind it, what is looked at on the way, what the desk promises, and
//! the actions there are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_doer::Allowed;
use countersign_domain::actions::{Call, Entry};
use countersign_domain::agents::Definition;
use countersign_domain::audience::Acl;
use countersign_domain::conversation::{Allowance, Price};
use countersign_domain::support::{Calendar, Hours, Pages, Priority, ServiceLevel, Target};
use countersign_guardrails::{BuiltIn, Policy};
use countersign_models::OpenAiSettings;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::folder::{self, FolderConfig};
use super::model;
use super::secret::{NO_SECRET_NAME, is_secret_name};
use super::section::Section;
use crate::help::{Daily, MirrorTo};

/// The largest file that is read out, in bytes; and how many passages an answer may be taken from.
const MOST_BYTES: u64 = 50 << 20;
const MOST_PASSAGES: usize = 20;

/// Most programs are built without it.
#[cfg(not(feature = "bedrock"))]
const WITHOUT_BEDROCK: &str = "this program was built without Amazon Bedrock: build it with `cargo build --release --features bedrock`, or \
                               leave this table out";

/// What answers the questions of a tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HelpConfig {
    /// What the agent is called in the log.
    pub agent: String,
    /// What it is told to be. One that only quotes needs no telling.
    pub instruction: String,
    /// How many passages of documents an answer is taken from at most, 1 to 20.
    pub passages: usize,
    /// How well a passage must fit to be an answer, in percent.
    pub fits_percent: u8,
    /// How many tokens it may say at most.
    pub most_tokens: u32,
    /// The largest file that is read, in bytes.
    pub most_bytes: u64,
    /// Within which time the allowances may be had.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub within: Duration,
    /// What one person may have.
    pub person: Allowance,
    /// What the agent may have, whoever asks it.
    pub by_agent: Allowance,
    /// What all of them may have together.
    pub everybody: Allowance,
    /// What may be had in a day beside that: by a person, of the agent, and by everybody.
    pub daily: Daily,
    /// What each model takes, by its name; one that is not named costs nothing.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, Price>,
    /// The model that answers.
    pub model: ModelConfig,
    /// The models that are asked, in this order, where those before do not answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<ModelConfig>,
    /// What is looked at where texts go over from one side to the other.
    pub guardrail: Policy,
    /// What the desk promises, and who looks after tickets.
    pub desk: ServiceLevel,
    /// Where in the tracker the desk's tickets are made as well, if anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror: Option<MirrorTo>,
    /// What is called to wake somebody, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pager: Option<PagerConfig>,
    /// The actions there are, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<ActionsConfig>,
    /// The agents that a tenant without any begins with. Those in force are never replaced by a file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<Definition>,
    /// The groups that may read what belongs to a collection, whatever is said of its documents; `*` is everybody.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub collections: BTreeMap<String, BTreeSet<String>>,
    /// The folder whose files are brought as documents by themselves, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderConfig>,
    /// What it has of Amazon Bedrock, if anything.
    #[cfg(feature = "bedrock")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bedrock: Option<super::BedrockConfig>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ModelConfig {
    /// The one that only quotes, and asks nobody.
    Embedded {},
    /// A server that speaks as OpenAI's does.
    Openai {
        /// The address that `/chat/completions` stands below.
        url: String,
        /// The name of the secret that holds its token; without one, none is sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_secret: Option<String>,
        /// What it is told with every question.
        server: OpenAiSettings,
    },
    /// The company's own, as four files describe it, which are read anew with every question.
    Company {
        /// The folder that they are in: beside the configuration, where it is no whole path.
        folder: PathBuf,
        /// The secrets that they name.
        #[serde(skip)]
        secrets: Vec<String>,
    },
}

/// What is called to wake somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagerConfig {
    /// The address, and the only one.
    pub url: String,
    /// The name of the secret that calls are signed with.
    pub signing_secret: String,
}

/// The actions of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionsConfig {
    /// Which version of the catalogue it is: it stands with every action that is asked for.
    pub version: u64,
    /// The addresses below which actions may call.
    pub allowed: Vec<String>,
    /// The name of the secret that calls are signed with.
    pub signing_secret: String,
    /// Each.
    pub catalogue: Vec<Entry>,
}

impl Default for HelpConfig {
    fn default() -> Self {
        Self {
            agent: "help".to_owned(),
            instruction: "Answer from the passages you are given, cite each by its number, and say so where they do not \
                          answer the question."
                .to_owned(),
            passages: 6,
            fits_percent: 28,
            most_tokens: 800,
            most_bytes: 20 << 20,
            within: Duration::from_hours(1),
            person: Allowance { turns: Some(60), ..Allowance::default() },
            by_agent: Allowance::default(),
            everybody: Allowance::default(),
            daily: Daily::default(),
            prices: BTreeMap::new(),
            model: ModelConfig::Embedded {},
            fallbacks: Vec::new(),
            guardrail: Policy::default(),
            desk: in_office_hours(),
            mirror: None,
            pager: None,
            actions: None,
            agents: Vec::new(),
            collections: BTreeMap::new(),
            folder: None,
            #[cfg(feature = "bedrock")]
            bedrock: None,
        }
    }
}

/// What a desk promises of which nothing else is said: an answer within four hours of work, a solution within three days of it.
fn in_office_hours() -> ServiceLevel {
    let hours = (1..=5).map(|day| Hours { day, from: 9 * 60, to: 17 * 60 }).collect();
    let calendar = Calendar { version: 1, zone: "UTC".to_owned(), hours, holidays: BTreeSet::new() };
    let usual = Target { response: Some(4 * 60), resolution: Some(24 * 60) };
    ServiceLevel {
        version: 1,
        staff: BTreeSet::new(),
        calendar,
        targets: BTreeMap::from([(Priority::Normal, usual)]),
        warn_percent: 80,
        escalate_to: BTreeSet::new(),
        paging: None,
        reopen_minutes: 5 * 24 * 60,
    }
}

impl HelpConfig {
    /// Who may read what belongs to a collection.
    pub(crate) fn collections(&self) -> BTreeMap<String, Acl> {
        self.collections.iter().map(|(name, groups)| (name.clone(), folder::readers(groups))).collect()
    }

    /// The secrets it needs: each by its key, and its name.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let own = self.model.secrets(("help.model.token_secret", "help.model.folder"));
        let behind = ("help.fallbacks.token_secret", "help.fallbacks.folder");
        let behind = self.fallbacks.iter().flat_map(move |model| model.secrets(behind));
        let signing = self.actions.as_ref().map(|actions| &*actions.signing_secret);
        let paging = self.pager.as_ref().map(|pager| &*pager.signing_secret);
        let signed = [("help.actions.signing_secret", signing), ("help.pager.signing_secret", paging)];
        let all = own.into_iter().chain(behind).chain(signed);
        #[cfg(feature = "bedrock")]
        let all = all.chain(self.bedrock.iter().flat_map(super::BedrockConfig::secrets));
        all.filter_map(|(key, name)| Some((key, name?)))
    }
}

impl ModelConfig {
    /// The secrets it needs: each by its key, and its name.
    fn secrets(&self, (token, folder): (&'static str, &'static str)) -> Vec<(&'static str, Option<&str>)> {
        match self {
            Self::Openai { token_secret, .. } => vec![(token, token_secret.as_deref())],
            Self::Company { secrets, .. } => secrets.iter().map(|name| (folder, Some(&**name))).collect(),
            Self::Embedded {} => vec![],
        }
    }
}

/// The help desk in the table of a tenant, if there is one. `folder` is what paths are relative to.
pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> Option<HelpConfig> {
    let mut section = section.optional_section("help")?;
    #[cfg(not(feature = "bedrock"))]
    if section.optional_section("bedrock").is_some() {
        section.fault("bedrock", WITHOUT_BEDROCK);
    }
    let mut help: HelpConfig = section.rest()?;
    let number = |key, fits: bool, like: &str| {
        if !fits {
            section.fault(key, format!("this does not fit: write {like}"));
        }
    };
    number("agent", (1..=40).contains(&help.agent.trim().chars().count()), "a name of 1 to 40 characters");
    number("passages", (1..=MOST_PASSAGES).contains(&help.passages), "a number from 1 to 20");
    number("fits_percent", (1..=99).contains(&help.fits_percent), "a number from 1 to 99");
    number("most_tokens", help.most_tokens > 0, "a number from 1 on");
    number("most_bytes", (1..=MOST_BYTES).contains(&help.most_bytes), "a number from 1 to 52428800");
    number("within", !help.within.is_zero(), "a duration, such as \"1h\"");
    model::check(&section, &mut help, folder);
    if let Err(error) = BuiltIn::new(help.guardrail.clone()) {
        section.fault("guardrail", error);
    }
    check_desk(&section, &help.desk);
    check_outside(&section, &help);
    if let Some(actions) = &help.actions {
        check_actions(&section, actions);
    }
    for agent in &help.agents {
        for (field, why) in agent.faults() {
            section.fault("agents", format!("{}: {field} {why}", agent.name));
        }
    }
    if help.collections.values().any(BTreeSet::is_empty) {
        section.fault("collections", "one is for nobody: write groups, such as [\"hr\"], or leave it out");
    }
    if let Some(watched) = &mut help.folder {
        watched.check(&section, folder);
    }
    #[cfg(feature = "bedrock")]
    if let Some(bedrock) = &mut help.bedrock {
        bedrock.check(&section, folder);
    }
    Some(help)
}

fn check_desk(section: &Section<'_>, desk: &ServiceLevel) {
    for fault in desk.calendar.faults() {
        section.fault("desk", fault);
    }
    if TimeZone::get(&desk.calendar.zone).is_err() {
        section.fault("desk", "there is no such time zone: write its IANA name, such as \"Europe/Berlin\"");
    }
    if !(1..=100).contains(&desk.warn_percent) {
        section.fault("desk", "`warn_percent` does not fit: write a number from 1 to 100");
    }
}

/// What tickets have outside: issues in the tracker, and a pager.
fn check_outside(section: &Section<'_>, help: &HelpConfig) {
    if let Some(mirror) = &help.mirror {
        let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let begins = mirror.project.starts_with(|c: char| c.is_ascii_uppercase());
        if !begins || !mirror.project.chars().all(is_capital) {
            section.fault("mirror", "`project` does not fit: write the key of a project, such as \"OPS\"");
        }
        if mirror.kind.trim().is_empty() {
            section.fault("mirror", "`kind` does not fit: write a type of the project, such as \"Task\"");
        }
    }
    if let Some(pager) = &help.pager {
        if let Err(error) = Allowed::read(&pager.url) {
            section.fault("pager", error);
        }
        if !is_secret_name(&pager.signing_secret) {
            section.fault("pager", NO_SECRET_NAME);
        }
    }
    if let Some(paging) = &help.desk.paging {
        if paging.by == (Pages::Webhook {}) && help.pager.is_none() {
            section.fault(
                "desk",
                "`paging` calls a pager that is not there: write what it is under `help.pager`",
            );
        }
        if paging.every_minutes == 0 || paging.most == 0 {
            section.fault("desk", "`paging` does not fit: `every_minutes` and `most` are numbers from 1 on");
        }
    }
}

fn check_actions(section: &Section<'_>, actions: &ActionsConfig) {
    if !is_secret_name(&actions.signing_secret) {
        section.fault("actions", NO_SECRET_NAME);
    }
    let mut allowed = Vec::new();
    for address in &actions.allowed {
        match Allowed::read(address) {
            Ok(address) => allowed.push(address),
            Err(error) => section.fault("actions", error),
        }
    }
    let is_allowed = |address: &str| allowed.iter().any(|allowed| allowed.allows(address));
    let mut names = BTreeSet::new();
    for entry in &actions.catalogue {
        for fault in entry.faults(&is_allowed) {
            section.fault("actions", format!("the action `{}`: {fault}", entry.name));
        }
        let calls = [Some(&entry.call), entry.dry_run.as_ref()];
        if calls.into_iter().flatten().any(|call| !matches!(call, Call::Http { .. })) {
            section.fault("actions", format!("the action `{}`: only addresses are called", entry.name));
        }
        if !names.insert(&entry.name) {
            section.fault("actions", format!("the action `{}` stands here twice", entry.name));
        }
    }
}
