//! Where a tenant's people talk: what each vendor needs, and what is the same for all.

use std::collections::BTreeMap;

use countersign_domain::ports::{Identity, SurfaceKind};
use countersign_slack::SlackConfig;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

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
        Self { vendor, channels: vec![], by_email: false, groups: BTreeMap::new() }
    }
}

/// The chat in the table under `key`, if there is one.
pub(super) fn read<T: DeserializeOwned>(
    section: &mut Section<'_>,
    key: &'static str,
) -> Option<ChatConfig<T>> {
    let mut section = section.optional_section(key)?;
    let channels = section.optional("channels", "a list of channel ids, such as [\"C024BE91L\"]");
    let by_email = section.optional("by_email", "true or false");
    let groups =
        section.optional("groups", "a vendor's group by ours, such as { approvers = \"S0615G0KT\" }");
    let vendor = section.rest()?;
    let (channels, by_email) = (channels.unwrap_or_default(), by_email.unwrap_or_default());
    Some(ChatConfig { vendor, channels, by_email, groups: groups.unwrap_or_default() })
}

/// The names of the secrets that a Slack needs.
pub(super) fn slack_secrets(slack: &SlackConfig) -> Vec<&str> {
    let token = slack.refresh.is_none().then_some(&slack.bot_token_secret);
    let refresh = slack.refresh.as_ref();
    let kept = refresh.is_some_and(|refresh| refresh.file.exists());
    let first = refresh.filter(|_| !kept).map(|refresh| &refresh.refresh_token_secret);
    let all = [token, slack.app_token_secret.as_ref(), slack.signing_secret.as_ref(), first];
    let client = refresh.map(|refresh| refresh.client_secret.as_str());
    all.into_iter().flatten().map(String::as_str).chain(client).collect()
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
