//! What the nodes of a cluster have in common: the log, who is who, the faults and the counters.
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;

use super::Options;
use super::members::{Endpoint, Members, Role};
use crate::counters::Counters;
use crate::faults::Faults;
use crate::log::{Expected, Log, Proposed};

/// The common part.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) faults: Faults,
    pub(crate) counters: Counters,
    log: RwLock<Log>,
    members: RwLock<Members>,
    changed: watch::Sender<()>,
}

impl Shared {
    pub(crate) fn new(options: Options, endpoints: Vec<Endpoint>) -> Self {
        let mut log = Log::new(options.projections);
        if options.system_events {
            first_events(&mut log);
        }
        Self {
            options,
            faults: Faults::default(),
            counters: Counters::default(),
            log: RwLock::new(log),
            members: RwLock::new(Members::new(endpoints)),
            changed: watch::Sender::new(()),
        }
    }

    /// The log as it is. A panic elsewhere does not stop the others: what is half written has no index yet.
    pub(crate) fn log(&self) -> RwLockReadGuard<'_, Log> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the log and wakes whoever waits for news.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Log) -> T) -> T {
        let done = change(&mut self.log.write().unwrap_or_else(PoisonError::into_inner));
        self.changed.send_replace(());
        done
    }

    pub(crate) fn members(&self) -> RwLockReadGuard<'_, Members> {
        self.members.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes who is who and wakes whoever waits for news.
    pub(crate) fn change_members<T>(&self, change: impl FnOnce(&mut Members) -> T) -> T {
        let done = change(&mut self.members_for_change());
        self.changed.send_replace(());
        done
    }

    fn members_for_change(&self) -> RwLockWriteGuard<'_, Members> {
        self.members.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn role(&self, node: usize) -> Role {
        self.members().role(node)
    }

    /// How many records of the log a node knows.
    pub(crate) fn limit(&self, node: usize) -> usize {
        self.members().nodes[node].known.unwrap_or(usize::MAX)
    }

    /// Tells of every change from now on.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

/// What a fresh log begins with, more or less: nobody should believe that the first event of everything is theirs.
fn first_events(log: &mut Log) {
    let events = [
        ("$$$settings", "$metadata", r#"{"$acl":{"$r":"$all"}}"#),
        ("$user-admin", "$UserCreated", r#"{"loginName":"admin","groups":["$admins"]}"#),
        ("$users", "$User", "\"admin\""),
    ];
    for (stream, kind, data) in events {
        let event = Proposed::json(kind, data);
        log.append(stream, Expected::NoStream, &[event]).expect("nothing stands in an empty log");
    }
}
