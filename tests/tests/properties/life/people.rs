//! The people of these lives, and under which names what they ask for may be asked.

use std::sync::Arc;

use countersign_domain::access::Subject;
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::envelope::ActorKind;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::ForgeUser;
use countersign_domain::tenant::{People, PeopleEvent, Person, Role};
use proptest::prelude::*;

use crate::support::{noon, person};

/// Everybody: who asks, approvers, a lead, a deputy, one on call, one who is nothing, an agent, and an admin.
pub(super) const NAMES: [&str; 9] = ["erin", "ada", "bob", "lea", "dora", "otto", "mallory", "bot", "olga"];
/// The groups that mean something in these lives.
pub(super) const GROUPS: [&str; 4] = ["approvers", "leads", "deputies", "oncall"];
/// The account of who asks.
pub(crate) const HER_ACCOUNT: &str = "acc-erin";

/// The groups that somebody is in at first.
pub(crate) fn groups_of(id: &str) -> &'static [&'static str] {
    match id {
        "ada" | "bob" | "lea" => &["approvers", "leads"],
        "bot" => &["approvers", "leads", "oncall"],
        "dora" => &["deputies"],
        "otto" => &["oncall"],
        _ => &[],
    }
}

/// The forge's account of somebody of these lives.
pub(crate) fn account(id: &str) -> String {
    format!("acc-{id}")
}

/// Somebody, in these groups.
pub(super) fn somebody(id: &str, groups: &[&str]) -> Person {
    let roles: &[Role] = if id == "olga" { &[Role::Admin] } else { &[] };
    let kind = if id == "bot" { ActorKind::Agent } else { ActorKind::Person };
    let accounts = [("bitbucket".to_owned(), account(id))].into();
    Person { kind, accounts, ..person(id, groups, roles) }
}

/// The tenant they all belong to.
pub(super) fn everybody() -> Arc<People> {
    let mut tenant = People::default();
    for id in NAMES {
        tenant.evolve(&PeopleEvent::PersonRecorded { person: somebody(id, groups_of(id)) }, noon());
    }
    Arc::new(tenant)
}

pub(super) fn principal(id: &str) -> PrincipalId {
    id.parse().expect("a principal's id")
}

/// Whose access Erin asks for, and by which of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Her own.
    Hers,
    /// Her own, by the account that she has at the forge.
    HerAccount,
    /// Bob's, who is an approver.
    Bobs,
    /// Bob's, by the nickname he chose at the forge.
    BobsNickname,
    /// That of somebody whom the tenant does not know.
    Strangers,
}

impl Whose {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            3 => Just(Self::Hers),
            1 => Just(Self::HerAccount),
            1 => Just(Self::Bobs),
            2 => Just(Self::BobsNickname),
            1 => Just(Self::Strangers),
        ]
    }

    /// Who it is, where the tenant knows them.
    pub(crate) const fn id(self) -> Option<&'static str> {
        match self {
            Self::Hers | Self::HerAccount => Some("erin"),
            Self::Bobs | Self::BobsNickname => Some("bob"),
            Self::Strangers => None,
        }
    }

    /// Their account at the forge.
    pub(crate) fn account(self) -> String {
        account(self.id().unwrap_or("stranger"))
    }

    /// As they are named.
    pub(super) fn named(self) -> Subject {
        let known = |id: &str| Subject::person(&somebody(id, &[]), "bitbucket");
        match self {
            Self::Hers => known("erin"),
            Self::Bobs => known("bob"),
            Self::HerAccount => Subject::text(HER_ACCOUNT),
            Self::BobsNickname => Subject::text("the-other-bob"),
            Self::Strangers => Subject::text("a-stranger"),
        }
    }

    /// As the forge knows them.
    pub(super) fn found(self) -> ForgeUser {
        let name = self.id().unwrap_or("stranger");
        ForgeUser {
            account: self.account(),
            name: format!("{name} at the forge"),
            aliases: [].into(),
            nickname: (self == Self::BobsNickname).then(|| "the-other-bob".to_owned()),
        }
    }
}
