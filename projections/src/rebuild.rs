//! Rebuilding while serving: fold anew beside the rows in use, compare, and switch at one place of the log.

use countersign_domain::envelope::{Digest, Position};
use serde::Serialize;

use crate::digest::digest;
use crate::follow::PAGE;
use crate::happened::Happened;
use crate::keeper::{Folding, Keeper};
use crate::projection::ProjectionError;
use crate::runner::{Progress, Projections};

/// What a rebuild has shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RebuildReport {
    /// The projection.
    pub name: &'static str,
    /// Where in the log the rows were switched.
    pub position: Option<Position>,
    /// How many events were folded.
    pub events: u64,
    /// The digest of the rows used until now; `None` where they had stopped before this place.
    pub before: Option<Digest>,
    /// The digest of the rows used from now on.
    pub after: Digest,
    /// What that says.
    pub comparison: Comparison,
}

/// What comparing rebuilt rows with those in use has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The rows are the same.
    Same,
    /// They are not: those used until now were wrong, or folded by other code.
    Different,
    /// Those used until now had stopped earlier, so there was nothing to compare with.
    NotComparable,
}

impl Comparison {
    fn of(before: Option<Digest>, after: Digest) -> Self {
        match before {
            None => Self::NotComparable,
            Some(before) if before == after => Self::Same,
            Some(_) => Self::Different,
        }
    }
}

impl Projections {
    /// Rebuilds a projection from the log while the rows there are go on being served and kept up. The last events are
    /// folded, and the rows compared and switched, while the log waits to be followed further. Whatever the comparison
    /// says, the rebuilt rows are served from then on, and a projection that had stopped goes on.
    pub async fn rebuild(&self, name: &str) -> Result<RebuildReport, ProjectionError> {
        let keeper = self.keeper(name)?;
        let _only = keeper.rebuild_turn.lock().await;
        // Also where whoever waits for it goes, and it ends in the middle.
        let _over = Over(keeper);
        self.rebuild_beside(keeper).await
    }

    async fn rebuild_beside(&self, keeper: &Keeper) -> Result<RebuildReport, ProjectionError> {
        let projection = &*keeper.projection;
        let mut beside = self.side.beside(projection)?;
        let mut events = self.fold_beside(keeper, &mut beside, None).await?;
        // From here on nobody else moves the projections, so both stand at the same place at the end.
        self.catch_up().await?;
        let turn = self.turn.lock().await;
        let until = end(keeper);
        events += self.fold_beside(keeper, &mut beside, until).await?;
        let mut folding = keeper.folding();
        let comparable = folding.position() == beside.position();
        let before = if comparable { Some(digest(&folding.place)?) } else { None };
        let after = digest(&beside.place)?;
        let report = RebuildReport {
            name: projection.name(),
            position: beside.position(),
            events,
            before,
            after,
            comparison: Comparison::of(before, after),
        };
        beside.commit()?;
        let replaced = self.side.adopt(projection)?;
        keeper.switch(&mut folding, beside);
        drop((folding, turn));
        // What had stopped goes on.
        self.publish();
        self.side.discard(replaced)?;
        Ok(report)
    }

    /// Folds what the log holds after the rows beside, to its end or `until`; answers how many events that were.
    async fn fold_beside(
        &self,
        keeper: &Keeper,
        beside: &mut Folding,
        until: Option<Position>,
    ) -> Result<u64, ProjectionError> {
        let mut events = 0;
        loop {
            let mut page = Happened::all(self.store.read_all(beside.position(), PAGE).await?);
            if let Some(until) = until {
                page.retain(|envelope| envelope.pos <= until);
            }
            if page.is_empty() {
                return Ok(events);
            }
            events += page.len() as u64;
            beside.apply(&*keeper.projection, &page)?;
            let head = self.store.head().await?;
            keeper.set_rebuilding(Some(Progress { position: beside.position(), head }));
            tokio::task::yield_now().await;
        }
    }
}

/// Says that the rebuilding has ended, however it did.
struct Over<'a>(&'a Keeper);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.set_rebuilding(None);
    }
}

/// Where rebuilt rows must end: where those in use are, or at the end of the log where these have stopped.
fn end(keeper: &Keeper) -> Option<Position> {
    let folding = keeper.folding();
    if folding.failed.is_some() { None } else { folding.position() }
}
