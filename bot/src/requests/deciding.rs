//! Countersigning and denying: what people decide on is looked at again before it counts.

use std::sync::Arc;

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::AnyCommand;
use countersign_domain::denied::Violation;
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::CallError;
use countersign_domain::request::{
    Code, Command, Common, Countersignature, Difference, Evidence as _, Request, RequestEvent,
};
use countersign_domain::rules::Ruling;
use countersign_domain::words::could_not;
use countersign_outbound::correlated;

use super::{Opened, Requests, Touched};
use crate::capabilities::{self, Capability, Fresh};
use crate::context::Context;
use crate::directory::Present;
use crate::engine::{Decided, Failure};

impl Requests {
    /// Countersigns what is proposed. `receipt` is what a button carried; `None` stands for a typed sentence.
    pub async fn countersign(
        &self,
        context: &Context,
        opened: &Opened,
        receipt: Option<Digest>,
    ) -> Result<Decided<Touched>, Failure> {
        let cause = context.cause("review", self.world.clock.now());
        let reviewed = self.review_if_needed(&context.tenant, opened, &cause).await?;
        let opened = reviewed.as_ref().unwrap_or(opened);
        // "As it stands now" is as it stood before the vendors are asked.
        let receipt = receipt.or_else(|| opened.receipt());
        capabilities::countersign(self, context, opened, receipt).await
    }

    /// Says no.
    pub async fn deny(
        &self,
        context: &Context,
        opened: &Opened,
        receipt: Option<Digest>,
        reason: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        let by = context.person.clone();
        let reason = match self.reason(context, "deny", reason).await? {
            Ok(reason) => reason,
            Err(denied) => return Ok(Err(denied)),
        };
        let absent = opened.present.state.absent_for(&by, self.world.clock.now());
        let deny = Common::Deny { by, absent, receipt, reason }.into();
        self.tell(context, "deny", opened, &deny).await
    }

    /// Countersigns a request of one kind.
    pub(crate) async fn countersign_own<K: Capability>(
        &self,
        context: &Context,
        opened: &Opened,
        request: &Request<K>,
        receipt: Option<Digest>,
    ) -> Result<Decided<Touched>, Failure>
    where
        AnyCommand: From<Command<K>>,
    {
        let (tenant, present) = (&context.tenant, &opened.present);
        let signature = Countersignature {
            by: context.person.clone(),
            people: Arc::clone(&present.state),
            receipt,
            rules: self.rules_of::<K>(tenant, present, request).await?,
            assurance: context.assurance,
            past: K::past(self, tenant, request).await?,
        };
        let command = Command::Countersign(Box::new(signature));
        let would_count = request.decide(command.clone(), self.world.clock.now());
        if would_count.is_ok()
            && let Err(denied) = Box::pin(self.look_again(context, "approve", &opened.code, request)).await?
        {
            return Ok(Err(denied));
        }
        self.tell(context, "approve", opened, &command.into()).await
    }

    /// The version of the rules that what waits is countersigned under: the one it was shown with, where those in force say the
    /// same of it.
    async fn rules_of<K: Capability>(
        &self,
        tenant: &Tenant,
        present: &Present,
        request: &Request<K>,
    ) -> Result<u64, Failure> {
        let now = match (&request.asked, &request.open) {
            (Some(asked), Some(open)) => {
                K::ruling(self, tenant, present, (request, asked), open.proposal).await?
            }
            _ => None,
        };
        Ok(now.map_or_else(|| present.rules_version(), |now| request.ruled_by(&now)))
    }

    /// Asks the vendors whether what somebody decides on under this `name` is still as it was shown; a "no" where it is not,
    /// and where nobody can say.
    async fn look_again<K: Capability>(
        &self,
        context: &Context,
        name: &'static str,
        code: &Code,
        request: &Request<K>,
    ) -> Result<Decided<()>, Failure>
    where
        AnyCommand: From<Command<K>>,
    {
        let tenant = &context.tenant;
        let fresh = match self.look(context, request).await? {
            Ok(Some(fresh)) => fresh,
            Ok(None) => return Ok(Ok(())),
            Err(error) => {
                tracing::warn!(%tenant, %code, vendor = error.vendor, "what is decided on cannot be looked at: {error}");
                return self.refuse(context, name, unknown(&error)).await;
            }
        };
        if request.differences(&fresh.findings, &fresh.by_us).is_empty() {
            return Ok(Ok(()));
        }
        let differences = self.note(context, name, (code, request), &fresh).await?;
        if differences.is_empty() {
            // Somebody else was faster; the receipt does not fit any more.
            return Ok(Ok(()));
        }
        let people = self.directory.present(tenant).await?.state;
        let changed = K::changed(&differences, &fresh.findings, (&context.person, &people));
        self.refuse(context, name, changed).await
    }

    /// What the vendors say now, as part of this conversation.
    pub(crate) async fn look<K: Capability>(
        &self,
        context: &Context,
        request: &Request<K>,
    ) -> Result<Result<Option<Fresh<K>>, CallError>, Failure> {
        let look = K::look(self, &context.tenant, request);
        correlated(context.correlation.to_string(), look).await
    }

    /// Lets a request take in how things are now; what has changed, if anything.
    pub(crate) async fn note<K: Capability>(
        &self,
        context: &Context,
        name: &'static str,
        (code, request): (&Code, &Request<K>),
        fresh: &Fresh<K>,
    ) -> Result<Vec<Difference<K>>, Failure>
    where
        AnyCommand: From<Command<K>>,
    {
        let tenant = &context.tenant;
        let ruling = self.rule_on(tenant, request, &fresh.findings).await?;
        let cause = context.cause(&format!("look again {name}"), self.world.clock.now());
        let taken_in = fresh.taken_in(&ruling).into();
        let done = self.tell_unread(tenant, code, &cause, "look again", &taken_in).await?;
        let events = done.ok().into_iter().flat_map(|done| done.events);
        let changed = events.filter_map(|event| K::happened(Some(event))).find_map(|event| match event {
            RequestEvent::EvidenceChanged { differences, .. } => Some(differences),
            _ => None,
        });
        Ok(changed.unwrap_or_default())
    }

    /// What the rules say to what waits, or was approved and is not carried out, under the names that were found: rules
    /// that cannot be asked allow nothing. Nothing where nobody decides.
    pub(crate) async fn rule_on<K: Capability>(
        &self,
        tenant: &Tenant,
        request: &Request<K>,
        found: &K::Evidence,
    ) -> Result<Option<Ruling>, Failure> {
        let waits = request.open.as_ref().map(|open| open.proposal);
        let proposal = waits.or_else(|| request.is_approved().then_some(K::FIRST));
        let (Some(proposal), Some(asked)) = (proposal, request.asked.clone()) else { return Ok(None) };
        let present = self.directory.anew(tenant).await?;
        let asked = found.resolved(asked);
        let ruling = K::ruling(self, tenant, &present, (request, &asked), proposal).await?;
        Ok(Some(ruling.unwrap_or_else(|| present.nothing_allowed())))
    }
}

/// Nobody can say what is now; what a vendor refuses is said, for waiting does not mend that.
pub(crate) fn unknown(error: &CallError) -> Violation {
    let refused = error.kind.is_refusal().then(|| could_not(error));
    Violation::EvidenceUnknown { vendor: error.vendor.to_owned(), refused }
}
