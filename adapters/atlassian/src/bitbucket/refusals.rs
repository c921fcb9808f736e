//! What it means that Bitbucket refuses to show or change a permission: what its published contract says of the answer, and
//! where that leaves it open, what a look at the workspace shows.

use countersign_domain::ports::{CURE, CallError, CallErrorKind, Refusal};
use countersign_outbound::{Ask, found};

use super::Bitbucket;
use super::answers::Memberships;

/// So much of Bitbucket's own words stands before a cure, in characters.
const MOST_SAID: usize = 300;
/// Pages of 100 owners; nobody has as many.
const MOST_PAGES: usize = 5;

impl Bitbucket {
    /// The refusal of a change for this account, with what it means.
    pub(super) async fn change_refused(&self, error: CallError, account: &str) -> CallError {
        match (error.kind, error.status) {
            // "… or the selected user is not a valid user to update"
            (CallErrorKind::Rejected, Some(400)) => match self.why_not_them(account).await {
                Ok(Some(refusal)) => meaning(error, refusal),
                // Whatever else was wrong, or cannot be looked at: Bitbucket's own words have to do.
                Ok(None) | Err(_) => error,
            },
            _ => self.refused(error),
        }
    }

    /// The refusal with what it means.
    pub(super) fn refused(&self, error: CallError) -> CallError {
        match (error.kind, error.status) {
            (CallErrorKind::Rejected, Some(402)) => meaning(error, Refusal::PlanFull),
            (CallErrorKind::Rejected, Some(403)) if self.by_api_token => meaning(error, Refusal::NotAllowed),
            (CallErrorKind::Rejected, Some(403)) => with_cure(error, BEARER),
            _ => error,
        }
    }

    /// Why nothing can be given to an account, if it is the account's fault.
    pub(super) async fn why_not_them(&self, account: &str) -> Result<Option<Refusal>, CallError> {
        let what = format!("look whether {account} is in the workspace {}", self.workspace);
        let member = Ask::get(what, &["workspaces", &self.workspace, "members", account]);
        if found(self.vendor.send(member).await)?.is_none() {
            return Ok(Some(Refusal::NotAMember));
        }
        Ok(self.owns(account).await?.then_some(Refusal::Owner))
    }

    async fn owns(&self, account: &str) -> Result<bool, CallError> {
        let what = format!("look who owns the workspace {}", self.workspace);
        for page in 1..=MOST_PAGES {
            let ask = Ask::get(what.clone(), &["workspaces", &self.workspace, "permissions"])
                .query("q", "permission=\"owner\"")
                .query("page", page)
                .query("pagelen", 100);
            let owners: Memberships = self.vendor.send(ask).await?.json()?;
            let mut accounts = owners.values.into_iter().filter_map(|membership| membership.user);
            if accounts.any(|owner| owner.has_id(account)) {
                return Ok(true);
            }
            if owners.next.is_none() {
                break;
            }
        }
        Ok(false)
    }
}

/// What to do about a token that is sent by itself.
pub(super) const BEARER: &str = "permissions are changed with an API token of an account only, as Basic authentication: give the account's address as `email` in the configuration";

fn meaning(error: CallError, refusal: Refusal) -> CallError {
    let error = CallError { kind: CallErrorKind::Refused(refusal), ..error };
    with_cure(error, cure(refusal))
}

/// How who runs the bot can mend it.
const fn cure(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotAMember => "the user must be a member of the workspace: invite them, then requeue this",
        Refusal::Owner => {
            "the user must not be the workspace's owner, who may do everything: resolve this as abandoned"
        }
        Refusal::PlanFull => {
            "the workspace's plan has no room for another user: somebody has to leave, or the plan to grow; then requeue this"
        }
        Refusal::ReadOnly => "the repository must not be archived; then requeue this",
        Refusal::NotAllowed => {
            "the bot's account must administer the repository, and its API token have the scope for it; then requeue this"
        }
    }
}

/// One cure, in the place of the general one that every 403 has; both together are no longer than a detail may be.
fn with_cure(error: CallError, cure: &str) -> CallError {
    let general = error.status == Some(403);
    let said = error.detail.rsplit_once(CURE).filter(|_| general).map_or(&*error.detail, |(said, _)| said);
    let said: String = said.chars().take(MOST_SAID).collect();
    CallError { detail: format!("{said}{CURE}{cure}"), ..error }
}
