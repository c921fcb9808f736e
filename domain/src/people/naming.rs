//! Whom a name means: by id, by an account, by the whole name that people see. Two people may have one name.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::named::Named;
use crate::names::PrincipalId;
use crate::ports::{Identity, same_account};
use crate::text::flat;

use super::{People, Person};

impl People {
    /// Whoever a word in chat means: by their id, an account of theirs, or their whole name, however capitalised.
    pub fn find(&self, word: &str) -> Named<&Person> {
        let word = word.trim();
        let word = word.strip_prefix('@').unwrap_or(word).trim();
        if word.is_empty() {
            return Named::Nothing;
        }
        let meant = || self.going_by(word);
        if let Some(person) = meant().find(|person| person.id.as_str() == word) {
            return Named::One(person);
        }
        let folded = word.to_lowercase();
        let is = |text: &str| text.to_lowercase() == folded;
        match Named::of(meant().filter(|person| is(person.id.as_str()))) {
            Named::Nothing => Named::of(meant().filter(|person| {
                is(&person.name) || person.accounts.values().any(|own| is(own) || same_account(own, word))
            })),
            by_id => by_id,
        }
    }

    /// Whoever has one of these accounts at a vendor, where what is theirs `is` one of them. Nobody decides between two to whom one
    /// account was given.
    pub fn owner<'a>(
        &self,
        vendor: &str,
        accounts: impl IntoIterator<Item = &'a str>,
        is: impl Fn(&str) -> bool,
    ) -> Named<&Person> {
        let going_by = accounts.into_iter().flat_map(|account| self.going_by(account));
        let has = |person: &&Person| person.accounts.get(vendor).is_some_and(|own| is(own));
        let owners: BTreeMap<_, _> = going_by.filter(has).map(|person| (&person.id, person)).collect();
        Named::of(owners.into_values())
    }

    /// The one person with this account at a vendor.
    pub fn by_account(&self, vendor: &str, account: &str) -> Option<&Person> {
        self.owner(vendor, [account], |own| same_account(own, account)).one()
    }

    /// Everybody who may be meant by a word, and nobody else is looked at: however many people there are.
    fn going_by(&self, word: &str) -> impl Iterator<Item = &Person> {
        self.words.get(&looked_up(word)).into_iter().flatten().filter_map(|id| self.people.get(id))
    }

    /// Somebody goes by all that is theirs from now on.
    pub(super) fn goes_by(&mut self, person: &Person) {
        for word in words_of(person) {
            let mut all = self.words.get(&word).cloned().unwrap_or_default();
            all.insert_mut(person.id.clone());
            self.words.insert_mut(word, all);
        }
    }

    /// Somebody goes by nothing of what was theirs any more.
    pub(super) fn goes_by_nothing(&mut self, id: &PrincipalId) {
        let words = self.people.get(id).map(words_of).unwrap_or_default();
        for word in words {
            let Some(mut all) = self.words.get(&word).cloned() else { continue };
            all.remove_mut(id);
            if all.is_empty() {
                self.words.remove_mut(&word);
            } else {
                self.words.insert_mut(word, all);
            }
        }
    }
}

/// All by which somebody is looked up.
fn words_of(person: &Person) -> BTreeSet<String> {
    let own = [person.id.as_str(), &person.name].into_iter();
    own.chain(person.accounts.values().map(String::as_str)).map(looked_up).collect()
}

/// A word as it is looked up: however it is capitalised, and an id that is a UUID with braces or without.
fn looked_up(word: &str) -> String {
    let uuid = Uuid::try_parse(word.trim_start_matches('{').trim_end_matches('}'));
    uuid.map_or_else(|_| word.to_lowercase(), |uuid| uuid.to_string())
}

impl People {
    /// The name people see for somebody who is here, or was.
    pub fn called(&self, id: &PrincipalId) -> String {
        let person = self.people.get(id).or_else(|| self.left.get(id));
        person.map_or_else(|| id.to_string(), |person| flat(&person.name))
    }

    /// Whoever a word means, be it a name or a mention of their chat account.
    pub fn find_mentioned(&self, word: &str) -> Named<&Person> {
        match Identity::mentioned(word) {
            Some(identity) => Named::of(self.behind(&identity)),
            None => self.find(word),
        }
    }

    /// The one person who is here and has this word in their name.
    pub fn by_part_of_name(&self, word: &str) -> Option<&Person> {
        let folded = word.trim().to_lowercase();
        let is_part = |person: &&Person| person.name.to_lowercase().split(' ').any(|part| part == folded);
        Named::of(self.people.values().filter(is_part)).one().filter(|_| !folded.is_empty())
    }

