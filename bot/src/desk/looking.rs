//! What is answered at once, from how things stand: what a form lacks, what it will take, which repositories there are. And
//! what the desk does when a vendor says that something changed.

use countersign_domain::card::Card;
use countersign_domain::envelope::derived_id;
use countersign_domain::form::{Fault, Filled};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Identity, SurfaceKind};
use countersign_domain::record::Record;
use countersign_domain::request::Code;
use countersign_domain::tenant::{People, PeopleCommand, Person, UnboundWhy};
use uuid::Uuid;

use super::{Desk, KEPT_WHOLE};
use crate::cards;
use crate::commands;
use crate::context::system;
use crate::engine::Failure;
use crate::forms;
use crate::perform::sealed;
use crate::refusals::Refused;

impl Desk {
    /// Where people find the console.
    pub fn console(&self) -> &str {
        &self.world.console
    }

    /// A card as it goes out: what its buttons say, only this bot can read.
    pub fn sealed(&self, tenant: &Tenant, card: Card) -> Card {
        sealed(&self.world, tenant, card)
    }

    /// What is wrong with a form by itself, by its place; nothing that only the vendors or the rules know.
    pub async fn form_faults(
        &self,
        tenant: &Tenant,
        person: &Person,
        filled: &Filled,
    ) -> Result<Vec<Fault>, Failure> {
        match forms::of(filled) {
            Some(form) => form.faults(&self.requests, tenant, person, filled).await,
            None => Ok(vec![]),
        }
    }

    /// What the rules will say to what is filled in so far; nothing where that is too little to ask them.
    pub async fn what_it_takes(
        &self,
        tenant: &Tenant,
        person: &Person,
        filled: &Filled,
    ) -> Result<Option<String>, Failure> {
        match forms::of(filled) {
            Some(form) => form.ahead(&self.requests, tenant, person, filled).await,
            None => Ok(None),
        }
    }

    /// What somebody may mean who types this into a place of a form that searches a list.
    pub async fn suggestions(&self, tenant: &Tenant, list: &str, typed: &str) -> Vec<String> {
        forms::suggested(&self.world, tenant, list, typed).await
    }

    /// Whether a button is one whose reason is to be asked for before it counts: it denies, and who pressed could.
    pub async fn asks_why(&self, tenant: &Tenant, who: &Identity, reference: &str) -> Result<bool, Failure> {
        let sentence = self.opened(tenant, reference).ok().filter(|said| commands::asks_why(said));
        let code = sentence.and_then(|said| said.split(' ').find_map(|word| word.parse::<Code>().ok()));
        let (Some(code), Some(person)) = (code, self.viewer(tenant, who).await?) else { return Ok(false) };
        let Some(request) = self.requests.any(tenant, &code).await? else { return Ok(false) };
        let people = self.directory.present(tenant).await?.state;
        Ok(cards::could_decide(&*request, &people, &person, self.world.clock.now()))
    }

    /// Ends a binding because the vendor says that the account is no member's any more.
    pub async fn forget(&self, tenant: &Tenant, identity: &Identity) -> Result<(), Failure> {
        let unbind =
            || PeopleCommand::Unbind { identity: identity.clone(), by: None, why: UnboundWhy::Vendor };
        self.of_the_vendor(tenant, identity.surface, "unlink", unbind).await.map(drop)
    }

    /// Keeps that something came which cannot be read.
    pub async fn unreadable(&self, tenant: &Tenant, surface: SurfaceKind, why: &str) -> Result<(), Failure> {
        let record = Record::InteractionRefused {
            surface,
            identity: None,
            delivery: String::new(),
            why: why.to_owned(),
        };
        let cause = self.cause(system(surface.as_str()), Uuid::new_v4());
        let refused =
            Refused { tenant, kind: format!("chat {surface}: unreadable"), from: None, whole: KEPT_WHOLE };
        self.engine.refused(refused, &cause, &record).await.map(drop)
    }

    /// Takes over what a vendor says; whether that changed anything, and nothing where it cannot be taken over.
    pub(super) async fn of_the_vendor(
        &self,
        tenant: &Tenant,
        surface: SurfaceKind,
        name: &'static str,
        command: impl Fn() -> PeopleCommand,
    ) -> Result<Option<bool>, Failure> {
        let cause = self.cause(system(surface.as_str()), derived_id(Uuid::new_v4(), name));
        match self.engine.execute::<People>(tenant, tenant.as_str(), &cause, name, command).await? {
            Ok(done) => Ok(Some(!done.events.is_empty())),
            Err(denied) => {
                tracing::warn!(%tenant, "what {surface} says could not be taken over: {denied}");
                Ok(None)
            }
        }
    }
}
