//! What somebody does in a chat, as the bot's desk takes it in: for orders of deliveries that no vendor would make on purpose.

use countersign::desk::Received;
use countersign_domain::ports::{Act, Identity, Interaction, Place};

use crate::stage::{Stage, tenant};

impl Stage {
    /// The chat accounts of somebody, one a surface.
    pub async fn accounts(&self, id: &str) -> Vec<Identity> {
        let people = self.bot.directory.present(&tenant()).await.expect("the directory answers").state;
        let id = id.parse().expect("a principal's id");
        let mut accounts: Vec<_> =
            people.identities(&id).into_iter().map(|(identity, _)| identity.clone()).collect();
        accounts.sort();
        accounts
    }

    /// Somebody does something with one of their accounts, in private; what the desk makes of it.
    pub async fn hears(&self, identity: &Identity, delivery: &str, act: Act) -> Received {
        let place = Place::direct(identity);
        let interaction = Interaction {
            delivery: delivery.to_owned(),
            identity: identity.clone(),
            stranger: None,
            place: place.clone(),
            direct: place,
            message: None,
            act,
        };
        self.bot.desk.receive(&tenant(), interaction).await.expect("the desk takes it in")
    }
}
