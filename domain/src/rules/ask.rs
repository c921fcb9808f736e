//! Asking Cedar: one question in, one ruling out.

use crate::access::Permission;
use crate::tenant::Person;

/// One request for access, as far as the rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who asks.
    pub asker: &'a Person,
    /// Whom the access is for; `None` means the asker.
    pub subject: Option<&'a Person>,
    /// What is asked for.
    pub permission: Permission,
    /// The repository's name.
    pub repository: &'a str,
    /// For how long, in minutes.
    pub minutes: Option<u64>,
    /// The ticket's key.
    pub ticket: Option<&'a str>,
}
