//! Waiting for what real sockets bring in real time: until it is so, and no longer than anything ever takes.

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// What is not so by then is never so, however much else the machine has to do.
const EVER: Duration = Duration::from_mins(1);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Looks again and again until it is so.
pub async fn until(what: &str, mut so: impl FnMut() -> bool) {
    until_seen(what, async || so()).await;
}

/// The same of what is asked for.
pub async fn until_seen(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let look = async {
        while !so().await {
            sleep(PAUSE).await;
        }
    };
    assert!(timeout(EVER, look).await.is_ok(), "never: {what}");
}
