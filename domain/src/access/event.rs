//! What can have happened to an access request. Names and shapes are for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Asked, Assurance, Baseline, Difference, Permission, Subject};
use crate::aggregate;
use crate::denied::Violation;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::ports::{ForgeRepository, ForgeUser, Reach, Ticket};
use crate::rules::{Ruling, Terms};

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
    /// What was found that speaks against the request: a name that several people have, a repository elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Violation>,
}

impl Findings {
    /// The part that is evidence. Who can see the ticket decides what is shown to whom, and nothing else.
    pub(super) fn evidence(&self) -> Self {
        let mut evidence = self.clone();
        if let Some(ticket) = &mut evidence.ticket {
            ticket.reach = Reach::default();
        }
        evidence
    }
}

/// What a countersignature is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// To grant the access.
    Grant,
    /// To let it last longer.
    Extension {
        /// By how many minutes.
        minutes: u64,
    },
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

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "events are read one page at a time, so that their size does not add up"
)]
pub enum AccessEvent {
    /// Somebody asked.
    AccessRequested {
        /// For what.
        asked: Box<Asked>,
    },
    /// The vendors and the rules were asked.
    AccessChecked {
        /// What the vendors said.
        findings: Box<Findings>,
        /// Whose the account is that the forge found, as the directory had it then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<Subject>,
        /// What the rules said, where the content was good enough to ask them.
        ruling: Option<Ruling>,
    },
    /// The rules changed while it waited: they were asked again, and countersignatures given before count for nothing.
    AccessRechecked {
        /// What they say now.
        terms: Box<Terms>,
    },
    /// What it is decided on is otherwise than was shown: it is decided on what is now, and countersignatures given before
    /// count for nothing.
    AccessEvidenceChanged {
        /// What the vendors say now.
        findings: Box<Findings>,
        /// What is otherwise.
        differences: Vec<Difference>,
        /// Whose countersignatures count no more.
        voided: Vec<PrincipalId>,
    },
    /// It waits for countersignatures.
    AccessWaiting {
        /// To do what.
        proposal: Proposal,
        /// By whom it was proposed.
        by: PrincipalId,
        /// On these terms.
        terms: Box<Terms>,
        /// Nobody countersigning by then, it expires.
        due: Timestamp,
        /// Nobody countersigning by then, others are asked too.
        escalate_at: Option<Timestamp>,
    },
    /// Others are asked too.
    AccessEscalated {
        /// Whom the rules name.
        to: Vec<String>,
    },
    /// Somebody countersigned what the receipt is the digest of.
    AccessCountersigned {
        /// Who.
        by: PrincipalId,
        /// Of what.
        receipt: Digest,
        /// How surely it was them.
        #[serde(default, skip_serializing_if = "Assurance::is_said")]
        assurance: Assurance,
        /// Whom they stand in for, where the rules name that person and not them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stands_in_for: Option<PrincipalId>,
    },
    /// Somebody took their countersignature back before it was decided.
    AccessCountersignatureTakenBack {
        /// Who.
        by: PrincipalId,
    },
    /// Somebody's countersignature counts no more: they may not countersign this now.
    AccessCountersignatureVoided {
        /// Whose.
        by: PrincipalId,
    },
    /// Somebody left the tenant who asked or should have had it: nobody decides on it any more.
    AccessClosed {
        /// On what.
        proposal: Proposal,
        /// Who left.
        who: PrincipalId,
        /// The name people saw.
        name: String,
    },
    /// Those who were asked are reminded.
    AccessReminded {
        /// How often so far, with this time.
        times: u32,
    },
    /// Who asked wants everybody to be asked, however many they are.
    AccessAnnounced {
        /// Who wants it.
        by: PrincipalId,
    },
    /// The access ends soon, and who has it is told.
    AccessEndsSoon {
        /// When it ends.
        until: Timestamp,
    },
    /// Enough have countersigned, or the rules ask nobody.
    AccessApproved {
        /// Who countersigned.
        by: Vec<PrincipalId>,
        /// For how many minutes it will be granted.
        minutes: u64,
    },
    /// Somebody said no, or the checks did.
    AccessDenied {
        /// To what.
        proposal: Proposal,
        /// Who; nobody where the checks did.
        by: Option<PrincipalId>,
        /// Why, where they said.
        reason: Option<String>,
        /// All that the checks found.
        violations: Vec<Violation>,
    },
    /// Who asked took it back.
    AccessWithdrawn {
        /// What.
        proposal: Proposal,
        /// Who.
        by: PrincipalId,
    },
    /// Nobody answered in time.
    AccessLapsed {
        /// What.
        proposal: Proposal,
    },
    /// A vendor lets nobody in at the moment. Administrators are told; what it holds back goes on by itself.
    AccessDelayed {
        /// Which: `bitbucket`, `jira`.
        vendor: String,
    },
    /// The permission was set, and read back.
    AccessGranted {
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
    },
    /// Something outside refused, or failed too often: a person must look.
    AccessFailed {
        /// While doing what.
        phase: Phase,
        /// What was said.
        why: String,
        /// Whether an operator has said that it shall not be done: nothing tries it any more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        given_up: bool,
    },
    /// It lasts longer.
    AccessExtended {
        /// Who countersigned; nobody where the rules ask nobody.
        by: Vec<PrincipalId>,
        /// When it ends now.
        until: Timestamp,
    },
    /// Who has it left the tenant, and the rules let it last for a while: it ends sooner.
    AccessShortened {
        /// Who left.
        who: PrincipalId,
        /// The name people saw.
        name: String,
        /// When it ends now.
        until: Timestamp,
    },
    /// It is being taken back.
    AccessEnding {
        /// Why.
        ending: Ending,
    },
    /// It has ended, and that was read back.
    AccessEnded {
        /// Why.
        ending: Ending,
        /// What the account still holds, by itself or through another access.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<Permission>,
    },
}

impl aggregate::Event for AccessEvent {}
