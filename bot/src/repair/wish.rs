//! What somebody wants to be done about which differences, as it is said: `revert K7QM2, adopt BCDFG, ignore until Friday …`.

use countersign_domain::capabilities::Drift;
use countersign_domain::denied::Violation;
use countersign_domain::repair::{Drift as _, Fault, Item, Remedy, mark};

/// What shall be done about which difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// About which.
    pub what: What,
    /// What.
    pub remedy: Remedy,
}

/// Which differences are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// All of which nothing else is said.
    All,
    /// The one of this name.
    Named(String),
}

/// A sentence that is no wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAWish {
    /// It does not say what to do: adopt, revert or ignore.
    NoRemedy(String),
    /// It says nothing of which difference.
    NoDifference(String),
    /// Something is to be ignored, and nobody says until when.
    NoEnd,
}

impl Wish {
    /// Reads what is said: `revert K7QM2 and adopt BCDFG`. What is to be ignored is ignored until `until`.
    pub fn read(said: &str, until: Option<jiff::Timestamp>) -> Result<Vec<Self>, NotAWish> {
        let words = said.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        let (mut wishes, mut begun): (Vec<Self>, Option<(Remedy, usize)>) = (vec![], None);
        for word in words.map(str::to_lowercase).filter(|word| !FILLERS.contains(&word.as_str())) {
            let remedy = match (word.as_str(), until) {
                ("adopt", _) => Some(Remedy::Adopt),
                ("revert", _) => Some(Remedy::Revert),
                ("ignore", Some(until)) => Some(Remedy::Ignore { until }),
                ("ignore", None) => return Err(NotAWish::NoEnd),
                _ => None,
            };
            match (remedy, &mut begun) {
                (Some(_), Some((_, 0))) => return Err(NotAWish::NoDifference(said.trim().to_owned())),
                (Some(remedy), _) => begun = Some((remedy, 0)),
                (None, Some((remedy, named))) => {
                    *named += 1;
                    wishes.push(Self { what: What::read(&word), remedy: *remedy });
                }
                (None, None) => return Err(NotAWish::NoRemedy(said.trim().to_owned())),
            }
        }
        match begun {
            Some((_, 1..)) => Ok(wishes),
            Some(_) => Err(NotAWish::NoDifference(said.trim().to_owned())),
            None => Err(NotAWish::NoRemedy(said.trim().to_owned())),
        }
    }
}

/// Words that say nothing.
const FILLERS: [&str; 5] = ["", "and", "the", "else", "of"];

impl What {
    fn read(name: &str) -> Self {
        match name.to_lowercase().as_str() {
            "all" | "everything" | "rest" => Self::All,
            _ => Self::Named(name.to_uppercase()),
        }
    }
}

