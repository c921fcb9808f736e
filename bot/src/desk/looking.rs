//! What is answered at once, from how things stand: what a form lacks, what it will take, which repositories there are. And
//! what the desk does when a vendor says that something changed.

use std::sync::Arc;

use countersign_domain::card::Card;
use countersign_domain::envelope::derived_id;
use countersign_domain::form::{Fault, Filled};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{Identity, SurfaceKind};
use countersign_domain::record::Record;
use countersign_domain::request::Code;
use countersign_domain::tenant::{People, PeopleCommand, Person, UnboundWhy};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Busy, Desk, KEPT_WHOLE};
use crate::cards;
use crate::commands;
use crate::context::system;
use crate::engine::Failure;
use crate::forms;
use crate::perform::sealed;
use crate::refusals::Refused;
use crate::world::there_is_no_group;

/// So often it is read who is in a group that follows a vendor's, beside when the vendor tells of it.
const GROUPS_AGAIN: SignedDuration = SignedDuration::from_hours(1);

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
        self.of_the_vendor(tenant, identity.surface, "unlink", unbind).await
    }

    /// The same as [`sync_groups`](Self::sync_groups), at once and again and again, until told to stop: not every vendor tells of
    /// whoever leaves, and what is told can be lost.
    pub(crate) async fn follow_groups(self: Arc<Self>, tenant: Tenant, first: Busy, stop: CancellationToken) {
        let mut busy = first;
        loop {
            if let Err(failure) = self.sync_groups(&tenant).await {
                tracing::warn!(%tenant, "the members of groups could not be taken over: {failure}");
            }
            drop(busy);
            let again = self.world.clock.sleep_until(self.world.clock.now() + GROUPS_AGAIN);
            if stop.run_until_cancelled(again).await.is_none() {
                return;
            }
            busy = self.busy();
        }
    }

    /// Lets every group of ours that follows a vendor's have its members. Only people who are linked can be members, so
    /// it is done whenever somebody is.
    pub async fn sync_groups(&self, tenant: &Tenant) -> Result<(), Failure> {
        let Some(talk) = self.world.talk(tenant) else { return Ok(()) };
        let _syncing = self.syncing.lock().await;
        for followed in &talk.groups {
            let Some(surface) = talk.surfaces.get(&followed.surface) else { continue };
            let users = match surface.members(&followed.followed).await {
                Ok(Some(users)) => users,
                // Whoever was in it decides nothing any more.
                Ok(None) => {
                    let there_is_none = there_is_no_group(followed);
                    tracing::warn!(%tenant, group = followed.group, "it has no members: {there_is_none}");
                    vec![]
                }
                Err(error) => {
                    tracing::warn!(%tenant, group = followed.group, "its members could not be read: {error}");
                    continue;
                }
            };
            let people = self.directory.present(tenant).await?.state;
            let behind = |user: String| {
                let identity = Identity::new(followed.surface, followed.workspace.clone(), user).ok()?;
                people.behind(&identity).map(|person| person.id.clone())
            };
            let members: std::collections::BTreeSet<PrincipalId> =
                users.into_iter().filter_map(behind).collect();
            let group = followed.group.clone();
            let sync = || PeopleCommand::SyncGroup { group: group.clone(), members: members.clone() };
            self.of_the_vendor(tenant, followed.surface, "sync groups", sync).await?;
        }
        Ok(())
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

    async fn of_the_vendor(
        &self,
        tenant: &Tenant,
        surface: SurfaceKind,
        name: &'static str,
        command: impl Fn() -> PeopleCommand,
    ) -> Result<(), Failure> {
        let cause = self.cause(system(surface.as_str()), derived_id(Uuid::new_v4(), name));
        let done = self.engine.execute::<People>(tenant, tenant.as_str(), &cause, name, command).await?;
        if let Err(denied) = done {
            tracing::warn!(%tenant, "what {surface} says could not be taken over: {denied}");
        }
        Ok(())
    }
}
