//! The runner: follows the log and keeps every projection's rows, and answers for how far each of them is.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use countersign_domain::envelope::{Digest, Position};
use countersign_domain::ports::{EventStore, StoreError};
use serde::Serialize;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

use crate::digest::digest;
use crate::keeper::{COMMIT_EVENTS, Keeper};
use crate::moment::Moment;
use crate::past::Snapshot;
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Range, Row, Rows, RowsError};
use crate::side::Side;
use crate::waiting::Waiting;

/// After the log did not answer, how long until it is asked again; it was asked for many seconds by then.
const AGAIN: Duration = Duration::from_secs(1);

/// How a projection stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectionState {
    /// Its name.
    pub name: &'static str,
    /// The version of its rows' shape.
    pub version: u32,
    /// The last event it has applied.
    pub position: Option<Position>,
    /// How far a rebuild beside it is, while there is one.
    pub rebuilding: Option<Progress>,
    /// Why it has stopped, if it has. Its rows stay as they were before the event it stopped at.
    pub failed: Option<String>,
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The last event it has applied.
    pub position: Option<Position>,
    /// The log's last event when it was last looked.
    pub head: Option<Position>,
}

/// All projections, kept up with the log and served.
pub struct Projections {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) side: Side,
    pub(crate) keepers: Vec<Arc<Keeper>>,
    /// Held by whoever moves the projections on; whether the checkpoints were compared with the log.
    pub(crate) turn: Mutex<bool>,
    /// Where all that have not stopped are; unknown until they were compared with the log.
    changed: watch::Sender<Option<Position>>,
    /// Those who wait for an event.
    waiting: Waiting,
    /// Why all of them have stopped, if they have.
    stopped: RwLock<Option<String>>,
    /// Cancelled when following the log has ended: nobody needs to wait any more.
    ended: CancellationToken,
}

impl Projections {
    /// Opens [`all`](crate::all) projections over a log, with rows in `side`, or in memory where there is none. Rows of those
    /// that older programs had are thrown away.
    pub fn open(store: Arc<dyn EventStore>, side: Option<sled::Db>) -> Result<Arc<Self>, ProjectionError> {
        let all = crate::all();
        let names: Vec<_> = all.iter().map(|projection| projection.name()).collect();
        Side::new(side.clone(), COMMIT_EVENTS).keep_only(&names)?;
        Self::open_with(store, side, all)
    }

    /// Opens these projections. One whose version is another than its rows' starts anew.
    pub fn open_with(
        store: Arc<dyn EventStore>,
        side: Option<sled::Db>,
        projections: Vec<Arc<dyn Projection>>,
    ) -> Result<Arc<Self>, ProjectionError> {
        Self::open_writing(store, side, projections, COMMIT_EVENTS)
    }

    /// The same, where rows are written each time that `every` events were applied.
    pub fn open_writing(
        store: Arc<dyn EventStore>,
        side: Option<sled::Db>,
        projections: Vec<Arc<dyn Projection>>,
        every: u64,
    ) -> Result<Arc<Self>, ProjectionError> {
        let side = Side::new(side, every);
        let count = projections.len();
        let keepers = projections
            .into_iter()
            .enumerate()
            .map(|(number, projection)| {
                let folding = side.open(&*projection)?.takes_turns(number, count);
                Ok(Arc::new(Keeper::new(projection, folding)))
            })
            .collect::<Result<Vec<_>, RowsError>>()?;
        let (changed, _) = watch::channel(None);
        let (turn, stopped, ended) = (Mutex::new(false), RwLock::default(), CancellationToken::new());
        // Where they are is told when they were compared with the log: it may be another one, or an older copy.
        Ok(Arc::new(Self {
            store,
            side,
            keepers,
            turn,
            changed,
            waiting: Waiting::default(),
            stopped,
            ended,
        }))
    }

