//! The chats of the demo: the vendors in miniature, with the demo's people in them.

use std::net::SocketAddr;

use axum::Router;
use countersign_discord::{DiscordConfig, Mode};
use countersign_sandbox::slack::{SlackPerson, SlackPersonKind, SlackTokens};
use countersign_sandbox::teams::{Talk, TalkKind, TeamsUser};
use countersign_sandbox::{
    DiscordOptions, DiscordSandbox, DiscordState, SandboxError, SlackOptions, SlackSandbox, SlackState,
    TeamsAccess, TeamsOptions, TeamsSandbox, TeamsState,
};
use countersign_slack::SlackConfig;
use countersign_teams::TeamsConfig;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PEOPLE, beside};
use crate::config::{ChatConfig, TenantConfig};

/// The Slack workspace.
pub const SLACK_TEAM: &str = "T0ACME";
/// The channel in which every request is shown that waits.
pub const SLACK_CHANNEL: &str = "C0APPROVALS";

/// The Entra tenant.
pub const TEAMS_TENANT: Uuid = Uuid::from_u128(0x8f0c_3e57_5c1b_4f55_9a46_0d2a_7c1e_9b10);
/// The bot's application.
pub const TEAMS_APP: Uuid = Uuid::from_u128(0xf0e7_b3c1_1111_4222_8333_4444_5555_6666);
/// The channel of Teams in which every request is shown that waits.
pub const TEAMS_CHANNEL: &str = "19:approvals@thread.tacv2";
const TEAMS_SECRET: &str = "sandbox-teams-secret";
/// The application on Discord.
pub const DISCORD_APPLICATION: &str = "845027738276462632";
/// The Discord server.
pub const DISCORD_GUILD: &str = "290926798626357999";
/// The channel of Discord in which every request is shown that waits.
pub const DISCORD_CHANNEL: &str = "20000000000000001";
/// Another one, where people talk.
pub const DISCORD_GENERAL: &str = "20000000000000002";
const DISCORD_TOKEN: &str = "sandbox-discord-token";

/// The vendors in miniature.
pub struct Chats {
    /// Slack.
    pub slack: SlackSandbox,
    /// Microsoft Teams.
    pub teams: TeamsSandbox,
    /// Discord.
    pub discord: DiscordSandbox,
}

impl Chats {
    /// Starts them on the ports after the bot's.
    pub(super) async fn start(listen: SocketAddr) -> Result<Self, SandboxError> {
        let slack = start_slack(beside(listen, 3)).await?;
        let (teams, discord) =
            (start_teams(beside(listen, 4)).await?, start_discord(beside(listen, 5)).await?);
        Ok(Self { slack, teams, discord })
    }

    /// Lets a tenant use them, and its people be known in them.
    pub(super) fn join(&self, tenant: &mut TenantConfig) {
        for person in &mut tenant.people {
            let (slack, email) = (slack_user(person.id.as_str()), email(person.id.as_str()));
            person.accounts.insert("slack".to_owned(), format!("{SLACK_TEAM}/{slack}"));
            person.accounts.insert("email".to_owned(), email);
            // Discord says nobody's address, so the demo's people are known by what the configuration says.
            let discord = format!("discord/{}", discord_user(person.id.as_str()));
            person.accounts.insert("discord".to_owned(), discord);
        }
        tenant.discord = Some(discord(&self.discord));
        let slack = SlackConfig {
            url: self.slack.base_url(),
            team: SLACK_TEAM.to_owned(),
            bot_token_secret: "slack_bot_token".to_owned(),
            app_token_secret: Some("slack_app_token".to_owned()),
            signing_secret: Some("slack_signing_secret".to_owned()),
            refresh: None,
        };
        tenant.slack =
            Some(ChatConfig { channels: vec![SLACK_CHANNEL.to_owned()], ..ChatConfig::new(slack) });
        tenant.teams = Some(teams(&self.teams));
    }

    /// Lets them tell the bot at this address what people do.
    pub(super) fn deliver_to(&self, bot: SocketAddr) {
        self.teams.deliver_to(Some(format!("http://{bot}/api/messages")));
    }

    /// The credentials they accept, by name.
    pub(super) fn secrets() -> Vec<(&'static str, String)> {
        let slack = SlackTokens::example();
        vec![
            ("slack_bot_token", slack.bot),
            ("slack_app_token", slack.app),
            ("slack_signing_secret", slack.signing_secret),
            ("teams_app_secret", TEAMS_SECRET.to_owned()),
            ("discord_bot_token", DISCORD_TOKEN.to_owned()),
        ]
    }

    /// Their own controls.
    pub(super) fn router(&self) -> Router {
        Router::new()
            .merge(super::page::router())
            .nest("/_sandbox/slack", self.slack.control_router())
            .nest("/_sandbox/teams", self.teams.control_router())
            .nest("/_sandbox/discord", self.discord.control_router())
    }

    /// What they hold.
    pub(super) fn state(&self) -> Value {
        json!({
            "slack": { "address": self.slack.base_url(), "state": self.slack.state() },
            "teams": { "address": self.teams.base_url(), "state": self.teams.state() },
            "discord": { "address": self.discord.base_url(), "state": self.discord.state() },
        })
    }
}

