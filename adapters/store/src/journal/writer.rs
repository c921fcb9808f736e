//! The one thread that writes: it takes the appends that queued up during its last sync, plans them as one group,
//! writes, syncs once, and answers.

use std::fs::File;
use std::io;
use std::mem;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use countersign_domain::ports::StoreError;

use super::answers::{Answers, Reply};
use super::disk::{Disk, Tail, is_full, is_out_of_files};
use super::files::segment_name;
use super::marker::{Marker, MarkerFile};
use super::plan::{Plan, plan};
use super::reserve::Reserve;
use super::segments::Segment;
use super::shared::Shared;
use crate::prepared::Prepared;

/// A group has at most so many appends …
const GROUP_APPENDS: usize = 1024;
/// … and begins no further one after so many bytes.
const GROUP_BYTES: usize = 4 << 20;

/// An append on its way to the writer.
pub(crate) struct Request {
    /// Shared with who waits for the answer, so that it is let go there: the writer has better things to do.
    pub(crate) append: Arc<Prepared>,
    pub(crate) reply: Reply,
}

/// The state of the writing thread.
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) tail: Box<dyn Tail>,
    pub(crate) segment: Arc<Segment>,
    pub(crate) segment_bytes: u64,
    pub(crate) marker: MarkerFile,
    /// The folder itself, kept open: a new segment in it is made durable also where the system has no file left.
    pub(crate) folder: File,
    pub(crate) reserve: Reserve,
    pub(crate) answers: Answers,
    /// The position of the next event.
    pub(crate) next: u64,
    /// Room for the lines of a group.
    pub(crate) lines: Vec<u8>,
}

/// What became of writing a plan.
enum Written {
    Durable,
    /// Nothing was stored; the log is as before.
    Full(io::Error),
    /// Nobody knows what was stored.
    Broken(String),
}

