//! What came of a request for access: the fold of the events that only an access has.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::event::{Ending, GrantEvent, Phase};
use super::{DEFAULT_MINUTES, Permission, Status};
use crate::ports::{ForgeRepository, same_account};
use crate::request::{Failure, Open, Request, Stage};
use crate::tenant::Person;

/// A request for access.
pub type AccessRequest = Request<Access>;

/// A proposal about an access that waits for countersignatures.
pub type OpenAccess = Open<super::Proposal>;

/// The access that came of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The access, once it was confirmed.
    pub grant: Option<Grant>,
    /// Why it is ending or has ended.
    pub ending: Option<Ending>,
    /// What the account still held when it had ended.
    #[serde(default)]
    pub left: Option<Permission>,
    /// That it has ended is what an operator said, and nobody read back.
    #[serde(default)]
    pub ended_by_hand: bool,
    /// Until when the forge's invitation waits for whom it is for, while they have not accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited: Option<Timestamp>,
    /// For which end of the access its holder was told that it ends soon.
    #[serde(default)]
    pub warned: Option<Timestamp>,
}

/// What an approval fixes: for how many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lasting {
    /// For how many minutes it will be granted.
    pub minutes: u64,
}

/// An access that was confirmed by reading it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The permission that this access grants.
    pub permission: Permission,
    /// What there was before.
    pub before: Option<Permission>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// When it was over, once that was read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// That it is there is what an operator said, and nobody read back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

impl Grant {
    /// How many minutes it lasts, from its beginning to its end.
    pub fn minutes(&self) -> u64 {
        super::span::minutes_between(self.since, self.until)
    }

    /// When its holder is told that it ends soon: an hour before, or when a quarter of it is left.
    pub fn warn_at(&self) -> Timestamp {
        let whole = self.until.duration_since(self.since);
        let lead = (whole / 4).clamp(SignedDuration::ZERO, SignedDuration::from_hours(1));
        self.until.checked_sub(lead).unwrap_or(self.until)
    }
}

impl Access {
    pub(super) fn apply(&mut self, event: &GrantEvent, at: Timestamp) -> Option<Stage> {
        match event {
            GrantEvent::Granted { permission, before, until, by_hand, .. } => {
                let (permission, before, by_hand) = (*permission, *before, *by_hand);
                self.invited = None;
                self.grant =
                    Some(Grant { permission, before, since: at, until: *until, ended: None, by_hand });
                Some(Stage::Standing)
            }
            GrantEvent::Extended { until, .. } | GrantEvent::Shortened { until, .. } => {
                if let Some(grant) = &mut self.grant {
                    grant.until = *until;
                }
                None
            }
            GrantEvent::Invited { until, .. } => {
                self.invited = Some(*until);
                None
            }
            GrantEvent::EndsSoon { until } => {
                self.warned = Some(*until);
                None
            }
            GrantEvent::Ending { ending } => {
                self.ending = Some(ending.clone());
                Some(Stage::Working)
            }
            GrantEvent::Ended { left, by_hand, .. } => {
                (self.left, self.ended_by_hand, self.invited) = (*left, *by_hand, None);
                if let Some(grant) = &mut self.grant {
                    grant.ended = Some(at);
                }
                Some(Stage::Over)
            }
        }
    }
}

impl AccessRequest {
    /// How it stands, in one word.
    pub const fn status(&self) -> Status {
        match (self.stage, &self.own.ending) {
            (Stage::New, _) => Status::New,
            (Stage::Checking, _) => Status::Checking,
            (Stage::Waiting, _) => Status::Waiting,
            (Stage::Working, None) => Status::Granting,
            (Stage::Working, Some(_)) => Status::Ending,
            (Stage::Standing, _) => Status::Active,
            (Stage::Failed, _) => Status::Failed,
            (Stage::Denied, _) => Status::Denied,
            (Stage::Withdrawn, _) => Status::Withdrawn,
            (Stage::Lapsed, _) | (Stage::Over, None | Some(Ending::Expired)) => Status::Expired,
            (Stage::Over, Some(Ending::GivenBack { .. })) => Status::GivenBack,
            (
                Stage::Over,
                Some(
                    Ending::Revoked { .. }
                    | Ending::Left { .. }
                    | Ending::CalledOff { .. }
                    | Ending::TakenAway { .. }
                    | Ending::NotAllowed { .. },
                ),
            ) => Status::Revoked,
        }
    }

    /// For how many minutes it was approved.
    pub fn minutes(&self) -> Option<u64> {
        self.fixed.as_ref().map(|fixed| fixed.minutes)
    }

    /// For how many minutes the rules are asked about what was granted: for all that it lasts.
    pub fn minutes_granted_for(&self) -> u64 {
        let asked = self.asked.as_ref().and_then(|asked| asked.minutes).unwrap_or(DEFAULT_MINUTES);
        self.own.grant.as_ref().map_or(asked, Grant::minutes)
    }

    /// Whether it lasts only as long as a rule goes on allowing it.
    pub fn is_for_members(&self) -> bool {
        self.held().is_some() && self.terms().is_some_and(|terms| !terms.while_member.is_empty())
    }

    /// The forge's account that shall have the access: its own id once it was looked up, the text as given before.
    pub fn account(&self) -> Option<&str> {
        let found = self.findings.as_ref().and_then(|findings| findings.user.as_ref());
        let given = || self.asked.as_ref().map(|asked| asked.subject.account.as_str());
        found.map(|user| user.account.as_str()).or_else(given)
    }

    /// The repository's identity: the forge's immutable id, or its name there where the forge gave none. Before it was looked
    /// up, what was asked for.
    pub fn repository_key(&self) -> Option<&str> {
        let found = self.findings.as_ref().and_then(|findings| findings.repository.as_ref());
        found.map(ForgeRepository::key).or_else(|| self.asked.as_ref()?.repository.as_deref())
    }

    /// The forge's immutable id of the repository, where it has one.
    pub fn repository_id(&self) -> Option<&str> {
        self.findings.as_ref()?.repository.as_ref()?.id.as_deref()
    }

    /// Whose permission on what it is about, both by their identities at the forge: what is held is kept by these.
    pub fn held_on(&self) -> Option<(&str, &str)> {
        Some((self.account()?, self.repository_key()?))
    }

    /// Whether the forge's account that shall have it is one of this person's, by whichever of its ids.
    pub fn is_account_of(&self, person: &Person) -> bool {
        let found = self.findings.as_ref().and_then(|findings| findings.user.as_ref());
        person.accounts.values().any(|own| match found {
            Some(user) => user.is(own),
            None => self.account().is_some_and(|account| same_account(account, own)),
        })
    }

    /// The permission the log says the subject should hold because of this request, from approval to the ending.
    pub fn held(&self) -> Option<Permission> {
        let holds = self.is_approved() || self.stage == Stage::Standing;
        self.asked.as_ref().filter(|_| holds).and_then(|asked| asked.permission)
    }

    /// Whether its end failed, so that it is there though it should not be.
    pub fn could_not_end(&self) -> bool {
        self.stage == Stage::Failed && matches!(self.failure, Some(Failure { phase: Phase::Ending, .. }))
    }
}
