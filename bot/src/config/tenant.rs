//! One customer organisation: its people, its rules, and the systems it works with.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_discord::DiscordConfig;
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{Permission, same_account};
use countersign_domain::rules::{EXAMPLE, RuleSet};
use countersign_domain::tenant::{Person, Role};
use countersign_slack::SlackConfig;
use countersign_teams::TeamsConfig;
use serde::Serialize;

use super::alone;
use super::atlassian::{self, JiraConfig};
use super::chat::{self, ChatConfig, Ids};
use super::forge::{self, ForgeConfig};
use super::help::{self, HelpConfig};
use super::integrations::{self, IntegrationsConfig};
use super::section::Section;
use crate::world::Customs;

/// One customer organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantConfig {
    /// The name people see.
    pub name: String,
    /// The IANA name of the time zone that its people live in, unless they say otherwise.
    pub time_zone: Option<String>,
    /// The Cedar text of the rules: the file's, or what the configuration itself holds.
    pub rules: String,
    /// Its people.
    pub people: Vec<Person>,
    /// Those of them who are switched off: named, and nobody all the same.
    pub disabled: BTreeSet<PrincipalId>,
    /// What its people and programs sign in with.
    pub tokens: Vec<Token>,
    /// Words of its own for `read`, `write` and `admin`.
    pub words: BTreeMap<Permission, Vec<String>>,
    /// Where its repositories are.
    pub forge: ForgeConfig,
    /// Where its tickets are, if anywhere.
    pub jira: Option<JiraConfig>,
    /// Its Slack, if any.
    pub slack: Option<ChatConfig<SlackConfig>>,
    /// Its Microsoft Teams, if any.
    pub teams: Option<ChatConfig<TeamsConfig>>,
    /// Its Discord, if any.
    pub discord: Option<ChatConfig<DiscordConfig>>,
    /// What answers its people's questions, if anything does.
    pub help: Option<HelpConfig>,
    /// What tells of what happens outside, if anything does.
    pub integrations: Option<IntegrationsConfig>,
}

/// A bearer token, known by its digest only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// The SHA-256 of the token, as `countersign token hash` prints it.
    pub sha256: Digest,
    /// Whose it is.
    pub principal: PrincipalId,
}

impl TenantConfig {
    /// What its people mean by what they say.
    pub fn customs(&self) -> Customs {
        let words = self.words.iter().flat_map(|(permission, words)| {
            words.iter().map(|word| (word.trim().to_lowercase(), *permission))
        });
        let tracker = self.jira.as_ref().map(|jira| jira.url.clone());
        let projects = self.jira.as_ref().map(|jira| &jira.projects);
        let all =
            projects.map(|all| all.open.iter().chain(all.open_to.values().flatten()).chain(&all.requests));
        let project = all.into_iter().flatten().next().cloned();
        let integrations = self.integrations.clone();
        Customs { zone: self.time_zone.clone(), permissions: words.collect(), tracker, project, integrations }
    }

    /// Whether its Teams takes what anybody on this machine sends, without a token.
    pub fn takes_anybody(&self) -> bool {
        self.teams.as_ref().is_some_and(|teams| teams.vendor.auth == countersign_teams::Auth::None)
    }

    /// The secrets it needs: each by its key, and its name.
    pub fn secrets(&self) -> Vec<(&'static str, &str)> {
        let jira = self.jira.iter().flat_map(|jira| {
            let webhook = ("jira.webhook_secret", jira.webhook_secret.as_str());
            [("jira.token_secret", jira.token_secret.as_str()), webhook]
        });
        let slack = self.slack.iter().flat_map(|slack| chat::slack_secrets(&slack.vendor));
        let teams = self.teams.iter().filter_map(|teams| chat::teams_secret(&teams.vendor));
        let discord = self.discord.iter();
        let discord =
            discord.map(|discord| ("discord.bot_token_secret", discord.vendor.bot_token_secret.as_str()));
        let help = self.help.iter().flat_map(HelpConfig::secrets);
        let outside = self.integrations.iter().flat_map(IntegrationsConfig::secrets);
        let chats = slack.chain(teams).chain(discord);
        std::iter::once(self.forge.secret()).chain(jira).chain(chats).chain(help).chain(outside).collect()
    }
}

