//! Asking for access: under a code of its own, once, in whoever's name and from wherever.

use countersign_domain::access::{AccessCommand, Asked, Form};
use countersign_domain::envelope::Cause;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::StoreError;
use countersign_domain::request::{CATEGORY, Code, Origin, Requester};
use jiff::Timestamp;
use uuid::Uuid;

use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::requests::{Requests, Touched, requester, touched};
use crate::resolve::Resolved;

/// How many codes are tried before one that no other request holds must have been found.
const CODES: u32 = 64;

impl Requests {
    /// Asks for access. Whatever is wrong with the form is found by the check that follows, all at once.
    pub async fn ask(&self, context: &Context, form: &Form) -> Result<Decided<Touched>, Failure> {
        let requester = requester(&context.person);
        let resolved = self.resolver.form(&context.tenant, &context.person, form).await?;
        let cause = context.cause("ask", self.world.clock.now());
        if let Some(denied) = resolved.denied() {
            self.engine.deny(&context.tenant, &cause, "ask", None, &denied).await?;
            return Ok(Err(denied));
        }
        self.ask_as(&context.tenant, &cause, (Origin::Chat, None), requester, resolved).await
    }

    /// Asks in the name of somebody, from wherever they asked.
    pub async fn ask_as(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        (origin, written): (Origin, Option<Timestamp>),
        requester: Requester,
        resolved: Resolved,
    ) -> Result<Decided<Touched>, Failure> {
        let Resolved { form, subject, .. } = resolved;
        let _turn = self.asking.turn(tenant, &requester.id).await;
        for attempt in 0..CODES {
            let code = Code::candidate(cause.command, attempt);
            let stream = StreamName::new(tenant, CATEGORY, code.stream_id())?;
            let first = self.world.store.read_stream(&stream, 0, 1).await?;
            if first.first().is_some_and(|event| event.command != cause.command) {
                continue;
            }
            let asked = Asked::read(code.clone(), requester.clone(), subject.clone(), &form, cause.at);
            let asked = Asked { origin, written, ..asked };
            if first.is_empty()
                && let Some(same) = self.same_open(tenant, &asked).await?
            {
                return Ok(Ok(same));
            }
            let ask = AccessCommand::Ask(Box::new(asked.clone())).into();
            match self.tell_unread(tenant, &code, cause, "access", &ask).await? {
                // Somebody took the code between our look and our append.
                Ok(done) if done.events.is_empty() => {}
                Ok(done) => return Ok(touched(code, done)),
                Err(denied) => return Ok(Err(denied)),
            }
        }
        Err(Failure::Store(StoreError::Unknown(format!("no free code in {CODES} tries"))))
    }

    /// The request that came of this very command already, if one did.
    pub(crate) async fn asked_by(&self, tenant: &Tenant, command: Uuid) -> Result<Option<Code>, Failure> {
        for attempt in 0..CODES {
            let code = Code::candidate(command, attempt);
            let stream = StreamName::new(tenant, CATEGORY, code.stream_id())?;
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
