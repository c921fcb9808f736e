//! `countersign rules`: whether rules hold together, and what they would say to a question, without a bot.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use countersign_domain::access::{Permission, TOTAL_DAYS, parse_minutes, say_minutes};
use countersign_domain::envelope::ActorKind;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::rules::{Approvers, Question, RuleSet, Ruling, Terms};
use countersign_domain::tenant::{Person, Role};
use serde_json::json;

use super::output::{write_json, write_text};
use super::refused::Refused;
use crate::config::{self, Flags, Sources};

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// Say everything that is wrong with a file of rules, with line and column
    Check(Check),
    /// Say what rules answer to a question: who would have to countersign, for how long at most
    Explain(Explain),
}

impl Rules {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(command) => command.run(),
            Self::Explain(command) => command.run(),
        }
    }
}

/// Which file.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The file of rules, in Cedar
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    fn run(self) -> anyhow::Result<()> {
        let text = read(&self.file)?;
        let faults = RuleSet::compile(1, &text).err().map(|faults| faults.0).unwrap_or_default();
        if self.json {
            write_json(&json!({ "ok": faults.is_empty(), "faults": faults }))?;
        } else if faults.is_empty() {
            write_text(&format!("{}: the rules hold together.", self.file.display()))?;
        } else {
            let line = |fault| format!("{}: {fault}", self.file.display());
            write_text(&faults.iter().map(line).collect::<Vec<_>>().join("\n"))?;
        }
        if faults.is_empty() { Ok(()) } else { Err(Refused(String::new()).into()) }
    }
}

/// Which rules, which question.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// read, write or admin
    permission: Permission,
    /// The repository's name
    repository: String,
    /// The file of rules [default: those of the tenant in the configuration]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The configuration that says whose people and rules they are
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The tenant in the configuration [default: the only one]
    #[arg(long)]
    tenant: Option<Tenant>,
    /// Who asks: one of the tenant's people, or anybody with the groups and roles named here
    #[arg(long = "as", value_name = "ID", default_value = "somebody")]
    asker: PrincipalId,
    /// A group of theirs; may be said several times
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// They are an agent, not a person
    #[arg(long)]
    agent: bool,
    /// For how long: `2 days`
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_minutes)]
    minutes: Option<u64>,
    /// Under which ticket
    #[arg(long)]
    ticket: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    fn run(self) -> anyhow::Result<()> {
        let (text, people) = match &self.rules {
            Some(file) => (read(file)?, vec![]),
            None => self.configured()?,
        };
        let rules = RuleSet::compile(1, &text).map_err(|faults| Refused(faults.to_string()))?;
        let asker = self.person(people);
        let ruling = rules.rule(&Question {
            asker: &asker,
            subject: None,
            permission: self.permission,
            repository: &self.repository,
            minutes: self.minutes,
            ticket: self.ticket.as_deref(),
        });
        let shortfalls = match &ruling {
            Ruling::Allowed(terms) => terms.shortfalls(self.minutes, self.ticket.as_deref()),
            Ruling::Forbidden(_) => vec![],
        };
        let no = matches!(ruling, Ruling::Forbidden(_)) || !shortfalls.is_empty();
        if self.json {
            write_json(&json!({ "ruling": ruling, "shortfalls": shortfalls }))?;
        } else {
            let mut lines = explained(&ruling);
            lines.extend(shortfalls.iter().map(|shortfall| format!("Not as asked: {shortfall}.")));
            write_text(&lines.join("\n"))?;
        }
        if no { Err(Refused(String::new()).into()) } else { Ok(()) }
    }

    fn configured(&self) -> anyhow::Result<(String, Vec<Person>)> {
        let config = config::Config::load(&Sources::of_process(self.config.clone(), Flags::default()))?;
        let mut tenants = config.tenants.into_iter();
        let found = match &self.tenant {
            Some(tenant) => tenants.find(|(name, _)| name == tenant),
            None if tenants.len() == 1 => tenants.next(),
            None => {
                bail!("say which rules: a file with --rules, or a tenant of the configuration with --tenant")
            }
        };
        let (_, tenant) = found.context("there is no such tenant in the configuration")?;
        Ok((tenant.rules, tenant.people))
    }

    fn person(&self, people: Vec<Person>) -> Person {
        let mut person =
            people.into_iter().find(|person| person.id == self.asker).unwrap_or_else(|| Person {
                id: self.asker.clone(),
                kind: ActorKind::Person,
                name: self.asker.to_string(),
                groups: BTreeSet::new(),
                roles: BTreeSet::<Role>::new(),
                accounts: std::collections::BTreeMap::new(),
            });
        person.groups.extend(self.groups.iter().cloned());
        if self.agent {
            person.kind = ActorKind::Agent;
        }
        person
    }
}

fn explained(ruling: &Ruling) -> Vec<String> {
    match ruling {
        Ruling::Forbidden(refusal) if refusal.policies.is_empty() => vec!["No rule allows this.".to_owned()],
        Ruling::Forbidden(refusal) => {
            let mut lines = vec![format!("Forbidden by {}.", refusal.policies.join(", "))];
            lines.extend(refusal.messages.iter().cloned());
            lines
        }
        Ruling::Allowed(terms) => allowed(terms),
    }
}

fn allowed(terms: &Terms) -> Vec<String> {
    let mut lines = vec![format!("Allowed by {}.", terms.policies.join(", "))];
    if terms.auto {
        lines.push("Nobody needs to countersign.".to_owned());
    } else {
        let of = terms.approver_names().join(", and of ");
        lines.push(format!("{} of {of} must countersign.", terms.quorum));
    }
    lines.extend(terms.max_minutes.map(|minutes| format!("For {} at most.", say_minutes(minutes))));
    lines.extend(terms.max_total_minutes.map(|minutes| {
        format!("For {} at most within {TOTAL_DAYS} days, all accesses together.", say_minutes(minutes))
    }));
    lines.extend(terms.reason_required.then(|| "With a reason; who says no gives one too.".to_owned()));
    lines.extend(terms.ticket.iter().map(|pattern| format!("Under a ticket whose key matches `{pattern}`.")));
    if let Some(minutes) = terms.escalate_after_minutes {
        let told = Approvers(terms.escalate_to.iter().cloned().collect()).names();
        lines.push(format!("After {} without an answer, {told} are told too.", say_minutes(minutes)));
    }
    lines.extend(terms.messages.iter().cloned());
    lines
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
