//! Waiting, for a short time, until what is being checked or set has an outcome, and until the read models know what was done before.

use std::time::Duration;

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::names::Tenant;
use countersign_domain::request::Code;
use countersign_projections::{ProjectionError, request};

use super::Chat;
use crate::engine::Failure;
use crate::requests::Touched;

/// How long lists are waited for: they are behind by milliseconds, or something is wrong that waiting does not mend.
const BEHIND: Duration = Duration::from_secs(2);

impl Chat {
    /// Waits until the lists know all that was in the log when somebody spoke, as every list that is read by the API does: what they were
    /// told to be done, and whatever anybody else was, they find there. Lists that cannot come so far are read as they are.
    pub(super) async fn caught_up(&self) {
        match self.world.waits(BEHIND, self.world.folded()).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => tracing::info!("the lists are read as they are: {failure}"),
            Err(_) => tracing::info!("the lists are read as they are, some of the log is not in them yet"),
        }
    }

    /// The same for who says this: what names its request by its code is read from the log itself, and what asks for access by its
    /// command waits where it reads what is held and asked for.
    pub(super) async fn caught_up_for(&self, text: &str) {
        let mut words = text.split_whitespace();
        let asks = words.clone().next() == Some("access");
        if !asks && !words.any(|word| word.parse::<Code>().is_ok()) {
            self.caught_up().await;
        }
    }

    /// How a request stands once nothing is under way any more, or when the answer cannot wait any longer.
    pub(crate) async fn settled(&self, tenant: &Tenant, touched: &Touched) -> Result<AnyRequest, Failure> {
        if !touched.request.is_under_way() || self.patience.is_zero() {
            return Ok(touched.request.clone());
        }
        match tokio::time::timeout(self.patience, self.outcome(tenant, touched)).await {
            Ok(request) => request,
            // What the log says now, which may be ahead of the read model.
            Err(_) => self.logged(tenant, touched).await,
        }
    }

    async fn outcome(&self, tenant: &Tenant, touched: &Touched) -> Result<AnyRequest, Failure> {
        let projections = &self.world.projections;
        let mut changed = projections.changed();
        if let Some(position) = touched.position {
            projections.wait_for(position).await?;
        }
        let rows = projections.rows(request::NAME);
        loop {
            changed.borrow_and_update();
            let row = request::find(&*rows, tenant, &touched.code).map_err(ProjectionError::from)?;
            let request = match row {
                Some(row) => row.request,
                None => self.logged(tenant, touched).await?,
            };
            if !request.is_under_way() {
                return Ok(request);
            }
            if changed.changed().await.is_err() {
                return self.logged(tenant, touched).await;
            }
        }
    }

    async fn logged(&self, tenant: &Tenant, touched: &Touched) -> Result<AnyRequest, Failure> {
        let request = self.requests.any(tenant, &touched.code).await?;
        Ok(request.unwrap_or_else(|| touched.request.clone()))
    }
}
