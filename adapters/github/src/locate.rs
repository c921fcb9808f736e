//! Finding the repository that somebody named: by name or address in this organization, or by its identity wherever it went.

use std::sync::PoisonError;

use countersign_domain::ports::{CallError, ForgeRepository, Located, Repositories, RepositoryName};
use countersign_outbound::{Ask, not_the_vendor};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

use crate::Github;
use crate::answers::{Found, Node, Repository, repository};
use crate::people::is_number;

/// Where people look at and clone what is on github.com, `ssh.github.com` included.
const CLOUD: &str = "github.com";
/// For so long it counts as known that the organization is there.
const KNOWN: SignedDuration = SignedDuration::from_mins(5);
/// So many pages of 100 repositories are looked through for a text.
const MOST_PAGES: u32 = 10;

const REPOSITORY: &str =
    "query($id: ID!) { node(id: $id) { ... on Repository { id name url isArchived owner { login } } } }";

impl Github {
    /// The repository that a name means. What is asked for is only ever a name in this organization, or an identity: nothing else that
    /// people write gets into the address.
    pub(crate) async fn locate(&self, named: &str) -> Result<Located, CallError> {
        if let Some(node) = node_id(named) {
            return self.identified(node).await;
        }
        let Ok(name) = named.parse::<RepositoryName>() else { return Ok(Located::Nowhere) };
        let is_here = name.host().is_none_or(|host| self.is_at(host))
            && name.workspace().is_none_or(|owner| self.is_ours(owner));
        if !is_here {
            return Ok(self.elsewhere());
        }
        // The id of another forge.
        if name.key().starts_with('{') {
            return Ok(Located::Nowhere);
        }
        let what = format!("look up the repository {}", name.key());
        let ask = Ask::get(what.clone(), &["repos", &self.organization, name.key()]);
        let Some(answer) = self.found(ask.also(StatusCode::MOVED_PERMANENTLY)).await? else {
            self.organization_is_there().await?;
            return Ok(Located::Nowhere);
        };
        if answer.status != StatusCode::MOVED_PERMANENTLY {
            return Ok(self.here(answer.json()?));
        }
        // It was called so: GitHub says which one that is. Nothing of that address is taken but the number.
        let to = answer.header("location").and_then(|to| moved_to(self.vendor.base().as_str(), to));
        let Some(number) = to else {
            return Err(self
                .vendor
                .rejected(what, "it has moved to an address that is no repository of this GitHub"));
        };
        match self.found(Ask::get(what, &["repositories", &number])).await? {
            Some(answer) => Ok(self.here(answer.json()?)),
            None => Ok(Located::Nowhere),
        }
    }

    /// The repository of this identity, under the name that it has now.
    async fn identified(&self, node: &str) -> Result<Located, CallError> {
        let variables = json!({"id": node});
        let what = "look up the repository by its identity";
        let found = self.query::<Found>(what, (REPOSITORY, &variables), node).await?;
        let Some(Node { id: Some(id), name: Some(name), url, owner: Some(owner), .. }) =
            found.and_then(|found| found.node)
        else {
            return Ok(Located::Nowhere);
        };
        if !self.is_ours(&owner.login) {
            return Ok(self.elsewhere());
        }
        Ok(Located::Here(repository(&id, name, url.unwrap_or_default())))
    }

    fn here(&self, found: Repository) -> Located {
        if self.is_ours(&found.owner.login) {
            Located::Here(found.into_repository())
        } else {
            self.elsewhere()
        }
    }

    fn elsewhere(&self) -> Located {
        Located::Elsewhere { ours: format!("the GitHub organization {}", self.organization) }
    }

    pub(crate) fn is_ours(&self, owner: &str) -> bool {
        self.organization.eq_ignore_ascii_case(owner)
    }

    /// Whether a repository's address is one of this server.
    fn is_at(&self, host: &str) -> bool {
        let own = self.vendor.base().host();
        let own = own.strip_prefix("api.").unwrap_or(own);
        host == own || own == CLOUD && host.ends_with(".github.com")
    }

