//! Where the requests of the days before are read from: a log that needs no bot, or a running bot, of which somebody asks who may read all
//! of it.

use std::io;

use countersign_domain::capabilities::TimeMachine;
use countersign_domain::envelope::Envelope;
use countersign_domain::rule_change::{Judge, Replayed};
use countersign_domain::tenant::People;

use crate::cli::audit::lines_of;
use crate::cli::bot::Bot;
use crate::cli::past::Past;
use crate::cli::source::SourceArgs;
use crate::notice;
use crate::rule_change::replay;

/// A log, or a bot.
pub(super) enum Whence {
    Log(Past),
    Bot(Bot),
}

impl Whence {
    /// The bot, where the command line or the environment speaks of one, as for the versions of the rules; else the log.
    pub(super) async fn of(source: &SourceArgs) -> anyhow::Result<Self> {
        if source.asks_bot() {
            return Ok(Self::Bot(source.bot.bot()?));
        }
        let tenant = source.tenant.as_deref().map(str::parse).transpose()?;
        Ok(Self::Log(Past::open(source.data.clone(), tenant).await?))
    }

    /// The rules in force, with their version, and how many events there are to go through; of a bot nobody knows how many.
    pub(super) async fn in_force(&self) -> anyhow::Result<(Option<(u64, String)>, u64)> {
        match self {
            Self::Log(Past { store, tenant }) => {
                let (published, events) = replay::in_force(&**store, tenant).await?;
                Ok((published.map(|rules| (rules.version, rules.text)), events))
            }
            Self::Bot(bot) => {
                let told = bot.get("/api/v1/rules", &[]).await?;
                let text = told["text"].as_str().unwrap_or_default().to_owned();
                let version = told["version"].as_u64().filter(|version| *version > 0);
                Ok((version.map(|version| (version, text)), 0))
            }
        }
    }

    /// Decides every request again; `progress` is told now and then how many events of a log are behind.
    pub(super) async fn replay(
        &self,
        judge: Judge,
        progress: impl FnMut(u64),
    ) -> anyhow::Result<(Replayed, People)> {
        match self {
            Self::Log(Past { store, tenant }) => Ok(replay::replay(&**store, tenant, judge, progress).await?),
            Self::Bot(bot) => {
                let mut machine = TimeMachine::new(judge);
                lines_of(bot, |line| take(&mut machine, line)).await?;
                let people = machine.people().clone();
                Ok((machine.replayed(), people))
            }
        }
    }
}

/// An event of an export; what is said before the first one is none.
fn take(machine: &mut TimeMachine, line: &[u8]) -> io::Result<()> {
    if notice::is_one(line) {
        return Ok(());
    }
    let envelope: Envelope = serde_json::from_slice(line)?;
    machine.take(&envelope).map_err(io::Error::other)
}
