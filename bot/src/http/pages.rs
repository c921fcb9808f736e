//! Reading pages of lists: a few at a time, whoever asked first before who asked later. Where all that are asked for were read at
//! once, the processors would go from one to the next, and the workers, who only have to hand out what is read, would wait among
//! them: of many who ask, some would wait several times as long as others.

use std::sync::Arc;
use std::thread;

use tokio::sync::Semaphore;
use tokio::task::JoinError;

use crate::aside::aside;

/// For each processor, so many pages are read at a time: while one of them waits for a log that is elsewhere, another goes on.
const EACH: usize = 2;

/// The pages that are being read.
#[derive(Debug, Clone)]
pub(super) struct Pages(Arc<Semaphore>);

impl Default for Pages {
    fn default() -> Self {
        Self::at_a_time(EACH * thread::available_parallelism().map_or(1, usize::from))
    }
}

impl Pages {
    fn at_a_time(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count)))
    }

    /// Reads and draws a page beside the workers that answer everybody, when it is its turn.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        page: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, JoinError> {
        let turn = Arc::clone(&self.0).acquire_owned().await.expect("nobody closes the turns");
        let page = async move {
            // Where nobody waits for it any more, the turn is given back when the thread has ended with it, and no sooner.
            let _turn = turn;
            page.await
        };
        aside(page).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt as _;
    use futures::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_many_pages_a_few_are_read_at_a_time() {
        let (pages, reading) = (Pages::at_a_time(2), Arc::new(AtomicUsize::new(0)));
        let read = (0..50).map(|number| {
            let reading = Arc::clone(&reading);
            pages.read(async move {
                let at_once = reading.fetch_add(1, Ordering::SeqCst) + 1;
                thread::yield_now();
                reading.fetch_sub(1, Ordering::SeqCst);
                (number, at_once)
            })
        });
        for (expected, read) in join_all(read).await.into_iter().enumerate() {
            let (number, at_once) = read.unwrap();
            assert_eq!(number, expected);
            assert!(at_once <= 2, "{at_once} at once");
        }
    }

    #[tokio::test]
    async fn whoever_asked_first_has_the_page_first_and_who_has_gone_keeps_nobody_waiting() {
        let (pages, read, go) = (Pages::at_a_time(1), Arc::new(Mutex::new(vec![])), Arc::new(Notify::new()));
        let page = |number: u32| {
            let (read, go) = (Arc::clone(&read), Arc::clone(&go));
            Box::pin(pages.read(async move {
                if number == 1 {
                    go.notified().await;
                }
                read.lock().unwrap().push(number);
            }))
        };
        let (mut first, mut gone, mut last) = (page(1), page(2), page(3));
        for page in [&mut first, &mut gone, &mut last] {
            // From now on it stands in the line.
            assert!(page.now_or_never().is_none());
        }
        drop(gone);
        go.notify_one();
        last.await.unwrap();
        first.await.unwrap();
        assert_eq!(*read.lock().unwrap(), [1, 3]);
    }
}
