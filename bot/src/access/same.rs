//! The same asked for once more while it is open is the same request, however it is spelled: the second is answered with the first.

use countersign_domain::access::{AccessRequest, Asked, Status};
use countersign_domain::names::Tenant;
use countersign_domain::ports::same_account;
use countersign_projections::access::{self, AccessFilter};
use countersign_projections::request;

use crate::engine::Failure;
use crate::patience::patiently;
use crate::requests::{Requests, Touched};

/// While it is in one of these, it is under way and nobody has it yet.
const OPEN: [Status; 3] = [Status::Checking, Status::Waiting, Status::Granting];
/// So many rows are read at once.
const PAGE: usize = 100;

/// An account and a repository, by their identities at the forge.
type Meant = (String, String);

impl Requests {
    /// The open request in which the same is asked for already. One with faults is denied at once, and waits for nobody.
    pub(crate) async fn same_open(&self, tenant: &Tenant, asked: &Asked) -> Result<Option<Touched>, Failure> {
        if !asked.faults.is_empty() {
            return Ok(None);
        }
        if let Some(head) = self.world.store.head().await? {
            self.world.projections.wait_for(head).await?;
        }
        let rows = self.world.projections.rows(request::NAME);
        let concerning = Some(asked.requester.id.clone());
        let filter = AccessFilter { concerning, statuses: OPEN.to_vec(), ..AccessFilter::default() };
        let (mut after, mut meant) = (None::<String>, None);
        loop {
            let page = access::list(&*rows, tenant, &filter, after.as_deref(), PAGE)?;
            for row in page.items {
                if !row.access.is_asked_again(asked) {
                    continue;
                }
                let state: AccessRequest = self.state(tenant, &row.code).await?;
                if !OPEN.contains(&state.status()) {
                    continue;
                }
                // It is asked once, and only where something could be the same.
                if meant.is_none() {
                    meant = Some(self.identities(tenant, asked).await);
                }
                if self.is_about_the_same(tenant, &state, asked, meant.clone().flatten()).await {
                    let request = state.into();
                    return Ok(Some(Touched { code: row.code, request, position: None }));
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(None),
            }
        }
    }

    /// Whether an open request asks for exactly this, whoever asks.
    pub(crate) async fn asks_the_same(&self, tenant: &Tenant, open: &AccessRequest, asked: &Asked) -> bool {
        open.says_the_same(asked)
            && self.is_about_the_same(tenant, open, asked, self.identities(tenant, asked).await).await
    }

    /// Whether what is asked for is on the same repository and for the same account as an open request: `meant` by their
    /// identities. Only where the forge cannot say what the names stand for, it counts how they are written.
    async fn is_about_the_same(
        &self,
        tenant: &Tenant,
        open: &AccessRequest,
        asked: &Asked,
        meant: Option<Meant>,
    ) -> bool {
        let Some(other) = &open.asked else { return false };
        let found =
            open.findings.as_ref().is_some_and(|found| found.user.is_some() && found.repository.is_some());
        let found = open.held_on().filter(|_| found);
        let known = match found {
            Some((account, repository)) => Some((account.to_owned(), repository.to_owned())),
            None => self.identities(tenant, other).await,
        };
        if let (Some(known), Some(meant)) = (known, meant) {
            return known == meant;
        }
        // An id is the same id with braces and without; a repository's was read so already.
        same_account(&other.subject.account, &asked.subject.account) && other.repository == asked.repository
    }

    /// The account and the repository that are meant, by their identities at the forge.
    async fn identities(&self, tenant: &Tenant, asked: &Asked) -> Option<Meant> {
        let (forge, repository) = (&self.world.vendors(tenant)?.forge, asked.repository.as_deref()?);
        let found = async {
            let (user, found) =
                futures::join!(forge.user(&asked.subject.account), forge.repository(repository));
            Ok(user?.one().zip(found?.here()).map(|(user, found)| (user.account, found.key().to_owned())))
        };
        match patiently(forge.vendor(), found).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%tenant, "whether the same is asked for already cannot be looked up: {error}");
                None
            }
        }
    }
}
