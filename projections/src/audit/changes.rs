//! What changed of a person each time they were recorded: who became an administrator when is asked of the audit.

use std::collections::BTreeSet;

use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::tenant::{People, PeopleEvent, Person, Role};
use countersign_domain::words::{flat, list};

use super::{CHANGES, PEOPLE};
use crate::key::Key;
use crate::projection::ProjectionError;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// Keeps beside the event in which a person is recorded what that changes.
pub(super) fn learn(envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    let tenant = &envelope.tenant;
    let is_of_people = envelope.stream.category() == People::CATEGORY
        && ["person_recorded", "person_removed"].contains(&envelope.kind.as_str());
    if !is_of_people {
        return Ok(());
    }
    match decode(envelope)? {
        PeopleEvent::PersonRecorded { person } => {
            let before: Option<Person> = load(&*rows, known(tenant, &person.id))?;
            if let Some(changed) = changes(before.as_ref(), &person) {
                save(rows, change(envelope), changed);
            }
            save(rows, known(tenant, &person.id), person);
        }
        PeopleEvent::PersonRemoved { id } => rows.delete(&known(tenant, &id).into_vec()),
        _ => {}
    }
    Ok(())
}

/// What an event changed of a person.
pub(super) fn changed(rows: &dyn Rows, envelope: &Envelope) -> Result<Option<String>, RowsError> {
    if envelope.kind == "person_recorded" { load(rows, change(envelope)) } else { Ok(None) }
}

fn known(tenant: &Tenant, id: &PrincipalId) -> Key {
    Key::of(tenant, PEOPLE).text(id.as_str())
}

fn change(envelope: &Envelope) -> Key {
    Key::of(&envelope.tenant, CHANGES).number(envelope.pos.for_store())
}

/// In words; nothing where nothing did.
fn changes(before: Option<&Person>, now: &Person) -> Option<String> {
    let roles = |person: &Person| -> BTreeSet<String> {
        let word = |role: &Role| match role {
            Role::Admin => "the role admin".to_owned(),
            Role::Auditor => "the role auditor".to_owned(),
        };
        person.roles.iter().map(word).collect()
    };
    let groups = |person: &Person| -> BTreeSet<String> {
        person.groups.iter().map(|group| format!("the group {}", flat(group))).collect()
    };
    let accounts = |person: &Person| -> BTreeSet<String> {
        let own = person.accounts.iter();
        own.map(|(vendor, account)| format!("the {} account {}", flat(vendor), flat(account))).collect()
    };
    let all =
        |person: &Person| [roles(person), groups(person), accounts(person)].into_iter().flatten().collect();
    let (old, new): (BTreeSet<String>, BTreeSet<String>) = (before.map(all).unwrap_or_default(), all(now));
    let only_in = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
        one.difference(other).cloned().collect()
    };
    let said = [("now with ", only_in(&new, &old)), ("no more with ", only_in(&old, &new))];
    let said = said.into_iter().filter(|(_, what)| !what.is_empty());
    let mut said: Vec<_> = said.map(|(how, what)| format!("{how}{}", list(&what))).collect();
    said.extend(
        before
            .filter(|before| before.name != now.name)
            .map(|before| format!("before: {}", flat(&before.name))),
    );
    (!said.is_empty()).then(|| said.join("; "))
}

#[cfg(test)]
mod tests {
    use countersign_domain::envelope::ActorKind;

    use super::*;

    #[test]
    fn trust_c4_the_audit_says_what_changed_of_a_person_each_time() {
        let ben = |groups: &[&str], roles: &[Role], account: &str| Person {
            id: "ben".parse().unwrap(),
            kind: ActorKind::Person,
            name: "Ben".to_owned(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            roles: roles.iter().copied().collect(),
            accounts: [("bitbucket".to_owned(), account.to_owned())].into(),
        };
        let (before, now) =
            (ben(&["approvers"], &[], "712020:a"), ben(&["security"], &[Role::Admin], "712020:b"));
        assert_eq!(
            changes(None, &before).as_deref(),
            Some("now with the bitbucket account 712020:a and the group approvers")
        );
        assert_eq!(
            changes(Some(&before), &now).as_deref(),
            Some(
                "now with the bitbucket account 712020:b, the group security and the role admin; no more with the bitbucket account 712020:a and the group approvers"
            )
        );
        assert_eq!(changes(Some(&now), &now), None);
    }
}
