//! A token that counts for a while: made once for all who wait for it, used until shortly before its end, and thrown away where whoever
//! gave it does not take it any more.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_domain::ports::SecretError;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::Mutex;

/// A token and until when it is used.
#[derive(Debug)]
pub struct Lasting {
    /// The token.
    pub token: SecretString,
    /// From then on another one is made.
    pub until: Timestamp,
}

/// The token of the moment.
#[derive(Debug, Default)]
pub struct Renewed {
    /// Locked while one is made, so that many callers make one.
    kept: Mutex<Option<Lasting>>,
    /// How many there were.
    made: AtomicU64,
}

impl Renewed {
    /// Which one is in use, to be named when it is refused.
    pub fn current(&self) -> u64 {
        self.made.load(Ordering::Acquire)
    }

    /// Throws this one away, unless another one has come since. Where there was none before the call that was refused, it is the first.
    pub async fn forget(&self, which: u64) {
        let mut kept = self.kept.lock().await;
        if self.current() == which.max(1) {
            *kept = None;
        }
    }

    /// The token; it is made where there is none that still counts.
    pub async fn get(
        &self,
        now: Timestamp,
        make: impl Future<Output = Result<Lasting, SecretError>> + Send,
    ) -> Result<SecretString, SecretError> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.until) {
            return Ok(kept.token.clone());
        }
        let made = make.await?;
        let token = made.token.clone();
        self.made.fetch_add(1, Ordering::AcqRel);
        *kept = Some(made);
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    async fn token(renewed: &Renewed, second: i64, made: &str) -> String {
        let lasting = Lasting { token: made.into(), until: at(second + 60) };
        renewed.get(at(second), async { Ok(lasting) }).await.unwrap().expose_secret().to_owned()
    }

    #[tokio::test]
    async fn a_token_is_used_until_its_end_and_thrown_away_once_where_it_is_refused() {
        let renewed = Renewed::default();
        // The call for which the first one was made began before there was any.
        let before = renewed.current();
        assert_eq!(token(&renewed, 0, "one").await, "one");
        assert_eq!(token(&renewed, 59, "two").await, "one");
        renewed.forget(before).await;
        assert_eq!(token(&renewed, 59, "two").await, "two", "the first one was refused");
        renewed.forget(before).await;
        assert_eq!(token(&renewed, 60, "three").await, "two", "that was said of the one before");
        assert_eq!(token(&renewed, 119, "three").await, "three", "its end has come");
    }

    #[tokio::test]
    async fn where_none_can_be_made_the_next_one_who_asks_tries_again() {
        let renewed = Renewed::default();
        let none = SecretError { name: "token".to_owned(), why: "down".to_owned(), passing: true };
        assert!(renewed.get(at(0), async { Err(none) }).await.is_err());
        assert_eq!(token(&renewed, 0, "one").await, "one");
    }
}
