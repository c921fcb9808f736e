//! `countersign serve`: runs the bot until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::block_on;
use crate::config::{Config, Flags, Sources};
use crate::{serve, telemetry, words};

/// How to run.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Run beside a sandbox that speaks like Bitbucket, Jira and the chats, with a tenant `acme`, its people and its rules
    #[arg(long)]
    demo: bool,
    /// The log is an older copy, put back after a loss: compare what the forge holds with it at once
    #[arg(long)]
    restored: bool,
    /// The data folder [default: `COUNTERSIGN_DATA`, else what the configuration says, else countersign-data]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Where to listen [default: `COUNTERSIGN_LISTEN`, else what the configuration says, else 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The configuration [default: `COUNTERSIGN_CONFIG`, else countersign.toml where it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let flags = Flags { data: self.data, listen: self.listen };
        let config = Config::load(&Sources::of_process(self.config, flags))?;
        if config.tenants.is_empty() && !self.demo {
            bail!(words::no_tenant());
        }
        telemetry::install(&config.log, telemetry::redactor())?;
        config.advice().iter().for_each(|line| tracing::warn!("the configuration: {line}"));
        block_on(serve::serve(config, self.demo, self.restored))
    }
}
