//! Lists of the forge, read page by page; a page that it does not give now is asked for again.

use countersign_domain::ports::{CallError, CallErrorKind, Forge, ForgeRepository, Holder};
use jiff::SignedDuration;

use super::Comparer;

/// A page that the forge does not give now is asked for so often …
const TRIES: u32 = 5;
/// … and after so long again, where the forge does not say after how long.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// More pages than this no list has.
const PAGES: u32 = 1_000;

impl Comparer {
    /// Everybody who holds something on a repository by a direct permission.
    pub(super) async fn holders(
        &self,
        forge: &dyn Forge,
        repository: &ForgeRepository,
    ) -> Result<Vec<Holder>, CallError> {
        let mut holders = Vec::new();
        for page in 1..=PAGES {
            let read = self.patiently(|| forge.holders(repository.key(), page)).await?;
            let gone = || CallError {
                vendor: forge.vendor(),
                what: format!("list the permissions on {}", repository.name),
                detail: "there is no such repository any more".to_owned(),
                status: None,
                kind: CallErrorKind::Rejected,
            };
            let read = read.ok_or_else(gone)?;
            holders.extend(read.holders);
            if !read.more {
                break;
            }
        }
        Ok(holders)
    }

    /// Every repository there is.
    pub(super) async fn repositories(&self, forge: &dyn Forge) -> Result<Vec<ForgeRepository>, CallError> {
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let read = self.patiently(|| forge.repositories(page)).await?;
            all.extend(read.repositories);
            if !read.more {
                break;
            }
        }
        Ok(all)
    }

    /// Asks again, as late as the forge wants it, where it does not answer now.
    async fn patiently<T, F>(&self, ask: impl Fn() -> F + Send + Sync) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, CallError>> + Send,
    {
        for _ in 1..TRIES {
            match ask().await {
                Err(CallError { kind: CallErrorKind::NotDone { after }, .. }) => {
                    let wait = after.and_then(|after| after.try_into().ok()).unwrap_or(PAUSE);
                    let until = self.world.clock.now().saturating_add(wait).unwrap_or(jiff::Timestamp::MAX);
                    self.world.clock.sleep_until(until).await;
                }
                answer => return answer,
            }
        }
        ask().await
    }
}
