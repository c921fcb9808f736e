//! What people do with an access that they have: let it last longer, give it back, take it away.

use countersign_domain::access::{
    Access, AccessCommand, AccessRequest, Asked, Fault, Grant, GrantCommand, Longer, Proposal,
};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{AnyCommand, Listed as _};
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::duration::{End, parse_minutes};
use countersign_domain::names::Tenant;
use countersign_domain::ports::beginning;
use countersign_domain::request::Code;
use countersign_domain::rules::Ruling;
use countersign_domain::words::instant;
use jiff::Timestamp;

use crate::context::Context;
use crate::directory::Present;
use crate::engine::{Decided, Failure};
use crate::requests::{Opened, Requests, Touched, unknown};

impl Requests {
    /// Gives the access back before its time.
    pub async fn give_back(&self, context: &Context, opened: &Opened) -> Result<Decided<Touched>, Failure> {
        let by = context.person.clone();
        self.tell(context, "give back", opened, &own(GrantCommand::GiveBack { by })).await
    }

    /// Takes an access away before its time.
    pub async fn revoke(
        &self,
        context: &Context,
        opened: &Opened,
        reason: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        let by = context.person.clone();
        let reason = match self.reason(context, "revoke", reason).await? {
            Ok(reason) => reason,
            Err(denied) => return Ok(Err(denied)),
        };
        self.tell(context, "revoke", opened, &own(GrantCommand::Revoke { by, reason })).await
    }

    /// Asks for the access to last longer, by a duration or until an end, as a form holds them.
    pub async fn extend(
        &self,
        context: &Context,
        opened: &Opened,
        lasting: &str,
        why: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        self.propose_longer(context, opened, (lasting, why), false).await
    }

    /// The same in the place of an extension that waits, which is withdrawn by the same stroke: whatever speaks against the new one,
    /// or keeps it from being looked at, leaves that one as it is.
    pub async fn extend_instead(
        &self,
        context: &Context,
        opened: &Opened,
        lasting: &str,
        why: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        self.propose_longer(context, opened, (lasting, why), true).await
    }

    async fn propose_longer(
        &self,
        context: &Context,
        opened: &Opened,
        (lasting, why): (&str, Option<&str>),
        instead: bool,
    ) -> Result<Decided<Touched>, Failure> {
        let why = match self.reason(context, "extend", why).await? {
            Ok(why) => why,
            Err(denied) => return Ok(Err(denied)),
        };
        let state = own_access(opened);
        let longer = match longer(lasting, &state, self.world.clock.now()) {
            Ok(longer) => longer,
            Err(fault) => return self.refuse(context, "extend", fault).await,
        };
        let mut command =
            self.extension(context, &opened.present, &state, (longer, why.clone(), instead)).await?;
        let mut read_again = None;
        if state.decide(command.clone(), self.world.clock.now()).is_ok() {
            let is_alone = matches!(
                &command,
                AccessCommand::Own(GrantCommand::Extend { ruling: Ruling::Allowed(terms), .. }) if terms.auto
            );
            match Box::pin(self.refresh(context, (&opened.code, &state), is_alone)).await? {
                Err(denied) => return Ok(Err(denied)),
                Ok(true) => {
                    // The rules are asked under the name that it has now.
                    read_again = self.read(&context.tenant, &opened.code).await?;
                    let opened = read_again.as_ref().unwrap_or(opened);
                    let state = own_access(opened);
                    // What was found may have ended the one that waited.
                    let instead = instead && state.open.is_some();
                    command =
                        self.extension(context, &opened.present, &state, (longer, why, instead)).await?;
                }
                // Nobody looks at it once more: the rules decide as they are after the look.
                Ok(false) if is_alone => {
                    let present = self.directory.to_decide(&context.tenant).await?;
                    command = self.extension(context, &present, &state, (longer, why, instead)).await?;
                }
                Ok(false) => {}
            }
        }
        self.tell(context, "extend", read_again.as_ref().unwrap_or(opened), &command.into()).await
    }

