//! How effects are planned, applied and read back through the ports: each capability performs its own.

mod talk;
mod ticket;

pub(crate) use talk::sealed;
pub(crate) use ticket::move_on;

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{Effect, Effects, Outcome, Plan};
use countersign_domain::effect::{Look, Wish};
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{CallError, CallErrorKind, OURSELVES};
use countersign_domain::tenant::{Person, Role};
use jiff::Timestamp;
use uuid::Uuid;

use crate::context::system;
use crate::directory::Directory;
use crate::engine::{Engine, Failure};
use crate::requests::Opened;
use crate::world::{Vendors, World};
use crate::{access, actions, agents, conversation, documents, repair, rule_change, support};
use talk::Drawing;

/// What performing an effect works with.
#[derive(Clone, Copy)]
pub struct Hands<'a> {
    /// Every outside thing.
    pub world: &'a World,
    /// The way into the log.
    pub engine: &'a Engine,
    /// People and their wishes.
    pub directory: &'a Directory,
}

impl Hands<'_> {
    /// Because of what a request is told something while an effect is planned.
    pub(crate) fn cause(&self, effect: Uuid, step: &str, opened: &Opened) -> Cause {
        Cause {
            actor: system("outbox"),
            command: derived_id(effect, step),
            correlation: opened.correlation().unwrap_or(effect),
            causation: effect,
            at: self.world.clock.now(),
        }
    }
}

/// What planning an effect came to; `With` is what its capability needs again when it applies the plan.
pub enum Step<E: Wish, With = ()> {
    /// There is nothing left to do: it is there already.
    Done(E::Outcome),
    /// This has to be applied.
    Planned(E::Plan, With),
    /// Not before then, and why.
    Later(Timestamp, &'static str),
}

/// What planning came to: a failure of our own, or a vendor's, or a step.
pub(crate) type Planning<E, With = ()> = Result<Result<Step<E, With>, CallError>, Failure>;

/// What goes from planning an effect to applying the plan, beside what the log says.
pub enum Beside {
    /// Nothing.
    Nothing,
    /// The card that is to be shown.
    Drawing(Box<Drawing>),
}

impl From<()> for Beside {
    fn from((): ()) -> Self {
        Self::Nothing
    }
}

impl From<Box<Drawing>> for Beside {
    fn from(drawing: Box<Drawing>) -> Self {
        Self::Drawing(drawing)
    }
}

impl<E: Wish, With> Step<E, With> {
    /// The same as a step of whichever capability.
    fn lift(self) -> Step<Effect, Beside>
    where
        Outcome: From<E::Outcome>,
        Plan: From<E::Plan>,
        Beside: From<With>,
    {
        match self {
            Self::Done(outcome) => Step::Done(outcome.into()),
            Self::Planned(plan, with) => Step::Planned(plan.into(), with.into()),
            Self::Later(until, why) => Step::Later(until, why),
        }
    }
}

/// What went before at this effect.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    /// An attempt may have been made, so it is looked for.
    pub doubtful: bool,
    /// It was put off once already.
    pub waited: bool,
}

/// What is asked of an effect of whichever capability, handed on to its own. Each has `plan`, `apply` and `look_at` where its line
/// says.
macro_rules! performed {
    ($($Capability:ident: $($module:ident)::+,)+) => {
        /// Reads the present state and says what it takes.
        pub async fn plan(
            hands: Hands<'_>,
            vendors: &Vendors,
            key: &(Tenant, Uuid),
            effect: &Effect,
            before: Before,
        ) -> Planning<Effect, Beside> {
            Ok(match effect {
                $(Effect::$Capability(own) => {
                    $($module)::+::plan(hands, vendors, key, own, before).await?.map(Step::lift)
                })+
            })
        }

        /// Applies a plan and reads back what came of it.
        pub async fn apply(
            hands: Hands<'_>,
            vendors: &Vendors,
            key: &(Tenant, Uuid),
            effect: &Effect,
            (plan, beside): (&Plan, Beside),
        ) -> Result<Outcome, CallError> {
            match (effect, plan) {
                $((Effect::$Capability(own), Plan::$Capability(plan)) => {
                    $($module)::+::apply(hands, vendors, key, own, (plan, beside)).await.map(Outcome::from)
                })+
                (effect, _) => Err(misplanned(effect)),
            }
        }

        /// What can be seen of an effect by whom it calls; nothing where there is nothing to be seen.
        async fn look_at(
            hands: Hands<'_>,
            vendors: &Vendors,
            tenant: &Tenant,
            effect: &Effect,
        ) -> Result<Result<Option<Look<Outcome>>, CallError>, Failure> {
            Ok(match effect {
                $(Effect::$Capability(own) => $($module)::+::look_at(hands, vendors, tenant, own)
                    .await?
                    .map(|look| look.map(Look::lift)),)+
            })
        }
    };
}

performed! {
    Access: access::perform,
    Action: actions::perform,
    Agent: agents::perform,
    Conversation: conversation::perform,
    Document: documents::perform,
    Repair: repair::perform,
    RuleChange: rule_change::perform,
    Support: support::perform,
    Ticket: ticket,
    Talk: talk,
}

/// What can be seen of an effect of which an operator says how it ends, be it that one has said so before; nothing where nobody
/// can look now, where there is nothing to be seen, or where it is not theirs to say.
pub async fn look(
    hands: Hands<'_>,
    by: &Person,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Look<Outcome>>, Failure> {
    let stream = StreamName::new(tenant, Effects::CATEGORY, &id.to_string())?;
    let state = hands.engine.load::<Effects>(&stream, None).await?.state;
    let is_theirs = state.is_an_operators() && by.is(Role::Admin);
    let Some(effect) = state.effect.as_ref().filter(|_| is_theirs) else { return Ok(None) };
    let Some(vendors) = hands.world.vendors(tenant) else { return Ok(None) };
    let seen = look_at(hands, vendors, tenant, effect).await?;
    Ok(seen.unwrap_or_else(|error| {
        tracing::warn!(%tenant, effect = %id, "whether it was done by hand could not be looked at: {error}");
        None
    }))
}

/// What can be seen of effects of which nobody has to say that they were done by hand.
pub(crate) async fn nothing_to_see<E: Wish>(
    _: Hands<'_>,
    _: &Vendors,
    _: &Tenant,
    _: &E,
) -> Result<Result<Option<Look<E::Outcome>>, CallError>, Failure> {
    Ok(Ok(None))
}

/// A plan that was made for another effect.
pub(crate) fn misplanned(effect: &impl Wish) -> CallError {
    broken(effect, "the plan does not belong to this effect".to_owned())
}

/// An effect that cannot be performed as the bot is set up: a person has to look.
pub fn broken(effect: &impl Wish, detail: String) -> CallError {
    CallError {
        vendor: OURSELVES,
        what: effect.kind().to_owned(),
        detail,
        status: None,
        kind: CallErrorKind::Rejected,
    }
}
