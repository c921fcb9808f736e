//! Where a tenant's people talk: what each vendor needs, and what is the same for all.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use countersign_discord::DiscordConfig;
use countersign_domain::ports::{Identity, SurfaceKind};
use countersign_outbound::BaseUrl;
use countersign_slack::SlackConfig;
use countersign_teams::inbound::may_listen;
use countersign_teams::{Auth, TeamsConfig};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::alone;
use super::secret::{NO_SECRET_NAME, is_in_the_vault, is_secret_name};
use super::section::Section;

/// One vendor's chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatConfig<T> {
    /// What the vendor needs.
    #[serde(flatten)]
    pub vendor: T,
    /// The ids of channels in which every request is shown that waits for a countersignature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The ids of channels in which alarms are shown.
    #[serde(default, rename = "alert_channels", skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<String>,
    /// Whether members are known by the e-mail address that the workspace has verified, where the directory has it as the
    /// account `email`. Otherwise everybody says a link code once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_email: bool,
    /// The groups of the rules that follow a group of the vendor's: ours, and the vendor's id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, String>,
}

impl<T> ChatConfig<T> {
    /// A chat of which nothing is said but what the vendor needs.
    pub const fn new(vendor: T) -> Self {
        Self { vendor, channels: vec![], alerts: vec![], by_email: false, groups: BTreeMap::new() }
    }
}

