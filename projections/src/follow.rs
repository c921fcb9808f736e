//! Following the log: pages of it are read ahead, and every projection applies them.

use std::sync::Arc;

use countersign_domain::envelope::Position;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::happened::Happened;
use crate::keeper::Keeper;
use crate::projection::ProjectionError;
use crate::runner::Projections;

/// How many events are read and applied at a time. The larger a page, the less often a row that changes often is taken over from
/// what the page before left; but some pages are in memory at once, for the read models apply them each at its own pace.
pub(crate) const PAGE: usize = 2048;

/// Pages up to this size are applied where they were read: handing them over would take longer.
const SMALL: usize = 16;

/// So many full pages wait for a projection that is slower than others at this moment, because what it has folded is just written.
const AHEAD: usize = 2;

/// So many full pages are applied before it is told how far that is.
const MANY: usize = 32;

impl Projections {
    /// Applies all there is. While a page is applied, the next one is read.
    pub(crate) async fn follow(&self) -> Result<Option<Position>, ProjectionError> {
        let mut compared = self.turn.lock().await;
        if !*compared {
            self.compare_with_log().await?;
            *compared = true;
        }
        let mut position = self.position_of_slowest()?;
        let mut page = self.read(position).await?;
        while let Some(last) = page.last().map(|event| event.pos) {
            let next = if page.len() < PAGE {
                let (applied, next) = tokio::join!(self.apply(page), self.read(Some(last)));
                applied.and(next)
            } else {
                self.apply_many(page).await
            };
            // What was applied is told, also where what follows it cannot be read now.
            self.publish();
            page = next?;
            position = self.position_of_slowest()?;
        }
        self.publish();
        Ok(position)
    }

    /// Applies some full pages, of which this is the first one, while the next ones are read: each projection in a thread of its
    /// own, as fast as it can, so that none waits for the slowest one at the end of each page. Answers which page is next.
    async fn apply_many(&self, mut page: Vec<Happened>) -> Result<Vec<Happened>, ProjectionError> {
        let gone = CancellationToken::new();
        let _gone = gone.clone().drop_guard();
        let (mut threads, mut ways) = (JoinSet::new(), Vec::new());
        for keeper in &self.keepers {
            let (way, mut pages) = mpsc::channel::<Arc<Vec<Happened>>>(AHEAD);
            let (keeper, gone) = (keeper.clone(), gone.clone());
            threads.spawn_blocking(move || {
                while let Some(page) = pages.blocking_recv().filter(|_| !gone.is_cancelled()) {
                    keeper.apply(&page);
                }
            });
            ways.push(way);
        }
        let mut read = Ok(());
        for _ in 0..MANY {
            let (last, full) = (page.last().map(|event| event.pos), Arc::new(std::mem::take(&mut page)));
            for way in &ways {
                // Where one of the threads has panicked, that is told below.
                way.send(Arc::clone(&full)).await.ok();
            }
            drop(full);
            match self.read(last).await {
                Ok(next) => page = next,
                Err(error) => read = Err(error),
            }
            if page.len() < PAGE {
                break;
            }
        }
        drop(ways);
        while let Some(ended) = threads.join_next().await {
            ended.map_err(|error| ProjectionError::Interrupted(error.to_string()))?;
        }
        read.map(|()| page)
    }

    /// The next page, with what most projections need of it read once for all of them.
    async fn read(&self, after: Option<Position>) -> Result<Vec<Happened>, ProjectionError> {
        let page = Happened::all(self.store.read_all(after, PAGE).await?);
        if page.len() <= SMALL {
            return Ok(page);
        }
        let read_ahead = tokio::task::spawn_blocking(move || {
            page.iter().for_each(Happened::read_ahead);
            page
        });
        read_ahead.await.map_err(|error| ProjectionError::Interrupted(error.to_string()))
    }

    /// Applies a page to every projection, each in a thread of its own where that pays.
    pub(crate) async fn apply(&self, page: Vec<Happened>) -> Result<(), ProjectionError> {
        if page.len() <= SMALL {
            self.keepers.iter().for_each(|keeper| keeper.apply(&page));
            return Ok(());
        }
        self.each(move |keeper| keeper.apply(&page)).await
    }

    /// Does something with every projection, each in a thread of its own.
    pub(crate) async fn each(
        &self,
        act: impl Fn(&Keeper) + Send + Sync + 'static,
    ) -> Result<(), ProjectionError> {
        let act = Arc::new(act);
        let mut tasks = JoinSet::new();
        for keeper in &self.keepers {
            let (keeper, act) = (keeper.clone(), act.clone());
            tasks.spawn_blocking(move || act(&keeper));
        }
        while let Some(ended) = tasks.join_next().await {
            ended.map_err(|error| ProjectionError::Interrupted(error.to_string()))?;
        }
        Ok(())
    }
}
