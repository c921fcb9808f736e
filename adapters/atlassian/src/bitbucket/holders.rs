//! Who has a direct permission on a repository, and which repositories there are, page by page.

use countersign_domain::ports::{CallError, Holder, Holders, Repositories};
use countersign_outbound::Ask;

use super::Bitbucket;
use super::answers::{HoldersAnswer, RepositoriesAnswer, RepositoryAnswer};

impl Bitbucket {
    pub(super) async fn holders_of(&self, repository: &str, page: u32) -> Result<Option<Holders>, CallError> {
        let what = format!("list the permissions on {repository}");
        let path = ["repositories", &self.workspace, repository, "permissions-config", "users"];
        let ask = Ask::get(what.clone(), &path).query("page", page).query("pagelen", 100);
        let found = self.found(ask).await.map_err(|error| self.refused(error))?;
        let Some(answer) = found else { return Ok(None) };
        let answer: HoldersAnswer = answer.json()?;
        let mut holders = Vec::new();
        for held in answer.values {
            let permission = held.permission().map_err(|detail| self.vendor.rejected(&what, &detail))?;
            let user = held.user.into_user();
            holders.extend(permission.zip(user).map(|(permission, user)| Holder {
                account: user.account,
                name: user.name,
                permission,
            }));
        }
        Ok(Some(Holders { holders, more: answer.next.is_some() }))
    }

    pub(super) async fn all(&self, page: u32) -> Result<Repositories, CallError> {
        let ask = Ask::get("list the repositories", &["repositories", &self.workspace])
            .query("page", page)
            .query("pagelen", 100)
            .query("sort", "slug")
            .query("fields", "values.uuid,values.full_name,values.links.html.href,next");
        let answer: RepositoriesAnswer = self.vendor.send(ask).await?.json()?;
        let all = answer.values.into_iter().filter(RepositoryAnswer::has_name);
        let repositories = all.map(|found| found.into_repository(&self.workspace, "")).collect();
        Ok(Repositories { repositories, more: answer.next.is_some() })
    }
}
