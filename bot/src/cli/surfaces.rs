//! `countersign surfaces`: what a vendor's administrators need to add the bot to their workspace.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use countersign_domain::names::Tenant;
use countersign_slack::ManifestInput;
use countersign_teams::package::{PackageInput, package};

use super::output::write_text;
use crate::commands::COMMANDS;
use crate::config::{Config, Flags, Sources, TenantConfig};

/// The bot's name where people chat.
const NAME: &str = "Countersign";

/// What to make.
#[derive(Debug, Subcommand)]
pub(super) enum Surfaces {
    /// Print the manifest of the Slack app, to be pasted at "Create an app from a manifest"
    SlackManifest(Of),
    /// Make the package of the Teams app, to be uploaded at "Manage your apps"
    TeamsPackage(TeamsPackage),
}

/// For whom.
#[derive(Debug, Args)]
pub(super) struct Of {
    /// Which tenant [default: the only one]
    #[arg(long)]
    tenant: Option<Tenant>,
    /// The configuration [default: `COUNTERSIGN_CONFIG`, else countersign.toml where it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The bot's name, as people see it
    #[arg(long, default_value = NAME)]
    name: String,
}

/// What goes into a package.
#[derive(Debug, Args)]
pub(super) struct TeamsPackage {
    #[command(flatten)]
    of: Of,
    /// Where to write it
    #[arg(long, value_name = "FILE", default_value = "teams.zip")]
    out: PathBuf,
    /// The package's version; Teams takes it anew only with a higher one
    #[arg(long, default_value = "1.0.0")]
    version: String,
}

impl Of {
    fn load(&self) -> anyhow::Result<(Config, Tenant)> {
        let config = Config::load(&Sources::of_process(self.config.clone(), Flags::default()))?;
        let tenant = match (&self.tenant, config.tenants.len()) {
            (Some(tenant), _) if config.tenants.contains_key(tenant) => tenant.clone(),
            (Some(tenant), _) => bail!("the configuration names no tenant {tenant}"),
            (None, 1) => config.tenants.keys().next().cloned().context("the only tenant")?,
            (None, 0) => {
                bail!("the configuration names no tenant: begin with deploy/countersign.example.toml")
            }
            (None, _) => bail!("the configuration names several tenants: say which one with --tenant"),
        };
        Ok((config, tenant))
    }
}

impl Surfaces {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::SlackManifest(of) => {
                let (config, tenant) = of.load()?;
                write_text(slack_manifest(&config, &tenant, of.name).trim_end())
            }
            Self::TeamsPackage(TeamsPackage { of, out, version }) => {
                let (config, tenant) = of.load()?;
                let bytes = teams_package(&config, &tenant, &of.name, &version)?;
                std::fs::write(&out, bytes)
                    .with_context(|| format!("{} cannot be written", out.display()))?;
                write_text(&format!(
                    "{} is ready. In Teams: Apps, Manage your apps, Upload an app. The bot's messaging endpoint, in Azure, is \
                     {}/webhooks/teams/{tenant}",
                    out.display(),
                    config.console()
                ))
            }
        }
    }
}

fn of<'a>(config: &'a Config, tenant: &Tenant) -> Option<&'a TenantConfig> {
    config.tenants.get(tenant)
}

/// Slack calls the bot's own address only where the configuration has no token for Socket Mode.
fn slack_manifest(config: &Config, tenant: &Tenant, name: String) -> String {
    let slack = of(config, tenant).and_then(|its| its.slack.as_ref());
    let commands = COMMANDS.iter().map(|spec| (spec.grammar.to_owned(), spec.summary.to_owned()));
    countersign_slack::manifest(&ManifestInput {
        name,
        commands: commands.collect(),
        url: Some(format!("{}/webhooks/slack/{tenant}", config.console())),
        socket_mode: slack.is_none_or(|slack| slack.vendor.app_token_secret.is_some()),
    })
}

fn teams_package(config: &Config, tenant: &Tenant, name: &str, version: &str) -> anyhow::Result<Vec<u8>> {
    let its = of(config, tenant).with_context(|| format!("the configuration names no tenant {tenant}"))?;
    let teams = its
        .teams
        .as_ref()
        .with_context(|| format!("the tenant {tenant} has no Teams: add [tenants.{tenant}.teams]"))?;
    let commands: Vec<(&str, &str)> = COMMANDS.iter().map(|spec| (spec.name, spec.summary)).collect();
    let input = PackageInput {
        app_id: teams.vendor.app_id.parse().context("app_id")?,
        version,
        name,
        developer: &its.name,
        site: &config.console(),
        commands: &commands,
    };
    package(&input).context("the package: public_url, name and version are what it is made from")
}

#[cfg(test)]
mod tests {
    use countersign_teams::TeamsConfig;
    use uuid::Uuid;

    use super::*;
    use crate::config::{BitbucketConfig, ChatConfig, ForgeConfig};

    fn acme() -> TenantConfig {
        TenantConfig {
            time_zone: None,
            words: [].into(),
            name: "Acme".to_owned(),
            rules: countersign_domain::rules::EXAMPLE.to_owned(),
            people: vec![],
            disabled: std::collections::BTreeSet::new(),
            tokens: vec![],
            forge: ForgeConfig::Bitbucket(BitbucketConfig {
                url: "https://api.bitbucket.org/2.0".to_owned(),
                workspace: "acme".to_owned(),
                email: None,
                token_secret: "bitbucket-token".to_owned(),
            }),
            jira: None,
            slack: None,
            discord: None,
            help: None,
            teams: None,
            integrations: None,
        }
    }

    fn config(public_url: Option<&str>) -> (Config, Tenant) {
        let tenant: Tenant = "acme".parse().unwrap();
        let teams = TeamsConfig::new(Uuid::from_u128(7).to_string(), Uuid::from_u128(8), "teams-secret");
        let its = TenantConfig { teams: Some(ChatConfig::new(teams)), ..acme() };
        let public_url = public_url.map(str::to_owned);
        (Config { public_url, tenants: [(tenant.clone(), its)].into(), ..Config::default() }, tenant)
    }

    #[test]
    fn a_package_is_made_from_the_configuration() {
        let (config, tenant) = config(Some("https://countersign.acme.example/"));
        let package = teams_package(&config, &tenant, NAME, "1.0.0").unwrap();
        let text = String::from_utf8_lossy(&package);
        for part in ["manifest.json", "\"botId\": \"00000000-0000-0000-0000-000000000007\"", "\"Acme\""] {
            assert!(text.contains(part), "{part}");
        }
        assert!(text.contains("\"countersign.acme.example\""));
    }

    #[test]
    fn without_a_public_address_of_https_there_is_none_and_it_says_why() {
        let (config, tenant) = config(None);
        let error = teams_package(&config, &tenant, NAME, "1.0.0").unwrap_err();
        assert!(
            format!("{error:#}").contains("public_url") && format!("{error:#}").contains("https"),
            "{error:#}"
        );
    }

    #[test]
    fn the_manifest_of_slack_has_socket_mode_unless_the_configuration_says_otherwise() {
        let (config, tenant) = config(None);
        let manifest = slack_manifest(&config, &tenant, NAME.to_owned());
        assert!(manifest.contains("\"socket_mode_enabled\": true"), "{manifest}");
    }
}