/// The chat in the table under `key`, if there is one; `check` says what is wrong with what the vendor needs.
pub(super) fn read<T: DeserializeOwned>(
    section: &mut Section<'_>,
    key: &'static str,
    ids: Ids,
    check: impl FnOnce(&Section<'_>, &T),
) -> Option<ChatConfig<T>> {
    let mut section = section.optional_section(key)?;
    let channels = section.optional("channels", "a list of channel ids, such as [\"C024BE91L\"]");
    let alerts = section.optional("alert_channels", "a list of channel ids, such as [\"C024BE91L\"]");
    let by_email = section.optional("by_email", "true or false");
    let groups =
        section.optional("groups", "a vendor's group by ours, such as { approvers = \"S0615G0KT\" }");
    let vendor = section.rest()?;
    check(&section, &vendor);
    let channels: Vec<String> = channels.unwrap_or_default();
    let alerts: Vec<String> = alerts.unwrap_or_default();
    let groups: BTreeMap<String, String> = groups.unwrap_or_default();
    let wrong = |(is_id, like): (fn(&str) -> bool, &str), key, id: &String| {
        if !is_id(id) {
            section.fault(key, format!("“{id}” is no id, only what people see: write it as \"{like}\""));
        }
    };
    for id in &channels {
        wrong(ids.channel, "channels", id);
    }
    for id in &alerts {
        wrong(ids.channel, "alert_channels", id);
    }
    for id in groups.values() {
        wrong(ids.group, "groups", id);
    }
    Some(ChatConfig { vendor, channels, alerts, by_email: by_email.unwrap_or_default(), groups })
}

/// The secrets that a Slack needs: each by its key, and its name.
pub(super) fn slack_secrets(slack: &SlackConfig) -> Vec<(&'static str, &str)> {
    let token = slack.refresh.is_none().then_some(&slack.bot_token_secret);
    let refresh = slack.refresh.as_ref();
    // Whether the vault has a pair is seen when it is asked for.
    let kept = refresh.is_some_and(|refresh| {
        refresh.kept_secret.is_some() || refresh.file.as_ref().is_some_and(|file| file.exists())
    });
    let first = refresh.filter(|_| !kept).map(|refresh| &refresh.refresh_token_secret);
    let all = [
        ("slack.bot_token_secret", token),
        ("slack.app_token_secret", slack.app_token_secret.as_ref()),
        ("slack.signing_secret", slack.signing_secret.as_ref()),
        ("slack.refresh.refresh_token_secret", first),
        ("slack.refresh.client_secret", refresh.map(|refresh| &refresh.client_secret)),
    ];
    all.into_iter().filter_map(|(key, name)| Some((key, name?.as_str()))).collect()
}

/// The secret that a Teams needs, if it needs one.
pub(super) fn teams_secret(teams: &TeamsConfig) -> Option<(&'static str, &str)> {
    Some(("teams.app_secret", teams.app_secret.as_deref().filter(|_| teams.auth == Auth::Secret)?))
}

/// Says what is wrong with a Slack.
pub(super) fn check_slack(section: &Section<'_>, slack: &SlackConfig) {
    if !is_slack_id(&slack.team, "T") && !is_slack_id(&slack.team, "E") {
        section.fault("team", format!("“{}” is no workspace's id: write it as \"T024BE7LD\"", slack.team));
    }
    if let Err(error) = BaseUrl::parse(&slack.url) {
        section.fault("url", error);
    }
    if let Some(refresh) = &slack.refresh {
        let kept = refresh.kept_secret.as_deref();
        if kept.is_some() == refresh.file.is_some() {
            section.fault("refresh", "write one place for the tokens: either `file`, or `kept_secret`");
        }
        if kept.is_some_and(|name| !is_in_the_vault(name) || !is_secret_name(name)) {
            section.fault(
                "refresh",
                "`kept_secret` does not fit: write a name in the vault, such as \"vault:slack-pair\"",
            );
        }
    }
    alone::slack(section, slack);
}

/// Says what is wrong with a Discord.
pub(super) fn check_discord(section: &Section<'_>, discord: &DiscordConfig) {
    for (key, id) in [("application_id", &discord.application_id), ("guild", &discord.guild)] {
        if !is_number(id) {
            section.fault(key, format!("“{id}” is no id: write the digits that Discord shows"));
        }
    }
    let is_key =
        discord.public_key.len() == 64 && discord.public_key.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_key {
        section.fault(
            "public_key",
            "this is no public key: write the 64 digits that the developer portal shows",
        );
    }
    alone::discord(section, discord);
}

/// What a vendor calls its channels and groups by, as it writes their ids.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    pub(super) channel: (fn(&str) -> bool, &'static str),
    pub(super) group: (fn(&str) -> bool, &'static str),
}

impl Ids {
    /// Slack's.
    pub(super) const SLACK: Self = Self {
        channel: (|id| is_slack_id(id, "C") || is_slack_id(id, "G"), "C024BE91L"),
        group: (|id| is_slack_id(id, "S"), "S0615G0KT"),
    };
    /// Teams's: a conversation, and a group of Entra.
    pub(super) const TEAMS: Self = Self {
        channel: (|id| id.starts_with("19:") && id.contains('@'), "19:…@thread.tacv2"),
        group: (|id| id.parse::<Uuid>().is_ok(), "00000000-0000-0000-0000-000000000000"),
    };
    /// Discord's: numbers.
    pub(super) const DISCORD: Self =
        Self { channel: (is_number, "20000000000000001"), group: (is_number, "10000000000000001") };
}

/// Whether it is an id of Slack that begins so: a name that people see (`#access`, `approvers`) is none.
fn is_slack_id(id: &str, first: &str) -> bool {
    let is_id = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    id.strip_prefix(first).is_some_and(|rest| !rest.is_empty() && is_id(rest))
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Says what is wrong with a Teams: every fault at its key, with what to write.
pub(super) fn check_teams(section: &Section<'_>, teams: &TeamsConfig, listen: SocketAddr) {
    if teams.app_id.parse::<Uuid>().is_err() {
        let like = "\"00000000-0000-0000-0000-000000000000\"";
        section.fault("app_id", format!("this is no application's id: write the bot's, such as {like}"));
    }
    match (teams.auth, &teams.app_secret) {
        (Auth::Secret, None) => section.fault(
            "app_secret",
            "this is missing: write the name of the secret that holds the application's secret, or auth = \"federated\"",
        ),
        (_, Some(name)) if !is_secret_name(name) => section.fault("app_secret", NO_SECRET_NAME),
        _ => {}
    }
    if teams.auth == Auth::Federated && teams.federated_token_file.is_none() {
        section.fault(
            "federated_token_file",
            "this is missing: write the path of the file with the workload's token",
        );
    }
    if may_listen(teams.auth, &[listen]).is_err() {
        section.fault(
            "auth",
            format!(
                "\"none\" is for tools on this machine, but the bot listens on {listen}: write auth = \"secret\", or let it \
                 listen on 127.0.0.1"
            ),
        );
    }
    let addresses =
        [("authority", &teams.authority), ("service_url", &teams.service_url), ("metadata", &teams.metadata)];
    for (key, address) in addresses {
        if let Err(error) = BaseUrl::parse(address) {
            section.fault(key, error);
        }
    }
    alone::teams(section, teams);
}

/// Names the accounts in chats that are none.
pub(super) fn check_accounts(section: &Section<'_>, accounts: Option<&BTreeMap<String, String>>) {
    for surface in SurfaceKind::ALL {
        let Some(account) = accounts.and_then(|accounts| accounts.get(surface.as_str())) else { continue };
        if format!("{surface}/{account}").parse::<Identity>().is_err() {
            let like = match surface {
                SurfaceKind::Slack => "the workspace and the user, such as \"T024BE7LD/W012A3CDE\"",
                SurfaceKind::Teams => {
                    "the Entra tenant and the object, each an id with dashes, with a / between"
                }
                SurfaceKind::Discord => {
                    "\"discord/\" and the user's id, such as \"discord/80351110224678912\""
                }
            };
            section
                .fault("accounts", format!("`{account}` is no account in {}: write {like}", surface.name()));
        }
    }
}
