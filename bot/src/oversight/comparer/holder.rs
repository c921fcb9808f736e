//! Whose an account at the forge is.

use countersign_domain::named::Named;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::{FORGES, same_account};
use countersign_domain::tenant::{People, Person};

use super::Granted;

/// Whose an account is, and their name: the one person's to whom the directory gives it, or gave it before they left; else whose
/// the log found it to be when it was granted something. Two who have one account are nobody.
pub(super) fn holder<'a>(
    people: &'a People,
    granted: &'a Granted,
    account: &str,
) -> Option<(&'a PrincipalId, &'a str)> {
    for forge in FORGES {
        match people.owner(forge, [account], |own| same_account(own, account)) {
            Named::One(person) => return Some((&person.id, &person.name)),
            Named::Several(_) => return None,
            Named::Nothing => {}
        }
    }
    let has_it = |left: &&Person| {
        let mut at = FORGES.iter().filter_map(|forge| left.accounts.get(*forge));
        at.any(|own| same_account(own, account))
    };
    if let Some(left) = people.left.values().find(has_it) {
        return Some((&left.id, &left.name));
    }
    let rows = granted.iter().filter(|((_, of), _)| of == account).flat_map(|(_, rows)| rows);
    let last = rows.max_by_key(|row| row.created)?;
    let id = last.access.asked.as_ref()?.subject.principal.as_ref()?;
    let person = people.people.get(id).or_else(|| people.left.get(id))?;
    Some((&person.id, &person.name))
}
