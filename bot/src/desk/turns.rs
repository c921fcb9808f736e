//! One at a time: what the same delivery calls for is done by whoever came first, and whoever comes meanwhile waits for what came of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// Whose turn it is, by what is done.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>);

/// Somebody's turn, for as long as it is there.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Turns {
    /// Waits for the turn, which ends when what is returned goes.
    pub(super) async fn wait(&self, id: Uuid) -> Turn {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody has it or waits for it where nobody else holds it.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(id).or_default())
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn whoever_comes_second_waits_and_nothing_is_kept_of_what_is_over() {
        let turns = Turns::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = turns.wait(one).await;
        let mut second = Box::pin(turns.wait(one));
        assert!(second.as_mut().now_or_never().is_none());
        drop(turns.wait(other).await);
        drop(first);
        drop(second.await);
        drop(turns.wait(other).await);
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
