//! `countersign rules explain`: what rules answer to a question, by the rules in force where there is a log.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use countersign_domain::access::{Sought, TOTAL_DAYS};
use countersign_domain::duration::{parse_minutes, say_minutes};
use countersign_domain::envelope::ActorKind;
use countersign_domain::named::Named;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{NotARepository, Permission, RepositoryName};
use countersign_domain::rules::{Approvers, OnLeave, RuleSet, Ruling, Somebody, Terms};
use countersign_domain::tenant::{People, Person, Role};
use serde_json::json;

use super::read;
use crate::cli::block_on;
use crate::cli::folder::{Folder, LOG};
use crate::cli::output::{write_json, write_text};
use crate::cli::refused::Refused;
use crate::config::{self, Flags, Sources};
use crate::rule_change::versions;
use crate::words::{Empty, why_empty};

/// Which rules, which question.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// read, write or admin
    permission: Permission,
    /// The repository, however it is written, but by its id: rules know it by its name
    #[arg(value_parser = repository_name)]
    repository: String,
    /// A file of rules, without anybody's people [default: those in force by the log in the data folder; without a log, those of
    /// the tenant in the configuration]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The configuration that says whose people and rules they are
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder, or a copy of it; no bot is needed, and one may be running
    #[arg(long, value_name = "FOLDER", conflicts_with = "rules")]
    data: Option<PathBuf>,
    /// The tenant [default: the only one]
    #[arg(long)]
    tenant: Option<Tenant>,
    /// Who asks: one of the tenant's people, or anybody with the groups and roles named here
    #[arg(long = "as", value_name = "NAME")]
    asker: Option<String>,
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

/// Whose rules they are, and who is there.
struct Ground {
    /// What says so; nothing where a file was named.
    about: Option<String>,
    version: u64,
    text: String,
    people: Option<People>,
}

impl Explain {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let Ground { about, version, text, people } = self.ground()?;
        let rules = RuleSet::compile(version, &text).map_err(|faults| Refused(faults.to_string()))?;
        let asker = self.asker(people.as_ref())?;
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
        let unreachable = people.as_ref().and_then(|people| out_of_reach(&ruling, people, &asker));
        if self.json {
            write_json(&json!({
                "rules": about, "ruling": ruling, "shortfalls": shortfalls, "out_of_reach": unreachable,
            }))?;
        } else {
            let mut lines: Vec<_> = about.into_iter().chain(explained(&ruling)).collect();
            lines.extend(unreachable);
            lines.extend(shortfalls.iter().map(|shortfall| format!("Not as asked: {shortfall}.")));
            write_text(&lines.join("\n"))?;
        }
        if no { Err(Refused(String::new()).into()) } else { Ok(()) }
    }

    fn ground(&self) -> anyhow::Result<Ground> {
        if let Some(file) = &self.rules {
            return Ok(Ground { about: None, version: 1, text: read(file)?, people: None });
        }
        let config = config::Config::load(&Sources::of_process(
            self.config.clone(),
            Flags { data: self.data.clone(), listen: None },
        ));
        let data = self.data.clone().or_else(|| Some(config.as_ref().ok()?.data.clone()));
        let there = data.filter(|data| self.data.is_some() || data.join(LOG).is_dir());
        if let Some(data) = there {
            let folder = Folder::open(&data, self.tenant.clone())?;
            let all = block_on(async { Ok(versions::versions(&folder.log, &folder.tenant).await?) })?;
            let last = all.last().with_context(|| format!("{} has no rules in force", folder.tenant))?;
            let (version, text) = (last.version, last.text.clone());
            let about = format!("By the rules of {} in force, version {version}.", folder.tenant);
            return Ok(Ground { about: Some(about), version, text, people: Some(folder.people()?) });
        }
        let mut tenants = config?.tenants.into_iter();
        let found = match &self.tenant {
            Some(tenant) => tenants.find(|(name, _)| name == tenant),
            None if tenants.len() == 1 => tenants.next(),
            None => {
                bail!(
                    "say which rules: a file with --rules, a data folder with --data, or a tenant of the configuration with --tenant"
                )
            }
        };
        let (tenant, its) = found.context("there is no such tenant in the configuration")?;
        let about = format!(
            "By the rules of {tenant} in the configuration: what is in force may be otherwise, for no log was looked at (--data)."
        );
        let people = Some(its.present());
        Ok(Ground { about: Some(about), version: 1, text: its.rules, people })
    }

    /// Who asks: somebody of the tenant, or where nobody is named, a stranger with the groups that are.
    fn asker(&self, people: Option<&People>) -> anyhow::Result<Person> {
        let mut person = match (&self.asker, people) {
            (Some(word), Some(people)) => match people.find(word) {
                Named::One(person) => person.clone(),
                Named::Several(_) => {
                    bail!(Refused(format!("several people are called “{word}”: say whose id")))
                }
                Named::Nothing => {
                    let empty = Empty { nobody: Some(word), ..Empty::default() };
                    let said = why_empty(&empty, people).join(" ");
                    bail!(Refused(format!(
                        "{said} For a stranger leave --as out, and say their groups with --group."
                    )))
                }
            },
            (word, _) => stranger(word.as_deref().unwrap_or("somebody").parse()?),
        };
        person.groups.extend(self.groups.iter().cloned());
        if self.agent {
            person.kind = ActorKind::Agent;
        }
        Ok(person)
    }
}

