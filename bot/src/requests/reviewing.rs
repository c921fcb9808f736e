//! Looking again at requests with the people and the rules there are now.

use std::sync::Arc;

use countersign_domain::capabilities::AnyEvent;
use countersign_domain::envelope::Cause;
use countersign_domain::names::Tenant;
use countersign_domain::request::{Code, Request, Review};
use countersign_domain::rules::Ruling;

use super::{Opened, Requests};
use crate::capabilities::{self, Capability};
use crate::directory::Present;
use crate::engine::Failure;

impl Requests {
    /// Looks again at a request with the people and the rules there are now; what came of it.
    pub async fn review(
        &self,
        tenant: &Tenant,
        code: &Code,
        cause: &Cause,
    ) -> Result<Vec<AnyEvent>, Failure> {
        let Some(request) = self.any(tenant, code).await? else { return Ok(vec![]) };
        let present = self.directory.present(tenant).await?;
        let (review, _) = capabilities::reviewed(self, tenant, &present, (&request, cause.at)).await?;
        let done = self.tell_unread(tenant, code, cause, "review", &review).await?;
        Ok(done.map_or_else(|_| vec![], |done| done.events))
    }

    /// The same for what is at hand, where that changes anything: how the request stands then. Mostly nothing has happened.
    pub(crate) async fn review_if_needed(
        &self,
        tenant: &Tenant,
        opened: &Opened,
        cause: &Cause,
    ) -> Result<Option<Opened>, Failure> {
        let known = (&opened.request, cause.at);
        let (review, true) = capabilities::reviewed(self, tenant, &opened.present, known).await? else {
            return Ok(None);
        };
        self.tell_on(tenant, opened, cause, "review", &review).await?.ok();
        self.read(tenant, &opened.code).await
    }

    /// What a request of one kind is looked at with: the people, and what the rules say now to what waits and to what stands.
    pub(crate) async fn looked_at<K: Capability>(
        &self,
        tenant: &Tenant,
        present: &Present,
        request: &Request<K>,
    ) -> Result<Review<K>, Failure> {
        let people = Arc::clone(&present.state);
        let Some(asked) = &request.asked else {
            return Ok(Review { people, open: None, granted: None, past: K::Past::default() });
        };
        let open = match request.open.as_ref().map(|open| open.proposal) {
            Some(proposal) => K::ruling(self, tenant, present, (request, asked), proposal).await?,
            None => None,
        };
        let granted = match K::ruling_on_what_stands(self, tenant, present, request).await? {
            // Once whoever was stood in for is back, it may be asked anew, on what the rules say by now.
            None if request.is_approved() && !request.stood_in_for.is_empty() => {
                K::ruling(self, tenant, present, (request, asked), K::FIRST).await?
            }
            granted => granted,
        };
        let past = match &open {
            Some(Ruling::Allowed(terms)) if terms.auto => K::past(self, tenant, request).await?,
            _ if request.is_approved() => K::past_of_approved(self, tenant, request).await?,
            _ => K::Past::default(),
        };
        Ok(Review { people, open, granted, past })
    }
}
