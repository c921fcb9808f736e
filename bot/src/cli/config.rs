//! `countersign config`: what is wrong with the configuration, and what counts in the end.

mod connect;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::output::{write_json, write_text};
use super::refused::Refused;
use super::{block_on, ending};
use crate::boot;
use crate::config::{self, ConfigError, Flags, Sources};
use crate::words;

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Say everything that is wrong with the configuration, with its place, which secrets are missing, and what starting a bot
    /// with it would end because people are named no more
    Check(Check),
    /// Print what counts, after file, environment and defaults; secrets stand in it by name only
    Render(ConfigArgs),
}

/// What to check.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    config: ConfigArgs,
    /// Ask every vendor, too: who the bot is there, which scopes are missing, and which statuses and fields there are not
    #[arg(long)]
    connect: bool,
}

/// Which one.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// The file [default: `COUNTERSIGN_CONFIG`, else countersign.toml where it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl ConfigArgs {
    fn load(&self) -> Result<config::Config, ConfigError> {
        config::Config::load(&Sources::of_process(self.config.clone(), Flags::default()))
    }
}

async fn missing(config: &config::Config) -> anyhow::Result<Vec<String>> {
    Ok(boot::missing_secrets(config, &*boot::secrets(config)).await)
}

/// What starting a bot with it would end. A log that cannot be read keeps nobody from checking a configuration.
fn will_end(config: &config::Config) -> Vec<String> {
    ending::lines(config, Timestamp::now()).unwrap_or_else(|error| vec![words::ends_unread(&error)])
}

impl Check {
    fn run(self) -> anyhow::Result<()> {
        let (faults, missing, vendors, ending) = match self.config.load() {
            Ok(config) => {
                let missing = block_on(missing(&config))?;
                let asked = if self.connect { block_on(connect::vendors(&config))? } else { vec![] };
                (vec![], missing, asked, will_end(&config))
            }
            Err(error) => (error.0, vec![], vec![], vec![]),
        };
        let ok = faults.is_empty() && missing.is_empty() && vendors.iter().all(connect::Said::is_good);
        if self.config.json {
            let mut report =
                json!({ "ok": ok, "faults": faults, "missing_secrets": missing, "will_end": ending });
            if self.connect {
                report["vendors"] = json!(vendors);
            }
            write_json(&report)?;
            return if ok { Ok(()) } else { Err(Refused(String::new()).into()) };
        }
        for said in vendors.iter().filter(|said| said.is_good()) {
            write_text(&said.to_string())?;
        }
        if ok {
            let said = std::iter::once("The configuration can be used.".to_owned()).chain(ending);
            return write_text(&said.collect::<Vec<_>>().join("\n"));
        }
        let wrong = vendors.iter().filter(|said| !said.is_good()).map(ToString::to_string);
        let said: Vec<_> = faults.iter().map(ToString::to_string).chain(missing).chain(wrong).collect();
        Err(Refused(said.join("\n")).into())
    }
}

impl Config {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(check) => check.run(),
            Self::Render(args) => {
                let config = args.load()?;
                if args.json {
                    write_json(&serde_json::to_value(&config)?)
                } else {
                    write_text(config.render().trim_end())
                }
            }
        }
    }
}
