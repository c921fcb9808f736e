//! Whether the bot can work with the workspace: it is there, and the token may do what the bot does.

use std::sync::PoisonError;

use countersign_domain::ports::{CallError, CallErrorKind, Examined};
use countersign_outbound::{Answer, Ask, found, not_the_vendor};
use jiff::SignedDuration;

use super::Bitbucket;
use super::answers::Slugs;
use super::refusals::BEARER;

/// For so long it counts as known that the workspace is there.
const KNOWN: SignedDuration = SignedDuration::from_mins(5);

impl Bitbucket {
    /// The answer; `None` where the vendor says there is no such thing. That it is the vendor who says so is asked first: at a
    /// wrong address, or in a workspace that there is not, nothing is ever found.
    pub(super) async fn found(&self, ask: Ask<'_>) -> Result<Option<Answer>, CallError> {
        let answer = found(self.vendor.send(ask).await)?;
        let until = *self.there.lock().unwrap_or_else(PoisonError::into_inner);
        if answer.is_none() && until.is_none_or(|until| until <= self.vendor.now()) {
            self.workspace_is_there().await?;
        }
        Ok(answer)
    }

    /// Asks for the first of the workspace's repositories; its name, if there is one.
    async fn workspace_is_there(&self) -> Result<Option<String>, CallError> {
        let what = format!("look into the workspace {}", self.workspace);
        let ask = Ask::get(what, &["repositories", &self.workspace]).query("pagelen", 1);
        let answer = self.vendor.send(ask).await.and_then(|answer| answer.json::<Slugs>());
        let kind = format!("the workspace {} of Bitbucket Cloud (its API 2.0)", self.workspace);
        let slugs = answer.map_err(|error| not_the_vendor(error, &kind)).map_err(forbidden)?;
        let until = self.vendor.now().saturating_add(KNOWN).ok();
        *self.there.lock().unwrap_or_else(PoisonError::into_inner) = until;
        Ok(slugs.values.into_iter().find_map(|repository| repository.slug))
    }

    pub(super) async fn examined(&self) -> Result<Examined, CallError> {
        let first = self.workspace_is_there().await?;
        let mut examined = Examined::good(format!("the workspace {}", self.workspace));
        if !self.by_api_token {
            examined.faults.push(BEARER.to_owned());
        }
        let members =
            Ask::get("list members", &["workspaces", &self.workspace, "members"]).query("pagelen", 1);
        let needs = "it may not list the members of the workspace, so nobody is found by nickname: give it the scope `account` (or read:workspace)";
        self.must(members, needs, &mut examined).await?;
        if let Some(slug) = first {
            let path = ["repositories", &self.workspace, &slug, "permissions-config", "users"];
            let held = Ask::get("list permissions", &path).query("pagelen", 1);
            let needs = "it may not read and set permissions: give it the scope `repository:admin`, and its account the permission admin on the repositories";
            self.must(held, needs, &mut examined).await?;
        }
        Ok(examined)
    }

    /// What is refused is a fault, with its cure.
    async fn must(&self, ask: Ask<'_>, needs: &str, examined: &mut Examined) -> Result<(), CallError> {
        match self.vendor.send(ask).await {
            Err(error) if error.kind == CallErrorKind::Rejected => {
                examined.faults.push(format!("{needs} ({})", error.detail));
                Ok(())
            }
            answer => answer.map(drop),
        }
    }
}

/// Who may not even see the workspace can do nothing there.
fn forbidden(error: CallError) -> CallError {
    if error.status == Some(403) { CallError { kind: CallErrorKind::Barred, ..error } } else { error }
}