    /// Whether somebody who is here, or was, is known by a word.
    pub fn has_known(&self, word: &str) -> bool {
        let folded = word.trim().to_lowercase();
        let is = |person: &Person| {
            [person.id.as_str(), &person.name].iter().any(|own| own.to_lowercase() == folded)
        };
        let is_here = !matches!(self.find_mentioned(word), Named::Nothing);
        is_here || self.left.values().any(is) || self.by_part_of_name(word).is_some()
    }

    /// Every name by which lists may know whoever is meant: what was written, and where that is one person, all that is
    /// theirs.
    pub fn names_of(&self, word: &str) -> Vec<String> {
        let mut names = vec![word.to_owned()];
        let meant = match self.find_mentioned(word) {
            Named::Nothing => self.by_part_of_name(word),
            whole => whole.one(),
        };
        if let Some(person) = meant {
            names.push(person.id.to_string());
            names.extend(person.accounts.values().cloned());
        }
        names
    }
}

impl Person {
    /// The name people see, and the id where that says more: two people may have one name.
    pub fn told_apart(&self) -> String {
        let name = flat(&self.name);
        if name == self.id.as_str() { name } else { format!("{name} ({})", self.id) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::example::person;
    use crate::aggregate::Aggregate as _;
    use crate::people::PeopleEvent;
    use crate::testing::noon;

    fn people(all: &[(&str, &str, &str)]) -> People {
        all.iter().map(|(id, name, account)| named(id, name, account)).collect()
    }

    fn named(id: &str, name: &str, account: &str) -> Person {
        let accounts = [("forge".to_owned(), account.to_owned())].into();
        Person { name: name.to_owned(), accounts, ..person(id, &[]) }
    }

    fn found<'a>(people: &'a People, word: &str) -> Vec<&'a str> {
        match people.find(word) {
            Named::One(one) => vec![one.id.as_str()],
            Named::Several(all) => all.into_iter().map(|person| person.id.as_str()).collect(),
            Named::Nothing => vec![],
        }
    }

    #[test]
    fn trust_b6_two_people_of_one_name_are_both_found_and_each_by_what_tells_them_apart() {
        let two = people(&[("akim", "Alex Kim", "acc-1"), ("alex", "Alex Kim", "a@b.example")]);
        assert_eq!(found(&two, "alex kim"), ["akim", "alex"]);
        assert_eq!(found(&two, "@ALEX KIM "), ["akim", "alex"]);
        assert_eq!(found(&two, "alex"), ["alex"]);
        assert_eq!(found(&two, "@Akim"), ["akim"]);
        assert_eq!(found(&two, "A@b.example"), ["alex"]);
        assert_eq!(found(&two, "kim"), [""; 0]);
        assert_eq!(found(&two, " @ "), [""; 0]);
    }

    #[test]
    fn trust_b6_a_name_that_is_anothers_account_means_both_and_ids_that_differ_in_case_only_are_two() {
        let two = people(&[("erin", "Erin", "acc-1"), ("zed", "ACC-1", "acc-2")]);
        assert_eq!(found(&two, "acc-1"), ["erin", "zed"]);
        let ids = people(&[("Erin", "E", "1"), ("erin", "F", "2")]);
        assert_eq!(found(&ids, "erin"), ["erin"]);
        assert_eq!(found(&ids, "ERIN"), ["Erin", "erin"]);
    }

    #[test]
    fn a_uuid_is_found_with_braces_and_without() {
        let one = people(&[("erin", "Erin", "{0a1b2c3d-0000-4000-8000-00000000000f}")]);
        for word in ["0A1B2C3D-0000-4000-8000-00000000000F", "{0a1b2c3d-0000-4000-8000-00000000000f}"] {
            assert_eq!(found(&one, word), ["erin"], "{word}");
        }
    }

