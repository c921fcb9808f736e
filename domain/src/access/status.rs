//! How a request stands, in one word.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of a request and of the access that came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody asked yet.
    #[default]
    New,
    /// The vendors and the rules are being asked.
    Checking,
    /// It waits for countersignatures.
    Waiting,
    /// Approved; the permission is being set.
    Granting,
    /// The permission is set and was read back.
    Active,
    /// It is being taken back.
    Ending,
    /// Something outside failed for good; an operator must look.
    Failed,
    /// A person, a rule or a check said no.
    Denied,
    /// Taken back by who asked, before it was granted.
    Withdrawn,
    /// Nobody answered in time, or its time is over.
    Expired,
    /// Given back before its time.
    GivenBack,
    /// Taken away before its time.
    Revoked,
}

impl Status {
    /// Every status a request can be seen in.
    pub const ALL: [Self; 11] = [
        Self::Checking,
        Self::Waiting,
        Self::Granting,
        Self::Active,
        Self::Ending,
        Self::Failed,
        Self::Denied,
        Self::Withdrawn,
        Self::Expired,
        Self::GivenBack,
        Self::Revoked,
    ];

    /// The word in the API and in chat.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Checking => "checking",
            Self::Waiting => "waiting",
            Self::Granting => "granting",
            Self::Active => "active",
            Self::Ending => "ending",
            Self::Failed => "failed",
            Self::Denied => "denied",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::GivenBack => "given_back",
            Self::Revoked => "revoked",
        }
    }

    /// Whether nothing can happen to it any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Denied | Self::Withdrawn | Self::Expired | Self::GivenBack | Self::Revoked)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_statuses_are_read_back() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert!("".parse::<Status>().is_err() && "over".parse::<Status>().is_err());
    }

    #[test]
    fn something_can_happen_until_it_was_refused_or_has_ended() {
        use Status::{Denied, Expired, GivenBack, Revoked, Withdrawn};
        let last: Vec<_> = Status::ALL.into_iter().filter(|status| status.is_final()).collect();
        assert_eq!(last, [Denied, Withdrawn, Expired, GivenBack, Revoked]);
    }
}
