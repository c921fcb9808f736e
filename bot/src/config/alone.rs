//! What may stand once in a whole configuration, because somebody is known by it, or whose a delivery is. Where it stood twice, that
//! would hang on which of both is looked up first; so it is a fault that names both places. What organisations merely have in common,
//! such as a Bitbucket workspace, keeps nobody apart: each knows by its own credentials what is its own. It is advice. A secret
//! in the vault is each tenant's own there, whatever it is called; what such secrets hold is compared when the bot starts.

use std::collections::{BTreeMap, BTreeSet};

use countersign_atlassian::Projects;
use countersign_discord::DiscordConfig;
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::text::list;
use countersign_slack::SlackConfig;
use countersign_teams::TeamsConfig;

use super::secret::is_in_the_vault;
use super::section::Section;
use super::{ChatConfig, Config, TenantConfig};

/// What is wrong where two have one token.
const TOKEN: &str = "whoever shows it would be whoever is looked up first. Make a token of its own for each, for example with `openssl rand -hex 32`";
/// The same of Jira's.
const JIRA: &str = "what is signed for one organisation would count for the other. Let each have a secret of its own in Jira's webhook, and here";
/// The same of GitHub's.
const GITHUB: &str = "what is signed for one organisation would count for the other. Let each have a secret of its own in GitHub's webhook, and here";
/// The same of a chat's.
const CHAT: &str = "what is said to one organisation's bot would be taken by the other's, or by both. Let each have an app of its own";

/// A token that somebody signs in with.
pub(super) fn token(section: &Section<'_>, key: &str, sha256: Option<Digest>) {
    if let Some(sha256) = sha256 {
        section.alone(key, ("token", &sha256.to_string()), TOKEN);
    }
}

/// What a Jira is told by: its webhooks come with a signature, and a ticket that is a request is one request.
pub(super) fn jira(section: &Section<'_>, (url, webhook_secret): (&str, &str), projects: &Projects) {
    if !webhook_secret.is_empty() && !is_in_the_vault(webhook_secret) {
        section.alone("webhook_secret", ("secret of Jira's webhooks", webhook_secret), JIRA);
    }
    let why = "each ticket there would be a request in both organisations. Name it in one of them";
    for project in &projects.requests {
        section.alone("request_projects", ("project for requests", &format!("{} {project}", site(url))), why);
    }
}

/// What GitHub is told by: its webhooks come with a signature.
pub(super) fn github(section: &Section<'_>, webhook_secret: &str) {
    if !is_in_the_vault(webhook_secret) {
        section.alone("github", ("secret of GitHub's webhooks", webhook_secret), GITHUB);
    }
}

/// What a Slack app is told by. An app in several workspaces has one signing secret, and its deliveries say the workspace; but a connection
/// of Socket Mode is given the deliveries of all.
pub(super) fn slack(section: &Section<'_>, slack: &SlackConfig) {
    if slack.refresh.is_none() && !is_in_the_vault(&slack.bot_token_secret) {
        section.alone("bot_token_secret", ("secret of a Slack bot", &slack.bot_token_secret), CHAT);
    }
    if let Some(name) = slack.app_token_secret.as_ref().filter(|name| !is_in_the_vault(name)) {
        section.alone("app_token_secret", ("secret of a Slack app's connections", name), CHAT);
    }
    if let Some(name) = slack.signing_secret.as_ref().filter(|name| !is_in_the_vault(name)) {
        let here = format!("{} {name}", slack.team);
        section.alone("signing_secret", ("signing secret of one Slack workspace", &here), CHAT);
    }
}

/// What a Teams bot is told by: all that is for an application comes to one address.
pub(super) fn teams(section: &Section<'_>, teams: &TeamsConfig) {
    section.alone("app_id", ("Teams application", &teams.app_id.to_lowercase()), CHAT);
}

/// What a Discord application is told by: what is said to it in private does not say a server.
pub(super) fn discord(section: &Section<'_>, discord: &DiscordConfig) {
    section.alone("application_id", ("Discord application", &discord.application_id), CHAT);
    section.alone(
        "public_key",
        ("public key of a Discord application", &discord.public_key.to_lowercase()),
        CHAT,
    );
    if !is_in_the_vault(&discord.bot_token_secret) {
        section.alone("bot_token_secret", ("secret of a Discord bot", &discord.bot_token_secret), CHAT);
    }
}

/// The groups that follow a chat's: who is in one is known to one chat.
pub(super) fn groups<T>(section: &Section<'_>, tenant: &Tenant, key: &str, chat: Option<&ChatConfig<T>>) {
    let why = "what one of both says of it would undo what the other said. Let it follow one, and name the other's group otherwise";
    for group in chat.into_iter().flat_map(|chat| chat.groups.keys()) {
        section.alone(key, ("group that follows a chat's", &format!("{tenant} {group}")), why);
    }
}

/// What the secret under this key of a tenant is, where it may be one tenant's alone: two secrets of one kind that hold the same are the
/// same, whatever they are called.
pub(crate) fn kind(key: &str, its: &TenantConfig) -> Option<String> {
    match key {
        "jira.webhook_secret"
        | "slack.bot_token_secret"
        | "slack.app_token_secret"
        | "discord.bot_token_secret"
        | "integrations.github.webhook_secrets" => Some(key.to_owned()),
        "slack.signing_secret" => its.slack.as_ref().map(|slack| format!("{key} {}", slack.vendor.team)),
        _ => None,
    }
}

/// What several organisations have in common, a line each: nothing that comes is taken for another's, and what one does is seen by
/// the other.
pub(super) fn in_common(config: &Config) -> Vec<String> {
    let mut places: BTreeMap<(String, &str), BTreeSet<&Tenant>> = BTreeMap::new();
    for (tenant, its) in &config.tenants {
        for place in places_of(its) {
            places.entry(place).or_default().insert(tenant);
        }
    }
    let shared = places.into_iter().filter(|(_, tenants)| tenants.len() > 1);
    shared
        .map(|((place, what), tenants)| {
            let tenants: Vec<_> = tenants.into_iter().map(|tenant| format!("tenants.{tenant}")).collect();
            format!("{} have {place} in common: {what}", list(&tenants))
        })
        .collect()
}

/// Where a tenant works, in words, and what it means that another one does so too.
fn places_of(its: &TenantConfig) -> Vec<(String, &'static str)> {
    const FORGE: &str = "neither knows what the other grants there, so each sees the other's accesses as differences, and a repair of one \
        would undo what the other did. Let the rules of each speak of repositories of its own.";
    const TRACKER: &str = "each sees the other's tickets. Name the projects of each, and send the webhook of a project to one of them.";
    const TALK: &str = "there are two bots in it, each of which knows its own people only. Whoever belongs to both has to know which one \
        they speak to.";
    let (place, url) = its.forge.place();
    let workspace = format!("{place} ({})", site(url));
    let jira = its.jira.iter().map(|jira| (format!("the Jira at {}", site(&jira.url)), TRACKER));
    let slack = its.slack.iter().map(|slack| (format!("the Slack workspace {}", slack.vendor.team), TALK));
    let teams =
        its.teams.iter().map(|teams| (format!("the Microsoft Entra tenant {}", teams.vendor.tenant), TALK));
    let discord =
        its.discord.iter().map(|discord| (format!("the Discord server {}", discord.vendor.guild), TALK));
    std::iter::once((workspace, FORGE)).chain(jira).chain(slack).chain(teams).chain(discord).collect()
}

/// An address as it is compared: without what may be written either way.
fn site(url: &str) -> String {
    url.trim_end_matches('/').to_lowercase()
}
