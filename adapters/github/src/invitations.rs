//! Invitations to a repository: whoever is outside the organization has nothing until they have accepted theirs.

use countersign_domain::ports::{CallError, Permission};
use countersign_outbound::Ask;
use serde::Deserialize;
use serde_json::json;

use crate::Github;
use crate::answers::Invitation;
use crate::call::refused;
use crate::locate::has_next;

/// Pages of 100.
const MOST_PAGES: usize = 20;
const VIEWER: &str = "query { viewer { login } }";

#[derive(Deserialize)]
struct Viewer {
    viewer: Login,
}

#[derive(Deserialize)]
struct Login {
    login: String,
}

impl Github {
    /// The invitation of an account that waits for them, be it ours or not.
    pub(crate) async fn invitation(
        &self,
        account: &str,
        (owner, name): (&str, &str),
    ) -> Result<Option<Invitation>, CallError> {
        let what = format!("look whether {account} is invited to {name}");
        for page in 1..=MOST_PAGES {
            let ask = Ask::get(what.clone(), &["repos", owner, name, "invitations"]);
            let ask = ask.query("per_page", 100).query("page", page);
            let Some(answer) = self.found(ask).await.map_err(refused)? else { return Ok(None) };
            let invitations: Vec<Invitation> = answer.json()?;
            let is_theirs = |invitation: &Invitation| {
                let invitee = invitation.invitee.as_ref();
                !invitation.expired && invitee.is_some_and(|invitee| invitee.id.to_string() == account)
            };
            if let Some(theirs) = invitations.into_iter().find(is_theirs) {
                return Ok(Some(theirs));
            }
            if !has_next(answer.header("link")) {
                break;
            }
        }
        Ok(None)
    }

    /// What our own invitation gives an account that has not accepted it.
    pub(crate) async fn waiting(
        &self,
        account: &str,
        repository: &str,
    ) -> Result<Option<Permission>, CallError> {
        let what = format!("look whether {account} is invited to {repository}");
        // Whoever has that for a login is of no interest: only where the repository is.
        let Some(there) = self.there(&what, repository, Some(account)).await? else { return Ok(None) };
        let Some(invitation) = self.invitation(account, (&there.owner, &there.name)).await? else {
            return Ok(None);
        };
        Ok(if self.is_ours_to_take_back(&invitation).await? { invitation.permission() } else { None })
    }

    /// Whether the bot has made it: what somebody else has promised is not for the log to take back.
    pub(crate) async fn is_ours_to_take_back(&self, invitation: &Invitation) -> Result<bool, CallError> {
        let me = self.me().await?;
        Ok(invitation.inviter.as_ref().is_some_and(|inviter| inviter.login.eq_ignore_ascii_case(&me)))
    }

    /// As whom GitHub knows the bot.
    pub(crate) async fn me(&self) -> Result<String, CallError> {
        let what = "ask as whom the bot works";
        match self.query::<Viewer>(what, (VIEWER, &json!({})), "viewer").await? {
            Some(Viewer { viewer }) => Ok(viewer.login),
            None => Err(self.vendor.rejected(what, "it does not say")),
        }
    }
}
