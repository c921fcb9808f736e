//! How far the bots had reacted to a log goes with it: else the first bot on the copy would look at every event once more,
//! which changes nothing, and takes its time.

use countersign_domain::envelope::Position;
use countersign_domain::ports::EventStore;

use super::address::Address;

/// So many events are read at a time.
#[cfg(feature = "kurrent")]
const PAGE: usize = 1000;

/// Takes it over, where both logs are the same by now and no bot works on either. What cannot be taken over is no harm.
#[cfg(feature = "kurrent")]
pub(super) async fn carry_over(from: &Address, to: &Address) -> anyhow::Result<()> {
    use countersign_domain::roster::{Duty, Holding, Roster, Rosters as _};

    use crate::reactor::Checkpoint as _;
    use crate::system::FileCheckpoint;

    match (from, to) {
        (Address::Journal(_), Address::Kurrent(url)) => {
            let journal = from.journal()?;
            let head = journal.head().await?;
            let Some(reached) = FileCheckpoint::open(&from.folder()?, head)?.load() else { return Ok(()) };
            let target = super::address::open_kurrent(url)?;
            let kept = target.load().await?;
            if kept.rev.is_some() {
                // Bots have been there: they know better.
                return Ok(());
            }
            // A journal's positions count its events.
            let Some(from) = nth(&target, reached.for_store()).await? else { return Ok(()) };
            let free = Holding { holder: None, from: Some(from) };
            let duties = Duty::work().map(|duty| (duty, free.clone())).collect();
            target.replace(None, &Roster { duties, ..Roster::default() }).await?;
        }
        (Address::Kurrent(url), Address::Journal(_)) => {
            let source = super::address::open_kurrent(url)?;
            let roster = source.load().await?.roster;
            if !roster.members.is_empty() {
                // They go on, and so does the log.
                return Ok(());
            }
            let reached = Duty::work().map(|duty| roster.duties.get(&duty).and_then(|holding| holding.from));
            let Some(Some(reached)) = reached.min() else { return Ok(()) };
            let journal = to.journal()?;
            let place = Position::from_store(count(&source, reached).await?);
            FileCheckpoint::open(&to.folder()?, journal.head().await?)?.save(place);
        }
        _ => {}
    }
    Ok(())
}

/// Journals are copied with it: a bot without its checkpoint reacts anew, which changes nothing.
#[cfg(not(feature = "kurrent"))]
pub(super) async fn carry_over(_: &Address, _: &Address) -> anyhow::Result<()> {
    Ok(())
}

/// The place of the event number `n`, from 1.
#[cfg(feature = "kurrent")]
async fn nth(store: &dyn EventStore, n: u64) -> anyhow::Result<Option<Position>> {
    let (mut left, mut after) = (usize::try_from(n)?, None);
    loop {
        let page = store.read_all(after, PAGE).await?;
        if left <= page.len() {
            return Ok(left.checked_sub(1).and_then(|place| page.get(place)).map(|event| event.pos));
        }
        let Some(last) = page.last() else { return Ok(None) };
        (left, after) = (left - page.len(), Some(last.pos));
    }
}

/// How many events there are up to this place.
#[cfg(feature = "kurrent")]
async fn count(store: &dyn EventStore, until: Position) -> anyhow::Result<u64> {
    let (mut count, mut after) = (0, None);
    loop {
        let page = store.read_all(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(count) };
        count += page.iter().filter(|event| event.pos <= until).count() as u64;
        after = Some(last.pos);
        if last.pos >= until {
            return Ok(count);
        }
    }
}
