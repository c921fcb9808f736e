//! `countersign config`: what is wrong with the configuration, and what counts in the end.

mod connect;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::block_on;
use super::ending::Start;
use super::output::{write_json, write_text};
use super::refused::Refused;
use crate::boot;
use crate::config::{self, ConfigError, FILE, Fault, Flags, Sources};
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
    /// Ask every vendor, too: who the bot is there, which scopes are missing, and which statuses, fields, projects and people's
    /// accounts there are not
    #[arg(long)]
    connect: bool,
    /// The data folder [default: `COUNTERSIGN_DATA`, else what the configuration says, else countersign-data]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
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
    fn load(&self, flags: Flags) -> Result<config::Config, ConfigError> {
        config::Config::load(&self.sources(flags))
    }

    fn sources(&self, flags: Flags) -> Sources {
        Sources::of_process(self.config.clone(), flags)
    }
}

/// The secrets that are not there, and those that are not one organisation's alone.
async fn secrets(config: &config::Config) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let secrets = boot::secrets(config);
    Ok((boot::missing_secrets(config, &*secrets).await, boot::shared_secrets(config, &*secrets).await))
}

/// What starting a bot with it would do. A log that cannot be read keeps nobody from checking a configuration.
fn start(config: &config::Config) -> Start {
    Start::of(config, Timestamp::now()).unwrap_or_else(|error| Start::unknown(words::ends_unread(&error)))
}

/// What a check has found.
#[derive(Default)]
struct Found {
    /// What keeps it from being used.
    faults: Vec<Fault>,
    missing: Vec<String>,
    shared: Vec<String>,
    vendors: Vec<connect::Said>,
    /// What to look at twice, and what a start would end: neither keeps a bot from starting, and both are told whatever else is wrong.
    advice: Vec<String>,
    ending: Vec<String>,
}

impl Found {
    fn is_good(&self) -> bool {
        let secrets = self.missing.is_empty() && self.shared.is_empty();
        self.faults.is_empty() && secrets && self.vendors.iter().all(connect::Said::is_good)
    }
}

impl Check {
    fn look(&self) -> anyhow::Result<Found> {
        let config = match self.config.load(Flags { data: self.data.clone(), listen: None }) {
            Ok(config) => config,
            Err(error) => return Ok(Found { faults: error.0, ..Found::default() }),
        };
        let file = self.config.sources(Flags::default()).file.unwrap_or_else(|| FILE.into());
        let fault = |key: String, message| Fault { place: file.display().to_string(), key, message };
        let nobody =
            config.tenants.is_empty().then(|| fault("tenants".to_owned(), words::no_tenant().to_owned()));
        let Start { lines, locks_out } = start(&config);
        let locks_out =
            locks_out.into_iter().map(|(tenant, why)| fault(format!("tenants.{tenant}.people"), why));
        let (missing, shared) = block_on(secrets(&config))?;
        Ok(Found {
            faults: nobody.into_iter().chain(locks_out).collect(),
            missing,
            shared,
            vendors: if self.connect { block_on(connect::vendors(&config))? } else { vec![] },
            advice: config.advice(),
            ending: lines,
        })
    }

    fn run(self) -> anyhow::Result<()> {
        let found = self.look()?;
        let ok = found.is_good();
        let Found { faults, missing, shared, vendors, advice, ending } = found;
        if self.config.json {
            let mut report = json!({
                "ok": ok, "faults": faults, "missing_secrets": missing, "shared_secrets": shared,
                "advice": advice, "will_end": ending,
            });
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
            write_text("The configuration can be used.")?;
        }
        if !advice.is_empty() {
            write_text(&format!("Look at this twice:\n  {}", advice.join("\n  ")))?;
        }
        if !ending.is_empty() {
            write_text(&ending.join("\n"))?;
        }
        let wrong = vendors.iter().filter(|said| !said.is_good()).map(ToString::to_string);
        let secrets = missing.into_iter().chain(shared);
        let said: Vec<_> = faults.iter().map(ToString::to_string).chain(secrets).chain(wrong).collect();
        if ok { Ok(()) } else { Err(Refused(said.join("\n")).into()) }
    }
}

impl Config {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(check) => check.run(),
            Self::Render(args) => {
                let config = args.load(Flags::default())?;
                if args.json {
                    write_json(&serde_json::to_value(&config)?)
                } else {
                    write_text(config.render().trim_end())
                }
            }
        }
    }
}
