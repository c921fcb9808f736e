//! The correlation id of the work a call belongs to, sent along so that both sides' logs can be laid beside each other.

use std::future::Future;

tokio::task_local! {
    static CORRELATION: String;
}

/// Runs `work`; every call made within it carries `id` as `X-Request-ID`.
pub async fn correlated<F: Future>(id: impl Into<String>, work: F) -> F::Output {
    CORRELATION.scope(id.into(), work).await
}

/// The id that [`correlated`] set around the present work.
pub fn current_correlation() -> Option<String> {
    CORRELATION.try_with(Clone::clone).ok()
}
