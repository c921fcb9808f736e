//! The groups that are to read a document: of one that nobody is in, whoever names it is told so, with those that are called alike. A
//! document that nobody could read would else be live, and nobody would know why it is never answered from.

use std::collections::BTreeSet;

use countersign_domain::audience::{Acl, Collections};
use countersign_domain::documents::Fault;
use countersign_domain::tenant::People;

/// So many that are called alike are told; all there are, where they are no more.
const TOLD: usize = 5;
/// How much alike two names are called, at least.
const ALIKE: f64 = 0.75;
/// So much of a name that is none is repeated, in characters.
const REPEATED: usize = 40;

/// The groups of this that nobody is in.
pub(super) fn unknown(acl: &Acl, people: &People) -> Vec<Fault> {
    let known: BTreeSet<&str> =
        people.people.values().flat_map(|person| person.groups.iter().map(String::as_str)).collect();
    let unknown = acl.groups.iter().filter(|group| !known.contains(group.as_str()));
    let fault = |given: &String| Fault::NobodyInGroup {
        given: given.chars().take(REPEATED).collect(),
        nearest: nearest(given, &known),
    };
    unknown.map(fault).collect()
}

/// Those that are called alike, the most alike first; where none is, all, if they are few.
fn nearest(given: &str, known: &BTreeSet<&str>) -> Vec<String> {
    let given = given.to_lowercase();
    let scored = known.iter().map(|name| (strsim::jaro_winkler(&given, &name.to_lowercase()), *name));
    let mut alike: Vec<_> = scored.filter(|(score, _)| *score >= ALIKE).collect();
    alike.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let alike: Vec<&str> = alike.into_iter().map(|(_, name)| name).take(TOLD).collect();
    let all = || known.iter().copied().filter(|_| known.len() <= TOLD).collect();
    let told: Vec<&str> = if alike.is_empty() { all() } else { alike };
    told.into_iter().map(str::to_owned).collect()
}

/// Whether anybody here could read what is in this collection and for these readers.
pub(super) fn are_somebody(
    acl: &Acl,
    (collection, collections): (&str, Option<&Collections>),
    people: &People,
) -> bool {
    let of_all = collections.and_then(|collections| collections.get(collection));
    people.people.values().any(|person| acl.includes(person) && of_all.is_none_or(|all| all.includes(person)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_nobody_is_in_is_told_with_those_that_are_called_alike() {
        let known = BTreeSet::from(["approvers", "hr", "legal"]);
        assert_eq!(nearest("approver", &known), ["approvers"]);
        assert_eq!(nearest("Approvers", &known), ["approvers"], "groups are told apart by case");
        assert_eq!(nearest("nosuch", &known), ["approvers", "hr", "legal"], "they are few");
        let many: Vec<String> = (0..9).map(|number| format!("{number}{number}{number}")).collect();
        assert!(nearest("nosuch", &many.iter().map(String::as_str).collect()).is_empty());
    }
}
