//! The side store: which sled tree holds which projection's rows. All of it may be lost; the log has it all.

use serde::{Deserialize, Serialize};

use crate::keeper::Folding;
use crate::place::Place;
use crate::projection::Projection;
use crate::rows::RowsError;
use crate::sled_rows::{Checkpoint, Shared, SledRows};

const CATALOGUE: &str = "projections";
/// The layout of today: rows in compressed blocks, which begin with their keys' hashes.
const LAYOUT: u32 = 2;

/// How many times less often rows are written that have no past: a block that many rows belong to is then seldom written anew for
/// one of them.
const SELDOM: u64 = 2;
/// How many boundaries there are between two times that rows with a past are written.
const BOUNDARIES: u64 = 4;

/// Where a projection's rows are, and by which version of it they were folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    version: u32,
    /// How rows are laid out in a tree; what was written before anybody said so is none of these.
    #[serde(default)]
    layout: u32,
    generation: u64,
}

/// The trees of all projections, or memory where there is no side store.
#[derive(Clone)]
pub(crate) struct Side {
    db: Option<sled::Db>,
    shared: Shared,
    /// How many events are applied between two times that their rows are written.
    every: u64,
}

impl Side {
    pub(crate) fn new(db: Option<sled::Db>, every: u64) -> Self {
        Self { db, shared: Shared::default(), every }
    }

    /// The rows there are, with their checkpoint; new ones where there are none, or another version's.
    pub(crate) fn open(&self, projection: &dyn Projection) -> Result<Folding, RowsError> {
        let Some(db) = &self.db else { return Ok(self.folding(Place::default(), None, projection)) };
        let name = projection.name();
        match entry(db, name)? {
            Some(entry) if entry.version == projection.version() && entry.layout == LAYOUT => {
                let rows = self.rows(db, &tree(name, entry.generation), projection)?;
                let checkpoint = rows.checkpoint()?;
                Ok(self.folding(Place::over(rows)?, checkpoint, projection))
            }
            found => {
                if let Some(entry) = found {
                    tracing::info!(
                        projection = name,
                        from = entry.version,
                        to = projection.version(),
                        "rebuilding"
                    );
                }
                let folding = self.beside(projection)?;
                let old = self.adopt(projection)?;
                self.discard(old)?;
                Ok(folding)
            }
        }
    }

    /// Rows with a past are written more often: what is not written yet is folded again for each question about it, and in memory it
    /// is several times as much as of others, for what rows held before is kept with it (which was reckoned, not measured).
    fn folding(&self, place: Place, checkpoint: Option<Checkpoint>, projection: &dyn Projection) -> Folding {
        let every = if projection.has_a_past() { self.every } else { self.every.saturating_mul(SELDOM) };
        Folding::new(place, checkpoint, every)
    }

    /// Throws away the rows of projections that are none of these, because there are no such projections any more.
    pub(crate) fn keep_only(&self, names: &[&str]) -> Result<(), RowsError> {
        let Some(db) = &self.db else { return Ok(()) };
        let catalogue = db.open_tree(CATALOGUE)?;
        for name in catalogue.iter().keys() {
            let key = name?;
            let name = String::from_utf8_lossy(&key);
            if !names.contains(&&*name) {
                self.discard(Replaced(entry(db, &name)?.map(|old| tree(&name, old.generation))))?;
                catalogue.remove(&key)?;
            }
        }
        Ok(())
    }

    /// Empty rows beside those in use.
    pub(crate) fn beside(&self, projection: &dyn Projection) -> Result<Folding, RowsError> {
        let Some(db) = &self.db else { return Ok(self.folding(Place::default(), None, projection)) };
        let name = tree(projection.name(), next_generation(db, projection.name())?);
        db.drop_tree(&name)?;
        let rows = self.rows(db, &name, projection)?;
        Ok(self.folding(Place::over(rows)?, None, projection))
    }

    fn rows(&self, db: &sled::Db, tree: &str, projection: &dyn Projection) -> Result<SledRows, RowsError> {
        let boundary_every = projection.has_a_past().then_some((self.every / BOUNDARIES).max(1));
        Ok(SledRows::new(db.open_tree(tree)?, self.shared.clone(), boundary_every))
    }

    /// From now on the rows beside are those in use. The others are still there, for whoever reads them now.
    pub(crate) fn adopt(&self, projection: &dyn Projection) -> Result<Replaced, RowsError> {
        let Some(db) = &self.db else { return Ok(Replaced(None)) };
        let name = projection.name();
        let old = entry(db, name)?;
        let generation = next_generation(db, name)?;
        let entry = Entry { version: projection.version(), layout: LAYOUT, generation };
        let value = serde_json::to_vec(&entry).map_err(|error| RowsError::damaged(name.as_bytes(), error))?;
        db.open_tree(CATALOGUE)?.insert(name, value)?;
        Ok(Replaced(old.map(|old| tree(name, old.generation))))
    }

    /// Throws away rows that nobody reads any more.
    pub(crate) fn discard(&self, replaced: Replaced) -> Result<(), RowsError> {
        if let (Some(db), Some(tree)) = (&self.db, replaced.0) {
            db.drop_tree(tree)?;
        }
        Ok(())
    }
}

/// Rows that others have taken the place of.
#[must_use = "they stay in the side store until they are discarded"]
pub(crate) struct Replaced(Option<String>);

fn entry(db: &sled::Db, name: &str) -> Result<Option<Entry>, RowsError> {
    let Some(value) = db.open_tree(CATALOGUE)?.get(name)? else { return Ok(None) };
    serde_json::from_slice(&value).map(Some).map_err(|error| RowsError::damaged(name.as_bytes(), error))
}

fn next_generation(db: &sled::Db, name: &str) -> Result<u64, RowsError> {
    Ok(entry(db, name)?.map_or(0, |entry| entry.generation + 1))
}

fn tree(name: &str, generation: u64) -> String {
    format!("{CATALOGUE}/{name}/{generation}")
}