/// The Slack user of somebody of the demo: `U0EMPLOYEE`.
pub fn slack_user(id: &str) -> String {
    format!("U0{}", id.trim_start_matches("demo-").to_uppercase())
}

async fn start_slack(listen: SocketAddr) -> Result<SlackSandbox, SandboxError> {
    let users: Vec<_> = PEOPLE.iter().map(|(id, ..)| slack_user(id)).collect();
    let members: Vec<&str> = users.iter().map(String::as_str).collect();
    let mut seed = SlackState::new(SLACK_TEAM).with_channel(SLACK_CHANNEL, "approvals", &members);
    seed.users = PEOPLE
        .iter()
        .map(|(id, name, ..)| SlackPerson {
            id: slack_user(id),
            name: (*name).to_owned(),
            email: Some(email(id)),
            email_confirmed: true,
            kind: SlackPersonKind::Member,
        })
        .collect();
    // In memory: what was said is gone with the demo, and a card that is gone is posted anew when it changes.
    let options = SlackOptions { listen, ..SlackOptions::new(SlackTokens::example(), seed) };
    match SlackSandbox::start(options.clone()).await {
        Err(SandboxError::Listen { .. }) if listen.port() != 0 => {
            SlackSandbox::start(SlackOptions { listen: SocketAddr::new(listen.ip(), 0), ..options }).await
        }
        started => started,
    }
}

/// The address by which the demo's directory knows somebody.
pub fn email(id: &str) -> String {
    format!("{id}@acme.example")
}

/// The Entra object of somebody of the demo.
pub fn teams_object(id: &str) -> Uuid {
    Uuid::new_v5(&TEAMS_TENANT, id.as_bytes())
}

/// The tenant's Teams, whose people are known by their principal names.
fn teams(sandbox: &TeamsSandbox) -> ChatConfig<TeamsConfig> {
    let vendor = TeamsConfig {
        authority: sandbox.base_url(),
        service_url: sandbox.base_url(),
        metadata: sandbox.metadata(),
        ..TeamsConfig::new(TEAMS_APP.to_string(), TEAMS_TENANT, "teams_app_secret")
    };
    ChatConfig { channels: vec![TEAMS_CHANNEL.to_owned()], by_email: true, ..ChatConfig::new(vendor) }
}

async fn start_teams(listen: SocketAddr) -> Result<TeamsSandbox, SandboxError> {
    let mut seed = TeamsState::new(TEAMS_TENANT.to_string(), TEAMS_APP.to_string());
    seed.users = PEOPLE
        .iter()
        .map(|(id, name, ..)| TeamsUser {
            id: format!("29:1{id}"),
            object: teams_object(id).to_string(),
            name: (*name).to_owned(),
            principal: email(id),
            guest: false,
        })
        .collect();
    seed.talks = vec![Talk {
        id: TEAMS_CHANNEL.to_owned(),
        kind: TalkKind::Channel,
        name: "Approvals".to_owned(),
        members: seed.users.iter().map(|user| user.id.clone()).collect(),
    }];
    let access = TeamsAccess::Secret(TEAMS_SECRET.to_owned());
    let options = TeamsOptions { listen, ..TeamsOptions::new(access, seed) };
    match TeamsSandbox::start(options.clone()).await {
        Err(SandboxError::Listen { .. }) if listen.port() != 0 => {
            TeamsSandbox::start(TeamsOptions { listen: SocketAddr::new(listen.ip(), 0), ..options }).await
        }
        started => started,
    }
}

/// The Discord user of somebody of the demo: digits.
pub fn discord_user(id: &str) -> String {
    let place = PEOPLE.iter().position(|(known, ..)| *known == id).map_or(99, |place| place + 1);
    format!("300000000000000{place:02}")
}

fn discord(sandbox: &DiscordSandbox) -> ChatConfig<DiscordConfig> {
    let vendor = DiscordConfig {
        application_id: DISCORD_APPLICATION.to_owned(),
        public_key: sandbox.public_key(),
        guild: DISCORD_GUILD.to_owned(),
        bot_token_secret: "discord_bot_token".to_owned(),
        url: Some(sandbox.base_url()),
        mode: Mode::Gateway,
    };
    ChatConfig { channels: vec![DISCORD_CHANNEL.to_owned()], ..ChatConfig::new(vendor) }
}

async fn start_discord(listen: SocketAddr) -> Result<DiscordSandbox, SandboxError> {
    let server = DiscordState::new(DISCORD_APPLICATION, DISCORD_GUILD)
        .channel(DISCORD_CHANNEL, "approvals")
        .channel(DISCORD_GENERAL, "general");
    let seed = PEOPLE.iter().fold(server, |seed, (id, name, ..)| seed.person(&discord_user(id), name, &[]));
    let options = DiscordOptions { listen, ..DiscordOptions::new(DISCORD_TOKEN, seed) };
    match DiscordSandbox::start(options.clone()).await {
        Err(SandboxError::Listen { .. }) if listen.port() != 0 => {
            let listen = SocketAddr::new(listen.ip(), 0);
            DiscordSandbox::start(DiscordOptions { listen, ..options }).await
        }
        started => started,
    }
}
