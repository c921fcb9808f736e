//! A permission at the forge that is not what the log wants, as something that plans put right.

use std::borrow::Cow;

use super::words::{spot, was_put_back};
use super::{Deviation, Errand, FollowUp, How, Permission, Sought};
use crate::ports::{PermissionPlan, VendorRole, same_account};
use crate::repair::{self, Place, Remedy, Repaired};
use crate::request::Thing;
use crate::rules::{Own, Question, Resource, Somebody};
use crate::tenant::Person;

/// Putting right what somebody holds, as the rules name it.
const REPAIR: &str = "repair_access";

/// What only rules about that can say.
pub(super) const ANNOTATIONS: &[Own] = &[Own {
    name: repair::OR_APPROVERS,
    action: REPAIR,
    check: |value| match value.parse::<Permission>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("{value:?} is nothing that people are given: write read, write or admin")),
    },
}];

/// What can differ of access.
pub type Drift = Deviation;
/// What is done at the forge about it.
pub type Change = PermissionPlan;

impl repair::Drift for Deviation {
    type Change = PermissionPlan;
    type FollowUp = FollowUp;

    fn place(&self) -> Place {
        Place { on: self.repository_key().to_owned(), by: self.account.clone() }
    }

    fn title(&self) -> String {
        spot(self)
    }

    fn on(&self) -> &str {
        &self.repository
    }

    fn things(&self) -> Vec<Thing> {
        let repositories = [self.repository.as_str(), self.repository_key()].map(|id| ("repository", id));
        let all = repositories.into_iter().chain([("account", self.account.as_str())]);
        all.map(|(kind, id)| Thing { kind, id: id.to_owned() }).collect()
    }

    fn held(&self) -> String {
        held(self.present)
    }

    fn wanted(&self) -> String {
        held(self.wanted)
    }

    fn missing(&self) -> String {
        let known = match &self.how {
            How::Lacking { code, .. } => format!("{code} gives it, and no event says that it ended."),
            How::Exceeding { code } => format!("{code} gives less, and no event gives more."),
            How::NotEnded { code, unended: Some(_), .. } => {
                format!("{code} is over, and could not be taken back.")
            }
            How::NotEnded { code, .. } => format!("{code} has ended, and no event gives it since."),
            How::Unknown => "No event gives it.".to_owned(),
        };
        match self.put_back {
            None => known,
            Some(at) => {
                let may = if self.may_have_ended() {
                    " It may have been revoked after that, and would be given again."
                } else {
                    ""
                };
                format!("{known} One may be missing: {}.{may}", was_put_back(at))
            }
        }
    }

    fn adopting(&self) -> String {
        match &self.how {
            How::Lacking { code, .. } => format!("say that {code} has ended, with {} left", self.held()),
            How::Exceeding { .. } | How::NotEnded { .. } | How::Unknown => {
                format!("say that {} is given by hand, and stays", self.held())
            }
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.says_the_same(other)
    }

    fn is_of(&self, person: &Person) -> bool {
        person.accounts.values().any(|own| same_account(own, &self.account))
    }

    fn takes_away(&self) -> bool {
        self.wanted < self.present
    }

    fn asked(&self) -> (&'static str, Resource<'_>) {
        (REPAIR, super::question::repository(Cow::Borrowed(&self.repository)))
    }

    fn asked_of<'a>(&'a self, what: &str, asker: &'a Person) -> Option<Question<'a>> {
        let (subject, repository) = (Somebody::Person(asker), self.repository.as_str());
        let permission = what.parse().ok()?;
        Some(Sought { asker, subject, permission, repository, minutes: None, ticket: None }.question())
    }

    /// The same as of every other permission that is set for the account.
    fn lane(&self) -> String {
        super::effect::lane(&self.account, self.repository_key())
    }

    fn calls(&self) -> &'static [VendorRole] {
        &[VendorRole::Forge]
    }

    fn change_in_words(change: &PermissionPlan) -> String {
        super::effect::permission_in_words(change)
    }

    /// The comparison knows it as different no more. Where the log gave more than is there, the accesses that did have ended.
    fn repaired(&self, Repaired { code, remedy, by }: Repaired<'_>) -> Vec<(&'static str, FollowUp)> {
        let spot = self.spot();
        let settle = ("settle_spot", FollowUp::Own(Errand::Settle(spot.clone())));
        let lacking = matches!((remedy, &self.how), (Remedy::Adopt, How::Lacking { .. }));
        let taken = lacking.then(|| {
            let (left, code, by) = (self.present, code.clone(), by.to_vec());
            ("taken_away", FollowUp::Own(Errand::TakenAway { spot, left, code, by }))
        });
        taken.into_iter().chain([settle]).collect()
    }
}

fn held(permission: Option<Permission>) -> String {
    permission.map_or_else(|| "nothing".to_owned(), |permission| permission.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Permission::{Read, Write};
    use super::*;
    use crate::repair::Drift as _;
    use crate::repair::example::deviation;
    use crate::request::Code;
    use crate::testing::noon;
    use uuid::Uuid;

    fn code() -> Code {
        Code::candidate(Uuid::from_u128(1), 0)
    }

    fn steps(how: How, remedy: Remedy) -> Vec<&'static str> {
        let drift = Deviation { how, ..deviation("erin", Some(Read)) };
        let repaired = Repaired { code: &code(), remedy, by: &[] };
        drift.repaired(repaired).into_iter().map(|(step, _)| step).collect()
    }

    #[test]
    fn an_access_that_is_gone_has_ended_where_that_is_adopted_and_else_nothing_ends() {
        let lacking = || How::Lacking { code: code(), since: noon(), until: noon() };
        assert_eq!(steps(lacking(), Remedy::Adopt), ["taken_away", "settle_spot"]);
        assert_eq!(steps(lacking(), Remedy::Revert), ["settle_spot"]);
        for how in [How::Unknown, How::Exceeding { code: code() }] {
            for remedy in [Remedy::Adopt, Remedy::Revert, Remedy::Ignore { until: noon() }] {
                assert_eq!(steps(how.clone(), remedy), ["settle_spot"]);
            }
        }
    }

    #[test]
    fn it_is_found_by_every_name_of_the_repository_and_by_the_account() {
        let things = deviation("erin", Some(Read)).things();
        let things: Vec<_> = things.iter().map(|thing| (thing.kind, thing.id.as_str())).collect();
        assert_eq!(things, [("repository", "infra"), ("repository", "{1}"), ("account", "erin")]);
    }

    #[test]
    fn it_is_set_back_at_the_forge_and_told_in_the_words_of_every_other_permission() {
        let drift = deviation("erin", Some(Read));
        assert_eq!(drift.calls(), [VendorRole::Forge]);
        let change = PermissionPlan::between("erin", "infra", Some(Read), None);
        assert_eq!(Deviation::change_in_words(&change), "erin on infra from read to nothing");
    }

    #[test]
    fn it_is_of_whoever_has_the_account_and_takes_away_what_the_log_does_not_want() {
        let drift = deviation("{0a1b2c3d-0000-4000-8000-00000000000f}", Some(Write));
        let with = |account: &str| Person {
            accounts: [("forge".to_owned(), account.to_owned())].into(),
            ..crate::access::example::erin()
        };
        assert!(drift.is_of(&with("0A1B2C3D-0000-4000-8000-00000000000F")), "however the id is written");
        assert!(!drift.is_of(&with("somebody")));
        assert!(drift.takes_away());
        for present in [Read, Write] {
            let wanted = Deviation { wanted: Some(Write), present: Some(present), ..drift.clone() };
            assert!(!wanted.takes_away(), "{present}");
        }
    }
}
