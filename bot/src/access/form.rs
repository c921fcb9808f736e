//! The form by which access is asked for: what is wrong with it, what it will take, and which repositories there are.

use async_trait::async_trait;
use countersign_domain::access;
use countersign_domain::access::{Asked, DEFAULT_MINUTES, Form, REPOSITORIES};
use countersign_domain::capabilities::violation;
use countersign_domain::card::Card;
use countersign_domain::denied::{Field, Violation};
use countersign_domain::form::{Fault, Filled};
use countersign_domain::names::Tenant;
use countersign_domain::people;
use countersign_domain::request::{Code, Requester};
use countersign_domain::tenant::Person;
use uuid::Uuid;

use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::forms;
use crate::requests::Requests;
use crate::resolve::Resolved;
use crate::words;
use crate::world::World;

/// So many repositories are suggested.
const SUGGESTED: usize = 20;

/// Access, as it is wanted in a form.
#[derive(Debug)]
pub(crate) struct Wanted;

#[async_trait]
impl forms::Form for Wanted {
    async fn faults(
        &self,
        requests: &Requests,
        tenant: &Tenant,
        person: &Person,
        filled: &Filled,
    ) -> Result<Vec<Fault>, Failure> {
        let asked = read(requests, tenant, person, filled).await?;
        let at = |fault: &Violation| Some((field(fault)?.as_str(), violation(fault)));
        Ok(asked.faults.iter().filter_map(at).collect())
    }

    async fn ahead(
        &self,
        requests: &Requests,
        tenant: &Tenant,
        person: &Person,
        filled: &Filled,
    ) -> Result<Option<String>, Failure> {
        let asked = read(requests, tenant, person, filled).await?;
        let present = requests.directory.present(tenant).await?;
        let minutes = asked.minutes.unwrap_or(DEFAULT_MINUTES);
        Ok(present.rule(&asked, Some(minutes)).map(|ruling| words::ruling(&ruling)))
    }

    async fn ask(&self, chat: &Chat, context: &Context, filled: &Filled) -> Result<Vec<Card>, Failure> {
        chat.ask(context, &Form::from(filled)).await
    }

    fn sentence(&self, filled: &Filled) -> String {
        words::form_as_sentence(&Form::from(filled))
    }

    async fn suggested(
        &self,
        world: &World,
        tenant: &Tenant,
        list: &str,
        typed: &str,
    ) -> Option<Vec<String>> {
        if list != REPOSITORIES {
            return None;
        }
        Some(repositories(world, tenant, typed).await)
    }
}

/// The repositories that somebody may mean; none where the forge cannot say.
async fn repositories(world: &World, tenant: &Tenant, typed: &str) -> Vec<String> {
    let Some(vendors) = world.vendors(tenant) else { return vec![] };
    match vendors.forge.search(typed, SUGGESTED).await {
        Ok(names) => names,
        Err(error) => {
            tracing::info!(%tenant, "repositories could not be searched: {error}");
            vec![]
        }
    }
}

async fn read(
    requests: &Requests,
    tenant: &Tenant,
    person: &Person,
    filled: &Filled,
) -> Result<Asked, Failure> {
    let (id, kind, name) = (person.id.clone(), person.kind, person.name.clone());
    let requester = Requester { id, kind, name, known: true };
    let resolved = requests.resolver.form(tenant, person, &Form::from(filled)).await?;
    let (faults, code) = (resolved.faults(), Code::candidate(Uuid::nil(), 0));
    let Resolved { form, subject, .. } = resolved;
    let mut asked = Asked::read(code, requester, subject, &form, requests.world.clock.now());
    asked.faults.extend(faults);
    Ok(asked)
}

/// The field that is at fault.
fn field(fault: &Violation) -> Option<Field> {
    Some(match fault {
        Violation::TextTooLong { field, .. } | Violation::BadCharacter { field, .. } => *field,
        other if other.own::<people::Fault>().is_some() => Field::User,
        other => match other.own()? {
            access::Fault::MissingField { field } => field,
            access::Fault::UnknownPermission { .. } => Field::Permission,
            access::Fault::BadDuration { .. } | access::Fault::DurationTooLong { .. } => Field::Duration,
            _ => return None,
        },
    })
}