/// The tenant in this table. `folder` is what the path of its rules is relative to, `listen` where the bot listens.
pub(super) fn read(
    tenant: &Tenant,
    mut section: Section<'_>,
    folder: &Path,
    listen: SocketAddr,
) -> TenantConfig {
    let name = section.optional("name", "the name people see, such as \"Acme Inc.\"");
    let time_zone = time_zone(&mut section);
    let words = words(section.section("words"));
    let rules = rules(&mut section, folder);
    let (people, disabled) = people(&mut section);
    let tokens = tokens(&mut section, &people);
    let forge = forge::read(&mut section);
    let jira = section.optional_section("jira").map(atlassian::jira);
    let slack = chat::read(&mut section, "slack", Ids::SLACK, chat::check_slack);
    let teams = chat::read(&mut section, "teams", Ids::TEAMS, |section, teams| {
        chat::check_teams(section, teams, listen);
    });
    let discord = chat::read(&mut section, "discord", Ids::DISCORD, chat::check_discord);
    let help = help::read(&mut section, folder);
    let integrations = integrations::read(&mut section);
    if jira.is_none() && help.as_ref().is_some_and(|help| help.mirror.is_some()) {
        section.fault(
            "help",
            "`mirror` names a project, and there is no tracker that it is in: write `jira` as well",
        );
    }
    alone::groups(&section, tenant, "slack.groups", slack.as_ref());
    alone::groups(&section, tenant, "teams.groups", teams.as_ref());
    alone::groups(&section, tenant, "discord.groups", discord.as_ref());
    section.finish();
    let name = name.unwrap_or_else(|| tenant.to_string());
    TenantConfig {
        name,
        time_zone,
        rules,
        people,
        disabled,
        tokens,
        words,
        forge,
        jira,
        slack,
        teams,
        discord,
        help,
        integrations,
    }
}

fn time_zone(section: &mut Section<'_>) -> Option<String> {
    let name: Option<String> = section.optional("time_zone", "a time zone, such as \"Europe/Berlin\"");
    name.filter(|name| {
        let known = jiff::tz::TimeZone::get(name).is_ok();
        if !known {
            section.fault(
                "time_zone",
                "there is no such time zone: write its IANA name, such as \"Europe/Berlin\"",
            );
        }
        known
    })
}

/// Words of the tenant's own for the permissions; each means one of them.
fn words(mut section: Section<'_>) -> BTreeMap<Permission, Vec<String>> {
    let keys = [("read", Permission::Read), ("write", Permission::Write), ("admin", Permission::Admin)];
    let mut known = BTreeSet::new();
    let mut words = BTreeMap::new();
    for (key, permission) in keys {
        let own: Vec<String> =
            section.optional(key, "a list of words, such as [\"deploy rights\"]").unwrap_or_default();
        for word in &own {
            let fits = (1..=40).contains(&word.trim().chars().count()) && !word.contains('"');
            if !fits {
                section.fault(
                    key,
                    format!(
                        "{word:?} cannot be a word for it: use 1 to 40 characters without quotation marks"
                    ),
                );
            } else if !known.insert(word.trim().to_lowercase()) {
                section.fault(key, format!("{word:?} stands here twice: it can mean one permission only"));
            }
        }
        if !own.is_empty() {
            words.insert(permission, own);
        }
    }
    section.finish();
    words
}

