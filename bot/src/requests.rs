//! What people do with access requests, whatever they said it in: the operations behind every command.

mod fresh;
mod same;

use std::sync::Arc;

use countersign_domain::access::{
    Access, AccessCommand, AccessEvent, AccessRequest, Asked, Countersignature, Form, Grant, GrantCommand,
    Proposal,
};
use countersign_domain::aggregate::Aggregate;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::envelope::{Cause, Digest, Position};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::StoreError;
use countersign_domain::request::{Code, Origin, Requester, Review};
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::Person;

use crate::context::Context;
use crate::directory::{Directory, Present};
use crate::engine::{Decided, Done, Engine, Failure};
use crate::evidence;
use crate::resolve::{Resolved, Resolver};
use crate::world::World;

/// How many codes are tried before one that no other request holds must have been found.
const CODES: u32 = 64;

/// The operations.
#[derive(Clone)]
pub struct Requests {
    world: World,
    engine: Engine,
    directory: Directory,
    resolver: Resolver,
    asking: same::Turns,
}

/// A request after something was done with it.
#[derive(Debug)]
pub struct Touched {
    /// Its code.
    pub code: Code,
    /// How it stands.
    pub state: AccessRequest,
    /// The position to wait for before reading what this wrote.
    pub position: Option<Position>,
}

impl Requests {
    /// The operations on this world.
    pub fn new(world: World, engine: Engine, directory: Directory) -> Self {
        let resolver = Resolver::new(world.clone(), directory.clone());
        Self { world, engine, directory, resolver, asking: same::Turns::default() }
    }

    /// Asks for access. Whatever is wrong with the form is found by the check that follows, all at once.
    pub async fn ask(&self, context: &Context, form: &Form) -> Result<Decided<Touched>, Failure> {
        let requester = requester(&context.person);
        let resolved = self.resolver.form(&context.tenant, &context.person, form).await?;
        let cause = context.cause("ask", self.world.clock.now());
        if let Some(denied) = resolved.denied() {
            self.engine.deny(&context.tenant, &cause, "ask", None, &denied).await?;
            return Ok(Err(denied));
        }
        self.ask_as(&context.tenant, &cause, Origin::Chat, requester, resolved).await
    }

    /// What resolves the names in forms.
    pub const fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Asks in the name of somebody, from wherever they asked.
    pub async fn ask_as(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        origin: Origin,
        requester: Requester,
        resolved: Resolved,
    ) -> Result<Decided<Touched>, Failure> {
        let Resolved { form, subject, .. } = resolved;
        let _turn = self.asking.turn(tenant, &requester.id).await;
        for attempt in 0..CODES {
            let code = Code::candidate(cause.command, attempt);
            let stream = StreamName::new(tenant, AccessRequest::CATEGORY, code.stream_id())?;
            let first = self.world.store.read_stream(&stream, 0, 1).await?;
            if first.first().is_some_and(|event| event.command != cause.command) {
                continue;
            }
            let asked = Asked::read(code.clone(), requester.clone(), subject.clone(), &form, cause.at);
            let asked = Asked { origin, ..asked };
            if first.is_empty()
                && let Some(same) = self.same_open(tenant, &asked).await?
            {
                return Ok(Ok(same));
            }
            let ask = || AccessCommand::Ask(Box::new(asked.clone()));
            let done =
                self.engine.execute::<AccessRequest>(tenant, code.stream_id(), cause, "access", ask).await?;
            match done {
                // Somebody took the code between our look and our append.
                Ok(done) if done.events.is_empty() => {}
                Ok(done) => return Ok(Ok(touched(code, done))),
                Err(denied) => return Ok(Err(denied)),
            }
        }
        Err(Failure::Store(StoreError::Unknown(format!("no free code in {CODES} tries"))))
    }

