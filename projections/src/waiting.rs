//! Whoever waits until the read models have come as far as an event is woken when they have, and not at each step on the way there:
//! while much happens, many wait, and each of the steps would wake all of them in vain.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_domain::envelope::Position;
use tokio::sync::oneshot;

/// Those who wait.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Line>);

#[derive(Default)]
struct Line {
    /// How many have come so far.
    came: u64,
    /// By what they wait for, and then as they came.
    of: BTreeMap<(Position, u64), oneshot::Sender<()>>,
}

/// Somebody's place in the line; whoever drops it waits no more.
pub(crate) struct Turn<'a> {
    waiting: &'a Waiting,
    key: (Position, u64),
    told: oneshot::Receiver<()>,
}

impl Waiting {
    /// Somebody waits for this event from now on. Whether it was reached before they have to look afterwards.
    pub(crate) fn line_up(&self, position: Position) -> Turn<'_> {
        let (tell, told) = oneshot::channel();
        let mut line = self.lock();
        line.came += 1;
        let key = (position, line.came);
        line.of.insert(key, tell);
        Turn { waiting: self, key, told }
    }

    /// The read models have come as far as this event.
    pub(crate) fn reached(&self, position: Position) {
        let mut line = self.lock();
        if line.of.first_key_value().is_none_or(|((first, _), _)| *first > position) {
            return;
        }
        let later = line.of.split_off(&(position, u64::MAX));
        let woken = mem::replace(&mut line.of, later);
        drop(line);
        tell(woken);
    }

    /// There is nothing to wait for any more.
    pub(crate) fn all(&self) {
        let woken = mem::take(&mut self.lock().of);
        tell(woken);
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(woken: BTreeMap<(Position, u64), oneshot::Sender<()>>) {
    for told in woken.into_values() {
        // Whoever no longer waits needs not be told.
        told.send(()).ok();
    }
}

impl Turn<'_> {
    /// Returns when they are told.
    pub(crate) async fn come(&mut self) {
        // Whoever tells all of them leaves nobody behind.
        (&mut self.told).await.ok();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.waiting.lock().of.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn is_told(turn: &mut Turn<'_>) -> bool {
        let come = pin!(turn.come());
        matches!(come.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()))
    }

    #[test]
    fn each_is_told_when_what_they_wait_for_is_reached_and_who_has_gone_leaves_nothing_behind() {
        let (waiting, at) = (Waiting::default(), Position::from_store);
        let [mut first, mut same, mut last] = [7, 7, 9].map(|position| waiting.line_up(at(position)));
        drop(waiting.line_up(at(8)));
        waiting.reached(at(6));
        assert!(!is_told(&mut first) && !is_told(&mut same) && !is_told(&mut last));
        waiting.reached(at(8));
        assert!(is_told(&mut first) && is_told(&mut same) && !is_told(&mut last));
        waiting.all();
        assert!(is_told(&mut last));
        assert!(waiting.lock().of.is_empty());
    }
}
