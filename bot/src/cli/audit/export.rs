//! `countersign audit export`: every event of a tenant, whole, one a line.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use countersign_domain::tenant::People;

use crate::cli::block_on;
use crate::cli::bot::Bot;
use crate::cli::folder::Folder;
use crate::cli::source::{Source, SourceArgs};
use crate::notice;

/// Where from, where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct Export {
    /// Write to this file, which must not exist yet [default: the standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    source: SourceArgs,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let source = self.source.source()?;
        let mut out: Box<dyn Write> = match &self.output {
            None => Box::new(io::stdout().lock()),
            Some(path) => {
                let file =
                    File::create_new(path).with_context(|| format!("{} cannot be made", path.display()))?;
                Box::new(file)
            }
        };
        let mut out = BufWriter::new(&mut out);
        match source {
            Source::Folder(folder) => of_folder(&folder, &mut out)?,
            Source::Bot(bot) => block_on(lines_of(&bot, |line| {
                out.write_all(line)?;
                out.write_all(b"\n")
            }))?,
        }
        Ok(out.flush()?)
    }
}

fn of_folder(folder: &Folder, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut people = People::default();
    for envelope in folder.log.events(None)? {
        let envelope = envelope?;
        if envelope.tenant == folder.tenant {
            people.take(&envelope)?;
        }
    }
    if let Some(notice) = notice::line(&people) {
        out.write_all(notice.as_bytes())?;
    }
    for envelope in folder.log.events(None)? {
        let envelope = envelope?;
        if envelope.tenant == folder.tenant {
            serde_json::to_writer(&mut *out, &envelope).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// Hands every line of a bot's export to `each`, without its line feed. An export that breaks off is an error.
pub(crate) async fn lines_of(bot: &Bot, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> anyhow::Result<()> {
    let mut response = bot.stream("/api/v1/export", "application/jsonl").await?;
    let mut rest: Vec<u8> = Vec::new();
    while let Some(chunk) = response.chunk().await.context("the export broke off: it is not whole")? {
        rest.extend_from_slice(&chunk);
        let mut from = 0;
        while let Some(length) = rest[from..].iter().position(|byte| *byte == b'\n') {
            each(&rest[from..from + length])?;
            from += length + 1;
        }
        rest.drain(..from);
    }
    if !rest.is_empty() {
        bail!("the export broke off in the middle of a line: it is not whole");
    }
    Ok(())
}
