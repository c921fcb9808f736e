//! What an operator says of a parked effect: that it is tried again, or how it ends.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{EffectCommand, Effects, Outcome};
use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::effect::{Fault, Look};
use countersign_domain::names::StreamName;
use countersign_domain::tenant::Role;
use uuid::Uuid;

use super::Chat;
use crate::cards;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::perform::{self, Hands};
use crate::words;

impl Chat {
    /// What can be seen of the effect that was named and of which somebody says that it was done by hand.
    pub(crate) async fn look_at_effect(
        &self,
        context: &Context,
        said: &Said,
    ) -> Result<Option<Look<Outcome>>, Failure> {
        let hands = Hands { world: &self.world, engine: &self.engine, directory: &self.directory };
        perform::look(hands, &context.person, &context.tenant, named(said)).await
    }

    /// Carries out an operator's command on the effect that was named.
    pub(crate) async fn operate(
        &self,
        context: &Context,
        name: &'static str,
        said: &Said,
        command: impl Fn() -> EffectCommand,
        done: impl FnOnce(&str, &Effects) -> Card,
    ) -> Result<Vec<Card>, Failure> {
        // Whoever may not do it is told that, and not what there is.
        if !context.person.is(Role::Admin) {
            let (action, role) = (format!("{name} an effect"), "an admin".to_owned());
            return self.refuse(context, name, Violation::RoleRequired { action, role }).await;
        }
        let id = named(said).to_string();
        let cause = context.cause(name, self.world.clock.now());
        let stream = StreamName::new(&context.tenant, Effects::CATEGORY, &id)?;
        if self.world.store.read_stream(&stream, 0, 1).await?.is_empty() {
            let state = words::no_such_effect();
            return self.refuse(context, name, Fault::NotParked { state }.into()).await;
        }
        let decided = self.engine.execute::<Effects>(&context.tenant, &id, &cause, name, command).await?;
        Ok(vec![match decided {
            Ok(done_to) => done(&id, &done_to.state),
            Err(denied) => cards::denied(&denied, None),
        }])
    }
}

/// The effect that is named; no effect's id where none is.
fn named(said: &Said) -> Uuid {
    said.get("effect").unwrap_or_default().parse().unwrap_or_default()
}
