//! What an export of the audit says before its first event, so that nobody who reads it has to find it out: that nobody, or only
//! one person, administers the tenant. It is a line of its own, `{"notice": "…"}`, and no event.

use countersign_domain::tenant::People;
use countersign_domain::words;
use serde::{Deserialize, Serialize};

/// The line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    notice: String,
}

/// What is to be said of these people, as a line with its line feed; nothing where several administer the tenant.
pub(crate) fn line(people: &People) -> Option<String> {
    let names: Vec<_> =
        people.administrators().map(|person| words::known_as(&person.name, person.id.as_str())).collect();
    let notice = words::few_administrators(&names)?;
    let line = serde_json::to_string(&Notice { notice }).expect("a text is plain data");
    Some(line + "\n")
}

/// Whether a line of an export is such a one.
pub(crate) fn is_one(line: &[u8]) -> bool {
    serde_json::from_slice::<Notice>(line).is_ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use countersign_domain::envelope::ActorKind;
    use countersign_domain::tenant::{Person, Role};

    use super::*;

    fn admin(id: &str, kind: ActorKind) -> Person {
        let (name, roles) = (id.to_uppercase(), [Role::Admin].into());
        Person { id: id.parse().unwrap(), kind, name, groups: [].into(), roles, accounts: BTreeMap::new() }
    }

    #[test]
    fn one_administrator_is_told_and_two_are_not_and_programs_are_none() {
        let people = |all: &[Person]| all.iter().cloned().collect::<People>();
        let (olga, rob) = (admin("olga", ActorKind::Person), admin("rob", ActorKind::Agent));
        let said = line(&people(&[olga.clone(), rob.clone()])).unwrap();
        assert!(
            said.contains("OLGA (olga) is the only administrator here") && said.ends_with("}\n"),
            "{said}"
        );
        assert!(is_one(said.trim_end().as_bytes()));
        assert!(line(&people(&[rob])).unwrap().contains("Nobody is an administrator here"));
        assert_eq!(line(&people(&[olga, admin("ben", ActorKind::Person)])), None);
        assert!(!is_one(b"{\"notice\":\"x\",\"pos\":1}") && !is_one(b"{}"));
    }
}
