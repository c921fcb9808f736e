//! What every surface calls: a sentence of a person in, cards out.

use countersign_domain::access::Code;
use countersign_domain::names::Tenant;
use countersign_domain::tenant::Person;

use crate::card::Card;
use crate::context::Context;
use crate::directory::Directory;
use crate::engine::{Engine, Failure};
use crate::requests::Requests;
use crate::world::World;

/// The bot as people talk to it, whatever surface they do it on.
#[derive(Clone)]
pub struct Chat {
    world: World,
    engine: Engine,
    directory: Directory,
    requests: Requests,
}

impl Chat {
    /// The chat of this world.
    pub fn new(world: World, engine: Engine, directory: Directory, requests: Requests) -> Self {
        Self { world, engine, directory, requests }
    }

    /// Does what the text says, and answers with cards, at least one.
    pub async fn say(&self, context: &Context, text: &str) -> Result<Vec<Card>, Failure> {
        let _ = (context, text);
        Ok(vec![])
    }

    /// The card of a request as this viewer sees it now, with their own buttons; `None` where there is no such request
    /// or they may not see it.
    pub async fn request_card(
        &self,
        tenant: &Tenant,
        viewer: &Person,
        code: &Code,
    ) -> Result<Option<Card>, Failure> {
        let _ = (tenant, viewer, code);
        Ok(None)
    }

    /// What is on the viewer's screen at the start: their open requests and accesses, and what waits for their
    /// countersignature.
    pub async fn cards_for(&self, tenant: &Tenant, viewer: &Person) -> Result<Vec<Card>, Failure> {
        let _ = (tenant, viewer);
        Ok(vec![])
    }
}
