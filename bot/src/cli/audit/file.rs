//! Checking an export, line by line, with nothing but the lines themselves.

use std::collections::{BTreeSet, HashMap};

use countersign_domain::envelope::{Digest, Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_store::{Damage, MerkleTree};
use serde::Serialize;

use crate::notice;

/// What checking an export has shown.
#[derive(Debug, Serialize)]
pub(super) struct FileReport {
    /// How many events are as they were written.
    pub(super) events: u64,
    /// How many streams they belong to.
    pub(super) streams: u64,
    /// The tenants they belong to.
    pub(super) tenants: BTreeSet<String>,
    /// The position of the first event.
    pub(super) first: Option<Position>,
    /// The position of the last event.
    pub(super) head: Option<Position>,
    /// How many positions up to the last one are not there: of other tenants, or taken out.
    pub(super) absent: u64,
    /// How many of them are before the first event: nothing else shows that the beginning was cut off.
    pub(super) before: u64,
    /// Why it is no export at all, where no line of it is an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) no_export: Option<String>,
    /// The RFC 6962 root over the leaf hashes of these events; that of the log where the export holds all of it.
    pub(super) root: Option<Digest>,
    /// Every line that is not as it was written.
    pub(super) damages: Vec<Damage>,
}

/// An export on its way through the check.
pub(super) struct FileCheck {
    file: String,
    line: u64,
    offset: u64,
    events: u64,
    tree: MerkleTree,
    next: HashMap<StreamName, u64>,
    tenants: BTreeSet<String>,
    first: Option<Position>,
    head: Option<Position>,
    damages: Vec<Damage>,
    /// How many lines are no events, and what the first of them is.
    odd: Option<(u64, String)>,
    /// How many lines say something before the events that follow.
    notices: u64,
}

impl FileCheck {
    /// A check of the file of this name.
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            offset: 0,
            events: 0,
            tree: MerkleTree::default(),
            next: HashMap::new(),
            tenants: BTreeSet::new(),
            first: None,
            head: None,
            damages: Vec::new(),
            odd: None,
            notices: 0,
        }
    }

    /// Checks the next line, given without its line feed.
    pub(super) fn line(&mut self, bytes: &[u8]) {
        self.line += 1;
        match serde_json::from_slice::<Envelope>(bytes) {
            Ok(envelope) => self.envelope(&envelope),
            // What is said before the events is none, and exports are put one behind the other.
            Err(_) if notice::is_one(bytes) => self.notices += 1,
            Err(error) => {
                let (odd, _) = self.odd.get_or_insert_with(|| (0, format!("line {}: {error}", self.line)));
                *odd += 1;
                self.damage("an envelope as JSON".to_owned(), error.to_string());
            }
        }
        self.offset += bytes.len() as u64 + 1;
    }

    /// What it came to.
    pub(super) fn finish(mut self) -> FileReport {
        if self.first.is_none() && self.damages.is_empty() {
            self.line += 1;
            self.damage("at least one event".to_owned(), "nothing".to_owned());
        }
        let place = |position: Option<Position>| position.map_or(0, Position::for_store);
        let no_export = match &self.odd {
            Some((lines, first)) if *lines + self.notices == self.line => Some(format!(
                "{} is no export of events: none of its {lines} lines is one ({first}). Nothing was checked.",
                self.file
            )),
            _ => None,
        };
        FileReport {
            absent: place(self.head).saturating_sub(self.events),
            before: place(self.first).saturating_sub(1),
            no_export,
            events: self.events,
            streams: self.next.len() as u64,
            tenants: self.tenants,
            first: self.first,
            head: self.head,
            root: self.damages.is_empty().then(|| self.tree.root()),
            damages: self.damages,
        }
    }

    fn envelope(&mut self, envelope: &Envelope) {
        let before = self.damages.len();
        let hash = envelope.expected_hash();
        if hash != envelope.hash {
            self.damage(
                format!("content with the hash {}", envelope.hash),
                format!("content with the hash {hash}"),
            );
        }
        if envelope.stream.tenant() != envelope.tenant.as_str() {
            self.damage(format!("the tenant of the stream {}", envelope.stream), envelope.tenant.to_string());
        }
        if let Some(head) = self.head.filter(|head| *head >= envelope.pos) {
            self.damage(format!("a position above {head}"), envelope.pos.to_string());
        }
        let next = self.next.get(&envelope.stream).copied().unwrap_or(0);
        if envelope.rev != next {
            let found = format!("revision {}", envelope.rev);
            self.damage(format!("revision {next} of {}", envelope.stream), found);
        }
        self.next.insert(envelope.stream.clone(), envelope.rev + 1);
        self.head = self.head.max(Some(envelope.pos));
        self.first = self.first.or(Some(envelope.pos));
        self.tenants.insert(envelope.tenant.to_string());
        if self.damages.len() == before {
            self.events += 1;
            self.tree.push(envelope.hash);
        }
    }

    fn damage(&mut self, expected: String, found: String) {
        let damage =
            Damage { file: self.file.clone(), line: self.line, offset: self.offset, expected, found };
        self.damages.push(damage);
    }
}
