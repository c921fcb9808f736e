//! Opens a journal: lock, examine, repair what may be repaired, catch up, start the threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, OnceLock};
use std::{fs, thread};

use tokio::sync::watch;

use super::Journal;
use super::answers::{self, Answer, Answers};
use super::catch_up::catch_up;
use super::damage::OpenError;
use super::disk::sync_folder;
use super::examine::{Examined, in_parallel};
use super::files::segment_name;
use super::index::Index;
use super::lock::Lock;
use super::marker::{Marker, MarkerFile};
use super::options::Options;
use super::recent::Recent;
use super::reserve::Reserve;
use super::scan::Scan;
use super::segments::{Segment, Segments};
use super::shared::Shared;
use super::side::{self, Side};
use super::writer::Writer;

pub(crate) fn open(folder: &Path, options: Options) -> Result<Journal, OpenError> {
    fs::create_dir_all(folder).map_err(OpenError::io(folder))?;
    let lock = Lock::take(folder)?;
    let mut examined = in_parallel(folder).map_err(OpenError::io(folder))?;
    if !examined.damages.is_empty() {
        return Err(OpenError::Damaged { folder: folder.to_owned(), damages: examined.damages });
    }
    if examined.scans.is_empty() {
        examined.scans.push(Scan { first: 1, ..Scan::default() });
    }
    let (head, list) = (examined.head(), examined.scans.iter().map(|scan| Arc::new(Segment::from(scan))));
    let segments = Segments::new(folder, list.collect());
    let (side, index) = index_of(&segments, head, &options)?;
    let (recent, head, stopped) = (Recent::default(), watch::Sender::new(head), OnceLock::new());
    let shared = Arc::new(Shared { segments, recent, index, head, stopped });
    let (told, handed) = channel();
    let writer = writer(&shared, &examined, options, Answers(told))?;
    shared.segments.keep_open().map_err(OpenError::io(folder))?;
    start(shared, side, (writer, handed), lock)
}

/// The index, up to date; made anew if it fails in any way, for a damaged one can open well and fail, or panic, later.
fn index_of(segments: &Segments, head: u64, options: &Options) -> Result<(Side, Index), OpenError> {
    let attempt = || catch_up(Side::open(&segments.folder, options.cache_bytes)?, segments, head, options);
    match catch_unwind(AssertUnwindSafe(attempt)) {
        Err(_) | Ok(Err(OpenError::Side { .. })) => {
            tracing::warn!(folder = %segments.folder.display(), "the index cannot be read: it is made anew");
            side::discard(&segments.folder)?;
            attempt()
        }
        Ok(done) => done,
    }
}

/// Cuts off a torn tail, makes what is left durable (its writer may have been killed before its sync), and gets ready
/// to write after it.
fn writer(
    shared: &Arc<Shared>,
    examined: &Examined,
    options: Options,
    answers: Answers,
) -> Result<Writer, OpenError> {
    let folder = &shared.segments.folder;
    let pos = examined.head();
    let scan = examined.scans.last().expect("an opened journal has at least one segment");
    let path = folder.join(segment_name(scan.first));
    let io = || OpenError::io(&path);
    let mut tail = options.disk.open(&path, scan.good).map_err(io())?;
    if scan.torn() > 0 {
        tracing::warn!(file = %path.display(), bytes = scan.torn(), "cutting off what a crash left half-written");
        tail.cut(scan.good).map_err(io())?;
    }
    tail.sync().map_err(io())?;
    sync_folder(folder).map_err(OpenError::io(folder))?;
    let acknowledged = Marker { pos, segment: scan.first, length: scan.good };
    let marker = MarkerFile::create(folder, acknowledged).map_err(OpenError::io(folder))?;
    let segment = shared.segments.from(u64::MAX).next().expect("an opened journal has at least one segment");
    Ok(Writer {
        shared: Arc::clone(shared),
        disk: options.disk,
        tail,
        segment,
        segment_bytes: options.segment_bytes.clamp(1, 1 << 30),
        marker,
        folder: fs::File::open(folder).map_err(OpenError::io(folder))?,
        reserve: Reserve::take(folder, options.reserve_bytes),
        answers,
        next: pos + 1,
        lines: Vec::new(),
    })
}

fn start(
    shared: Arc<Shared>,
    side: Side,
    (writer, handed): (Writer, Receiver<Vec<Answer>>),
    lock: Lock,
) -> Result<Journal, OpenError> {
    let (requests, queue) = channel();
    let db = side.db.clone();
    let indexed = Arc::clone(&shared);
    let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
        let spawned = thread::Builder::new().name(name.to_owned()).spawn(run);
        spawned.map_err(OpenError::io(&shared.segments.folder))
    };
    let threads = vec![
        spawn("journal-index", Box::new(move || index(&indexed, &side)))?,
        spawn("journal-answer", Box::new(move || answers::run(&handed)))?,
        // The last one: whatever begins after it could fail, and the folder would be another's while it still writes there.
        spawn("journal-write", Box::new(move || writer.run(&queue)))?,
    ];
    Ok(Journal { shared, side: db, requests: Some(requests), threads, _lock: lock })
}

/// The indexing thread: moves what was appended lately to the index, and closes it at the end.
fn index(shared: &Shared, side: &Side) {
    let _told = TellOfPanic(shared);
    look_through(shared);
    while let Some(generation) = shared.recent.take() {
        while !side.has_room() {
            tracing::warn!("the disk is nearly full: the index waits");
            if !shared.recent.pause() {
                return side.close();
            }
        }
        if let Err(error) = shared.index.add(&generation) {
            shared.stop(format!("the index failed: {error}"));
            return shared.recent.close();
        }
        shared.recent.indexed();
    }
    side.close();
}

/// Looks which streams the index knows, before it learns of more. Where it is damaged, who needs what is damaged will tell, as ever.
fn look_through(shared: &Shared) {
    let look = || shared.index.look_through(|| shared.recent.is_open());
    if !matches!(catch_unwind(AssertUnwindSafe(look)), Ok(Ok(()))) {
        tracing::warn!("the index cannot be looked through: each stream that is new is looked for there");
    }
}

/// Stops the store when sled panics, so that nobody waits for the index for ever.
struct TellOfPanic<'a>(&'a Shared);

impl Drop for TellOfPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop("the index failed; it is made anew when the journal is opened again".to_owned());
            self.0.recent.close();
        }
    }
}
