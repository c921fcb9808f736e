//! What a request takes in of troubles outside.

use super::{Failure, Kind, Request, RequestEvent, Stage};

impl<K: Kind> Request<K> {
    /// What was being done for it failed for good. The same is kept once.
    pub(super) fn fail(&self, failure: Failure<K::Phase>) -> Vec<RequestEvent<K>> {
        let again = self.failure.as_ref().is_some_and(|last| last.phase == failure.phase && *last != failure);
        let Failure { phase, why, given_up, .. } = failure;
        let is_news = K::is_in(self, phase) || again;
        if is_news { vec![RequestEvent::Failed { phase, why, given_up }] } else { vec![] }
    }

    /// What failed was done by hand, an operator says.
    pub(super) fn vouch(&self, phase: K::Phase, note: String) -> Vec<RequestEvent<K>> {
        let failed = self.failure.as_ref().filter(|_| self.stage == Stage::Failed);
        let is_news = failed.is_some_and(|failure| failure.phase == phase && failure.vouched.is_none());
        if is_news { vec![RequestEvent::Vouched { phase, note }] } else { vec![] }
    }

    /// A vendor lets nobody in while something is asked of it for this request.
    pub(super) fn delay(&self, vendor: String) -> Vec<RequestEvent<K>> {
        let waits = matches!(self.stage, Stage::Checking | Stage::Working);
        let is_new = self.delayed.as_ref() != Some(&vendor);
        if waits && is_new { vec![RequestEvent::Delayed { vendor }] } else { vec![] }
    }
}