/// The items of a plan, of what is different; why not, where a name is of none, or of several.
pub(super) fn items(
    wishes: &[Wish],
    differences: &[Item<Drift>],
) -> Result<Vec<Item<Drift>>, Vec<Violation>> {
    let (mut items, mut wrong): (Vec<Item<Drift>>, Vec<Violation>) = (vec![], vec![]);
    for wish in wishes {
        let What::Named(name) = &wish.what else { continue };
        let mut meant = differences.iter().filter(|item| mark(&item.drift) == *name);
        match (meant.next(), meant.next()) {
            (Some(one), None) => items.push(Item { remedy: wish.remedy, ..one.clone() }),
            _ => wrong.push(Fault::UnknownDifference { given: name.clone() }.into()),
        }
    }
    if let Some(rest) = wishes.iter().find(|wish| wish.what == What::All) {
        let named: Vec<_> = items.iter().map(|item| item.drift.place()).collect();
        let others = differences.iter().filter(|item| !named.contains(&item.drift.place()));
        items.extend(others.map(|item| Item { remedy: rest.remedy, ..item.clone() }));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if items.is_empty() { Err(vec![Violation::from(Fault::NothingDiffers)]) } else { Ok(items) }
}

#[cfg(test)]
mod tests {
    use countersign_domain::access::{Deviation, How, Permission};
    use jiff::Timestamp;

    use super::*;

    fn item(account: &str) -> Item<Drift> {
        let drift = Deviation {
            account: account.to_owned(),
            name: account.to_owned(),
            holder: None,
            repository: "infra".to_owned(),
            repository_id: None,
            wanted: None,
            present: Some(Permission::Write),
            how: How::Unknown,
            put_back: None,
        };
        Item { drift: drift.into(), remedy: Remedy::Revert, seen: None, holder: None }
    }

    fn wish(what: What, remedy: Remedy) -> Wish {
        Wish { what, remedy }
    }

    fn named(name: &str) -> What {
        What::Named(name.to_owned())
    }

    #[test]
    fn a_plan_is_said_as_people_would() {
        let until = Timestamp::UNIX_EPOCH;
        let read = |said| Wish::read(said, Some(until));
        let (adopt, revert, ignore) = (Remedy::Adopt, Remedy::Revert, Remedy::Ignore { until });
        assert_eq!(read("revert all"), Ok(vec![wish(What::All, revert)]));
        let two = vec![wish(named("K7QM2"), revert), wish(named("BCDFG"), revert)];
        assert_eq!(read("revert k7qm2 bcdfg"), Ok(two.clone()));
        assert_eq!(read("revert k7qm2, bcdfg"), Ok(two));
        let mixed = vec![wish(named("K7QM2"), adopt), wish(named("BCDFG"), ignore), wish(What::All, revert)];
        assert_eq!(read("Adopt K7QM2, ignore BCDFG and revert the rest"), Ok(mixed));
        assert_eq!(read("K7QM2"), Err(NotAWish::NoRemedy("K7QM2".to_owned())));
        assert_eq!(read(""), Err(NotAWish::NoRemedy(String::new())));
        assert_eq!(read("adopt"), Err(NotAWish::NoDifference("adopt".to_owned())));
        for forever in ["ignore all", "revert K7QM2 and ignore the rest", "ignore"] {
            assert_eq!(
                Wish::read(forever, None),
                Err(NotAWish::NoEnd),
                "{forever}: until when is to be said"
            );
        }
    }

    #[test]
    fn what_is_named_is_meant_and_all_is_the_rest() {
        let all = [item("eve"), item("mallory"), item("trudy")];
        let eve = mark(&all[0].drift);
        let wishes = [wish(What::All, Remedy::Revert), wish(named(&eve), Remedy::Adopt)];
        let items = items(&wishes, &all).unwrap();
        let told: Vec<_> = items.iter().map(|item| (item.drift.place().by, item.remedy)).collect();
        let (adopt, revert) = (Remedy::Adopt, Remedy::Revert);
        let of = |name: &str, remedy| (name.to_owned(), remedy);
        assert_eq!(told, [of("eve", adopt), of("mallory", revert), of("trudy", revert)]);
    }

    #[test]
    fn a_name_of_nothing_is_told_and_nothing_is_guessed() {
        let unknown = |given: &str| Violation::from(Fault::UnknownDifference { given: given.to_owned() });
        let all = [item("eve")];
        let wishes = [wish(named("NNNNN"), Remedy::Adopt), wish(What::All, Remedy::Revert)];
        assert_eq!(items(&wishes, &all), Err(vec![unknown("NNNNN")]));
        let nothing = [wish(What::All, Remedy::Revert)];
        assert_eq!(items(&nothing, &[]), Err(vec![Violation::from(Fault::NothingDiffers)]));
        // Two that share a name by chance are told apart by nobody.
        let eve = mark(&all[0].drift);
        let twice = [item("eve"), item("eve")];
        assert_eq!(items(&[wish(named(&eve), Remedy::Adopt)], &twice), Err(vec![unknown(&eve)]));
    }
}
