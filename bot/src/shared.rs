//! What many want at once is done once: whoever wants it while it is being done is served by the next time, which begins after they
//! came. So whatever is wanted how often, it is done one time after the other, and nobody is told what was before they asked.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// Something to be found out, and what it came to last.
pub(crate) struct Shared<T> {
    /// How often it was wanted.
    wanted: AtomicU64,
    /// Whoever holds it finds it out.
    last: Mutex<Option<Last<T>>>,
}

struct Last<T> {
    /// How often it had been wanted when it began.
    wanted: u64,
    came: T,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { wanted: AtomicU64::new(0), last: Mutex::new(None) }
    }
}

impl<T: Clone> Shared<T> {
    /// What it comes to, found out after now: by this, or by who came before and began later.
    pub(crate) async fn fresh<E>(&self, find_out: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let own = self.wanted.fetch_add(1, Ordering::SeqCst) + 1;
        let mut last = self.last.lock().await;
        if let Some(last) = last.as_ref().filter(|last| last.wanted >= own) {
            return Ok(last.came.clone());
        }
        let wanted = self.wanted.load(Ordering::SeqCst);
        // Where it breaks off, nobody is served by it.
        *last = None;
        let came = find_out.await?;
        *last = Some(Last { wanted, came: came.clone() });
        Ok(came)
    }

    /// What it came to last; nothing where that broke off.
    pub(crate) async fn last(&self) -> Option<T> {
        self.last.lock().await.as_ref().map(|last| last.came.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use super::*;

    #[tokio::test]
    async fn trust_b4_what_many_want_at_once_is_found_out_twice_and_never_before_they_came() {
        let (shared, times) = (Shared::default(), Cell::new(0));
        let find_out = async || {
            times.set(times.get() + 1);
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(times.get())
        };
        let all = futures::future::join_all((0..100).map(|_| shared.fresh(find_out()))).await;
        let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
        assert_eq!((all[0], all[1], all[99], times.get()), (1, 2, 2, 2));
        assert_eq!(shared.fresh(find_out()).await, Ok(3), "it may be another by now");
        assert_eq!(shared.last().await, Some(3));
    }

    #[tokio::test]
    async fn nobody_is_served_by_what_broke_off() {
        let shared = Shared::default();
        let broken = shared.fresh(async { Err::<u8, _>("broken") });
        let (broken, whole) = futures::join!(broken, shared.fresh(async { Ok::<_, &str>(7) }));
        assert_eq!((broken, whole), (Err("broken"), Ok(7)));
        assert_eq!(shared.fresh(async { Err::<u8, _>("broken") }).await, Err("broken"));
        assert_eq!(shared.last().await, None);
    }
}
