//! Whom a ticket reaches: told to who opens one before anything leaves.

use countersign_domain::tenant::{People, Person, Role};
use countersign_domain::words::{flat, list};

use crate::help::Help;

/// So many are named; the rest are counted.
const NAMED: usize = 4;

/// Whom it reaches, a sentence each.
pub(crate) fn reached(help: &Help, people: &People) -> Vec<String> {
    let level = &help.settings.level;
    let reads = |person: &Person| {
        let sees_all = level.wakes(person) || person.is(Role::Admin) || person.is(Role::Auditor);
        !level.is_staff(person) && sees_all
    };
    let desk = named(people, &|person| level.is_staff(person));
    let desk = desk.unwrap_or_else(|| "nobody, at the moment".to_owned());
    let others = named(people, &reads);
    std::iter::once(format!("It reaches who looks after tickets: {desk}."))
        .chain(others.map(|others| format!("{others} can read it as well.")))
        .chain(copied(help))
        .collect()
}

/// That it is copied to the tracker, where it is.
pub(crate) fn copied(help: &Help) -> Option<String> {
    let project = &help.settings.mirror.as_ref()?.project;
    Some(format!(
        "What it asks for is copied to the project {} in Jira, with the name of who opens it, for everybody who reads there; what \
         was answered is not.",
        flat(project)
    ))
}

/// Their names; nothing where there is nobody.
fn named(people: &People, is_one: &dyn Fn(&Person) -> bool) -> Option<String> {
    let mut names: Vec<_> =
        people.people.values().filter(|person| is_one(person)).map(|person| flat(&person.name)).collect();
    names.sort_unstable();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    names.extend((more > 0).then(|| format!("{more} more")));
    (!names.is_empty()).then(|| list(&names))
}

#[cfg(test)]
mod tests {
    use countersign_domain::envelope::ActorKind;

    use super::*;

    #[test]
    fn a_few_are_named_and_the_rest_are_counted() {
        let people: People = (1..=7)
            .map(|number| Person {
                id: format!("p{number}").parse().unwrap(),
                kind: ActorKind::Person,
                name: format!("P{number}"),
                groups: [].into(),
                roles: [].into(),
                accounts: [].into(),
            })
            .collect();
        assert_eq!(named(&people, &|_| true).as_deref(), Some("P1, P2, P3, P4 and 3 more"));
        assert_eq!(named(&people, &|person| person.name == "P2").as_deref(), Some("P2"));
        assert_eq!(named(&people, &|_| false), None);
    }
}
