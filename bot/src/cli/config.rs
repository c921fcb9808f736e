//! `countersign config`: what is wrong with the configuration, and what counts in the end.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::block_on;
use super::output::{write_json, write_text};
use super::refused::Refused;
use crate::boot;
use crate::config::{self, ConfigError, Flags, Sources};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Say everything that is wrong with the configuration, with its place, and which secrets are missing
    Check(ConfigArgs),
    /// Print what counts, after file, environment and defaults; secrets stand in it by name only
    Render(ConfigArgs),
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

impl Config {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(args) => {
                let (faults, missing) = match args.load() {
                    Ok(config) => (vec![], block_on(missing(&config))?),
                    Err(error) => (error.0, vec![]),
                };
                let ok = faults.is_empty() && missing.is_empty();
                if args.json {
                    write_json(&json!({ "ok": ok, "faults": faults, "missing_secrets": missing }))?;
                    return if ok { Ok(()) } else { Err(Refused(String::new()).into()) };
                }
                if ok {
                    return write_text("The configuration can be used.");
                }
                let said: Vec<_> = faults.iter().map(ToString::to_string).chain(missing).collect();
                Err(Refused(said.join("\n")).into())
            }
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
