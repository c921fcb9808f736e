//! `countersign audit log`: what happened, found by the same search as the API's.

use clap::Args;
use clap::builder::PossibleValuesParser;
use countersign_domain::kinds::KINDS;
use countersign_domain::request::Code;
use countersign_projections::audit::{AuditFilter, AuditIndex, search, unheard};
use countersign_projections::{MemoryRows, Moment, fold_as_of};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::block_on;
use crate::cli::folder::Folder;
use crate::cli::output::{Column, Form, Listing, cell, moment};
use crate::cli::refused::Refused;
use crate::cli::source::{Source, SourceArgs};
use crate::instant;
use crate::words::{self, Empty, why_empty};

/// Which events to list.
#[derive(Debug, Args)]
pub(in crate::cli) struct Log {
    /// Who acted, who asked, or whose access it is about
    #[arg(long)]
    user: Option<String>,
    /// On which repository
    #[arg(long)]
    repository: Option<String>,
    /// Under which ticket
    #[arg(long)]
    ticket: Option<String>,
    /// Of which request
    #[arg(long)]
    code: Option<Code>,
    /// Only these types of event, with commas between
    #[arg(long = "type", value_name = "TYPES", value_delimiter = ',', hide_possible_values = true, value_parser = PossibleValuesParser::new(KINDS.iter().map(String::as_str)))]
    kinds: Vec<String>,
    /// Of which conversation
    #[arg(long, value_name = "ID")]
    correlation: Option<Uuid>,
    /// From this time on
    #[arg(long, value_name = "TIME", value_parser = instant::at)]
    from: Option<Timestamp>,
    /// Up to this time
    #[arg(long, value_name = "TIME", value_parser = instant::at)]
    to: Option<Timestamp>,
    /// The oldest first: what happened last is on the first page otherwise
    #[arg(long)]
    oldest: bool,
    /// Go on behind the `next` of an earlier list
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// How many events at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    form: Form,
}

const COLUMNS: &[Column] = &[
    Column { title: "position", cell: |item| cell(&item["position"]) },
    Column { title: "at", cell: |item| moment(&item["at"]) },
    Column { title: "who", cell: |item| cell(&item["actor"]["id"]) },
    Column { title: "where", cell: |item| cell(&item["actor"]["surface"]) },
    Column { title: "request", cell: |item| cell(&item["code"]) },
    Column { title: "type", cell: |item| cell(&item["type"]) },
    Column { title: "what", cell: |item| cell(&item["summary"]) },
];

impl Log {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let limit = usize::try_from(self.limit)?;
        if self.from.zip(self.to).is_some_and(|(from, to)| from > to) {
            return Err(Refused(words::from_after_to().to_owned()).into());
        }
        let listing = match self.source.source()? {
            Source::Bot(bot) => block_on(bot.list("/api/v1/audit", &self.query(), limit))?,
            Source::Folder(folder) => block_on(self.of_folder(&folder, limit))?,
        };
        listing.write(self.form, COLUMNS, json!({}), "Nothing that fits happened.")
    }

    fn query(&self) -> Vec<(&'static str, Option<String>)> {
        let kinds = Some(self.kinds.join(",")).filter(|kinds| !kinds.is_empty());
        vec![
            ("user", self.user.clone()),
            ("repository", self.repository.clone()),
            ("ticket", self.ticket.clone()),
            ("code", self.code.as_ref().map(ToString::to_string)),
            ("type", kinds),
            ("correlation", self.correlation.map(|id| id.to_string())),
            ("from", self.from.map(|at| at.to_string())),
            ("to", self.to.map(|at| at.to_string())),
            ("order", (!self.oldest).then(|| "newest".to_owned())),
            ("after", self.after.clone()),
        ]
    }

    async fn of_folder(&self, folder: &Folder, limit: usize) -> anyhow::Result<Listing> {
        let filter = AuditFilter {
            users: folder.names_of(self.user.as_deref())?,
            repository: self.repository.clone(),
            ticket: self.ticket.clone(),
            code: self.code.as_ref().map(ToString::to_string),
            kinds: self.kinds.clone(),
            correlation: self.correlation,
            from: self.from,
            to: self.to,
            newest: !self.oldest,
            ..AuditFilter::default()
        };
        let rows = fold_as_of(&folder.log, &AuditIndex, Moment::Time(Timestamp::MAX)).await?;
        let after = self.after.as_deref();
        let page =
            search(&rows, &folder.log, &folder.people()?, &folder.tenant, &filter, after, limit).await?;
        let items: Result<Vec<Value>, _> = page.items.iter().map(serde_json::to_value).collect();
        let items = items?;
        let notes = if items.is_empty() { self.why_none(folder, &rows).await? } else { vec![] };
        Ok(Listing { items, next: page.next, notes })
    }

    async fn why_none(&self, folder: &Folder, rows: &MemoryRows) -> anyhow::Result<Vec<String>> {
        let people = folder.people()?;
        let (user, repository) = (self.user.as_deref(), self.repository.as_deref());
        let [nobody, nowhere] = unheard(rows, &folder.log, &people, &folder.tenant, user, repository).await?;
        Ok(why_empty(&Empty { nobody, nowhere, at: self.to, begins: folder.begins()? }, &people))
    }
}
