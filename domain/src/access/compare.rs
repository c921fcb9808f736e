//! What the forge holds beside what the log wants: each difference with its explanation. Pure; what there is comes in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::Phase;
use super::{AccessRequest, Holding, Permission, Status};
use crate::names::PrincipalId;
use crate::request::Code;

/// A permission at the forge that is not what the log wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deviation {
    /// The forge's account.
    pub account: String,
    /// The name people see: the directory's, where the account is somebody's; else the one that it gave itself at the forge.
    pub name: String,
    /// Whose account it is, where the directory says so. Nobody is known by a name that an account chose for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<PrincipalId>,
    /// The repository.
    pub repository: String,
    /// The forge's immutable id of it, where the log knows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_id: Option<String>,
    /// What the log wants.
    pub wanted: Option<Permission>,
    /// What the forge shows.
    pub present: Option<Permission>,
    /// What is behind it, as far as the log knows.
    pub how: How,
    /// Up to when the log went to which it was put back, where what came after that may explain it: nothing then speaks for
    /// it that somebody did this past the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_back: Option<Timestamp>,
}

impl Deviation {
    /// Whether setting it back would give what may have been taken away by an event that is lost.
    pub const fn may_have_ended(&self) -> bool {
        matches!((&self.how, self.put_back), (How::Lacking { .. }, Some(_)))
    }

    /// Explains it by a log that was put back, where that can be.
    pub(super) fn explain_by(&mut self, put_back: Timestamp) {
        // What was given since is all there.
        let is_later = matches!(&self.how, How::Lacking { since, .. } if *since > put_back);
        self.put_back = (!is_later).then_some(put_back);
    }
}

/// What is behind a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum How {
    /// The log gave it, and it is not there (any more): no event says that it ended.
    Lacking {
        /// By which request.
        code: Code,
        /// Since when.
        since: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// There is more than the log gave: no event says who gave it.
    Exceeding {
        /// The access that is in force.
        code: Code,
    },
    /// The log has ended it, and it is there all the same.
    NotEnded {
        /// The access that has ended.
        code: Code,
        /// When.
        ended: Timestamp,
        /// What was left then.
        left: Option<Permission>,
        /// Whether it is ended again: once, and not a second time, for then somebody gives it by hand.
        again: bool,
        /// What keeps it from having ended; nothing where it was read back that it had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unended: Option<Unended>,
        /// It was ended again before, and that was read back: only then has somebody else given it since.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        read_back: bool,
    },
    /// No event gives it.
    Unknown,
}

/// Why an access that is over counts as in force all the same: nobody has read back that it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unended {
    /// Taking it back did not work, and that waits for an operator.
    Waits,
    /// An operator has given up having it taken back.
    GivenUp,
    /// It could not be taken back, and is gone by now.
    Gone,
}

/// An access that was granted once, as the log has it.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its request.
    pub code: &'a Code,
    /// How it stands.
    pub access: &'a AccessRequest,
    /// When its last event was.
    pub updated: Timestamp,
}

/// What the forge shows of one account on one repository.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The account.
    pub account: &'a str,
    /// The name people see.
    pub name: &'a str,
    /// Whose account it is, where the directory says so.
    pub holder: Option<&'a PrincipalId>,
    /// The repository.
    pub repository: &'a str,
    /// The forge's immutable id of it, where it is known.
    pub repository_id: Option<&'a str>,
    /// Its direct permission.
    pub present: Option<Permission>,
    /// Up to when the log went to which it was put back, where that may explain what is different.
    pub put_back: Option<Timestamp>,
}

