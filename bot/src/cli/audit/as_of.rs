//! `countersign audit as-of`: who held what at a moment.

use clap::Args;
use countersign_projections::Moment;
use serde_json::json;

use super::grants::{self, GrantArgs};
use crate::cli::block_on;
use crate::cli::output::Form;
use crate::cli::source::SourceArgs;

/// Which moment, which grants.
#[derive(Debug, Args)]
pub(in crate::cli) struct AsOf {
    /// `now`, `yesterday` (from its midnight), `2h ago`, `2026-03-01`, `2026-03-01 10:00` (UTC), an RFC 3339 time, or `position:1042`
    #[arg(value_parser = grants::parse)]
    moment: Moment,
    #[command(flatten)]
    grants: GrantArgs,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    form: Form,
}

impl AsOf {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let source = self.source.source()?;
        let listing = block_on(self.grants.at(&source, self.moment))?;
        let at = grants::told(self.moment);
        let none = format!("No grant that fits was in force at {at}.");
        listing.write(self.form, grants::COLUMNS, json!({ "at": at }), &none)
    }
}
