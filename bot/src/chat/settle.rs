//! Waiting, for a short time, until what is being checked or set has an outcome.

use countersign_domain::access::{AccessRequest, Status};
use countersign_domain::names::Tenant;
use countersign_projections::{ProjectionError, access};

use super::Chat;
use crate::engine::Failure;
use crate::requests::Touched;

impl Chat {
    /// How a request stands once nothing is under way any more, or when the answer cannot wait any longer.
    pub(super) async fn settled(&self, tenant: &Tenant, touched: &Touched) -> Result<AccessRequest, Failure> {
        if !is_under_way(touched.state.status()) {
            return Ok(touched.state.clone());
        }
        match tokio::time::timeout(self.patience, self.outcome(tenant, touched)).await {
            Ok(access) => access,
            // What the log says now, which may be ahead of the read model.
            Err(_) => self.requests.state(tenant, &touched.code).await,
        }
    }

    async fn outcome(&self, tenant: &Tenant, touched: &Touched) -> Result<AccessRequest, Failure> {
        let projections = &self.world.projections;
        let mut changed = projections.changed();
        if let Some(position) = touched.position {
            projections.wait_for(position).await?;
        }
        let rows = projections.rows(access::NAME);
        loop {
            changed.borrow_and_update();
            let row = access::find(&*rows, tenant, &touched.code).map_err(ProjectionError::from)?;
            if let Some(row) = row.filter(|row| !is_under_way(row.access.status())) {
                return Ok(row.access);
            }
            if changed.changed().await.is_err() {
                return self.requests.state(tenant, &touched.code).await;
            }
        }
    }
}

const fn is_under_way(status: Status) -> bool {
    matches!(status, Status::Checking | Status::Granting | Status::Ending)
}