    /// That nothing is found says something only where the organization is: at a wrong address, or to a token that sees nothing,
    /// nothing is ever found.
    pub(crate) async fn organization_is_there(&self) -> Result<(), CallError> {
        let until = *self.there.lock().unwrap_or_else(PoisonError::into_inner);
        if until.is_some_and(|until| self.vendor.now() < until) {
            return Ok(());
        }
        let what = format!("look at the organization {}", self.organization);
        let answer = self.send(Ask::get(what, &["orgs", &self.organization])).await;
        let kind = format!("the organization {} of GitHub", self.organization);
        answer.map_err(|error| not_the_vendor(error, &kind))?;
        let until = self.vendor.now().saturating_add(KNOWN).ok();
        *self.there.lock().unwrap_or_else(PoisonError::into_inner) = until;
        Ok(())
    }

    /// One page of the organization's repositories. The address of the next page is not followed: it could lead anywhere with our
    /// credential.
    pub(crate) async fn all(&self, page: u32) -> Result<Repositories, CallError> {
        let ask = Ask::get("list the repositories", &["orgs", &self.organization, "repos"])
            .query("sort", "full_name")
            .query("per_page", 100)
            .query("page", page);
        let answer = self.send(ask).await?;
        let found: Vec<Repository> = answer.json()?;
        let repositories = found.into_iter().map(Repository::into_repository).collect();
        Ok(Repositories { repositories, more: has_next(answer.header("link")) })
    }

    /// The names that hold this text. GitHub's own search finds whole words only, and what is new after a while.
    pub(crate) async fn holding(&self, text: &str, most: usize) -> Result<Vec<String>, CallError> {
        let name = text.parse::<RepositoryName>().ok();
        let text = name.as_ref().map_or(text, RepositoryName::key).trim().to_lowercase();
        let mut names = Vec::new();
        for page in 1..=MOST_PAGES {
            let Repositories { repositories, more } = self.all(page).await?;
            let own = repositories.into_iter().map(|ForgeRepository { name, .. }| name);
            names.extend(own.filter(|name| name.to_lowercase().contains(&text)));
            if names.len() >= most || !more {
                break;
            }
        }
        names.truncate(most);
        Ok(names)
    }
}

/// The node id of an identity: it stands in braces, which no name has.
pub(crate) fn node_id(key: &str) -> Option<&str> {
    let node = key.trim().strip_prefix('{')?.strip_suffix('}')?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-=".contains(&byte);
    // A UUID is the id of another forge.
    let is_uuid = node.len() == 36 && node.bytes().filter(|byte| *byte == b'-').count() == 4;
    let is_node = (1..=200).contains(&node.len()) && node.bytes().all(fits) && !is_uuid;
    is_node.then_some(node)
}

/// The number of the repository to which an address of this GitHub leads.
fn moved_to(base: &str, location: &str) -> Option<String> {
    let below = location.strip_prefix(base.trim_end_matches('/'))?;
    let number = below.strip_prefix("/repositories/")?;
    is_number(number).then(|| number.to_owned())
}

/// Whether there is a next page, by the header `Link`.
pub(crate) fn has_next(link: Option<&str>) -> bool {
    link.is_some_and(|link| link.split(',').any(|one| one.contains("rel=\"next\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_moved_is_followed_within_this_github_only() {
        let base = "https://api.github.com/";
        let to = |location: &str| moved_to(base, location);
        assert_eq!(to("https://api.github.com/repositories/1296269"), Some("1296269".to_owned()));
        for other in [
            "https://api.github.com.evil.example/repositories/1",
            "https://evil.example/repositories/1",
            "http://api.github.com/repositories/1",
            "https://api.github.com/repositories/1/../../user",
            "https://api.github.com/repositories/1?x=y",
            "/repositories/1",
        ] {
            assert_eq!(to(other), None, "{other}");
        }
    }

    #[test]
    fn an_identity_is_no_name_and_no_other_forges_id() {
        assert_eq!(node_id("{R_kgDOABCDEF}"), Some("R_kgDOABCDEF"));
        assert_eq!(node_id("{MDEwOlJlcG9zaXRvcnkx=}"), Some("MDEwOlJlcG9zaXRvcnkx="));
        for other in ["R_kgDOABCDEF", "{}", "{a/b}", "{0a1b2c3d-0000-4000-8000-00000000000f}"] {
            assert_eq!(node_id(other), None, "{other}");
        }
    }

    #[test]
    fn the_next_page_is_told_by_the_head() {
        let link = "<https://api.github.com/x?page=1>; rel=\"prev\", <https://api.github.com/x?page=3>; rel=\"next\"";
        assert!(has_next(Some(link)));
        assert!(!has_next(Some("<https://api.github.com/x?page=1>; rel=\"prev\"")) && !has_next(None));
    }
}
