//! Who makes tokens: the OpenID metadata with the keys, and the token endpoint of Microsoft Entra.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Shared, TeamsAccess, lock};

/// Who makes the tokens of what the bot is sent.
pub(super) const ISSUER: &str = "https://api.botframework.com";
/// How long a token lives, in seconds.
const LIVES: i64 = 3600;
/// How long deliveries carry the same one, in seconds.
const KEPT: i64 = 600;
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/.well-known/openidconfiguration", get(metadata))
        .route("/v1/.well-known/keys", get(keys))
        .route("/{tenant}/oauth2/v2.0/token", post(token))
}

async fn metadata(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": format!("{}v1/.well-known/keys", shared.service_url()),
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.signer.published())
}

#[derive(Deserialize)]
struct Asked {
    grant_type: String,
    client_id: String,
    scope: String,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

async fn token(
    State(shared): State<Arc<Shared>>,
    Path(tenant): Path<String>,
    Form(asked): Form<Asked>,
) -> Response {
    let state = shared.controlled.state.get();
    let refused = |status, code: &str, why: &str| {
        (status, Json(json!({ "error": code, "error_description": why }))).into_response()
    };
    if tenant != state.tenant {
        return refused(StatusCode::BAD_REQUEST, "invalid_request", "AADSTS90002: Tenant not found.");
    }
    if asked.grant_type != "client_credentials" || asked.scope != format!("{ISSUER}/.default") {
        return refused(StatusCode::BAD_REQUEST, "invalid_scope", "AADSTS70011: The scope is not valid.");
    }
    if asked.client_id != state.app_id {
        return refused(
            StatusCode::BAD_REQUEST,
            "unauthorized_client",
            "AADSTS700016: Application not found.",
        );
    }
    let proven = match &shared.access {
        TeamsAccess::Nobody => true,
        TeamsAccess::Secret(secret) => asked.client_secret.as_ref() == Some(secret),
        TeamsAccess::Assertion(assertion) => {
            asked.client_assertion.as_ref() == Some(assertion)
                && asked.client_assertion_type.as_deref() == Some(ASSERTION)
        }
    };
    if !proven {
        return refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided.",
        );
    }
    let number = shared.tokens.fetch_add(1, Ordering::AcqRel) + 1;
    let now = shared.now().as_second();
    let claims = json!({
        "aud": ISSUER,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "appid": asked.client_id,
        "tid": tenant,
        "nbf": now - 300,
        "exp": now + LIVES,
        "number": number,
    });
    let token = shared.signer.sign(&claims);
    Json(json!({ "token_type": "Bearer", "expires_in": LIVES, "ext_expires_in": LIVES, "access_token": token }))
        .into_response()
}

impl Shared {
    /// Whether a call to the connector carries a token of ours that still counts.
    pub(super) fn permits(&self, headers: &HeaderMap) -> bool {
        if matches!(self.access, TeamsAccess::Nobody) {
            return true;
        }
        let header = headers.get(header::AUTHORIZATION).and_then(|header| header.to_str().ok());
        let token = header.and_then(|header| header.strip_prefix("Bearer "));
        let Some(claims) = token.and_then(|token| self.signer.read(token)) else { return false };
        let number = claims["number"].as_u64().unwrap_or_default();
        claims["aud"] == ISSUER
            && claims["appid"] == self.controlled.state.get().app_id
            && claims["exp"].as_i64().is_some_and(|end| end > self.now().as_second())
            && number > self.revoked.load(Ordering::Acquire)
    }

    /// A token for the bot's ears, as the Bot Framework makes them: one for all deliveries of some minutes.
    pub(super) fn inbound_token(&self) -> String {
        let now = self.now().as_second();
        let about = (self.controlled.state.get().app_id.clone(), self.signer.newest());
        let mut kept = lock(&self.said);
        if let Some(said) = kept.as_ref().filter(|said| said.about == about && now - said.at < KEPT) {
            return said.token.clone();
        }
        let token = self.signer.sign(&json!({
            "serviceurl": self.service_url(),
            "nbf": now - 300,
            "exp": now + LIVES,
            "iss": ISSUER,
            "aud": about.0,
        }));
        *kept = Some(Said { about, at: now, token: token.clone() });
        token
    }
}

/// The token that deliveries carry.
#[derive(Debug)]
pub(super) struct Said {
    /// For which bot, and signed with which key.
    about: (String, usize),
    /// When it was made.
    at: i64,
    token: String,
}
