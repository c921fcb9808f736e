//! What a repository itself gives people. By REST, GitHub tells only the strongest of all that somebody has, whatever gives it; by GraphQL
//! it tells each and where it is from (<https://docs.github.com/en/graphql/reference/objects#permissionsource>).

use countersign_domain::ports::{CallError, Holder, Holders, Permission, Refusal};
use serde_json::json;

use crate::Github;
use crate::answers::{Direct, Edge, Found, Node};
use crate::call::meaning;
use crate::locate::node_id;

/// Pages of 100; nobody gives something to as many one by one.
const MOST_PAGES: usize = 50;
const COLLABORATORS: &str = "query($id: ID!, $login: String, $after: String) { node(id: $id) { ... on Repository { \
    id name url isArchived owner { login } \
    collaborators(affiliation: DIRECT, first: 100, after: $after, query: $login) { \
    edges { node { databaseId login name } permissionSources { permission roleName source { __typename } } } \
    pageInfo { hasNextPage endCursor } } } } }";

/// A repository, and those to whom it gives something itself.
pub(crate) struct There {
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) is_archived: bool,
    pub(crate) collaborators: Vec<Edge>,
}

impl Github {
    /// The repository of this identity with its collaborators: all, or those whose login holds this. `None` where there is none.
    pub(crate) async fn there(
        &self,
        what: &str,
        repository: &str,
        login: Option<&str>,
    ) -> Result<Option<There>, CallError> {
        let Some(key) = self.key_of(repository).await? else { return Ok(None) };
        let Some(node) = node_id(&key) else { return Ok(None) };
        let (mut there, mut after): (Option<There>, Option<String>) = (None, None);
        for _ in 0..MOST_PAGES {
            let variables = json!({"id": node, "login": login, "after": after});
            let found = self.query::<Found>(what, (COLLABORATORS, &variables), node).await?;
            let Some(Node { name: Some(name), owner: Some(owner), is_archived, collaborators, .. }) =
                found.and_then(|found| found.node)
            else {
                return Ok(None);
            };
            // Taken for nothing, it would let an access count as ended that is still there.
            let told = collaborators.filter(|page| !page.edges.iter().any(Edge::is_untold));
            let Some(page) = told else {
                let detail = "it does not tell who may do what there";
                return Err(meaning(self.vendor.rejected(what, detail), Refusal::NotAllowed));
            };
            let all = there.get_or_insert_with(|| There {
                name,
                owner: owner.login,
                is_archived,
                collaborators: Vec::new(),
            });
            all.collaborators.extend(page.edges);
            match page.page_info.end_cursor.filter(|_| page.page_info.has_next_page) {
                Some(cursor) => after = Some(cursor),
                None => return Ok(there),
            }
        }
        let detail = format!("more than {} people have something there by themselves", MOST_PAGES * 100);
        Err(self.vendor.rejected(what, &detail))
    }

    /// The permission that the repository itself gives an account.
    pub(crate) async fn held(
        &self,
        account: &str,
        repository: &str,
    ) -> Result<Option<Permission>, CallError> {
        let what = format!("read the permission of {account} on {repository}");
        let login = self.numbered(account).await?.map(|user| user.login);
        let Some(there) = self.there(&what, repository, login.as_deref()).await? else {
            return Err(self.vendor.rejected(what, "there is no such repository any more"));
        };
        Ok(there.of(account).map(|direct| direct.permission))
    }

    /// All to whom a repository itself gives something: as one page, for GitHub has no numbers for these.
    pub(crate) async fn holders_of(&self, repository: &str, page: u32) -> Result<Option<Holders>, CallError> {
        let what = format!("list the permissions on {repository}");
        let Some(there) = self.there(&what, repository, None).await? else { return Ok(None) };
        if page > 1 {
            return Ok(Some(Holders::default()));
        }
        let holders = there.collaborators.iter().filter_map(|edge| {
            let (account, name) = (edge.node.database_id?.to_string(), edge.node.shown().to_owned());
            Some(Holder { account, name, permission: edge.direct()?.permission })
        });
        Ok(Some(Holders { holders: holders.collect(), more: false }))
    }

    /// The identity of a repository that may be named by its name only: the log knows some by that.
    async fn key_of(&self, repository: &str) -> Result<Option<String>, CallError> {
        if node_id(repository).is_some() {
            return Ok(Some(repository.to_owned()));
        }
        Ok(self.locate(repository).await?.here().and_then(|found| found.id))
    }
}

impl There {
    /// What it gives this account.
    pub(crate) fn of(&self, account: &str) -> Option<Direct> {
        let is = |edge: &&Edge| edge.node.database_id.is_some_and(|id| id.to_string() == account);
        self.collaborators.iter().find(is)?.direct()
    }
}