    /// Countersigns what is proposed. `receipt` is what a button carried; `None` stands for a typed sentence.
    pub async fn countersign(
        &self,
        context: &Context,
        code: &str,
        receipt: Option<Digest>,
    ) -> Result<Decided<Touched>, Failure> {
        let (tenant, now) = (&context.tenant, self.world.clock.now());
        let present = self.directory.present(tenant).await?;
        let mut signature = Countersignature {
            by: context.person.clone(),
            people: Arc::clone(&present.state),
            receipt,
            rules: present.rules_version(),
            assurance: context.assurance,
            past: vec![],
        };
        if let Some(known) = self.known(tenant, code).await? {
            self.review_if_needed(tenant, &known, &context.cause("review", now)).await?;
            let state = self.state(tenant, &known).await?;
            if let Some(asked) = &state.asked {
                signature.past = self.earlier(tenant, asked, state.held_on()).await?;
            }
            // "As it stands now" is as it stood before the vendors were asked.
            signature.receipt = receipt.or_else(|| state.receipt());
            let would_count = state.decide(AccessCommand::Countersign(Box::new(signature.clone())), now);
            if would_count.is_ok()
                && let Err(denied) = Box::pin(self.look_again(context, "approve", &known, &state)).await?
            {
                return Ok(Err(denied));
            }
        }
        self.act(context, "approve", code, || AccessCommand::Countersign(Box::new(signature.clone()))).await
    }

    /// Takes the own countersignature back.
    pub async fn take_back(&self, context: &Context, code: &str) -> Result<Decided<Touched>, Failure> {
        let (by, assurance) = (&context.person, context.assurance);
        self.act(context, "take back", code, || AccessCommand::TakeBack { by: by.clone(), assurance }).await
    }

    /// Has everybody asked who may countersign it, however many they are.
    pub async fn announce(&self, context: &Context, code: &str) -> Result<Decided<Touched>, Failure> {
        let by = &context.person;
        self.act(context, "ask everybody", code, || AccessCommand::Announce { by: by.clone() }).await
    }

    /// Says no.
    pub async fn deny(
        &self,
        context: &Context,
        code: &str,
        receipt: Option<Digest>,
        reason: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        let by = &context.person;
        let reason = match self.reason(context, "deny", reason).await? {
            Ok(reason) => reason,
            Err(denied) => return Ok(Err(denied)),
        };
        let present = self.directory.present(&context.tenant).await?;
        let absent = present.state.absent_for(by, self.world.clock.now());
        self.act(context, "deny", code, || AccessCommand::Deny {
            by: by.clone(),
            absent: absent.clone(),
            receipt,
            reason: reason.clone(),
        })
        .await
    }

    /// Takes the own request, or the own wish for an extension, back.
    pub async fn withdraw(&self, context: &Context, code: &str) -> Result<Decided<Touched>, Failure> {
        let by = &context.person;
        self.act(context, "withdraw", code, || AccessCommand::Withdraw { by: by.clone() }).await
    }

    /// Gives the access back before its time.
    pub async fn give_back(&self, context: &Context, code: &str) -> Result<Decided<Touched>, Failure> {
        let by = &context.person;
        self.act(context, "give back", code, || AccessCommand::Own(GrantCommand::GiveBack { by: by.clone() }))
            .await
    }

    /// Takes an access away before its time.
    pub async fn revoke(
        &self,
        context: &Context,
        code: &str,
        reason: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        let by = &context.person;
        let reason = match self.reason(context, "revoke", reason).await? {
            Ok(reason) => reason,
            Err(denied) => return Ok(Err(denied)),
        };
        self.act(context, "revoke", code, || {
            AccessCommand::Own(GrantCommand::Revoke { by: by.clone(), reason: reason.clone() })
        })
        .await
    }