    /// Why an access could not last so much longer, as far as the log and the rules say it now.
    pub async fn no_extension(
        &self,
        context: &Context,
        state: &AccessRequest,
        longer: Longer,
    ) -> Result<Option<Denied>, Failure> {
        let present = self.directory.present(&context.tenant).await?;
        let command = self.extension(context, &present, state, (longer, None, false)).await?;
        Ok(state.decide(command, self.world.clock.now()).err())
    }

    /// The wish for it to last so much longer, with what the rules say to it.
    async fn extension(
        &self,
        context: &Context,
        present: &Present,
        state: &AccessRequest,
        (longer, why, instead): (Longer, Option<String>, bool),
    ) -> Result<AccessCommand, Failure> {
        let (tenant, by) = (&context.tenant, context.person.clone());
        let (ruling, earlier) = match &state.asked {
            Some(asked) => {
                let proposal = Proposal::Extension(longer);
                let ruling = rule_anew(self, tenant, present, (state, asked), proposal).await?;
                (ruling, self.earlier(tenant, asked, state.held_on()).await?)
            }
            None => (None, vec![]),
        };
        let ruling = ruling.unwrap_or_else(|| present.nothing_allowed());
        Ok(AccessCommand::Own(GrantCommand::Extend { by, longer, ruling, earlier, why, instead }))
    }

    /// Looks again at what somebody wants to go on with, so that it is shown, and decided by the rules, as it is now. Where
    /// nobody can say, it is not decided by the rules alone (`is_alone`); who countersigns will look again anyway. Whether
    /// anything has changed.
    async fn refresh(
        &self,
        context: &Context,
        (code, state): (&Code, &AccessRequest),
        is_alone: bool,
    ) -> Result<Decided<bool>, Failure> {
        let fresh = match self.look::<Access>(context, state).await? {
            Ok(Some(fresh)) => fresh,
            Err(error) if is_alone => {
                return self.refuse(context, "extend", unknown(&error)).await;
            }
            Ok(None) | Err(_) => return Ok(Ok(false)),
        };
        let is_changed = !state.differences(&fresh.findings, &fresh.by_us).is_empty();
        if is_changed {
            self.note(context, "extend", (code, state), &fresh).await?;
        }
        Ok(Ok(is_changed))
    }
}

/// How much longer it shall last: what is not in force is refused with what it is, however long.
fn longer(lasting: &str, state: &AccessRequest, now: Timestamp) -> Result<Longer, Violation> {
    let ends = state.own.grant.as_ref().map_or(now, |grant| grant.until);
    if let Some(end) = End::read(lasting) {
        return Longer::until(end, ends).ok_or_else(|| Violation::BadMoment { given: instant(end.at) });
    }
    parse_minutes(lasting).map(Longer::by).map_err(|fault| {
        let given = beginning(lasting, 40);
        Violation::from(Fault::BadDuration { given, why: fault.to_string() })
    })
}

/// The access of what was opened; one that nobody asked for, where it is something else.
fn own_access(opened: &Opened) -> AccessRequest {
    Access::of(Some(&opened.request)).cloned().unwrap_or_default()
}

fn own(command: GrantCommand) -> AnyCommand {
    AccessCommand::from(command).into()
}

/// What the rules say now to what is proposed, for all that it would last together.
pub(super) async fn rule_anew(
    requests: &Requests,
    tenant: &Tenant,
    present: &Present,
    (state, asked): (&AccessRequest, &Asked),
    proposal: Proposal,
) -> Result<Option<Ruling>, Failure> {
    let minutes = match proposal {
        Proposal::Grant => requests.whole(tenant, asked, state.held_on()).await?,
        // From its beginning.
        Proposal::Extension(longer) => {
            state.own.grant.as_ref().map_or(0, Grant::minutes).saturating_add(longer.minutes)
        }
    };
    Ok(present.rule(asked, Some(minutes)))
}