fn stranger(id: PrincipalId) -> Person {
    Person {
        kind: ActorKind::Person,
        name: id.to_string(),
        groups: BTreeSet::new(),
        roles: BTreeSet::<Role>::new(),
        accounts: std::collections::BTreeMap::new(),
        id,
    }
}

/// That there are not as many people as would have to countersign.
fn out_of_reach(ruling: &Ruling, people: &People, asker: &Person) -> Option<String> {
    let Ruling::Allowed(terms) = ruling else { return None };
    let others = people.people.values().filter(|person| person.id != asker.id);
    let may = others.filter(|person| terms.may_countersign(person)).count();
    let quorum = terms.quorum as usize;
    (!terms.auto && may < quorum).then(|| {
        format!(
            "Nobody gets that: it takes {quorum} countersignatures, and only {may} besides {} may give one.",
            asker.name
        )
    })
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
    lines.push(if *auto {
        "Nobody needs to countersign.".to_owned()
    } else {
        format!("{quorum} of {} must countersign.", terms.approver_names().join(", and of "))
    });
    lines.extend(how_it_is_given(*step_up, *reaction).map(str::to_owned));
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
    lines.push(when_they_leave(on_leave));
    if !while_member.is_empty() {
        lines.push(format!("It ends when {} would not allow it any more.", while_member.join(", ")));
    }
    lines.extend(own.iter().map(|(name, values)| format!("@{name}: {}.", values.join(", "))));
    lines.extend(messages.iter().cloned());
    lines
}

/// How a countersignature is given, where that is not as usual.
const fn how_it_is_given(step_up: bool, reaction: bool) -> Option<&'static str> {
    match (step_up, reaction) {
        (true, _) => Some("Each countersignature is given in the console, with the token once more."),
        (false, true) => {
            Some("In a chat, 👍 under the card is enough for a countersignature, and 👎 for a denial.")
        }
        (false, false) => None,
    }
}

fn when_they_leave(on_leave: &OnLeave) -> String {
    match on_leave {
        OnLeave::End => "When who has it leaves, it ends at once.".to_owned(),
        OnLeave::Keep { minutes } => {
            format!("When who has it leaves, it may go on for {}.", say_minutes(*minutes))
        }
    }
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

#[cfg(test)]
mod tests {
    use countersign_domain::rules::ANNOTATIONS;

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
        let table = [
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
        ];
        for (annotation, said) in table {
            let told = told(&format!("{plain} {annotation}"));
            assert!(told.contains(said) && !base.contains(said), "{annotation}: {told}");
        }
        assert!(told("@auto").contains("Nobody needs to countersign."));
        let tried: Vec<_> = table.iter().flat_map(|(annotation, _)| annotation.split(' ')).collect();
        let is_tried = |name: &str| {
            let of = |tried: &&str| tried.trim_start_matches('@').split('(').next() == Some(name);
            ["id", "approvers", "auto"].contains(&name) || tried.iter().any(of)
        };
        let untried: Vec<_> = ANNOTATIONS.into_iter().filter(|name| !is_tried(name)).collect();
        assert_eq!(untried, [""; 0], "every annotation there is stands in this table");
    }
}
