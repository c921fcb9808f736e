//! Applying a plan: a permission is set, an invitation made, changed or taken back; and nothing that could not be brought back is touched.

use countersign_domain::ports::{CallError, CallErrorKind, Permission, PermissionPlan, Refusal};
use countersign_outbound::Ask;
use http::StatusCode;
use serde_json::json;

use crate::Github;
use crate::answers::{Invitation, User};
use crate::call::{meaning, refused};
use crate::direct::There;

impl Github {
    pub(crate) async fn change(&self, plan: &PermissionPlan) -> Result<(), CallError> {
        let (account, repository) = (plan.account(), plan.repository());
        let what = match plan.wanted() {
            Some(wanted) => format!("give {account} {wanted} on {repository}"),
            None => format!("remove the permission of {account} on {repository}"),
        };
        let user = self.numbered(account).await?;
        let login = user.as_ref().map(|user| user.login.as_str());
        let Some(there) = self.there(&what, plan.repository_key(), login).await? else {
            return Err(self.vendor.rejected(what, "there is no such repository any more"));
        };
        let Some(user) = user else {
            // Who is not there any more holds nothing.
            return match plan.wanted() {
                None => Ok(()),
                Some(_) => Err(self.vendor.rejected(what, &format!("{account} is not a user"))),
            };
        };
        self.must_be_possible(&what, &there, plan)?;
        let place = (there.owner.as_str(), there.name.as_str());
        let invitation = self.invitation(account, place).await?;
        let Some(invitation) = invitation else {
            return match plan.wanted() {
                Some(wanted) => self.give(&what, place, &user, wanted).await,
                None => self.remove(&what, place, &user).await,
            };
        };
        self.change_invitation(&what, place, plan.wanted(), &invitation).await?;
        match (plan.wanted(), plan.present()) {
            (None, Some(_)) => self.remove(&what, place, &user).await,
            _ => Ok(()),
        }
    }

    /// What could not be brought back is not changed: a role that the organization has made, and a repository that has left it.
    fn must_be_possible(&self, what: &str, there: &There, plan: &PermissionPlan) -> Result<(), CallError> {
        let direct = there.of(plan.account());
        if there.is_archived {
            let detail = "it is archived, so that nobody's permission can be changed";
            return Err(meaning(self.vendor.rejected(what, detail), Refusal::ReadOnly));
        }
        if let Some(role) = direct.as_ref().and_then(|direct| direct.custom.as_ref()) {
            let detail = format!(
                "they hold the role {role} there, which I could not give back afterwards: whoever administers the repository has to change it"
            );
            return Err(self.vendor.rejected(what, &detail));
        }
        let gives = plan.wanted() > direct.map(|direct| direct.permission);
        if gives && !self.is_ours(&there.owner) {
            let detail = format!("the repository was moved to {}, which is not ours", there.owner);
            return Err(self.vendor.rejected(what, &detail));
        }
        Ok(())
    }

    /// Whoever is outside is invited, which is told by the answer: then it has to be them, and nobody who took their login meanwhile.
    async fn give(
        &self,
        what: &str,
        (owner, name): (&str, &str),
        user: &User,
        wanted: Permission,
    ) -> Result<(), CallError> {
        let path = ["repos", owner, name, "collaborators", &user.login];
        let ask = Ask::put(what, &path).json(&json!({"permission": pushed(wanted)}));
        let answer = self.send(ask).await.map_err(refused)?;
        if answer.status != StatusCode::CREATED {
            return Ok(());
        }
        let made: Invitation = answer.json().map_err(in_doubt)?;
        if made.invitee.as_ref().is_some_and(|invitee| invitee.id == user.id) {
            return Ok(());
        }
        self.take_back(what, (owner, name), &made).await?;
        Err(self
            .vendor
            .rejected(what, "somebody else has their login by now; what they were invited to is taken back"))
    }

    async fn change_invitation(
        &self,
        what: &str,
        (owner, name): (&str, &str),
        wanted: Option<Permission>,
        invitation: &Invitation,
    ) -> Result<(), CallError> {
        let ours = self.is_ours_to_take_back(invitation).await?;
        match wanted {
            Some(_) if !ours => {
                let by = invitation.inviter.as_ref().map_or("somebody", |inviter| inviter.login.as_str());
                let detail = format!(
                    "{by} has invited them there already: once they have accepted, or that is taken back, have this tried again"
                );
                Err(self.vendor.rejected(what, &detail))
            }
            None if !ours => Ok(()),
            None => self.take_back(what, (owner, name), invitation).await,
            Some(wanted) if invitation.permission() == Some(wanted) => Ok(()),
            Some(wanted) => {
                let id = invitation.id.to_string();
                let ask = Ask::patch(what, &["repos", owner, name, "invitations", &id]);
                let changed = self.found(ask.json(&json!({"permissions": wanted.as_str()}))).await;
                // Between the look and this: what they hold by now is to be looked at before anything else is done.
                let gone = || {
                    in_doubt(self.vendor.rejected(what, "they have accepted the invitation, or it is gone"))
                };
                changed.map_err(refused)?.map(drop).ok_or_else(gone)
            }
        }
    }

    async fn take_back(
        &self,
        what: &str,
        (owner, name): (&str, &str),
        invitation: &Invitation,
    ) -> Result<(), CallError> {
        let id = invitation.id.to_string();
        let ask = Ask::delete(what, &["repos", owner, name, "invitations", &id]);
        // Gone already is what was wanted.
        self.found(ask).await.map(drop).map_err(refused)
    }

    async fn remove(&self, what: &str, (owner, name): (&str, &str), user: &User) -> Result<(), CallError> {
        let ask = Ask::delete(what, &["repos", owner, name, "collaborators", &user.login]);
        // Gone already is what was wanted, which is read back.
        self.found(ask).await.map(drop).map_err(refused)
    }
}

/// The word for it where a permission is set: there it is called otherwise than where it is read.
const fn pushed(permission: Permission) -> &'static str {
    match permission {
        Permission::Read => "pull",
        Permission::Triage => "triage",
        Permission::Write => "push",
        Permission::Maintain => "maintain",
        Permission::Admin => "admin",
    }
}

/// It was done, whatever the answer says.
fn in_doubt(error: CallError) -> CallError {
    CallError { kind: CallErrorKind::Unknown, ..error }
}