    /// Follows the log until told to stop, and then has all of it written. Ends early only when the log cannot be read.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) -> Result<(), ProjectionError> {
        // Dropped however this ends, also by a panic.
        let _ended = self.ended.clone().drop_guard();
        let follow = async {
            loop {
                let step = async {
                    let position = self.follow().await?;
                    Ok(self.store.wait_past(position).await?)
                };
                match step.await {
                    Ok(()) => {}
                    // A store that is elsewhere comes back; what was applied stays.
                    Err(ProjectionError::Store(StoreError::Unavailable(why))) => {
                        tracing::warn!("the read models wait for the log: {why}");
                        tokio::time::sleep(AGAIN).await;
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        let ended = tokio::select! {
            () = stop.cancelled() => Ok(()),
            ended = follow => ended,
        };
        ended.and(self.commit().await)
    }

    /// Applies all there is, has it written, and answers where the projections are then.
    pub async fn catch_up(&self) -> Result<Option<Position>, ProjectionError> {
        let position = self.follow().await?;
        self.commit().await?;
        Ok(position)
    }

    /// Writes what was applied to the side store. It is also done now and then; what was not is folded again by the next
    /// process.
    pub(crate) async fn commit(&self) -> Result<(), ProjectionError> {
        self.each(Keeper::commit).await
    }

    /// Returns when every projection that has not stopped has applied the event at `position`: reading one's own
    /// writes. Somebody must be running the projections meanwhile.
    pub async fn wait_for(&self, position: Position) -> Result<(), ProjectionError> {
        // Nobody is asked who may just be folding: whoever waits would keep a thread waiting with them.
        while self.position() < Some(position) {
            let mut turn = self.waiting.line_up(position);
            // It may have been reached before it was known that somebody waits.
            if self.position() >= Some(position) {
                break;
            }
            let stopped = self.stopped.read().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(why) = stopped {
                return Err(ProjectionError::Stopped(why));
            }
            tokio::select! {
                () = turn.come() => {}
                () = self.ended.cancelled() => {
                    return Err(ProjectionError::Interrupted("the log is not followed any more".to_owned()));
                }
            }
        }
        Ok(())
    }

    /// Whether the rows of a projection have come as far as this event. Nobody waits for them.
    pub fn are_at(&self, name: &str, position: Position) -> bool {
        // Who is just folding a long page is not waited for either.
        self.position() >= Some(position) && self.keeper(name).is_ok_and(|keeper| keeper.is_at(position))
    }

    /// The last event that every projection which has not stopped has applied; none before they were compared with the log.
    pub fn position(&self) -> Option<Position> {
        *self.changed.borrow()
    }

    /// Tells of every move of [`position`](Self::position).
    pub fn changed(&self) -> watch::Receiver<Option<Position>> {
        self.changed.subscribe()
    }

    /// The rows of a projection as they are, and as they will be: a rebuild changes them under whoever holds this.
    /// Where there is no such projection, reading them is an error.
    pub fn rows(&self, name: &str) -> Arc<dyn Rows> {
        match self.keeper(name) {
            Ok(keeper) => keeper.clone(),
            Err(_) => Arc::new(NoRows(name.to_owned())),
        }
    }

    /// How each projection stands.
    pub fn states(&self) -> Vec<ProjectionState> {
        self.keepers
            .iter()
            .map(|keeper| {
                let rebuilding = keeper.rebuilding();
                let folding = keeper.folding();
                ProjectionState {
                    name: keeper.projection.name(),
                    version: keeper.projection.version(),
                    position: folding.position(),
                    rebuilding,
                    failed: folding.failed.clone(),
                }
            })
            .collect()
    }

    /// SHA-256 over a projection's rows in the order of their keys. Its folding waits meanwhile.
    pub fn digest(&self, name: &str) -> Result<Digest, ProjectionError> {
        let keeper = self.keeper(name)?;
        let folding = keeper.folding();
        Ok(digest(&folding.place)?)
    }

    /// The rows of a projection as they were at a moment: folded from the nearest place of which they are known, which is
    /// never far where the projection [has a past](Projection::has_a_past), or from the log's start.
    pub async fn as_of(&self, name: &str, moment: Moment) -> Result<Arc<Snapshot>, ProjectionError> {
        let keeper = self.keeper(name)?;
        let (from, turn) = keeper.nearest(moment)?;
        let snapshot = from.fold_up_to(&*self.store, &*keeper.projection, moment).await?;
        keeper.past.keep(snapshot.clone(), turn);
        Ok(Arc::new(snapshot))
    }

    pub(crate) fn keeper(&self, name: &str) -> Result<&Arc<Keeper>, ProjectionError> {
        self.keepers.iter().find(|keeper| keeper.projection.name() == name).ok_or_else(|| {
            let known: Vec<_> = self.keepers.iter().map(|keeper| keeper.projection.name()).collect();
            ProjectionError::Unknown { name: name.to_owned(), known: known.join(", ") }
        })
    }

    /// Starts those anew whose checkpoint the log does not hold: the log is another one, or an older copy.
    pub(crate) async fn compare_with_log(&self) -> Result<(), ProjectionError> {
        for keeper in &self.keepers {
            let Some(checkpoint) = keeper.folding().checkpoint else { continue };
            let there = self.store.read_at(&[checkpoint.position]).await?;
            if there.iter().any(|envelope| envelope.hash == checkpoint.hash) {
                continue;
            }
            let name = keeper.projection.name();
            tracing::warn!(projection = name, position = %checkpoint.position, "not in this log: rebuilding");
            let fresh = self.side.beside(&*keeper.projection)?;
            let replaced = self.side.adopt(&*keeper.projection)?;
            keeper.switch(&mut keeper.folding(), fresh);
            self.side.discard(replaced)?;
        }
        self.publish();
        Ok(())
    }

    /// The position of the slowest that has not stopped.
    pub(crate) fn position_of_slowest(&self) -> Result<Option<Position>, ProjectionError> {
        let (mut positions, mut why) = (Vec::new(), None);
        for keeper in &self.keepers {
            let folding = keeper.folding();
            if folding.failed.is_none() {
                positions.push(folding.position());
            }
            why = why.or_else(|| folding.failed.clone());
        }
        match (positions.into_iter().min(), why) {
            (Some(position), _) => Ok(position),
            (None, Some(why)) => Err(ProjectionError::Stopped(why)),
            (None, None) => Ok(None),
        }
    }

    pub(crate) fn publish(&self) {
        let slowest = self.position_of_slowest();
        let stopped = match &slowest {
            Err(ProjectionError::Stopped(why)) => Some(why.clone()),
            _ => None,
        };
        // Before whoever waits is woken by it.
        *self.stopped.write().unwrap_or_else(PoisonError::into_inner) = stopped;
        if let Ok(position) = slowest {
            self.changed.send_if_modified(|published| {
                let moved = *published != position;
                *published = position;
                moved
            });
            if let Some(position) = position {
                self.waiting.reached(position);
            }
        } else {
            // Whoever waits must hear that there is nothing to wait for.
            self.changed.send_modify(|_| ());
            self.waiting.all();
        }
    }
}

/// The rows of a projection that there is not.
struct NoRows(String);

impl Rows for NoRows {
    fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        Err(RowsError::NoSuchProjection(self.0.clone()))
    }

    fn scan(&self, _: Range, _: bool, _: usize) -> Result<Vec<Row>, RowsError> {
        Err(RowsError::NoSuchProjection(self.0.clone()))
    }
}
