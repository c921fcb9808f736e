//! The program as a process of its own, under load: started, spoken to by many clients, and its log read from outside.

mod clients;
mod demo;
mod history;
mod process;

pub(crate) use clients::Clients;
pub(crate) use demo::demo_with_files;
pub(crate) use history::History;
pub(crate) use process::Running;

use std::path::Path;

use countersign_domain::envelope::Envelope;
use countersign_store::JournalReader;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// As many files as this process may have: it is the crowd.
pub(crate) fn many_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
}

/// Every event of the log in this data folder, oldest first, read from outside.
pub(crate) fn log(data: &Path) -> Vec<Envelope> {
    let reader = JournalReader::open(data.join("log")).unwrap();
    reader.events(None).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Every event of a log that nobody writes any more and in which nothing is damaged.
pub(crate) fn whole_log(data: &Path) -> Vec<Envelope> {
    let report = JournalReader::open(data.join("log")).unwrap().check().unwrap();
    assert!(report.damages.is_empty(), "{:?}", report.damages);
    let events = log(data);
    assert_eq!(events.len() as u64, report.events);
    events
}
