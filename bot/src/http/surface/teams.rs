//! `POST /webhooks/teams/{tenant}` and `POST /api/messages`: activities of Microsoft Teams. The second is the address that
//! the Bot Framework's tools know; it is there where exactly one tenant has a Teams.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use countersign_domain::names::Tenant;
use countersign_domain::ports::SurfaceKind::Teams;

use super::super::problem::Problem;
use super::super::request_id::RequestId;
use super::super::state::HttpState;
use super::{refused, taken, whole};
use crate::surfaces::teams::{NotTaken, TeamsSide};

type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Takes a delivery for the tenant in the path.
pub(in super::super) async fn deliver(
    State(state): State<HttpState>,
    Path(tenant): Path<String>,
    id: RequestId,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let side = tenant.parse::<Tenant>().ok().and_then(|tenant| Some((side(&state, &tenant)?, tenant)));
    take(&state, side, &id, peer, &headers, body).await
}

/// Takes a delivery for the only tenant with a Teams.
pub(in super::super) async fn messages(
    State(state): State<HttpState>,
    id: RequestId,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let tenants = state.world.tenants.keys();
    let mut all = tenants.filter_map(|tenant| Some((side(&state, tenant)?, tenant.clone())));
    let only = all.next().filter(|_| all.next().is_none());
    take(&state, only, &id, peer, &headers, body).await
}

fn side(state: &HttpState, tenant: &Tenant) -> Option<Arc<TeamsSide>> {
    state.world.talk(tenant)?.sides.teams.clone()
}

async fn take(
    state: &HttpState,
    side: Option<(Arc<TeamsSide>, Tenant)>,
    id: &RequestId,
    peer: Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = whole(body).await;
    let tenant = side.as_ref().map(|(_, tenant)| tenant);
    let body = match body {
        Ok(body) => body,
        Err((problem, body)) => return Err(refused(state, Teams, tenant, id, problem, &body).await),
    };
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
    let Some((side, tenant)) = side else {
        // All of them share the Bot Framework's keys, so any of them can say why nobody takes it.
        let any = state.world.tenants.keys().find_map(|tenant| self::side(state, tenant));
        let any = any.ok_or_else(|| Problem::not_found("Nothing of Teams' is taken here."))?;
        let problem = any.turn_away(headers, peer, &body).await.into();
        return Err(refused(state, Teams, None, id, problem, &body).await);
    };
    match side.hear(headers, peer, &body).await {
        Ok(heard) => Ok(taken(side.take(&state.desk, &tenant, heard).await?)),
        Err(not_taken) => Err(refused(state, Teams, Some(&tenant), id, not_taken.into(), &body).await),
    }
}

impl From<NotTaken> for Problem {
    fn from(not_taken: NotTaken) -> Self {
        Self::new(not_taken.status(), not_taken.code(), format!("Not taken: {not_taken}."))
    }
}
