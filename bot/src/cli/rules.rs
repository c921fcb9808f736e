//! `countersign rules`: whether rules hold together, what they would say to a question, and what would have become of the requests
//! of the days before, without a bot.

mod propose;
mod replay;
mod versions;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use countersign_domain::access::{
    NotARepository, Permission, RepositoryName, Sought, TOTAL_DAYS, parse_minutes, say_minutes,
};
use countersign_domain::envelope::ActorKind;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::rules::{Approvers, OnLeave, RuleSet, Ruling, Somebody, Terms};
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
    /// List every version of the rules, the newest first
    List(versions::List),
    /// Show the rules in force, or an earlier version of them
    Show(versions::Show),
    /// Say policy by policy what changed between two versions, or would change with a file
    Diff(versions::Diff),
    /// Decide the requests of the days before again under other rules, and say what would have become of them
    Replay(replay::Replay),
    /// Propose other rules, or an earlier version of them, to a running bot: in force once somebody else countersigned
    Propose(propose::Propose),
    /// Show a proposal: what changes, what to look at twice, and what would have become of the days before
    Proposal(propose::Proposal),
}

impl Rules {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::List(command) => command.run(),
            Self::Show(command) => command.run(),
            Self::Diff(command) => command.run(),
            Self::Replay(command) => command.run(),
            Self::Propose(command) => command.run(),
            Self::Proposal(command) => command.run(),
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
    /// The repository, however it is written, but by its id: rules know it by its name
    #[arg(value_parser = repository_name)]
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

/// The name that rules know a repository by.
fn repository_name(written: &str) -> Result<String, String> {
    let name: RepositoryName = written.parse().map_err(|error: NotARepository| error.to_string())?;
    if name.key().starts_with('{') {
        return Err("rules know a repository by its name, not by its id".to_owned());
    }
    Ok(name.key().to_owned())
}

impl Explain {
    fn run(self) -> anyhow::Result<()> {
        let (text, people) = match &self.rules {
            Some(file) => (read(file)?, vec![]),
            None => self.configured()?,
        };
        let rules = RuleSet::compile(1, &text).map_err(|faults| Refused(faults.to_string()))?;
        let asker = self.person(people);
        let sought = Sought {
            asker: &asker,
            subject: Somebody::Person(&asker),
            permission: self.permission,
            repository: &self.repository,
            minutes: self.minutes,
            ticket: self.ticket.as_deref(),
        };
        let ruling = rules.rule(&sought.question());
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

/// Every term there is, a sentence each. All of them are named here, so that one more does not compile before it is explained.
fn allowed(terms: &Terms) -> Vec<String> {
    let Terms {
        version: _,
        policies,
        auto,
        quorum,
        approvers: _,
        max_minutes,
        max_total_minutes,
        escalate_after_minutes,
        escalate_to: _,
        approvers_when_escalated: _,
        remind_after_minutes,
        reaction,
        step_up,
        reason_required,
        ticket,
        ticket_status,
        messages,
        on_leave,
        while_member,
        own,
    } = terms;
    let mut lines = vec![format!("Allowed by {}.", policies.join(", "))];
    if *auto {
        lines.push("Nobody needs to countersign.".to_owned());
    } else {
        let of = terms.approver_names().join(", and of ");
        lines.push(format!("{quorum} of {of} must countersign."));
    }
    if *step_up {
        lines.push("Each countersignature is given in the console, with the token once more.".to_owned());
    } else if *reaction {
        lines.push(
            "In a chat, 👍 under the card is enough for a countersignature, and 👎 for a denial.".to_owned(),
        );
    }
    lines
        .extend(max_minutes.map(|minutes| format!("For {} at most, without a break.", say_minutes(minutes))));
    lines.extend(max_total_minutes.map(|minutes| {
        format!("For {} at most within {TOTAL_DAYS} days, all accesses together.", say_minutes(minutes))
    }));
    if *reason_required {
        lines.push("With a reason; who says no gives one too.".to_owned());
    }
    lines.extend(ticket.iter().map(|pattern| format!("Under a ticket whose key matches `{pattern}`.")));
    lines.extend(ticket_status.iter().map(|wanted| format!("While the ticket is {}.", wanted.join(" or "))));
    lines.extend(remind_after_minutes.map(|minutes| {
        format!("Every {} without an answer, those who were asked are reminded.", say_minutes(minutes))
    }));
    lines.extend(escalate_after_minutes.map(|minutes| escalated(terms, minutes)));
    lines.push(match on_leave {
        OnLeave::End => "When who has it leaves, it ends at once.".to_owned(),
        OnLeave::Keep { minutes } => {
            format!("When who has it leaves, it may go on for {}.", say_minutes(*minutes))
        }
    });
    if !while_member.is_empty() {
        lines.push(format!("It ends when {} would not allow it any more.", while_member.join(", ")));
    }
    lines.extend(own.iter().map(|(name, values)| format!("@{name}: {}.", values.join(", "))));
    lines.extend(messages.iter().cloned());
    lines
}

/// Whom it goes to where nobody answers, and who may countersign it then.
fn escalated(terms: &Terms, minutes: u64) -> String {
    let told = Approvers(terms.escalate_to.iter().cloned().collect());
    let told = if told.0.is_empty() { "those who were asked".to_owned() } else { told.names() };
    let mut line = format!("After {} without an answer, {told} are told too.", say_minutes(minutes));
    if terms.approvers_when_escalated != terms.approvers && !terms.approvers_when_escalated.is_empty() {
        let may: Vec<_> = terms.approvers_when_escalated.iter().map(Approvers::names).collect();
        line = format!("{line} From then on {} may countersign.", may.join(", and of "));
    }
    line
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is explained of a rule with these annotations.
    fn told(annotations: &str) -> String {
        let rules =
            format!("@id(\"r\")\n{annotations}\npermit (principal, action == Action::\"write\", resource);");
        let rules = RuleSet::compile(1, &rules).unwrap_or_else(|faults| panic!("{annotations}: {faults}"));
        let asker = Person {
            id: "erin".parse().unwrap(),
            kind: ActorKind::Person,
            name: "Erin".to_owned(),
            groups: BTreeSet::new(),
            roles: BTreeSet::new(),
            accounts: std::collections::BTreeMap::new(),
        };
        let sought = Sought {
            asker: &asker,
            subject: Somebody::Person(&asker),
            permission: Permission::Write,
            repository: "infra",
            minutes: Some(60),
            ticket: None,
        };
        explained(&rules.rule(&sought.question())).join("\n")
    }

    #[test]
    fn trust_c5_every_annotation_is_explained() {
        let plain = "@approvers(\"group:a\")";
        let base = told(plain);
        for (annotation, said) in [
            ("@quorum(\"2\")", "2 of the group a must countersign."),
            ("@reaction", "👍 under the card is enough"),
            ("@step_up", "in the console, with the token once more"),
            ("@max_duration(\"3 days\")", "For 3 days at most, without a break."),
            ("@max_total(\"9 days\")", "For 9 days at most within 30 days"),
            ("@reason(\"required\")", "With a reason; who says no gives one too."),
            ("@ticket(\"^OPS-\")", "Under a ticket whose key matches `^OPS-`."),
            ("@remind_after(\"2 hours\")", "Every 2 hours without an answer"),
            (
                "@escalate_after(\"4 hours\") @escalate_to(\"group:b\")",
                "After 4 hours without an answer, the group b are told too. From then on",
            ),
            (
                "@ticket(\"^OPS-\") @ticket_status(\"To Do, In Progress\")",
                "While the ticket is To Do or In Progress.",
            ),
            ("@on_leave(\"keep 7 days\")", "When who has it leaves, it may go on for 7 days."),
            ("@while_member", "It ends when r would not allow it any more."),
            ("@message(\"Think twice.\")", "Think twice."),
        ] {
            let told = told(&format!("{plain} {annotation}"));
            assert!(told.contains(said) && !base.contains(said), "{annotation}: {told}");
        }
        assert!(told("@auto").contains("Nobody needs to countersign."));
    }
}