    /// Asks for the access to last longer by `duration`.
    pub async fn extend(
        &self,
        context: &Context,
        code: &str,
        duration: &str,
    ) -> Result<Decided<Touched>, Failure> {
        let minutes = match countersign_domain::access::parse_minutes(duration) {
            Ok(minutes) => minutes,
            Err(fault) => {
                let given = duration.chars().take(40).collect();
                return self
                    .refuse(context, "extend", Violation::BadDuration { given, why: fault.to_string() })
                    .await;
            }
        };
        let present = self.directory.present(&context.tenant).await?;
        let known = self.known(&context.tenant, code).await?;
        let state = match &known {
            Some(code) => self.state(&context.tenant, code).await?,
            None => AccessRequest::default(),
        };
        let mut command = self.extension(context, &present, &state, minutes).await?;
        if let (Some(known), Ok(_)) = (&known, state.decide(command.clone(), self.world.clock.now())) {
            let is_alone = matches!(
                &command,
                AccessCommand::Own(GrantCommand::Extend { ruling: Ruling::Allowed(terms), .. }) if terms.auto
            );
            if let Err(denied) = Box::pin(self.refresh(context, &state, is_alone)).await? {
                return Ok(Err(denied));
            }
            // The rules are asked under the name that it has now.
            let state = self.state(&context.tenant, known).await?;
            command = self.extension(context, &present, &state, minutes).await?;
        }
        self.act(context, "extend", code, || command.clone()).await
    }

    /// Why an access could not be extended by so many minutes, as far as the log and the rules say it now.
    pub async fn no_extension(
        &self,
        context: &Context,
        state: &AccessRequest,
        minutes: u64,
    ) -> Result<Option<Denied>, Failure> {
        let present = self.directory.present(&context.tenant).await?;
        let command = self.extension(context, &present, state, minutes).await?;
        Ok(state.decide(command, self.world.clock.now()).err())
    }

    /// The wish for so many minutes more, with what the rules say to it.
    async fn extension(
        &self,
        context: &Context,
        present: &Present,
        state: &AccessRequest,
        minutes: u64,
    ) -> Result<AccessCommand, Failure> {
        let (tenant, by) = (&context.tenant, context.person.clone());
        let (ruling, earlier) = match &state.asked {
            Some(asked) => {
                let proposal = Proposal::Extension { minutes };
                let ruling = self.rule_anew(tenant, present, (state, asked), proposal).await?;
                (ruling, self.earlier(tenant, asked, state.held_on()).await?)
            }
            None => (None, vec![]),
        };
        let ruling = ruling.unwrap_or_else(|| present.nothing_allowed());
        Ok(AccessCommand::Own(GrantCommand::Extend { by, minutes, ruling, earlier }))
    }

    /// Looks again at a request with the people and the rules there are now; what came of it.
    pub async fn review(
        &self,
        tenant: &Tenant,
        code: &Code,
        cause: &Cause,
    ) -> Result<Vec<AccessEvent>, Failure> {
        let state = self.state(tenant, code).await?;
        let review = self.looked_at(tenant, &self.directory.present(tenant).await?, &state).await?;
        let command = || AccessCommand::Review(Box::new(review.clone()));
        let done =
            self.engine.execute::<AccessRequest>(tenant, code.stream_id(), cause, "review", command).await?;
        Ok(done.map_or_else(|_| vec![], |done| done.events))
    }

    /// The same, where that changes anything; mostly nothing has happened since.
    pub async fn review_if_needed(&self, tenant: &Tenant, code: &Code, cause: &Cause) -> Result<(), Failure> {
        let (state, present) = (self.state(tenant, code).await?, self.directory.present(tenant).await?);
        if state.review(&self.looked_at(tenant, &present, &state).await?, cause.at).is_empty() {
            return Ok(());
        }
        self.review(tenant, code, cause).await.map(drop)
    }

    /// What a request is looked at with: the people, and what the rules say now to what waits and to what was granted.
    pub async fn looked_at(
        &self,
        tenant: &Tenant,
        present: &Present,
        state: &AccessRequest,
    ) -> Result<Review<Access>, Failure> {
        let people = Arc::clone(&present.state);
        let Some(asked) = &state.asked else {
            return Ok(Review { people, open: None, granted: None, past: vec![] });
        };
        let open = match state.open.as_ref().map(|open| open.proposal) {
            Some(proposal) => self.rule_anew(tenant, present, (state, asked), proposal).await?,
            None => None,
        };
        let granted = if state.is_for_members() {
            // What it was granted on is not what it is called today, perhaps.
            let now = evidence::named_now(&self.world, tenant, state).await;
            now.and_then(|asked| present.rule(&asked, Some(state.minutes_granted_for())))
        } else {
            None
        };
        let past = match &open {
            Some(Ruling::Allowed(terms)) if terms.auto => {
                self.earlier(tenant, asked, state.held_on()).await?
            }
            _ => vec![],
        };
        Ok(Review { people, open, granted, past })
    }

