//! What an account holds already, and held before: what the rules and the limits are asked about.

use countersign_domain::access::{Asked, DEFAULT_MINUTES, Form, Span, unbroken_minutes};
use countersign_domain::denied::Violation;
use countersign_domain::named::Named;
use countersign_domain::names::Tenant;
use countersign_domain::ports::Located;
use countersign_domain::request::Code;
use countersign_outbound::correlated;
use countersign_projections::{access, request};
use jiff::ToSpan as _;

use super::evidence::{self, Held};
use crate::context::Context;
use crate::engine::Failure;
use crate::requests::{Requests, requester};
use crate::resolve::Resolved;
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
        evidence::folded(&self.world).await?;
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
    /// long. Where that cannot be known now, they ask, and the check finds out.
    pub async fn held_already(&self, context: &Context, form: &Form) -> Result<Option<Violation>, Failure> {
        // Said once more because no answer came, it is one with what was heard the first time, also when that was granted since.
        let heard = context.cause("ask", self.world.clock.now()).command;
        if self.asked_by(&context.tenant, heard).await?.is_some() {
            return Ok(None);
        }
        let (tenant, now) = (&context.tenant, self.world.clock.now());
        let Resolved { form, subject, .. } = self.resolver.form(tenant, &context.person, form).await?;
        // What others hold beyond what is asked for, and by which access, is not for everybody to know.
        let is_own = subject.principal.as_ref() == Some(&context.person.id);
        let requester = requester(&context.person);
        let code = Code::candidate(context.interaction, 0);
        let asked = Asked::read(code, requester, subject, &form, now);
        let (Some(permission), Some(repository), []) =
            (asked.permission, &asked.repository, asked.faults.as_slice())
        else {
            return Ok(None);
        };
        let user = asked.subject.name.clone();
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
        let held = evidence::patiently(vendors.forge.vendor(), held);
        let held = correlated(context.correlation.to_string(), held).await;
        let Ok(Some((held, account, found))) = held else { return Ok(None) };
        let (account, repository) = (account.account.as_str(), found.key());
        let violation = |holds, through: Option<_>| {
            let (user, repository) = (user.clone(), found.name.clone());
            let (holds, through) = if is_own { (holds, through) } else { (permission, None) };
            Violation::HeldAlready { user, permission, repository, holds, through }
        };
        if let Some(holds) = Held::by_itself(&held).filter(|holds| *holds >= permission) {
            return Ok(Some(violation(holds, None)));
        }
        let minutes = i64::try_from(asked.minutes.unwrap_or(DEFAULT_MINUTES)).unwrap_or(i64::MAX);
        let Ok(until) = now.checked_add(minutes.minutes()) else { return Ok(None) };
        let rows = self.world.projections.rows(request::NAME);
        let ours = access::earlier(&*rows, tenant, (account, repository))?;
        let covers =
            |it: &access::Earlier| it.is_active && it.permission >= permission && it.span.until >= until;
        Ok(ours.into_iter().find(covers).map(|it| violation(it.permission, Some((it.code, it.span.until)))))
    }
}
