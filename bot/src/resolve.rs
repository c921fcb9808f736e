//! Whom a form means: what a person wrote becomes identities, or a list of what could not be resolved, with those who could
//! be meant. Repositories and tickets are resolved by forge and tracker, when the request is looked up.

use std::collections::BTreeMap;

use countersign_domain::access::Subject;
use countersign_domain::denied::{Denied, Field, Violation};
use countersign_domain::heard::Form;
use countersign_domain::named::Named;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::people::Fault;
use countersign_domain::ports::{Identity, beginning, mentions, with_names};
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::flat;

use crate::directory::Directory;
use crate::engine::Failure;
use crate::folds;
use crate::words;
use crate::world::World;

/// The tracker's name among a person's accounts.
pub const TRACKER: &str = "jira";
/// The directory's name for the address that somebody is known by.
pub const EMAIL: &str = "email";

/// A form, and whom it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The form, its texts with names in the place of mentions.
    pub form: Form,
    /// Who shall have the access.
    pub subject: Subject,
    /// What could not be resolved.
    pub open: Vec<Unresolved>,
}

/// A name in a form that means nobody, or nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// In which field.
    pub field: Field,
    /// What is wrong with it, as it is told.
    pub why: Violation,
    /// Those who could be meant.
    pub candidates: Vec<Candidate>,
}

/// Somebody who could be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The name people see, told apart from others.
    pub label: String,
    /// What to write into the field to mean exactly them.
    pub value: String,
}

impl Resolved {
    /// Why it cannot be asked for like this, if it cannot.
    pub fn denied(&self) -> Option<Denied> {
        (!self.open.is_empty()).then(|| Denied(self.faults()))
    }

    /// What is told of everything that could not be resolved.
    pub fn faults(&self) -> Vec<Violation> {
        self.open.iter().map(|unresolved| unresolved.why.clone()).collect()
    }
}

/// Resolves with the directory, and where a tenant lets the workspace say who somebody is, with that.
#[derive(Clone)]
pub struct Resolver {
    world: World,
    directory: Directory,
}

impl Resolver {
    /// A resolver in this world.
    pub const fn new(world: World, directory: Directory) -> Self {
        Self { world, directory }
    }

    /// Whom a form of this person means.
    pub async fn form(&self, tenant: &Tenant, asker: &Person, form: &Form) -> Result<Resolved, Failure> {
        let people = self.directory.present(tenant).await?.state;
        let texts = [form.user.as_deref(), form.reason.as_deref()].into_iter().flatten();
        let known = self.known(tenant, &people, texts.flat_map(mentions)).await;
        Ok(resolve(&people, &known, asker, form, self.world.forge(tenant)))
    }

    /// A text for people, with names in the place of mentions.
    pub async fn text(&self, tenant: &Tenant, text: &str) -> Result<String, Failure> {
        let mentioned = mentions(text);
        if mentioned.is_empty() {
            return Ok(with_names(text, |_| words::SOMEBODY.to_owned()));
        }
        let people = self.directory.present(tenant).await?.state;
        let known = self.known(tenant, &people, mentioned).await;
        Ok(spoken(&people, &known, text))
    }

    /// Who is behind the identities that a text mentions, as far as anybody knows.
    pub async fn mentioned(&self, tenant: &Tenant, text: &str) -> Result<Mentioned, Failure> {
        let people = self.directory.present(tenant).await?.state;
        Ok(self.known(tenant, &people, mentions(text)).await)
    }

    /// Who is behind the identities that are mentioned: by their links, or by the address that the workspace has verified.
    async fn known(
        &self,
        tenant: &Tenant,
        people: &People,
        mentioned: impl IntoIterator<Item = Identity>,
    ) -> Mentioned {
        let mut known = Mentioned::new();
        for identity in mentioned {
            let principal = match people.behind(&identity) {
                Some(person) => Some(person.id.clone()),
                None => self.by_address(tenant, people, &identity).await,
            };
            known.extend(principal.map(|principal| (identity, principal)));
        }
        known
    }

    async fn by_address(&self, tenant: &Tenant, people: &People, identity: &Identity) -> Option<PrincipalId> {
        let talk = self.world.talk(tenant).filter(|talk| talk.by_email.contains(&identity.surface))?;
        // Whoever had their account unlinked is linked again by themselves only.
        if people.forgotten.contains(identity) {
            return None;
        }
        folds::turned_to_a_vendor();
        match talk.surfaces.get(&identity.surface)?.profile(identity).await {
            Ok(Some(profile)) if profile.stranger.is_none() => {
                by_email(people, profile.email.as_deref()?).map(|person| person.id.clone())
            }
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%tenant, "who is mentioned could not be looked up: {error}");
                None
            }
        }
    }
}

/// Who is behind the identities that a form mentions.
pub type Mentioned = BTreeMap<Identity, PrincipalId>;

/// Whom a form of this person means, as far as the tenant's people and who is mentioned tell; by their accounts at this forge.
pub fn resolve(people: &People, mentioned: &Mentioned, asker: &Person, form: &Form, forge: &str) -> Resolved {
    let given = form.user.as_deref().map(str::trim).filter(|text| !text.is_empty() && !is_self(text));
    let (subject, open) = match given {
        None => (Subject::person(asker, forge), None),
        Some(text) => subject(people, mentioned, text, forge),
    };
    let text = |text: &Option<String>| text.as_deref().map(|text| spoken(people, mentioned, text));
    let form = Form { user: text(&form.user), reason: text(&form.reason), ..form.clone() };
    Resolved { form, subject, open: open.into_iter().collect() }
}

/// Whom a text means: a person of the tenant, or somebody whom the forge will have to know.
fn subject(people: &People, mentioned: &Mentioned, text: &str, forge: &str) -> (Subject, Option<Unresolved>) {
    if let Some(identity) = Identity::mentioned(text) {
        let person = mentioned.get(&identity).and_then(|id| people.people.get(id));
        return if let Some(person) = person {
            (Subject::person(person, forge), None)
        } else {
            let why = Violation::from(Fault::NotLinked { surface: identity.surface });
            (Subject::text(words::SOMEBODY), Some(about_the_user(why, vec![])))
        };
    }
    match people.find(text) {
        Named::One(person) => (Subject::person(person, forge), None),
        Named::Several(all) => {
            let given = beginning(text, 100);
            let people = all.iter().map(|person| person.told_apart()).collect();
            let why = Violation::from(Fault::SeveralPeople { given, people });
            let candidate =
                |person: &Person| Candidate { label: person.told_apart(), value: person.id.to_string() };
            let candidates = all.into_iter().map(candidate).collect();
            (Subject::text(text), Some(about_the_user(why, candidates)))
        }
        Named::Nothing => (Subject::text(text.strip_prefix('@').unwrap_or(text)), None),
    }
}

const fn about_the_user(why: Violation, candidates: Vec<Candidate>) -> Unresolved {
    Unresolved { field: Field::User, why, candidates }
}

/// A text with the names that people see in the place of mentions.
fn spoken(people: &People, mentioned: &Mentioned, text: &str) -> String {
    with_names(text, |identity| {
        let person = mentioned.get(identity).and_then(|id| people.people.get(id));
        person.map_or_else(|| words::SOMEBODY.to_owned(), |person| flat(&person.name))
    })
}

/// The only person whom the directory knows by this address; nobody where several are.
pub fn by_email<'a>(people: &'a People, email: &str) -> Option<&'a Person> {
    people.owner(EMAIL, [email], |own| own.eq_ignore_ascii_case(email)).one()
}

fn is_self(text: &str) -> bool {
    ["me", "myself", "@me"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests;
