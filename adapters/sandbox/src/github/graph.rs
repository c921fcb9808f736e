//! Of GraphQL what the adapter asks: as whom it works, a repository by its node id, and what gives whom what there. It answers with 200
//! whatever is wrong, and says what is.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::routes::Shared;
use super::shapes;
use super::state::node_of;
use super::{GithubRepository, GithubState, GithubUser};

/// How many are on a page.
const PAGE: usize = 100;

pub(super) async fn query(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Json<Value> {
    let state = shared.state.get();
    let query = asked["query"].as_str().unwrap_or_default();
    if query.contains("viewer") {
        return Json(json!({"data": {"viewer": {"login": state.viewer}}}));
    }
    let id = asked["variables"]["id"].as_str().unwrap_or_default();
    let found = state.repositories.iter().find(|(_, repository)| node_of(repository.id) == id);
    let Some((name, repository)) = found else {
        let message = format!("Could not resolve to a node with the global id of '{id}'");
        return Json(json!({"data": {"node": null}, "errors": [fault("NOT_FOUND", &["node"], &message)]}));
    };
    let owner = state.owner_of(repository);
    let mut node = json!({
        "id": id,
        "name": name,
        "url": format!("{}/{owner}/{name}", shapes::base(&headers)),
        "isArchived": repository.archived,
        "owner": {"login": owner},
    });
    if !query.contains("collaborators(") {
        return Json(json!({"data": {"node": node}}));
    }
    if repository.closed {
        node["collaborators"] = Value::Null;
        let message = "Must have push access to view repository collaborators.";
        let path = ["node", "collaborators"];
        return Json(json!({"data": {"node": node}, "errors": [fault("FORBIDDEN", &path, message)]}));
    }
    let variables = &asked["variables"];
    node["collaborators"] = collaborators(&state, repository, variables);
    Json(json!({"data": {"node": node}}))
}

fn fault(kind: &str, path: &[&str], message: &str) -> Value {
    json!({"type": kind, "path": path, "locations": [{"line": 1, "column": 1}], "message": message})
}

/// Those to whom the repository itself gives something, with all that gives them anything there.
fn collaborators(state: &GithubState, repository: &GithubRepository, variables: &Value) -> Value {
    let part = variables["login"].as_str().unwrap_or_default().to_lowercase();
    let after = variables["after"].as_str().and_then(|after| after.parse::<usize>().ok()).unwrap_or(0);
    let known = repository.direct.keys().filter_map(|id| state.numbered(*id));
    let meant: Vec<&GithubUser> = known.filter(|user| user.login.to_lowercase().contains(&part)).collect();
    let edges: Vec<Value> = meant.iter().skip(after).take(PAGE).map(|user| edge(repository, user)).collect();
    let end = after + edges.len();
    json!({
        "edges": edges,
        "pageInfo": {"hasNextPage": end < meant.len(), "endCursor": end.to_string()},
    })
}

fn edge(repository: &GithubRepository, user: &GithubUser) -> Value {
    let source = |role: &String, kind: &str| json!({"permission": built_on(role), "roleName": role, "source": {"__typename": kind}});
    let direct = repository.direct.get(&user.id).map(|role| source(role, "Repository"));
    let team = repository.teams.get(&user.id).map(|role| source(role, "Team"));
    json!({
        "node": {"databaseId": user.id, "login": user.login, "name": user.name},
        "permissionSources": direct.into_iter().chain(team).collect::<Vec<_>>(),
    })
}

/// What a role is built on, in the words that GraphQL has for it.
fn built_on(role: &str) -> &'static str {
    match role {
        "admin" => "ADMIN",
        "write" | "maintain" => "WRITE",
        _ => "READ",
    }
}
