//! The grants in force at a moment: from a folder by folding it, from a bot by asking it.

use anyhow::ensure;
use clap::Args;
use countersign_domain::ports::EventStore as _;
use countersign_projections::access::{GrantFilter, grants, unknown};
use countersign_projections::request::RequestList;
use countersign_projections::{Moment, fold_as_of};
use jiff::Timestamp;
use serde_json::Value;

use crate::cli::folder::Folder;
use crate::cli::output::{Column, Listing, cell, moment};
use crate::cli::source::Source;
use crate::instant;
use crate::words::{Empty, why_empty};

/// Which grants.
#[derive(Debug, Args)]
pub(super) struct GrantArgs {
    /// Whose: principal, account, address or name
    #[arg(long)]
    user: Option<String>,
    /// On which repository
    #[arg(long)]
    repository: Option<String>,
}

/// The columns of a table of grants.
pub(super) const COLUMNS: &[Column] = &[
    Column { title: "request", cell: |item| cell(&item["code"]) },
    Column { title: "user", cell: |item| cell(&item["user"]) },
    Column { title: "permission", cell: |item| cell(&item["permission"]) },
    Column { title: "repository", cell: |item| cell(&item["repository"]) },
    Column { title: "since", cell: |item| moment(&item["since"]) },
    Column { title: "until", cell: |item| moment(&item["until"]) },
    Column { title: "status", cell: |item| cell(&item["status"]) },
    Column { title: "ticket", cell: |item| cell(&item["ticket"]) },
    Column { title: "countersigned by", cell: |item| cell(&item["countersigned_by"]) },
    Column { title: "rules", cell: |item| cell(&item["rules_version"]) },
];

/// The moment that a text of the command line means.
pub(in crate::cli) fn parse(text: &str) -> Result<Moment, instant::NotAMoment> {
    instant::moment(text, Timestamp::now())
}

/// The moment as the API and the JSON write it.
pub(super) fn written(moment: Moment) -> String {
    match moment {
        Moment::Position(position) => format!("position:{position}"),
        Moment::Time(at) => at.to_string(),
    }
}

/// The moment as people are told it: nobody asked about a part of a second.
pub(super) fn told(moment: Moment) -> String {
    match moment {
        Moment::Position(_) => written(moment),
        Moment::Time(at) => Timestamp::from_second(at.as_second()).unwrap_or(at).to_string(),
    }
}

impl GrantArgs {
    /// All grants in force at this moment; where there are none, why that may be.
    pub(super) async fn at(&self, source: &Source, moment: Moment) -> anyhow::Result<Listing> {
        match source {
            Source::Bot(bot) => {
                let query = [
                    ("at", Some(written(moment))),
                    ("user", self.user.clone()),
                    ("repository", self.repository.clone()),
                ];
                bot.list("/api/v1/grants", &query, usize::MAX).await
            }
            Source::Folder(folder) => {
                let head = folder.log.head().await?;
                ensure!(
                    !moment.is_ahead(Timestamp::now(), head),
                    "that moment has not come yet: the log ends at position:{}",
                    head.map_or_else(|| "0".to_owned(), |head| head.to_string())
                );
                let rows = fold_as_of(&folder.log, &RequestList, moment).await?;
                let filter = GrantFilter {
                    users: folder.names_of(self.user.as_deref())?,
                    repository: self.repository.clone(),
                    ..GrantFilter::default()
                };
                let page = grants(&rows, &folder.tenant, &filter, None, usize::MAX)?;
                let items: Vec<Value> =
                    page.items.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
                let notes = if items.is_empty() { self.why_none(folder, moment).await? } else { vec![] };
                Ok(Listing { items, next: None, notes })
            }
        }
    }

    async fn why_none(&self, folder: &Folder, moment: Moment) -> anyhow::Result<Vec<String>> {
        let rows = fold_as_of(&folder.log, &RequestList, Moment::Time(Timestamp::MAX)).await?;
        let people = folder.people()?;
        let (user, repository) = (self.user.as_deref(), self.repository.as_deref());
        let [nobody, nowhere] = unknown(&rows, &people, &folder.tenant, user, repository)?;
        let at = if let Moment::Time(at) = moment { Some(at) } else { None };
        Ok(why_empty(&Empty { nobody, nowhere, at, begins: folder.begins()? }, &people))
    }
}