    /// What the rules say now to what is proposed, for all that it would last together.
    async fn rule_anew(
        &self,
        tenant: &Tenant,
        present: &Present,
        (state, asked): (&AccessRequest, &Asked),
        proposal: Proposal,
    ) -> Result<Option<Ruling>, Failure> {
        let minutes = match proposal {
            Proposal::Grant => self.whole(tenant, asked, state.held_on()).await?,
            // From its beginning.
            Proposal::Extension { minutes } => {
                state.own.grant.as_ref().map_or(0, Grant::minutes).saturating_add(minutes)
            }
        };
        Ok(present.rule(asked, Some(minutes)))
    }

    /// The state of a request as the log has it now; the default where there is none.
    pub async fn state(&self, tenant: &Tenant, code: &Code) -> Result<AccessRequest, Failure> {
        let stream = StreamName::new(tenant, AccessRequest::CATEGORY, code.stream_id())?;
        Ok(self.engine.load::<AccessRequest>(&stream, None).await?.state)
    }

    /// Refuses a command that no aggregate was asked about, and keeps that as an event.
    pub async fn refuse<T>(
        &self,
        context: &Context,
        name: &'static str,
        violation: Violation,
    ) -> Result<Decided<T>, Failure> {
        let denied = Denied::because(violation);
        let cause = context.cause(name, self.world.clock.now());
        self.engine.deny(&context.tenant, &cause, name, None, &denied).await?;
        Ok(Err(denied))
    }

    async fn act(
        &self,
        context: &Context,
        name: &'static str,
        given: &str,
        command: impl Fn() -> AccessCommand,
    ) -> Result<Decided<Touched>, Failure> {
        let Some(code) = self.known(&context.tenant, given).await? else {
            let given = given.chars().take(40).collect();
            return self.refuse(context, name, Violation::UnknownCode { given }).await;
        };
        let cause = context.cause(name, self.world.clock.now());
        let done = self
            .engine
            .execute::<AccessRequest>(&context.tenant, code.stream_id(), &cause, name, command)
            .await?;
        Ok(done.map(|done| touched(code, done)))
    }

    /// The code as typed, if there is such a request in this tenant.
    async fn known(&self, tenant: &Tenant, given: &str) -> Result<Option<Code>, Failure> {
        let Ok(code) = given.parse::<Code>() else { return Ok(None) };
        let stream = StreamName::new(tenant, AccessRequest::CATEGORY, code.stream_id())?;
        let first = self.world.store.read_stream(&stream, 0, 1).await?;
        Ok(Some(code).filter(|_| !first.is_empty()))
    }

    async fn reason(
        &self,
        context: &Context,
        name: &'static str,
        reason: Option<&str>,
    ) -> Result<Decided<Option<String>>, Failure> {
        use countersign_domain::access::{REASON_MAX, text_fault};
        let Some(reason) = reason.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(Ok(None)) };
        let reason = self.resolver.text(&context.tenant, reason).await?;
        match text_fault(countersign_domain::denied::Field::Reason, &reason, REASON_MAX) {
            Some(fault) => self.refuse(context, name, fault).await,
            None => Ok(Ok(Some(reason))),
        }
    }
}

fn touched(code: Code, done: Done<AccessRequest>) -> Touched {
    Touched { code, state: done.state, position: done.position }
}

/// A person of the tenant as who asks.
pub fn requester(person: &Person) -> Requester {
    Requester { id: person.id.clone(), kind: person.kind, name: person.name.clone(), known: true }
}
