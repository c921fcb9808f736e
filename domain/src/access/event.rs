//! What an access request is decided on, and what can happen to an access besides what can to every request. Names and shapes
//! are for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Access, Baseline, Longer, Permission, Subject};
use crate::aggregate::Tagged;
use crate::denied::Violation;
use crate::names::PrincipalId;
use crate::ports::{ForgeRepository, ForgeUser, Ticket};
use crate::request::{Code, RequestEvent};

/// What the vendors said when they were asked about a request: the evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// The user, where there is one.
    pub user: Option<ForgeUser>,
    /// The repository, where there is one.
    pub repository: Option<ForgeRepository>,
    /// The ticket, where one was named and there is one.
    pub ticket: Option<Ticket>,
    /// What the user holds on the repository already.
    pub present: Option<Permission>,
    /// What they hold by themselves, where an access of ours gives more; left out where `present` is all theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Baseline>,
    /// Whose the account is that the forge found, as the directory had it then. It decides whose own it is, and is no evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// At which forge they were found, where it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forge: Option<String>,
    /// What was found that speaks against the request: a name that several people have, a repository elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Violation>,
}

/// What a countersignature is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// To grant the access.
    Grant,
    /// To let it last longer.
    Extension(Longer),
}

/// Why an access ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ending {
    /// Its time is over.
    Expired,
    /// Who had it gave it back.
    GivenBack {
        /// Who.
        by: PrincipalId,
    },
    /// Somebody took it away.
    Revoked {
        /// Who.
        by: PrincipalId,
        /// Why, where they said.
        reason: Option<String>,
    },
    /// Somebody left the tenant on whom it stood.
    Left {
        /// Who: they had it; or they asked for it or countersigned it, and it was not granted yet.
        who: PrincipalId,
        /// The name people saw.
        name: String,
    },
    /// Somebody who countersigned it might not any more, and it was not granted yet: they are in the group no more, for example.
    CalledOff {
        /// Who.
        who: PrincipalId,
        /// The name people see.
        name: String,
    },
    /// It was taken away past the log, and a repair says that this is how it is meant.
    TakenAway {
        /// By which request that was countersigned.
        repair: Code,
        /// Who countersigned it.
        by: Vec<PrincipalId>,
    },
    /// Policies that must go on allowing it do not: its holder is in a group no more, for example.
    NotAllowed {
        /// Which.
        policies: Vec<String>,
    },
}

/// What was being done when an effect had to be parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Looking up user, repository and ticket.
    Checking,
    /// Setting the permission.
    Granting,
    /// Taking it back.
    Ending,
}

/// What can have happened to a request for access.
pub type AccessEvent = RequestEvent<Access>;

/// What happens to an access once it was approved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GrantEvent {
    /// The permission was set, and read back.
    Granted {
        /// What this request grants.
        permission: Permission,
        /// What was read back: the same, or something stronger that was there by itself or is due to another access.
        /// `None` in events of before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holds: Option<Permission>,
        /// What there was before.
        before: Option<Permission>,
        /// When it ends.
        until: Timestamp,
        /// An operator said that it was done by hand: nobody read it back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_hand: bool,
    },
    /// The forge has invited whom it is for: it is granted once they have accepted.
    Invited {
        /// What they are invited to.
        permission: Permission,
        /// When the invitation is taken back if they have not accepted.
        until: Timestamp,
    },
    /// The access ends soon, and who has it is told.
    EndsSoon {
        /// When it ends.
        until: Timestamp,
    },
    /// It lasts longer.
    Extended {
        /// Who countersigned; nobody where the rules ask nobody.
        by: Vec<PrincipalId>,
        /// When it ends now.
        until: Timestamp,
        /// Why, where that was said and nobody had to be asked: else the proposal says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Who has it left the tenant, and the rules let it last for a while: it ends sooner.
    Shortened {
        /// Who left.
        who: PrincipalId,
        /// The name people saw.
        name: String,
        /// When it ends now.
        until: Timestamp,
    },
    /// It is being taken back.
    Ending {
        /// Why.
        ending: Ending,
    },
    /// It has ended, and that was read back.
    Ended {
        /// Why.
        ending: Ending,
        /// What the account still holds, by itself or through another access.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<Permission>,
        /// An operator said that it was done by hand: nobody read it back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_hand: bool,
    },
}

impl Tagged for GrantEvent {}

impl From<GrantEvent> for AccessEvent {
    fn from(event: GrantEvent) -> Self {
        Self::Own(event)
    }
}

impl Ending {
    /// The word for the ending.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::GivenBack { .. } => "given back",
            Self::Revoked { .. } => "revoked",
            Self::Left { .. } => "left",
            Self::CalledOff { .. } => "called off",
            Self::TakenAway { .. } => "taken away",
            Self::NotAllowed { .. } => "not allowed any more",
        }
    }
}
