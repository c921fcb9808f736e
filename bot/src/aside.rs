//! Work that takes long, done beside the workers that answer everybody, and ended when nobody waits for it any more.

use countersign_store::standing_still;
use tokio::runtime::Handle;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// Does this on a thread of its own. Whoever stops waiting ends it at the next place where it would wait itself.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, JoinError> {
    #[cfg(test)]
    SET_ASIDE.set(SET_ASIDE.get() + 1);
    let (runtime, gone, work) = (Handle::current(), CancellationToken::new(), work.in_current_span());
    let _gone = gone.clone().drop_guard();
    let work = move || standing_still(|| runtime.block_on(gone.run_until_cancelled_owned(work)));
    let done = tokio::task::spawn_blocking(work);
    Ok(done.await?.expect("it is cancelled only when nobody waits here any more"))
}

#[cfg(test)]
thread_local! {
    static SET_ASIDE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How much was set aside on this thread so far, in pieces of work.
#[cfg(test)]
pub(crate) fn set_aside() -> usize {
    SET_ASIDE.get()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn trust_b2_long_work_leaves_the_worker_free() {
        let worker = std::thread::current().id();
        let (begun, let_go) = (Arc::new(Notify::new()), std::sync::mpsc::channel::<()>());
        let told = Arc::clone(&begun);
        let (go, wait) = let_go;
        let long = tokio::spawn(aside(async move {
            told.notify_one();
            // The thread stands still, as it does while rules are compiled.
            wait.recv().unwrap();
            std::thread::current().id()
        }));
        // This is the only worker there is: it goes on though the work has not ended.
        begun.notified().await;
        go.send(()).unwrap();
        assert_ne!(long.await.unwrap().unwrap(), worker);
    }

    #[tokio::test]
    async fn trust_b4_what_nobody_waits_for_ends() {
        let (begun, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (told, guard) = (Arc::clone(&begun), Told(Arc::clone(&ended)));
        let waiting = tokio::spawn(aside(async move {
            let _guard = guard;
            told.notify_one();
            std::future::pending::<()>().await;
        }));
        begun.notified().await;
        waiting.abort();
        ended.notified().await;
    }

    struct Told(Arc<Notify>);

    impl Drop for Told {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
}
