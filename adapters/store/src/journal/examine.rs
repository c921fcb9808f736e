//! Judges a whole folder: every segment by itself, and whether they are all there and complete.

use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{thread, vec};

use super::damage::Damage;
use super::files::{list_segments, segment_name};
use super::marker::{self, Marker};
use super::scan::{self, Scan, Visit};

/// What a folder holds.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// The segments in order.
    pub(crate) scans: Vec<Scan>,
    /// Every place that is not as it was written.
    pub(crate) damages: Vec<Damage>,
}

impl Examined {
    /// The position of the last event, 0 where there is none.
    pub(crate) fn head(&self) -> u64 {
        self.scans.last().map_or(0, |scan| scan.next() - 1)
    }
}

/// Examines a folder with all cores.
pub(crate) fn in_parallel(folder: &Path) -> io::Result<Examined> {
    examine(folder, |firsts| {
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || -> io::Result<()> {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(&first) = firsts.get(at) else { return Ok(()) };
                let scan = scan::segment(folder, first, at + 1 == firsts.len(), &mut |_, _, _| ())?;
                done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(scan);
            }
        };
        thread::scope(|scope| {
            let threads = thread::available_parallelism().map_or(1, usize::from).min(firsts.len());
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| {
                thread.join().unwrap_or_else(|_| Err(io::Error::other("a scanning thread panicked")))
            })
        })?;
        let mut scans = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        scans.sort_unstable_by_key(|scan| scan.first);
        Ok(scans)
    })
}

/// Examines a folder in order, handing every good line to `visit`.
pub(crate) fn in_order(folder: &Path, visit: Visit<'_>) -> io::Result<Examined> {
    examine(folder, |firsts| {
        let last = |at| at + 1 == firsts.len();
        let scan = |(at, first): (usize, &u64)| scan::segment(folder, *first, last(at), visit);
        firsts.iter().enumerate().map(scan).collect()
    })
}

fn examine(folder: &Path, scan: impl FnOnce(&[u64]) -> io::Result<Vec<Scan>>) -> io::Result<Examined> {
    // The marker first: whoever writes meanwhile can only have more than it says.
    let (marker, mut damages) = match Marker::read(folder)? {
        Ok(marker) => (marker, Vec::new()),
        Err(damage) => (None, vec![damage]),
    };
    let (firsts, misnamed) = list_segments(folder)?;
    damages.extend(misnamed);
    let mut scans = scan(&firsts)?;
    damages.extend(missing_between(&scans));
    damages.extend(scans.iter_mut().flat_map(|scan| std::mem::take(&mut scan.damages)));
    let examined = Examined { scans, damages };
    Ok(match marker.and_then(|marker| missing_at_the_end(marker, &examined)) {
        Some(damage) if examined.damages.is_empty() => Examined { damages: vec![damage], ..examined },
        _ => examined,
    })
}

/// Segments that should stand between others, or before them.
fn missing_between(scans: &[Scan]) -> impl Iterator<Item = Damage> {
    let mut expected = Some(1);
    scans.iter().filter_map(move |scan| {
        let wanted = expected.filter(|expected| *expected != scan.first);
        // How far a damaged segment goes, nobody knows.
        expected = scan.damages.is_empty().then(|| scan.next());
        wanted.map(|wanted| {
            let found = format!("{} as the next segment", segment_name(scan.first));
            Damage::whole(segment_name(wanted), format!("a segment that starts at position {wanted}"), found)
        })
    })
}

/// Acknowledged events that are not there.
fn missing_at_the_end(marker: Marker, examined: &Examined) -> Option<Damage> {
    let head = examined.head();
    let scan = examined.scans.iter().find(|scan| scan.first == marker.segment);
    if head >= marker.pos && (marker.pos == 0 || scan.is_some_and(|scan| scan.good >= marker.length)) {
        return None;
    }
    let (file, line, offset) = match examined.scans.last() {
        Some(scan) => (segment_name(scan.first), scan.events + 1, scan.good),
        None => (segment_name(1), 0, 0),
    };
    let expected = format!("events up to position {}, acknowledged as {} says", marker.pos, marker::NAME);
    Some(Damage { file, line, offset, expected, found: format!("nothing whole after position {head}") })
}
