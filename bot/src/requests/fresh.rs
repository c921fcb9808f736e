//! Before a request is born or decided: what is held already, what was held before, and whether what it is decided on is
//! still so.

use countersign_domain::access::{
    AccessEvent, AccessRequest, Asked, DEFAULT_MINUTES, Difference, Findings, Form, Proposal, Span,
    unbroken_minutes,
};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::denied::Violation;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::named::Named;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{CallError, Located};
use countersign_domain::request::Code;
use countersign_domain::rules::Ruling;
use countersign_domain::words::could_not;
use countersign_outbound::correlated;
use countersign_projections::access;
use jiff::ToSpan as _;
use uuid::Uuid;

use super::{CODES, Requests, requester};
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::evidence::{self, Fresh, Held};
use crate::resolve::Resolved;
use crate::tickets;
use crate::world::Vendors;

impl Requests {
    /// Asks the vendors whether what somebody decides on under this `name` is still as it was shown; a "no" where it is not,
    /// and where nobody can say.
    pub(super) async fn look_again(
        &self,
        context: &Context,
        name: &'static str,
        code: &Code,
        state: &AccessRequest,
    ) -> Result<Decided<()>, Failure> {
        let tenant = &context.tenant;
        let fresh = match self.look(context, state).await? {
            Ok(Some(fresh)) => fresh,
            Ok(None) => return Ok(Ok(())),
            Err(error) => {
                tracing::warn!(%tenant, %code, vendor = error.vendor, "what is decided on cannot be looked at: {error}");
                return self.refuse(context, name, unknown(&error)).await;
            }
        };
        if state.differences(&fresh.findings, &fresh.moved_by_us).is_empty() {
            return Ok(Ok(()));
        }
        let differences = self.note(context, name, state, &fresh).await?;
        if differences.is_empty() {
            // Somebody else was faster; the receipt does not fit any more.
            return Ok(Ok(()));
        }
        let ticket = fresh.findings.ticket.as_ref();
        let differences = tickets::told(&differences, ticket, Some(&context.person));
        self.refuse(context, name, Violation::EvidenceChanged { differences }).await
    }

    /// Looks again at what somebody wants to go on with, so that it is shown, and decided by the rules, as it is now. Where
    /// nobody can say, it is not decided by the rules alone (`is_alone`); who countersigns will look again anyway.
    pub(super) async fn refresh(
        &self,
        context: &Context,
        state: &AccessRequest,
        is_alone: bool,
    ) -> Result<Decided<()>, Failure> {
        let fresh = match self.look(context, state).await? {
            Ok(Some(fresh)) => fresh,
            Err(error) if is_alone => {
                return self.refuse(context, "extend", unknown(&error)).await;
            }
            Ok(None) | Err(_) => return Ok(Ok(())),
        };
        self.note(context, "extend", state, &fresh).await?;
        Ok(Ok(()))
    }

    /// A ticket is gone, or was moved: whatever waits under it is decided on what is now, and those who decide are asked
    /// whether it matters.
    pub async fn ticket_lost(&self, tenant: &Tenant, cause: &Cause, key: &str) -> Result<(), Failure> {
        evidence::folded(&self.world).await?;
        self.world.looked.forget_tickets(tenant);
        let waiting = access::waiting(&*self.world.projections.rows(access::NAME), tenant)?;
        for code in waiting {
            let state = self.state(tenant, &code).await?;
            if state.asked.as_ref().and_then(|asked| asked.ticket.as_deref()) != Some(key) {
                continue;
            }
            // Where nobody can say now, whoever decides looks again.
            let Ok(Some(fresh)) = evidence::look(&self.world, tenant, &state).await? else { continue };
            let ruling = self.rule_on(tenant, &state, &fresh.findings).await?;
            let command = || fresh.taken_in(&ruling);
            let cause = Cause { command: derived_id(cause.command, code.stream_id()), ..cause.clone() };
            self.engine
                .execute::<AccessRequest>(tenant, code.stream_id(), &cause, "look again", command)
                .await?
                .ok();
        }
        Ok(())
    }

    /// What the rules say to what waits, or was approved and is not carried out, under the names that were found: rules
    /// that cannot be asked allow nothing. Nothing where nobody decides.
    pub async fn rule_on(
        &self,
        tenant: &Tenant,
        state: &AccessRequest,
        found: &Findings,
    ) -> Result<Option<Ruling>, Failure> {
        let waits = state.open.as_ref().map(|open| open.proposal);
        let proposal = waits.or_else(|| state.is_approved().then_some(Proposal::Grant));
        let (Some(proposal), Some(asked)) = (proposal, state.asked.clone()) else { return Ok(None) };
        let present = self.directory.present(tenant).await?;
        let ruling = self.rule_anew(tenant, &present, (state, &asked.resolved(found)), proposal).await?;
        Ok(Some(ruling.unwrap_or_else(|| present.nothing_allowed())))
    }

    async fn look(
        &self,
        context: &Context,
        state: &AccessRequest,
    ) -> Result<Result<Option<Fresh>, CallError>, Failure> {
        let look = evidence::look(&self.world, &context.tenant, state);
        correlated(context.correlation.to_string(), look).await
    }

    /// Lets a request take in how things are now; what has changed, if anything.
    async fn note(
        &self,
        context: &Context,
        name: &'static str,
        state: &AccessRequest,
        fresh: &Fresh,
    ) -> Result<Vec<Difference>, Failure> {
        let Some(code) = state.asked.as_ref().map(|asked| &asked.code) else { return Ok(vec![]) };
        let ruling = self.rule_on(&context.tenant, state, &fresh.findings).await?;
        let command = || fresh.taken_in(&ruling);
        let cause = context.cause(&format!("look again {name}"), self.world.clock.now());
        let (tenant, id) = (&context.tenant, code.stream_id());
        let done = self.engine.execute::<AccessRequest>(tenant, id, &cause, "look again", command).await?;
        let changed = done.ok().into_iter().flat_map(|done| done.events).find_map(|event| match event {
            AccessEvent::EvidenceChanged { differences, .. } => Some(differences),
            _ => None,
        });
        Ok(changed.unwrap_or_default())
    }

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
        let rows = self.world.projections.rows(access::NAME);
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
        let rows = self.world.projections.rows(access::NAME);
        let ours = access::earlier(&*rows, tenant, (account, repository))?;
        let covers =
            |it: &access::Earlier| it.is_active && it.permission >= permission && it.span.until >= until;
        Ok(ours.into_iter().find(covers).map(|it| violation(it.permission, Some((it.code, it.span.until)))))
    }

    /// The request that came of this very command already, if one did.
    pub(crate) async fn asked_by(&self, tenant: &Tenant, command: Uuid) -> Result<Option<Code>, Failure> {
        for attempt in 0..CODES {
            let code = Code::candidate(command, attempt);
            let stream = StreamName::new(tenant, AccessRequest::CATEGORY, code.stream_id())?;
            match self.world.store.read_stream(&stream, 0, 1).await?.first() {
                Some(event) if event.command == command => return Ok(Some(code)),
                // Another request holds this code: ours, if there is one, took the next.
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// Nobody can say what is now; what a vendor refuses is said, for waiting does not mend that.
fn unknown(error: &CallError) -> Violation {
    let refused = error.kind.is_refusal().then(|| could_not(error));
    Violation::EvidenceUnknown { vendor: error.vendor.to_owned(), refused }
}
