//! The outside things of a real machine: its clock, and where the reactor's checkpoint is kept.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use countersign_domain::envelope::Position;
use countersign_domain::ports::Clock;
use countersign_store::PlaceFile;
use jiff::Timestamp;

use crate::reactor::Checkpoint;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    /// To the millisecond: what people and `jq` read, and finer than any deadline.
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    async fn sleep_until(&self, at: Timestamp) {
        // A timer of a year is as good as one of a century, and no timer overflows.
        const LONGEST: std::time::Duration = std::time::Duration::from_hours(8760);
        let wait = at.duration_since(Timestamp::now()).try_into().unwrap_or(std::time::Duration::ZERO);
        tokio::time::sleep(wait.min(LONGEST)).await;
    }
}

/// A checkpoint in a small file beside the journal. It may be lost or old; the reactor then reacts again, which changes nothing.
pub struct FileCheckpoint {
    place: PlaceFile,
    /// Where it began last, and how often in a row.
    begun: PathBuf,
}

impl FileCheckpoint {
    /// The checkpoint of the journal in this folder, whose last event is at `head`.
    pub fn open(folder: &Path, head: Option<Position>) -> io::Result<Self> {
        Ok(Self { place: PlaceFile::open(&folder.join("reached"), head)?, begun: folder.join("begun") })
    }

    /// How often in a row it has begun here, as far as anybody wrote it down.
    fn begun_before(&self, place: u64) -> u32 {
        let kept = std::fs::read_to_string(&self.begun).unwrap_or_default();
        let begun = kept.trim().split_once(' ').filter(|(at, _)| at.parse::<u64>() == Ok(place));
        begun.and_then(|(_, times)| times.parse().ok()).unwrap_or(0)
    }
}

impl Checkpoint for FileCheckpoint {
    fn load(&self) -> Option<Position> {
        self.place.place()
    }

    fn save(&self, position: Position) {
        if let Err(error) = self.place.reach(position) {
            tracing::warn!(
                "the reactor's checkpoint was not saved, it will react again after a restart: {error}"
            );
        }
    }

    fn begin(&self) -> u32 {
        let place = self.load().map_or(0, Position::for_store);
        let times = self.begun_before(place).saturating_add(1);
        if let Err(error) = std::fs::write(&self.begun, format!("{place} {times}\n")) {
            tracing::warn!("how often the reactor began here was not written down: {error}");
        }
        times
    }

    fn end(&self) {
        match std::fs::remove_file(&self.begun) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!("that the reactor ended in good order was not written down: {error}");
            }
            _ => {}
        }
    }
}

/// A checkpoint for as long as the program runs.
#[derive(Debug, Default)]
pub struct MemoryCheckpoint;

impl Checkpoint for MemoryCheckpoint {
    fn load(&self) -> Option<Position> {
        None
    }

    fn save(&self, _position: Position) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_b4_starts_at_the_same_place_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let (first, then) = (Position::from_store(3), Position::from_store(4));
        let open = || FileCheckpoint::open(folder.path(), Some(then)).unwrap();
        assert_eq!((open().begin(), open().begin()), (1, 2));
        open().save(first);
        assert_eq!((open().begin(), open().begin(), open().begin()), (1, 2, 3));
        open().end();
        assert_eq!((open().begin(), open().begin()), (1, 2), "what was told to stop did not end in vain");
        open().save(then);
        assert_eq!(open().begin(), 1);
    }
}
