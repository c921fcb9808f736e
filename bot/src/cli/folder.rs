//! A data folder as an auditor reads it: without a lock, an index or a bot, an event at a time.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail, ensure};
use async_trait::async_trait;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{Append, Appended, EventStore, StoreError};
use countersign_domain::tenant::People;
use countersign_store::{JournalReader, ReadError};
use jiff::Timestamp;

/// The folder within the data folder that holds the log.
pub(crate) const LOG: &str = "log";

/// One tenant's past in a folder.
pub(crate) struct Folder {
    pub(crate) log: FolderLog,
    pub(crate) tenant: Tenant,
}

impl Folder {
    /// The past of `tenant`, or of the only one there is.
    pub(crate) fn open(data: &Path, tenant: Option<Tenant>) -> anyhow::Result<Self> {
        let log = FolderLog::new(reader(data)?);
        let tenant = match tenant {
            Some(tenant) => {
                ensure!(
                    !tenant.is_an_organisation() || log.holds(&tenant)?,
                    "the log in {} holds nothing of a tenant {tenant}: look at the name behind --tenant",
                    data.display()
                );
                tenant
            }
            None => only_tenant(&log, data)?,
        };
        Ok(Self { log, tenant })
    }

    /// When the first event of the tenant was.
    pub(crate) fn begins(&self) -> anyhow::Result<Option<Timestamp>> {
        for envelope in self.log.events(None)? {
            let envelope = envelope?;
            if envelope.tenant == self.tenant {
                return Ok(Some(envelope.at));
            }
        }
        Ok(None)
    }

    /// Every name by which the lists may know whoever is meant, as the directory is at the end of the log.
    pub(crate) fn names_of(&self, user: Option<&str>) -> anyhow::Result<Vec<String>> {
        let Some(user) = user else { return Ok(vec![]) };
        Ok(self.people()?.names_of(user))
    }

    /// The people of the tenant at the end of the log.
    pub(crate) fn people(&self) -> anyhow::Result<People> {
        let mut people = People::default();
        for envelope in self.log.events(None)? {
            let envelope = envelope?;
            if envelope.tenant == self.tenant {
                people.take(&envelope)?;
            }
        }
        Ok(people)
    }
}

/// The reader of the log in a data folder; the log's own folder does as well.
pub(crate) fn reader(data: &Path) -> anyhow::Result<JournalReader> {
    let no_log = || {
        format!("there is no log in {}: name a data folder with --data or COUNTERSIGN_DATA", data.display())
    };
    let reader = JournalReader::open(log_folder(data)).with_context(no_log)?;
    ensure!(reader.is_a_log()?, no_log());
    Ok(reader)
}

/// Where the log is in a data folder.
pub(crate) fn log_folder(data: &Path) -> PathBuf {
    let within = data.join(LOG);
    if within.is_dir() { within } else { data.to_owned() }
}

/// The only organisation there is. What belongs to none (`_installation`) is told of where somebody asks for it by name, or where
/// there is nothing else.
fn only_tenant(log: &FolderLog, data: &Path) -> anyhow::Result<Tenant> {
    let mut tenants = BTreeSet::new();
    for envelope in log.events(None)? {
        tenants.insert(envelope?.tenant);
    }
    let (mut tenants, mut others): (BTreeSet<_>, BTreeSet<_>) =
        tenants.into_iter().partition(Tenant::is_an_organisation);
    if tenants.len() > 1 {
        let names: Vec<_> = tenants.iter().map(Tenant::as_str).collect();
        bail!("the log holds several tenants: say which one with --tenant ({})", names.join(", "));
    }
    let only = tenants.pop_first().or_else(|| others.pop_first());
    only.with_context(|| format!("the log in {} is empty", data.display()))
}

type Events = Box<dyn Iterator<Item = Result<Envelope, ReadError>> + Send>;

/// A log that is only read. Reading on where it stopped costs nothing, so that folds go through it once.
pub(crate) struct FolderLog {
    reader: JournalReader,
    /// The last event that was read, and the others.
    reading: Mutex<Option<(Option<Position>, Events)>>,
}

impl FolderLog {
    /// The log behind this reader.
    pub(crate) fn new(reader: JournalReader) -> Self {
        Self { reader, reading: Mutex::new(None) }
    }

    /// Its events after a position.
    pub(crate) fn events(&self, after: Option<Position>) -> anyhow::Result<Events> {
        Ok(Box::new(self.reader.events(after)?))
    }

    /// Whether there is anything of this tenant; all of the log is read where there is not.
    fn holds(&self, tenant: &Tenant) -> anyhow::Result<bool> {
        for envelope in self.events(None)? {
            if envelope?.tenant == *tenant {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn page(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = match reading.take() {
            Some((last, events)) if last == after => events,
            _ => Box::new(self.reader.events(after)?),
        };
        let mut page = Vec::new();
        for event in events.by_ref().take(limit) {
            page.push(event.map_err(unreadable)?);
        }
        if let Some(event) = page.last() {
            *reading = Some((Some(event.pos), events));
        }
        Ok(page)
    }
}

fn unreadable(error: ReadError) -> StoreError {
    match error {
        ReadError::Io(error) => error.into(),
        ReadError::Damaged(damage) => {
            StoreError::Damaged(format!("{damage}; `countersign audit verify` says all that is wrong"))
        }
    }
}

#[async_trait]
impl EventStore for FolderLog {
    async fn append(&self, _append: Append) -> Result<Appended, StoreError> {
        Err(StoreError::Stopped("this log is only read".to_owned()))
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        let ours = |event: &Envelope| event.stream == *stream && event.rev >= from;
        let events = self.reader.events(None)?.filter(|event| event.as_ref().map_or(true, ours));
        events.take(limit).map(|event| event.map_err(unreadable)).collect()
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        self.page(after, limit)
    }

    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        let wanted: BTreeSet<Position> = positions.iter().copied().collect();
        let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else { return Ok(vec![]) };
        let before = first.for_store().checked_sub(1).filter(|before| *before > 0).map(Position::from_store);
        let mut found = Vec::new();
        for event in self.reader.events(before)? {
            let event = event.map_err(unreadable)?;
            if event.pos > *last {
                break;
            }
            if wanted.contains(&event.pos) {
                found.push(event);
            }
        }
        let event = |position: &Position| {
            let at = found.binary_search_by_key(position, |event| event.pos).ok()?;
            Some(found[at].clone())
        };
        Ok(positions.iter().filter_map(event).collect())
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        let last = self.reader.events(None)?.last().transpose().map_err(unreadable)?;
        Ok(last.map(|event| event.pos))
    }

    async fn wait_past(&self, _after: Option<Position>) -> Result<(), StoreError> {
        Ok(())
    }
}
