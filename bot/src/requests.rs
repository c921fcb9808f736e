//! What people do with requests, whatever they said it in and whatever is asked for: the operations behind every command.

mod deciding;
mod following;
mod opened;
mod reviewing;

use countersign_domain::capabilities::{AnyCommand, AnyRequest, Listed};
use countersign_domain::denied::{Denied, Field, Violation};
use countersign_domain::envelope::{Cause, Position};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::StoreError;
use countersign_domain::request::{self, Code, Command, Common, Request, Requester};
use countersign_domain::tenant::Person;

pub(crate) use deciding::unknown;
pub use opened::Opened;

use crate::context::Context;
use crate::directory::Directory;
use crate::engine::{Decided, Done, Engine, Failure, Loaded};
use crate::resolve::Resolver;
use crate::turns::Turns;
use crate::world::World;

/// How many codes are tried before one that no other request holds must have been found.
const CODES: u32 = 64;

/// The operations.
#[derive(Clone)]
pub struct Requests {
    pub(crate) world: World,
    pub(crate) engine: Engine,
    pub(crate) directory: Directory,
    pub(crate) resolver: Resolver,
    pub(crate) asking: Turns,
}

/// A request after something was done with it.
#[derive(Debug)]
pub struct Touched {
    /// Its code.
    pub code: Code,
    /// How it stands.
    pub request: AnyRequest,
    /// The position to wait for before reading what this wrote.
    pub position: Option<Position>,
}

impl Requests {
    /// The operations on this world.
    pub fn new(world: World, engine: Engine, directory: Directory) -> Self {
        let resolver = Resolver::new(world.clone(), directory.clone());
        Self { world, engine, directory, resolver, asking: Turns::default() }
    }

    /// What resolves the names in forms.
    pub const fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Takes the own countersignature back.
    pub async fn take_back(&self, context: &Context, opened: &Opened) -> Result<Decided<Touched>, Failure> {
        let (by, assurance) = (context.person.clone(), context.assurance);
        self.tell(context, "take back", opened, &Common::TakeBack { by, assurance }.into()).await
    }

    /// Has everybody asked who may countersign it, however many they are.
    pub async fn announce(&self, context: &Context, opened: &Opened) -> Result<Decided<Touched>, Failure> {
        let by = context.person.clone();
        self.tell(context, "ask everybody", opened, &Common::Announce { by }.into()).await
    }

    /// Takes the own request, or what was proposed about it, back.
    pub async fn withdraw(&self, context: &Context, opened: &Opened) -> Result<Decided<Touched>, Failure> {
        let by = context.person.clone();
        self.tell(context, "withdraw", opened, &Common::Withdraw { by }.into()).await
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

    /// Begins a request under a code that no other has. The same command begins the same one, or is refused as it was before.
    pub(crate) async fn begin<K: Listed>(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        name: &'static str,
        content: impl Fn(Code) -> K::Content,
    ) -> Result<Decided<Touched>, Failure>
    where
        AnyCommand: From<Command<K>>,
    {
        if let Some(denied) = self.engine.denied_before(tenant, cause).await? {
            return Ok(Err(denied));
        }
        for attempt in 0..CODES {
            let code = Code::candidate(cause.command, attempt);
            let ask: AnyCommand = Command::<K>::Ask(Box::new(content(code.clone()))).into();
            // Mostly nobody has the code: where somebody does, the append says so.
            let (new, id, ask) = (Some(Loaded::default()), code.stream_id(), || ask.clone());
            let done =
                self.engine.execute_on::<Option<AnyRequest>>(new, tenant, id, cause, name, ask).await?;
            match done {
                Ok(done) if done.events.is_empty() => {}
                done => return Ok(done.and_then(|done| touched(code, done))),
            }
        }
        Err(Failure::Store(StoreError::Unknown(format!("no free code in {CODES} tries"))))
    }

    /// Tells a request something in the name of who speaks, on what was read when they named it.
    pub(crate) async fn tell(
        &self,
        context: &Context,
        name: &'static str,
        opened: &Opened,
        command: &AnyCommand,
    ) -> Result<Decided<Touched>, Failure> {
        let cause = context.cause(name, self.world.clock.now());
        self.tell_on(&context.tenant, opened, &cause, name, command).await
    }

    /// Tells a request something, on what was read of it.
    pub(crate) async fn tell_on(
        &self,
        tenant: &Tenant,
        opened: &Opened,
        cause: &Cause,
        name: &'static str,
        command: &AnyCommand,
    ) -> Result<Decided<Touched>, Failure> {
        let (id, at_hand) = (opened.code.stream_id(), opened.at_hand(cause.command));
        let command = || command.clone();
        let done =
            self.engine.execute_on::<Option<AnyRequest>>(at_hand, tenant, id, cause, name, command).await?;
        Ok(done.and_then(|done| touched(opened.code.clone(), done)))
    }

    /// Tells a request something that nobody has read.
    pub(crate) async fn tell_unread(
        &self,
        tenant: &Tenant,
        code: &Code,
        cause: &Cause,
        name: &'static str,
        command: &AnyCommand,
    ) -> Result<Decided<Done<Option<AnyRequest>>>, Failure> {
        let command = || command.clone();
        self.engine.execute::<Option<AnyRequest>>(tenant, code.stream_id(), cause, name, command).await
    }

    /// The state of a request of one kind as the log has it now; the default where there is none of that kind.
    pub async fn state<K: Listed>(&self, tenant: &Tenant, code: &Code) -> Result<Request<K>, Failure> {
        Ok(K::of(self.any(tenant, code).await?.as_ref()).cloned().unwrap_or_default())
    }

    /// A request as the log has it now, whoever may see it; none where nobody asked.
    pub async fn any(&self, tenant: &Tenant, code: &Code) -> Result<Option<AnyRequest>, Failure> {
        let stream = StreamName::new(tenant, request::CATEGORY, code.stream_id())?;
        Ok(self.engine.load::<Option<AnyRequest>>(&stream, None).await?.state)
    }

    /// A reason as it was given, with every mention as a name; or what is wrong with it.
    pub(crate) async fn reason(
        &self,
        context: &Context,
        name: &'static str,
        reason: Option<&str>,
    ) -> Result<Decided<Option<String>>, Failure> {
        use countersign_domain::denied::text_fault;
        use countersign_domain::request::REASON_MAX;
        let Some(reason) = reason.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(Ok(None)) };
        let reason = self.resolver.text(&context.tenant, reason).await?;
        match text_fault(Field::Reason, &reason, REASON_MAX) {
            Some(fault) => self.refuse(context, name, fault).await,
            None => Ok(Ok(Some(reason))),
        }
    }
}

/// What became of a request; a "no" where there is none, which can only be because nobody asked.
pub(crate) fn touched(code: Code, done: Done<Option<AnyRequest>>) -> Decided<Touched> {
    match done.state {
        Some(request) => Ok(Touched { code, request, position: done.position }),
        None => Err(Violation::UnknownCode { given: code.to_string() }.into()),
    }
}

/// A person of the tenant as who asks.
pub fn requester(person: &Person) -> Requester {
    Requester { id: person.id.clone(), kind: person.kind, name: person.name.clone(), known: true }
}