impl Writer {
    /// Writes until all senders are gone, or until an error whose extent it cannot know.
    pub(crate) fn run(mut self, requests: &Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut bytes = size(&first);
            let mut group = vec![first];
            while group.len() < GROUP_APPENDS
                && bytes < GROUP_BYTES
                && let Ok(request) = requests.try_recv()
            {
                bytes += size(&request);
                group.push(request);
            }
            self.commit(group);
            if self.shared.stopped.get().is_some() {
                return;
            }
        }
        // Closed in order, a segment ends with its last line.
        if let Err(error) = self.tail.cut(self.segment.end()) {
            tracing::warn!(%error, "what was filled ahead could not be cut off: it stays, and harms nothing");
        }
        if let Err(error) = self.marker.sync() {
            tracing::warn!(%error, "the marker of what was acknowledged could not be synced");
        }
    }

    fn commit(&mut self, mut group: Vec<Request>) {
        if !self.reserve.is_held()
            && let Err(error) = self.reserve.restore()
        {
            group = self.refuse_all_but_urgent(group, &error);
        }
        if let Some(error) = self.store(&mut group) {
            let urgent = self.refuse_all_but_urgent(group, &error);
            self.commit_urgent(urgent);
        }
    }

    /// What space is left belongs to the urgent, which are returned.
    fn refuse_all_but_urgent(&self, group: Vec<Request>, error: &io::Error) -> Vec<Request> {
        let (urgent, others) = group.into_iter().partition(|request| request.append.urgent);
        self.refuse(others, error);
        urgent
    }

    /// Stores urgent appends on a full disk, with the reserve if need be.
    fn commit_urgent(&mut self, mut group: Vec<Request>) {
        while let Some(error) = self.store(&mut group) {
            match self.reserve.release() {
                Ok(true) => tracing::warn!("the disk is full: the reserve is given to urgent appends"),
                Ok(false) => return self.refuse(group, &error),
                Err(error) => return self.refuse(group, &error),
            }
        }
    }

    fn refuse(&self, group: Vec<Request>, error: &io::Error) {
        let place = self.shared.segments.folder.display().to_string();
        let full = StoreError::Full { place, detail: error.to_string() };
        for request in group {
            // Whoever no longer waits needs no answer.
            request.reply.send(Err(full.clone())).ok();
        }
    }

    /// Stores a group and answers it; if the disk is full, the group stays as it was and the error says so.
    fn store(&mut self, group: &mut Vec<Request>) -> Option<io::Error> {
        if group.is_empty() {
            return None;
        }
        if let Err(error) = self.roll() {
            if is_full(&error) {
                return Some(error);
            }
            self.stop(group, format!("a new segment cannot be made: {error}"));
            return None;
        }
        let appends = group.iter().map(|request| &*request.append);
        let (place, lines) = ((self.next, self.segment.end()), mem::take(&mut self.lines));
        let plan = plan(&self.shared, appends, place, lines);
        let written = if plan.bytes.is_empty() { Written::Durable } else { self.write(&plan) };
        match written {
            Written::Durable => self.publish(group, plan),
            Written::Full(error) => return Some(error),
            Written::Broken(why) => self.stop(group, why),
        }
        None
    }

    fn write(&mut self, plan: &Plan) -> Written {
        if let Err(error) = self.tail.write(&plan.bytes) {
            if !is_full(&error) {
                return Written::Broken(format!("writing the log failed: {error}"));
            }
            return match self.tail.cut(self.segment.end()) {
                Ok(()) => Written::Full(error),
                Err(cut) => {
                    Written::Broken(format!("{error}, and what was written cannot be cut off: {cut}"))
                }
            };
        }
        match self.tail.sync() {
            Ok(()) => Written::Durable,
            // The system may have dropped what it could not write, and would say so only once.
            Err(error) => Written::Broken(format!("syncing the log failed: {error}")),
        }
    }

    /// Lets everybody see what is durable now, and answers.
    fn publish(&mut self, group: &mut Vec<Request>, plan: Plan) {
        if let Some(hash) = plan.last {
            for (_, entry) in &plan.entries {
                self.segment.note(entry.pos, u64::from(entry.offset));
                self.next += u64::from(entry.count);
            }
            let (pos, length) = (self.next - 1, self.segment.end() + plan.bytes.len() as u64);
            self.segment.publish(length);
            let marker = Marker { pos, segment: self.segment.first, length };
            if let Err(error) = self.marker.set(marker) {
                // It says less than it could, which is always right.
                tracing::warn!(%error, "the marker of what was acknowledged could not be written");
            }
            self.shared.recent.add(plan.entries.into_iter(), (pos, hash));
            self.shared.head.send_replace(pos);
        }
        let waiting = group.drain(..).map(|request| request.reply);
        self.answers.give(waiting.zip(plan.answers).collect());
        self.lines = plan.bytes;
        self.lines.clear();
        self.lines.shrink_to(GROUP_BYTES);
    }

    fn stop(&self, group: &mut Vec<Request>, why: String) {
        for request in group.drain(..) {
            request.reply.send(Err(StoreError::Unknown(why.clone()))).ok();
        }
        self.shared.stop(why);
    }

    /// Begins a new segment if the present one is large enough.
    fn roll(&mut self) -> io::Result<()> {
        if self.segment.end() < self.segment_bytes {
            return Ok(());
        }
        // A sealed segment ends with its last line.
        self.tail.cut(self.segment.end())?;
        let path = self.shared.segments.folder.join(segment_name(self.next));
        let tail = match self.disk.open(&path, 0) {
            // It is made when there are files again; until then this one grows.
            Err(error) if is_out_of_files(&error) => return Ok(()),
            opened => opened?,
        };
        self.folder.sync_all()?;
        self.tail = tail;
        self.segment = Arc::new(Segment::new(self.next));
        self.shared.segments.push(Arc::clone(&self.segment));
        // Where this fails it is opened when it is read first.
        let _ = self.shared.segments.open(&self.segment);
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // However the thread ends, nobody may wait for it for ever.
        if std::thread::panicking() {
            self.shared.stop("the writing thread panicked".to_owned());
        }
        self.shared.stopped.get_or_init(|| "the journal was closed".to_owned());
        self.shared.head.send_modify(|_| ());
        self.shared.recent.close();
    }
}

fn size(request: &Request) -> usize {
    request.append.events.iter().map(|event| event.canonical.len()).sum()
}
