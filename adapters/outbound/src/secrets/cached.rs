//! Secrets that are remembered for a moment: where one has to be opened or fetched, not every call does so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign_domain::ports::{Clock, SecretError, Secrets};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

/// Another's secrets, each for so long at most. A failure is not remembered, and ends what was.
pub struct CachedSecrets {
    inner: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
    lasts: SignedDuration,
    kept: Mutex<BTreeMap<String, (Timestamp, SecretString)>>,
}

impl CachedSecrets {
    /// Remembers what `inner` gives for as long as this.
    pub fn new(inner: Arc<dyn Secrets>, clock: Arc<dyn Clock>, lasts: SignedDuration) -> Self {
        Self { inner, clock, lasts, kept: Mutex::default() }
    }

    fn remembered(&self, name: &str, now: Timestamp) -> Option<SecretString> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // What nobody asks for is not kept in memory either; and a clock that was turned back keeps nothing for longer.
        kept.retain(|_, (since, _)| {
            let age = now.duration_since(*since);
            !age.is_negative() && age < self.lasts
        });
        kept.get(name).map(|(_, secret)| secret.clone())
    }
}

#[async_trait]
impl Secrets for CachedSecrets {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        let now = self.clock.now();
        if let Some(secret) = self.remembered(name, now) {
            return Ok(secret);
        }
        let secret = self.inner.get(name).await?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(name.to_owned(), (now, secret.clone()));
        Ok(secret)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    /// A clock that stands, and is turned by hand.
    struct Turned(Mutex<Timestamp>);

    #[async_trait]
    impl Clock for Turned {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }

        async fn sleep_until(&self, _: Timestamp) {}
    }

    /// Gives the present value, and counts how often it was asked.
    #[derive(Default)]
    struct Present(Mutex<(Option<&'static str>, usize)>);

    #[async_trait]
    impl Secrets for Present {
        async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
            let mut present = self.0.lock().unwrap();
            present.1 += 1;
            present.0.map(SecretString::from).ok_or_else(|| super::super::refuse(name, "it is gone"))
        }
    }

    #[tokio::test]
    async fn a_secret_is_fetched_once_within_its_time_and_anew_after_it() {
        let noon: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let (clock, present) = (Arc::new(Turned(Mutex::new(noon))), Arc::new(Present::default()));
        let lasts = SignedDuration::from_secs(30);
        let cached = CachedSecrets::new(Arc::clone(&present) as _, Arc::clone(&clock) as _, lasts);
        let said = async |after: i64| {
            *clock.0.lock().unwrap() = noon + SignedDuration::from_secs(after);
            cached.get("token").await.map(|secret| secret.expose_secret().to_owned()).ok()
        };
        assert_eq!(said(0).await, None, "a failure is not remembered");
        present.0.lock().unwrap().0 = Some("first");
        assert_eq!(said(1).await.as_deref(), Some("first"));
        present.0.lock().unwrap().0 = Some("second");
        assert_eq!(said(30).await.as_deref(), Some("first"));
        assert_eq!(said(31).await.as_deref(), Some("second"));
        assert_eq!(present.0.lock().unwrap().1, 3);
        present.0.lock().unwrap().0 = None;
        assert_eq!(said(-3600).await, None, "a clock that was turned back keeps nothing for longer");
    }
}
