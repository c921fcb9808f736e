//! What a request is told because of what became of an effect, or because something outside is not what it was.

use countersign_domain::capabilities::AnyCommand;
use countersign_domain::envelope::{Cause, Envelope, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::ports::CallError;
use countersign_domain::request::{Code, Command, FollowUp, Request};
use countersign_domain::rules::Ruling;
use countersign_projections::request::{self, RequestRow};

use super::Requests;
use crate::capabilities::{self, Capability, Checked, Errand as _};
use crate::engine::Failure;
use crate::talk::{Sayings, Talk};

impl Requests {
    /// Does what follows up; what is to be said about it.
    pub(crate) async fn follow_up<K: Capability>(
        &self,
        talk: &Talk,
        (event, cause): (&Envelope, &Cause),
        follow_up: FollowUp<K>,
    ) -> Result<Sayings, Failure>
    where
        AnyCommand: From<Command<K>>,
    {
        let tenant = &event.tenant;
        let (code, name, command) = match follow_up {
            FollowUp::Check { code, findings } => {
                let request = self.state::<K>(tenant, &code).await?;
                if request.asked.is_none() {
                    return Ok(vec![]);
                }
                let Checked { findings, ruling, past } =
                    K::checked(self, tenant, &request, *findings).await?;
                (code, "check", Command::Check { findings: Box::new(findings), ruling, past })
            }
            FollowUp::Overtake { code, findings, differences } => {
                // It may be called otherwise by now than when it was approved.
                let request = self.state::<K>(tenant, &code).await?;
                let ruling = self.rule_on(tenant, &request, &findings).await?;
                let past = match &ruling {
                    Some(Ruling::Allowed(terms)) if terms.auto => K::past(self, tenant, &request).await?,
                    _ => K::Past::default(),
                };
                (code, "overtake", Command::Overtake { findings, differences, ruling, past })
            }
            FollowUp::Tell { code, name, command } => (code, name, *command),
            FollowUp::Notify { code, news, but_who_asked } => {
                let news = (K::headline(news), but_who_asked);
                return talk.notify(event, &code, news, cause.command).await;
            }
            FollowUp::Own(errand) => return errand.run(self, talk, (event, cause)).await,
        };
        self.tell_unread(tenant, &code, cause, name, &command.into()).await?.ok();
        Ok(vec![])
    }

    /// A ticket is gone, or was moved: whatever waits under it is decided on what is now, and those who decide are asked
    /// whether it matters.
    pub async fn ticket_lost(&self, tenant: &Tenant, cause: &Cause, key: &str) -> Result<(), Failure> {
        self.world.folded().await?;
        self.world.looked.forget_tickets(tenant);
        let rows = self.world.projections.rows(request::NAME);
        for code in request::waiting(&*rows, tenant)? {
            let row = request::find(&*rows, tenant, &code)?;
            let is_under_it = |row: &RequestRow| {
                row.request.things().iter().any(|thing| thing.kind == "ticket" && thing.id == key)
            };
            if row.is_some_and(|row| is_under_it(&row))
                && let Some(request) = self.any(tenant, &code).await?
            {
                match capabilities::note(self, (tenant, &code), &request, cause).await? {
                    // All reactions wait here until a vendor answers: for one that does not, once is enough.
                    Err(error) if !error.kind.is_refusal() => break,
                    Ok(()) | Err(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Lets a request take in how things are now. Where a vendor does not say, whoever decides looks again.
    pub(crate) async fn look_at_what_waits<K: Capability>(
        &self,
        tenant: &Tenant,
        code: &Code,
        request: &Request<K>,
        cause: &Cause,
    ) -> Result<Result<(), CallError>, Failure>
    where
        AnyCommand: From<Command<K>>,
    {
        let fresh = match K::look(self, tenant, request).await? {
            Ok(Some(fresh)) => fresh,
            Ok(None) => return Ok(Ok(())),
            Err(error) => return Ok(Err(error)),
        };
        let ruling = self.rule_on(tenant, request, &fresh.findings).await?;
        let command = derived_id(cause.command, code.stream_id());
        // The vendors may have taken their time.
        let cause = Cause { command, at: self.world.clock.now(), ..cause.clone() };
        let taken_in = fresh.taken_in(&ruling).into();
        self.tell_unread(tenant, code, &cause, "look again", &taken_in).await?.ok();
        Ok(Ok(()))
    }
}
