//! What an access can be asked to do besides what every request can.

use super::{Access, Longer, Permission, Span};
use crate::names::PrincipalId;
use crate::request::{Code, Command, Countersignature as Signature};
use crate::rules::Ruling;
use crate::tenant::Person;

/// What a request for access can be asked to do.
pub type AccessCommand = Command<Access>;

/// One person's countersignature of a request for access.
pub type Countersignature = Signature<Access>;

/// What an access can be asked to do once it was approved.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a command is made, decided on and gone")]
pub enum GrantCommand {
    /// The permission was set, and read back or done by hand.
    Confirm {
        /// What was read back.
        permission: Permission,
        /// What there was before.
        before: Option<Permission>,
        /// An operator says so, and nobody read it back.
        by_hand: bool,
    },
    /// The forge has invited whom it is for, and waits for them.
    Invite,
    /// Let it last longer.
    Extend {
        /// Who asks.
        by: Person,
        /// How much longer.
        longer: Longer,
        /// What the rules say to what is left and that.
        ruling: Ruling,
        /// When the same account held as much on the same repository through other accesses.
        earlier: Vec<Span>,
        /// Why, where they said.
        why: Option<String>,
        /// Whether it takes the place of an extension that waits: that one is withdrawn with it, or not at all.
        instead: bool,
    },
    /// Give it back before its time.
    GiveBack {
        /// Who.
        by: Person,
    },
    /// Take it away before its time.
    Revoke {
        /// Who.
        by: Person,
        /// Why.
        reason: Option<String>,
    },
    /// It was taken away past the log, and a repair says that this is how it is meant.
    TakenAway {
        /// By which request that was countersigned.
        repair: Code,
        /// Who countersigned it.
        by: Vec<PrincipalId>,
    },
    /// The access ends soon: tell who has it.
    Warn,
    /// Its time is over.
    Expire,
    /// It has ended, and that was read back or done by hand.
    ConfirmEnd {
        /// What the account still holds.
        left: Option<Permission>,
        /// An operator says so, and nobody read it back.
        by_hand: bool,
    },
}

impl From<GrantCommand> for AccessCommand {
    fn from(command: GrantCommand) -> Self {
        Self::Own(command)
    }
}

impl GrantCommand {
    /// Whether it takes access away.
    pub const fn is_urgent(&self) -> bool {
        matches!(
            self,
            Self::GiveBack { .. }
                | Self::Revoke { .. }
                | Self::TakenAway { .. }
                | Self::Expire
                | Self::ConfirmEnd { .. }
        )
    }
}