    /// Everybody looked at, one after the other.
    fn found_one_by_one<'a>(people: &'a People, word: &str) -> Vec<&'a str> {
        let word = word.trim();
        let word = word.strip_prefix('@').unwrap_or(word).trim();
        let all = || people.people.values();
        let ids =
            |those: Vec<&'a Person>| those.into_iter().map(|person| person.id.as_str()).collect::<Vec<_>>();
        let exactly: Vec<_> = all().filter(|person| person.id.as_str() == word).collect();
        if word.is_empty() || !exactly.is_empty() {
            return ids(exactly);
        }
        let is = |text: &str| text.to_lowercase() == word.to_lowercase();
        let by_id: Vec<_> = all().filter(|person| is(person.id.as_str())).collect();
        let own = |person: &&Person| {
            is(&person.name) || person.accounts.values().any(|own| is(own) || same_account(own, word))
        };
        if by_id.is_empty() { ids(all().filter(own).collect()) } else { ids(by_id) }
    }

    const WORDS: [&str; 9] = [
        "erin",
        "Erin",
        "ÉRIN",
        "éRin",
        "acc-1",
        "ACC-1",
        "0a1b2c3d-0000-4000-8000-00000000000f",
        "{0A1B2C3D-0000-4000-8000-00000000000F}",
        "ada",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..proptest::prelude::ProptestConfig::with_cases(512) })]

        /// Whoever comes, is called otherwise, gets another account or leaves: a word finds whom it would find if everybody were looked at.
        #[test]
        fn a_word_finds_whom_it_would_find_if_everybody_were_looked_at(
            steps in proptest::collection::vec((0..3_usize, 0..WORDS.len(), 0..WORDS.len(), proptest::bool::weighted(0.2)), 1..12),
        ) {
            use crate::aggregate::Aggregate as _;
            use crate::people::PeopleEvent;

            let mut people = People::default();
            for (who, name, account, leaves) in steps {
                let person = named(["erin", "Erin", "acc-1"][who], WORDS[name], WORDS[account]);
                let event = if leaves {
                    PeopleEvent::PersonRemoved { id: person.id }
                } else {
                    PeopleEvent::PersonRecorded { person }
                };
                people.evolve(&event, jiff::Timestamp::UNIX_EPOCH);
                for word in WORDS {
                    proptest::prop_assert_eq!(found(&people, word), found_one_by_one(&people, word), "{}", word);
                }
            }
            let ids: Vec<_> = people.people.keys().cloned().collect();
            for id in ids {
                people.evolve(&PeopleEvent::PersonRemoved { id }, jiff::Timestamp::UNIX_EPOCH);
            }
            proptest::prop_assert!(people.words.is_empty(), "nobody is left, and somebody goes by a word");
        }
    }

    #[test]
    fn an_account_is_its_one_owners_at_that_vendor() {
        let two = people(&[("erin", "Erin", "acc-1"), ("ada", "Ada", "acc-2")]);
        let owner = |vendor, account| two.by_account(vendor, account).map(|person| person.id.to_string());
        assert_eq!(owner("forge", "acc-2").as_deref(), Some("ada"));
        assert_eq!((owner("forge", "acc-3"), owner("tracker", "acc-2")), (None, None));
        let shared = people(&[("erin", "Erin", "acc-1"), ("ada", "Ada", "acc-1")]);
        assert_eq!(shared.by_account("forge", "acc-1"), None, "nobody decides between two");
    }

    #[test]
    fn a_person_is_known_under_every_name_and_told_apart_by_the_id() {
        let two = people(&[("erin", "Erin Ops", "acc-1"), ("ada", "ada", "acc-2")]);
        assert_eq!(two.names_of("erin ops"), ["erin ops", "erin", "acc-1"]);
        assert_eq!(two.names_of("Ops"), ["Ops", "erin", "acc-1"], "as a chat knows her");
        assert_eq!(two.names_of("nobody"), ["nobody"]);
        let both = people(&[("erin", "Erin Ops", "acc-1"), ("kim", "Kim Ops", "acc-2")]);
        assert_eq!(both.names_of("ops"), ["ops"], "nobody decides between two");
        let told = |id: &str| two.find(id).one().unwrap().told_apart();
        assert_eq!((told("erin"), told("ada")), ("Erin Ops (erin)".to_owned(), "ada".to_owned()));
    }

    #[test]
    fn whoever_is_here_or_was_is_known_by_their_names_and_nobody_else_is() {
        let mut all =
            people(&[("erin", "Erin Ops", "acc-1"), ("ada", "Ada Lead", "acc-2"), ("eve", "erin ops", "")]);
        all.evolve(&PeopleEvent::PersonRemoved { id: "ada".parse().unwrap() }, noon());
        for word in ["erin", "Eve", "acc-1", "ERIN OPS", " ada ", "ADA", "ada lead"] {
            assert!(all.has_known(word), "{word}");
        }
        for word in ["", "ops", "ada lea", "acc-2", "kim"] {
            assert!(!all.has_known(word), "{word}");
        }
    }
}
