//! Who shall have an access: named by whoever asks, and then settled by whose account it is that the forge found.

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::denied::Violation;
use crate::named::Named;
use crate::names::PrincipalId;
use crate::ports::ForgeUser;
use crate::tenant::{People, Person};

/// Who shall have the access, as far as the directory knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The person of the tenant, where it is one.
    pub principal: Option<PrincipalId>,
    /// The forge's account, or the text as given where the directory knows none.
    pub account: String,
    /// The name people see.
    pub name: String,
}

impl Subject {
    /// A person of the tenant, by their account at `vendor`; by their id where the directory knows no account of theirs.
    pub fn person(person: &Person, vendor: &str) -> Self {
        let account = person.accounts.get(vendor).cloned();
        Self {
            principal: Some(person.id.clone()),
            account: account.unwrap_or_else(|| person.id.to_string()),
            name: person.name.clone(),
        }
    }

    /// Somebody who is known by nothing but this text so far.
    pub fn text(text: &str) -> Self {
        Self { principal: None, account: text.to_owned(), name: text.to_owned() }
    }

    /// Whoever has the account that the forge found for this name: the one person to whom the directory gives it, or
    /// somebody whom the tenant does not know.
    ///
    /// Names at the forge are chosen freely. So where a person was named, it is theirs only if the directory says so, and
    /// never because the account goes by the same name.
    pub fn settled(&self, user: &ForgeUser, vendor: &str, people: &People) -> Result<Self, Violation> {
        let named = self.principal.as_ref().and_then(|id| people.people.get(id));
        let accounts = std::iter::once(&user.account).chain(&user.aliases).map(String::as_str);
        match (people.owner(vendor, accounts, |account| user.is(account)), named) {
            (Named::Several(owners), _) => {
                let people = owners.into_iter().map(Person::told_apart).collect();
                Err(Violation::from(Fault::SharedAccount { account: user.name.clone(), people }).at(vendor))
            }
            (Named::One(owner), Some(named)) if owner.id != named.id => Err(no_account(named, vendor)),
            (Named::Nothing, Some(named)) => Err(no_account(named, vendor)),
            (Named::One(owner), _) => {
                Ok(Self { account: user.account.clone(), ..Self::person(owner, vendor) })
            }
            (Named::Nothing, None) => {
                Ok(Self { principal: None, account: user.account.clone(), name: user.name.clone() })
            }
        }
    }
}

fn no_account(person: &Person, vendor: &str) -> Violation {
    Violation::from(Fault::NoAccount { person: person.name.clone() }).at(vendor)
}

#[cfg(test)]
mod tests {
    use super::super::example::{bob, erin};
    use super::*;

    const ID: &str = "{0a1b2c3d-0000-4000-8000-00000000000f}";

    fn people(accounts: &[(Person, &str)]) -> People {
        let with = |(person, account): &(Person, &str)| {
            let accounts = [("forge".to_owned(), (*account).to_owned())].into();
            Person { accounts, ..person.clone() }
        };
        accounts.iter().map(with).collect()
    }

    fn user() -> ForgeUser {
        ForgeUser {
            account: "acc-erin".to_owned(),
            name: "Erin at the forge".to_owned(),
            aliases: [ID.to_owned()].into(),
            nickname: Some("bob".to_owned()),
        }
    }

    fn settled(named: &Subject, people: &People) -> Result<Subject, Violation> {
        named.settled(&user(), "forge", people)
    }

    #[test]
    fn trust_a2_under_every_name_of_an_account_it_is_the_one_person_who_has_it() {
        for own in ["acc-erin", ID, &ID[1..37], &ID.to_uppercase()] {
            let people = people(&[(erin(), own), (bob(), "acc-bob")]);
            for typed in ["acc-erin", "bob at the forge", ID] {
                let found = settled(&Subject::text(typed), &people).unwrap();
                assert_eq!((found.principal, found.account.as_str()), (Some(erin().id), "acc-erin"), "{own}");
            }
        }
    }

    #[test]
    fn trust_a2_whoever_was_named_and_has_the_account_has_it_by_its_own_id() {
        let people = people(&[(erin(), ID), (bob(), "acc-bob")]);
        let found = settled(&Subject::person(&people.people[&erin().id], "forge"), &people).unwrap();
        assert_eq!((found.principal, found.account.as_str()), (Some(erin().id), "acc-erin"));
    }

    #[test]
    fn trust_a2_whoever_nobody_knows_is_nobody_and_has_the_name_they_have_at_the_forge() {
        let found = settled(&Subject::text("mallory"), &people(&[(bob(), "acc-bob")])).unwrap();
        assert_eq!((found.principal, found.name.as_str()), (None, "Erin at the forge"));
    }

    #[test]
    fn trust_a2_an_account_that_goes_by_a_persons_name_is_not_theirs_for_that() {
        let nameless = Subject::person(&bob(), "forge");
        assert_eq!(nameless.account, "bob");
        let refused = Err(Violation::from(Fault::NoAccount { person: "bob".to_owned() }).at("forge"));
        let without = People::from_iter([bob()]);
        assert_eq!(settled(&nameless, &without), refused);
        let with_account = people(&[(erin(), ID)]);
        let with_erin = with_account.people.values().cloned().chain([bob()]).collect();
        assert_eq!(settled(&nameless, &with_erin), refused);
    }

    #[test]
    fn trust_b6_an_account_of_two_people_is_nobodys() {
        let people = people(&[(erin(), "acc-erin"), (bob(), ID)]);
        let shared = settled(&Subject::text("acc-erin"), &people).unwrap_err();
        let people = vec!["bob".to_owned(), "erin".to_owned()];
        assert_eq!(
            shared,
            Violation::from(Fault::SharedAccount { account: "Erin at the forge".to_owned(), people })
                .at("forge")
        );
    }
}