/// The difference between what the log wants and what the forge shows, if there is one. What is being changed at this moment is
/// none. `known` are the accesses of this account on this repository that were ever granted. The log wants what they give and what a
/// repair has adopted: what else was found there, somebody has set, and no request over it makes that a decision. What was adopted and
/// somebody has taken away since is adopted no more, whether a request is in force over it or not.
pub fn deviation(shown: Shown<'_>, known: &[Known<'_>], holding: &Holding) -> Option<Deviation> {
    if known.iter().any(|known| is_changing(known.access)) || is_being_given(shown, known, holding) {
        return None;
    }
    let in_force = known.iter().filter(|known| known.access.status() == Status::Active);
    let strongest =
        in_force.max_by_key(|known| known.access.own.grant.as_ref().map(|grant| grant.permission));
    let adopted = holding.adopted.min(shown.present);
    let (wanted, how) = match strongest {
        Some(strongest) => in_force_now(shown, strongest, adopted)?,
        None => over(shown, known, adopted)?,
    };
    Some(Deviation {
        account: shown.account.to_owned(),
        name: shown.name.to_owned(),
        holder: shown.holder.cloned(),
        repository: shown.repository.to_owned(),
        repository_id: shown.repository_id.map(str::to_owned),
        wanted,
        present: shown.present,
        how,
        put_back: shown.put_back,
    })
}

/// Whether it may be what a request is given that was never granted anything: an invitation, say, is accepted before it is looked whether
/// it was.
fn is_being_given(shown: Shown<'_>, known: &[Known<'_>], holding: &Holding) -> bool {
    let is_new = |code: &Code| !known.iter().any(|known| known.code == code);
    holding.expected.contains(&shown.present) && holding.holders.keys().any(is_new)
}

/// Whether the permission is just being set or taken back.
fn is_changing(access: &AccessRequest) -> bool {
    matches!(access.status(), Status::Granting | Status::Ending)
}

/// While an access is in force. That something was there before it says nothing of who gave that.
fn in_force_now(
    shown: Shown<'_>,
    strongest: &Known<'_>,
    adopted: Option<Permission>,
) -> Option<(Option<Permission>, How)> {
    let grant = strongest.access.own.grant.as_ref()?;
    let (wanted, code) = (Some(grant.permission).max(adopted), strongest.code.clone());
    let how = match shown.present.cmp(&wanted) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less => How::Lacking { code, since: grant.since, until: grant.until },
        std::cmp::Ordering::Greater => How::Exceeding { code },
    };
    Some((wanted, how))
}

/// While none is in force.
fn over(
    shown: Shown<'_>,
    known: &[Known<'_>],
    adopted: Option<Permission>,
) -> Option<(Option<Permission>, How)> {
    let Some(present) = shown.present.filter(|present| Some(*present) > adopted) else {
        let gone =
            known.iter().filter(|known| known.access.could_not_end()).max_by_key(|known| known.updated)?;
        return Some((adopted.min(shown.present), not_ended(gone, adopted, Some(Unended::Gone))));
    };
    let last = known.iter().filter(|known| has_ended(known.access)).max_by_key(|known| known.updated);
    let ended_again = last.and_then(|last| {
        // What the log gave and has ended is the log's. Any other permission was given by hand, and so was what the end itself
        // has left.
        let (gave, left) = (last.access.own.grant.as_ref()?.permission, last.access.own.left);
        let left = (gave == present && left < Some(present)).then(|| left.max(adopted))?;
        Some((left, not_ended(last, left, unended(last.access))))
    });
    Some(ended_again.unwrap_or((adopted, How::Unknown)))
}

/// What is ended again, unless somebody gave that up: what nobody tries any more is begun by nobody but a person.
fn not_ended(known: &Known<'_>, left: Option<Permission>, unended: Option<Unended>) -> How {
    let again = unended != Some(Unended::GivenUp);
    How::NotEnded { code: known.code.clone(), ended: known.updated, left, again, unended, read_back: false }
}

fn unended(access: &AccessRequest) -> Option<Unended> {
    let failure = access.failure.as_ref().filter(|_| access.could_not_end())?;
    Some(if failure.given_up { Unended::GivenUp } else { Unended::Waits })
}

/// Whether the log has ended it, be it that it could not be taken back.
fn has_ended(access: &AccessRequest) -> bool {
    let could_not = access.failure.as_ref().is_some_and(|failure| failure.phase == Phase::Ending);
    access.own.grant.is_some() && (access.status().is_final() || could_not)
}

#[cfg(test)]
mod tests;
