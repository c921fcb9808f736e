//! Finding the repository that somebody named: by slug, id or address, in this workspace only.

use countersign_domain::ports::{CallError, Located, RepositoryName};
use countersign_outbound::Ask;

use super::Bitbucket;
use super::answers::RepositoryAnswer;

/// Where people look at and clone what is on Bitbucket Cloud, `altssh.bitbucket.org` included.
const CLOUD: &str = "bitbucket.org";

impl Bitbucket {
    /// The repository that a name means. What is asked for is only ever a slug or an id of this workspace: nothing else that
    /// people write gets into the address.
    pub(super) async fn locate(&self, named: &str) -> Result<Located, CallError> {
        let Ok(name) = named.parse::<RepositoryName>() else { return Ok(Located::Nowhere) };
        let elsewhere = || Located::Elsewhere { ours: format!("the Bitbucket workspace {}", self.workspace) };
        if !name.host().is_none_or(|host| self.is_at(host)) {
            return Ok(elsewhere());
        }
        let workspace_id = name.workspace().filter(|workspace| workspace.starts_with('{'));
        if workspace_id.is_none() && !name.workspace().is_none_or(|slug| self.is_workspace(slug)) {
            return Ok(elsewhere());
        }
        let path = ["repositories", &self.workspace, name.key()];
        let what = format!("look up the repository {}", name.key());
        let Some(answer) = self.found(Ask::get(what.clone(), &path)).await? else {
            return Ok(Located::Nowhere);
        };
        let answer: RepositoryAnswer = answer.json()?;
        // By an id, Bitbucket finds it wherever it is.
        let Some(slug) = answer.workspace_slug() else {
            return Err(self.vendor.rejected(what, "the answer does not say in which workspace it is"));
        };
        let is_ours = self.is_workspace(slug) && workspace_id.is_none_or(|id| answer.is_of_workspace(id));
        Ok(if is_ours {
            Located::Here(answer.into_repository(&self.workspace, name.key()))
        } else {
            elsewhere()
        })
    }

    fn is_workspace(&self, slug: &str) -> bool {
        self.workspace.eq_ignore_ascii_case(slug)
    }

    /// Whether a repository's address is one of this server.
    fn is_at(&self, host: &str) -> bool {
        let own = self.vendor.base().host();
        host == CLOUD || host.ends_with(".bitbucket.org") || host == own.strip_prefix("api.").unwrap_or(own)
    }
}
