//! Asking for an agent, whatever it is said in: what cannot be used is refused at once, and everything else the check that follows finds
//! out. Retiring one is asked of nobody: it takes something away.

use countersign_domain::agents::{
    Agent, AgentBook, AgentBookCommand, AgentCommand, Before, Definition, Draft, Fault, Kept,
};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::request::{Code, Command, Kind as _};
use countersign_projections::request::{self, RequestFilter, Which};

use super::standing::{book, found};
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::requests::{Requests, Touched, requester};

/// The commands' names in the log.
pub(super) const DEFINE: &str = "define agent";
pub(super) const RETIRE: &str = "retire agent";

/// What somebody wants.
#[derive(Debug)]
pub(super) enum Wanted {
    /// This agent, whole.
    Agent(Box<Definition>),
    /// An earlier version of one.
    BackTo {
        /// Its name.
        agent: String,
        /// The version.
        version: u32,
    },
}

/// Asks for an agent in the place of what is in force under its name; of version `base`, where whoever asks says which they have read.
pub(super) async fn propose(
    requests: &Requests,
    context: &Context,
    wanted: Wanted,
    (base, because): (Option<u32>, Option<&str>),
) -> Result<Decided<Touched>, Failure> {
    let tenant = &context.tenant;
    let why = match requests.reason(context, DEFINE, because).await? {
        Ok(why) => why,
        Err(denied) => return Ok(Err(denied)),
    };
    let book = book(&requests.engine, tenant).await?;
    let (definition, back_to) = match wanted {
        Wanted::Agent(definition) => (*definition, None),
        Wanted::BackTo { agent, version } => {
            let Some(known) = book.version(&agent, version) else {
                let given = version.to_string();
                return requests.refuse(context, DEFINE, unknown(&agent, Some(given))).await;
            };
            (known.definition.clone(), Some(version))
        }
    };
    let kept = book.agents.get(&definition.name);
    let (latest, in_force) = book.latest(&definition.name);
    if base.is_some_and(|base| base != latest) {
        let moved = Fault::AgentMovedOn { agent: definition.name.clone(), now: latest, in_force };
        return requests.refuse(context, DEFINE, moved.into()).await;
    }
    let (requester, definition) = (requester(&context.person), Box::new(definition));
    let before = kept.and_then(Kept::now).map(|now| {
        let request = now.change.as_ref().map(|change| change.request.clone());
        Box::new(Before { request, definition: now.definition.clone() })
    });
    let draft = |code| Draft {
        code,
        requester: requester.clone(),
        definition: definition.clone(),
        base: latest,
        before: before.clone(),
        back_to,
        why: why.clone(),
    };
    let cause = context.cause(DEFINE, requests.world.clock.now());
    let wanted = draft(Code::candidate(cause.command, 0));
    let mut faults = wanted.faults();
    if faults.is_empty() {
        faults.extend(needs_more(requests, context, &definition).await?);
    }
    if !faults.is_empty() {
        let denied = Denied(faults);
        requests.engine.deny(tenant, &cause, DEFINE, None, &denied).await?;
        return Ok(Err(denied));
    }
    let _turn = requests.asking.turn(tenant, &context.person.id).await;
    match waits_already(requests, context, &wanted).await? {
        Some(same) => Ok(Ok(same)),
        None => requests.begin::<Agent>(tenant, &cause, DEFINE, draft).await,
    }
}

/// That it names what is not there. What there is, collections of documents that others know nothing of among it, is told to
/// administrators alone.
async fn needs_more(
    requests: &Requests,
    context: &Context,
    definition: &Definition,
) -> Result<Option<Violation>, Failure> {
    let mut missing = found(&requests.world, &requests.engine, &context.tenant, definition).await?.missing;
    if !context.person.is_administrator() {
        for one in &mut missing {
            one.here.clear();
        }
    }
    Ok((!missing.is_empty()).then(|| Fault::AgentNeedsMore { missing }.into()))
}

/// The same agent asked for once more while it waits is the same request.
async fn waits_already(
    requests: &Requests,
    context: &Context,
    wanted: &Draft,
) -> Result<Option<Touched>, Failure> {
    let (world, tenant) = (&requests.world, &context.tenant);
    world.folded().await?;
    let kind = Some(Agent::NAME.to_owned());
    let filter = RequestFilter { which: Which::Open, kind, ..RequestFilter::default() };
    let rows = world.projections.rows(request::NAME);
    let open = request::list(&*rows, tenant, &filter, None, usize::MAX)?.items;
    let is_same = |draft: &Draft| draft.wants_the_same(wanted) && draft.requester.id == context.person.id;
    let same = open.into_iter().filter(|row| row.request.is_to_be_decided()).find(|row| {
        Agent::of(Some(&row.request)).and_then(|agent| agent.asked.as_ref()).is_some_and(is_same)
    });
    Ok(same.map(|row| Touched { code: row.code, request: row.request, position: None }))
}

/// Lets an agent answer nobody any more. Nothing is touched by that where it came with the configuration, by no request.
pub(super) async fn retire(
    requests: &Requests,
    context: &Context,
    agent: &str,
    because: Option<&str>,
) -> Result<Decided<Option<Touched>>, Failure> {
    let reason = match requests.reason(context, RETIRE, because).await? {
        Ok(reason) => reason,
        Err(denied) => return Ok(Err(denied)),
    };
    let book = book(&requests.engine, &context.tenant).await?;
    let Some(now) = book.in_force(agent) else {
        return requests.refuse(context, RETIRE, unknown(agent, None)).await;
    };
    let Some(change) = &now.change else {
        return retire_seeded(requests, context, (agent, now.version)).await;
    };
    let opened = match requests.open(context, RETIRE, &change.request).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(Err(denied)),
    };
    let by = Box::new(context.person.clone());
    let command: Command<Agent> = AgentCommand::Retire { by, reason }.into();
    Ok(requests.tell(context, RETIRE, &opened, &command.into()).await?.map(Some))
}

/// One that came with the configuration, which no request knows: administrators take it out of the book.
async fn retire_seeded(
    requests: &Requests,
    context: &Context,
    (agent, version): (&str, u32),
) -> Result<Decided<Option<Touched>>, Failure> {
    if !context.person.is_administrator() {
        return requests.refuse(context, RETIRE, Fault::NotYourAgent.into()).await;
    }
    let (tenant, cause) = (&context.tenant, context.cause(RETIRE, requests.world.clock.now()));
    let command = || AgentBookCommand::TakeOut { agent: agent.to_owned(), version };
    let done = requests.engine.execute::<AgentBook>(tenant, tenant.as_str(), &cause, RETIRE, command).await?;
    Ok(done.map(|_| None))
}

/// There is no such agent, or no such version of it.
pub(super) fn unknown(agent: &str, version: Option<String>) -> Violation {
    let given: String = agent.chars().take(40).collect();
    match version {
        Some(version) => Fault::UnknownAgentVersion { agent: given, given: version }.into(),
        None => Fault::UnknownAgent { given }.into(),
    }
}
