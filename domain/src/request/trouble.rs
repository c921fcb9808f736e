//! What a request takes in of troubles outside.

use super::{Kind, Request, RequestEvent, Stage};

impl<K: Kind> Request<K> {
    /// What was being done for it failed for good. The same is kept once.
    pub(super) fn fail(&self, phase: K::Phase, why: String) -> Vec<RequestEvent<K>> {
        let again = self.failure.as_ref().is_some_and(|failure| failure.phase == phase && failure.why != why);
        if K::is_in(self, phase) || again { vec![RequestEvent::Failed { phase, why }] } else { vec![] }
    }

    /// A vendor lets nobody in while something is asked of it for this request.
    pub(super) fn delay(&self, vendor: String) -> Vec<RequestEvent<K>> {
        let waits = matches!(self.stage, Stage::Checking | Stage::Working);
        let is_new = self.delayed.as_ref() != Some(&vendor);
        if waits && is_new { vec![RequestEvent::Delayed { vendor }] } else { vec![] }
    }
}
