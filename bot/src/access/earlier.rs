//! What an account holds already, and held before: what the rules and the limits are asked about.

use countersign_domain::access::{Asked, DEFAULT_MINUTES, Fault, Permission, Span, unbroken_minutes};
use countersign_domain::denied::Violation;
use countersign_domain::named::Named;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{ForgeRepository, Located};
use countersign_domain::request::Code;
use countersign_projections::{access, request};
use jiff::Timestamp;

use super::evidence::{self, Held};
use crate::context::Context;
use crate::engine::Failure;
use crate::patience::patiently;
use crate::requests::Requests;
use crate::world::Vendors;

impl Requests {
    /// For how many minutes an account would hold without a break what it asks for: what the rules are asked about.
    pub async fn whole(
        &self,
        tenant: &Tenant,
        asked: &Asked,
        held_on: Option<(&str, &str)>,
    ) -> Result<u64, Failure> {
        let earlier = self.earlier(tenant, asked, held_on).await?;
        let minutes = asked.minutes.unwrap_or(DEFAULT_MINUTES);
        Ok(unbroken_minutes(&earlier, self.world.clock.now(), minutes))
    }

    /// When the account held as much on the repository as it asks for, through other accesses. `held_on`: both by their
    /// identities at the forge.
    pub async fn earlier(
        &self,
        tenant: &Tenant,
        asked: &Asked,
        held_on: Option<(&str, &str)>,
    ) -> Result<Vec<Span>, Failure> {
        let (Some(held_on), Some(permission)) = (held_on, asked.permission) else { return Ok(vec![]) };
        self.world.folded().await?;
        let rows = self.world.projections.rows(request::NAME);
        let all = access::earlier(&*rows, tenant, held_on)?;
        let others = all.into_iter().filter(|it| it.code != asked.code && it.permission >= permission);
        Ok(others.map(|it| it.span).collect())
    }

    /// The same for what is not asked for yet, by the names that were said; nothing where a vendor cannot say now who or what
    /// they are: the check of the request asks again.
    pub async fn earlier_of(
        &self,
        tenant: &Tenant,
        asked: &Asked,
        vendors: &Vendors,
    ) -> Result<Vec<Span>, Failure> {
        let Some(repository) = &asked.repository else { return Ok(vec![]) };
        let (user, found) =
            futures::join!(vendors.forge.user(&asked.subject.account), vendors.forge.repository(repository));
        let found = user.ok().and_then(Named::one).zip(found.ok().and_then(Located::here));
        let Some((user, found)) = found else { return Ok(vec![]) };
        self.earlier(tenant, asked, Some((user.account.as_str(), found.key()))).await
    }

    /// Why somebody need not ask for what they ask for: they hold it already by themselves, or through an access that lasts as
    /// long, or as long as it may where they do not say for how long. Where that cannot be known now, they ask, and the check
    /// finds out.
    pub(crate) async fn held_already(
        &self,
        context: &Context,
        asked: &Asked,
    ) -> Result<Option<Violation>, Failure> {
        let tenant = &context.tenant;
        let (Some(permission), Some(repository), []) =
            (asked.permission, &asked.repository, asked.faults.as_slice())
        else {
            return Ok(None);
        };
        let Some(vendors) = self.world.vendors(tenant) else { return Ok(None) };
        // What is held is kept by identities, and people write names.
        let held = async {
            let (user, found) = futures::join!(
                vendors.forge.user(&asked.subject.account),
                vendors.forge.repository(repository)
            );
            let Some((user, found)) = user?.one().zip(found?.here()) else { return Ok(None) };
            let held = evidence::held(&self.world, vendors, tenant, &user.account, found.key()).await?;
            Ok(Some((held, user, found)))
        };
        let held = patiently(vendors.forge.vendor(), held).await;
        let Ok(Some((held, account, found))) = held else { return Ok(None) };
        if let Some(holds) = Held::by_itself(&held).filter(|holds| *holds >= permission) {
            return Ok(Some(told(asked, &found.name, holds, None).at(vendors.forge.vendor())));
        }
        self.held_through(tenant, asked, (&account.account, &found)).await
    }

    /// The same of what an access in force gives, on what was looked up.
    pub(super) async fn held_through(
        &self,
        tenant: &Tenant,
        asked: &Asked,
        (account, repository): (&str, &ForgeRepository),
    ) -> Result<Option<Violation>, Failure> {
        let Some(permission) = asked.permission else { return Ok(None) };
        self.world.folded().await?;
        let now = self.world.clock.now();
        let rows = self.world.projections.rows(request::NAME);
        let ours = access::earlier(&*rows, tenant, (account, repository.key()))?;
        let is_enough = |it: &access::Earlier| {
            let is_in_force = it.is_active && it.span.until > now && it.code != asked.code;
            is_in_force && it.permission >= permission && asked.is_no_longer_than(it.span.until, now)
        };
        let longest = ours.into_iter().filter(is_enough).max_by_key(|it| it.span.until);
        let name = repository.name.as_str();
        Ok(longest.map(|it| told(asked, name, it.permission, Some((it.by, (it.code, it.span.until))))))
    }
}

/// That it is held already. What others hold beyond what is asked for, and by which access, is not for everybody to know, but for who
/// asked for that access themselves.
fn told(
    asked: &Asked,
    repository: &str,
    holds: Permission,
    through: Option<(PrincipalId, (Code, Timestamp))>,
) -> Violation {
    let permission = asked.permission.unwrap_or(holds);
    let is_own = asked.is_for_themselves();
    let holds = if is_own { holds } else { permission };
    let through = through.filter(|(by, _)| is_own || *by == asked.requester.id).map(|(_, through)| through);
    let (user, repository) = (asked.subject.name.clone(), repository.to_owned());
    Violation::from(Fault::HeldAlready { user, permission, repository, holds, through })
}
