//! How long a vendor is waited for where a person waits.

use std::time::Duration;

use countersign_domain::ports::{CallError, CallErrorKind};

/// For so long, in real time, whoever decides waits for a vendor before they are told that it does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits for a vendor as long as a person would.
pub async fn patiently<T>(
    vendor: &'static str,
    ask: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    tokio::time::timeout(PATIENCE, ask).await.unwrap_or_else(|_| Err(unasked(vendor, "it does not answer")))
}

/// What cannot be known now, and perhaps can later.
pub(crate) fn unasked(vendor: &'static str, detail: &str) -> CallError {
    let (what, detail) = ("look again at what is decided on".to_owned(), detail.to_owned());
    CallError { vendor, what, detail, status: None, kind: CallErrorKind::NotDone { after: None } }
}
