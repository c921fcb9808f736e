//! Examples with the tenant's own names: what stands in the command table for everybody can be said by nobody as it stands there,
//! for it names repositories, tickets and people that are nobody's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_domain::card::Card;
use countersign_domain::envelope::ActorKind;
use countersign_domain::names::Tenant;
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::plain;
use jiff::{SignedDuration, Timestamp};

use crate::world::World;

/// The repositories, the project and the colleague that the examples name.
const REPOSITORIES: [&str; 3] = ["payments-api", "web-shop", "infra"];
const PROJECT: &str = "OPS";
const COLLEAGUE: &str = "demo-approver";
/// What stands in their place where nobody can say what there is.
const SOME_REPOSITORY: &str = "<repository>";
const SOME_TICKET: &str = "<ticket>";
const SOMEBODY: &str = "<user>";

/// An example is not worth waiting for.
const PATIENCE: Duration = Duration::from_millis(300);
/// What the forge said counts for so long, also where it said nothing.
const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// So many repositories are looked at.
const LOOKED_AT: usize = 20;

/// The repositories of each tenant, as the forge named them a while ago.
#[derive(Debug, Default)]
pub(crate) struct Named(Mutex<HashMap<Tenant, (Timestamp, Vec<String>)>>);

/// What examples name for one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    repositories: Vec<String>,
    project: Option<String>,
    colleague: Option<String>,
}

impl Names {
    /// Those of a tenant, for somebody who may need a colleague's.
    pub(crate) async fn of(world: &World, tenant: &Tenant, people: &People, reader: &Person) -> Self {
        let is_known =
            |id: &str| people.people.keys().any(|own| own.as_str() == id) && reader.id.as_str() != id;
        let mut others =
            people.people.values().filter(|own| own.id != reader.id && own.kind == ActorKind::Person);
        let colleague = if is_known(COLLEAGUE) {
            Some(COLLEAGUE.to_owned())
        } else {
            others.next().map(|own| own.id.to_string())
        };
        let project = world.customs(tenant).project.clone();
        Self { repositories: repositories(world, tenant).await, project, colleague }
    }

    /// An example with them in the place of those that it names.
    pub(crate) fn in_example(&self, example: &str) -> String {
        let is_of_a_name = |c: char| c.is_alphanumeric() || c == '-';
        let mut said = String::new();
        let mut rest = example;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|c| is_of_a_name(c) != is_of_a_name(first)).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            said.push_str(&self.own(run).unwrap_or_else(|| run.to_owned()));
            rest = after;
        }
        said
    }

    /// The same of a card that holds nothing but examples and what is always said.
    pub(crate) fn on_card(&self, mut card: Card) -> Card {
        card.text = self.in_example(&card.text);
        for line in &mut card.lines {
            *line = self.in_example(line);
        }
        card
    }

    /// What stands in the place of a name.
    fn own(&self, name: &str) -> Option<String> {
        if let Some(at) = REPOSITORIES.iter().position(|own| *own == name) {
            return Some(self.repository(at).map_or_else(|| SOME_REPOSITORY.to_owned(), plain));
        }
        if name == COLLEAGUE {
            return Some(self.colleague.clone().unwrap_or_else(|| SOMEBODY.to_owned()));
        }
        let (project, number) = name.split_once('-')?;
        let is_ticket = project == PROJECT && number.bytes().all(|digit| digit.is_ascii_digit());
        let own = || self.project.as_ref().map(|own| format!("{own}-{number}"));
        is_ticket.then(|| own().unwrap_or_else(|| SOME_TICKET.to_owned()))
    }

    /// The one that is named so, where there is one; else one of the others, so that as many are named as the example names.
    fn repository(&self, at: usize) -> Option<&str> {
        let is_own = |name: &str| self.repositories.iter().any(|own| own == name);
        if is_own(REPOSITORIES[at]) {
            return Some(REPOSITORIES[at]);
        }
        let others: Vec<_> =
            self.repositories.iter().filter(|own| !REPOSITORIES.contains(&own.as_str())).collect();
        let others = if others.is_empty() { self.repositories.iter().collect() } else { others };
        others.get(at % others.len().max(1)).map(|own| own.as_str())
    }
}

/// Some repositories of a tenant; none where the forge cannot say that at once.
async fn repositories(world: &World, tenant: &Tenant) -> Vec<String> {
    let Some(vendors) = world.vendors(tenant) else { return vec![] };
    let (named, now) = (&world.looked.examples.0, world.clock.now());
    let known = named.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
    if let Some((at, known)) = known
        && at <= now
        && now.duration_since(at) < FRESH
    {
        return known;
    }
    let found = world.waits(PATIENCE, vendors.forge.search("", LOOKED_AT)).await;
    let found = found.ok().and_then(Result::ok).unwrap_or_default();
    named.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone(), (now, found.clone()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str =
        "access admin on infra for demo-approver for 3h ticket OPS-18 because “web-shop, payments-api”";

    fn names(repositories: &[&str]) -> Names {
        Names {
            repositories: repositories.iter().map(ToString::to_string).collect(),
            project: Some("SHIP".to_owned()),
            colleague: Some("zoe".to_owned()),
        }
    }

    #[test]
    fn an_example_names_what_the_tenant_has() {
        assert_eq!(
            names(&["billing", "infra-2", "site"]).in_example(ALL),
            "access admin on site for zoe for 3h ticket SHIP-18 because “infra-2, billing”"
        );
        assert_eq!(
            names(&["billing"]).in_example(ALL),
            "access admin on billing for zoe for 3h ticket SHIP-18 because “billing, billing”"
        );
        let own = names(&["web-shop", "billing"]).in_example("read on web-shop, write on infra");
        assert_eq!(own, "read on web-shop, write on billing", "what is there by that name stays");
    }

    #[test]
    fn where_nobody_can_say_what_there_is_nothing_is_named() {
        assert_eq!(
            Names::default().in_example(ALL),
            "access admin on <repository> for <user> for 3h ticket <ticket> because “<repository>, <repository>”"
        );
        for other in ["help access", "extend K7QM2X for 1 day", "OPS", "an OPS-room, infrared", ""] {
            assert_eq!(Names::default().in_example(other), other);
        }
    }

    /// Otherwise an example would go out with names that are nobody's.
    #[test]
    fn every_name_of_the_table_is_one_that_is_replaced() {
        let known = ["payments-api", "web-shop", "infra", "demo-approver"];
        let shown = crate::commands::COMMANDS.iter().flat_map(|spec| spec.examples);
        for example in shown {
            let said = names(&["billing"]).in_example(example);
            assert!(
                !known.iter().any(|name| said.contains(name)) && !said.contains("OPS-"),
                "{example}: {said}"
            );
        }
    }
}