fn rules(section: &mut Section<'_>, folder: &Path) -> String {
    let file: Option<PathBuf> =
        section.optional("rules", "the path of a file of rules, such as \"acme.cedar\"");
    let text: Option<String> =
        section.optional("rules_text", "the rules themselves, as a text of many lines");
    let (key, place, text) = match (file, text) {
        (Some(_), Some(_)) => {
            section
                .fault("rules_text", "the rules stand in a file already: take `rules` or `rules_text` away");
            return String::new();
        }
        (None, Some(text)) => ("rules_text", String::new(), text),
        (None, None) => {
            section.fault("", "it has no rules: name a file of rules in `rules`");
            return String::new();
        }
        (Some(file), None) => match std::fs::read_to_string(folder.join(&file)) {
            Ok(text) => ("rules", format!("{}: ", file.display()), text),
            Err(error) => {
                section.fault("rules", format!("{} cannot be read: {error}", folder.join(&file).display()));
                return EXAMPLE.to_owned();
            }
        },
    };
    if let Err(faults) = RuleSet::compile(1, &text) {
        faults.0.iter().for_each(|fault| section.fault(key, format!("{place}{fault}")));
    }
    text
}

fn people(section: &mut Section<'_>) -> (Vec<Person>, BTreeSet<PrincipalId>) {
    let (mut people, mut disabled) = (Vec::<Person>::new(), BTreeSet::new());
    for mut section in section.list("people") {
        let id = section.required("id", "letters, digits and . _ @ : -, such as \"ada\"");
        let mut kind = ActorKind::Person;
        section.read("kind", "\"person\" or \"agent\"", &mut kind);
        let mut off = false;
        section.read("disabled", "true where they left, else nothing", &mut off);
        let name = section.optional("name", "the name people see, such as \"Ada Lovelace\"");
        let groups = section.optional("groups", "a list of names, such as [\"approvers\"]");
        let roles: Option<BTreeSet<Role>> = section.optional("roles", "a list of \"admin\" and \"auditor\"");
        let accounts = section.optional("accounts", "the account by vendor, such as { jira = \"5b10…\" }");
        chat::check_accounts(&section, accounts.as_ref());
        let groups: BTreeSet<String> = groups.unwrap_or_default();
        if let Some(wrong) = groups.iter().find(|group| group.starts_with("group:")) {
            section.fault(
                "groups",
                format!(
                    "“{wrong}” is how rules speak of a group: here stands its name alone, without `group:`"
                ),
            );
        }
        for fault in shared_accounts(&people, accounts.as_ref()) {
            section.fault("accounts", fault);
        }
        let double = id.as_ref().is_some_and(|id| people.iter().any(|person| person.id == *id));
        if double {
            section.fault("id", "somebody else has this id already");
        }
        if kind == ActorKind::System {
            section.fault("kind", "only Countersign itself is the system: write \"person\" or \"agent\"");
        }
        section.finish();
        let Some(id) = id else { continue };
        if off {
            disabled.insert(id.clone());
        }
        let name = name.unwrap_or_else(|| id.to_string());
        let roles = roles.unwrap_or_default();
        people.push(Person { id, kind, name, groups, roles, accounts: accounts.unwrap_or_default() });
    }
    (people, disabled)
}

/// The accounts that are somebody else's already: whose an access is, and who may countersign it, is told by them.
fn shared_accounts(people: &[Person], accounts: Option<&BTreeMap<String, String>>) -> Vec<String> {
    let taken = |(vendor, account): (&String, &String)| {
        let is = |own: &String| own.eq_ignore_ascii_case(account) || same_account(own, account);
        let owner = people.iter().find(|person| person.accounts.get(vendor).is_some_and(is))?;
        Some(format!(
            "the {vendor} account `{account}` is that of `{}` already: it can be one person’s only",
            owner.id
        ))
    };
    accounts.into_iter().flatten().filter_map(taken).collect()
}

fn tokens(section: &mut Section<'_>, people: &[Person]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for mut section in section.list("tokens") {
        let like = "the 64 digits that `countersign token hash` prints";
        let sha256: Option<Digest> = section.required("sha256", like);
        let principal: Option<PrincipalId> = section.required("principal", "the id of one of the people");
        if let Some(id) = principal.as_ref().filter(|id| !people.iter().any(|person| person.id == **id)) {
            section.fault("principal", format!("nobody of the tenant's people has the id `{id}`"));
        }
        alone::token(&section, "sha256", sha256);
        section.finish();
        if let (Some(sha256), Some(principal)) = (sha256, principal) {
            tokens.push(Token { sha256, principal });
        }
    }
    tokens
}
