//! What is taken from the network: only what the Bot Framework signed for this bot, of the tenant's own Entra tenant; without
//! a token only from this machine, where the configuration says so.

use std::net::SocketAddr;

use axum::http::{HeaderMap, StatusCode};
use countersign_teams::Auth;
use countersign_teams::activity::{Activity, Fault};
use countersign_teams::inbound::{NotLocal, Refusal, Verified, without_token};
use countersign_teams::interaction::{Heard, Unheard};

use super::TeamsSide;

/// Why a delivery is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It cannot be read, or is not from Teams.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// Its token is not good.
    #[error(transparent)]
    Token(#[from] Refusal),
    /// It carries no token, and does not come from this machine.
    #[error(transparent)]
    NotLocal(#[from] NotLocal),
    /// It is of another organisation.
    #[error(transparent)]
    Unheard(#[from] Unheard),
}

impl NotTaken {
    /// The HTTP status that says so.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Fault(fault) => fault.status(),
            Self::Token(refusal) => refusal.status(),
            Self::NotLocal(_) | Self::Unheard(_) => StatusCode::FORBIDDEN,
        }
    }

    /// A stable word for logs and problems.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Fault(fault) => fault.code(),
            Self::Token(refusal) => refusal.code(),
            Self::NotLocal(_) => "not_local",
            Self::Unheard(_) => "other_workspace",
        }
    }
}

impl TeamsSide {
    /// What a delivery from `peer` says, if it is to be believed.
    pub async fn hear(
        &self,
        headers: &HeaderMap,
        peer: Option<SocketAddr>,
        body: &[u8],
    ) -> Result<Heard, NotTaken> {
        let (activity, proof) = self.check(headers, peer, body).await?;
        let delivery = activity.delivery(&proof)?;
        let heard = delivery.clone().heard(self.workspace)?;
        // Only now: nothing is learnt of the people of another organisation.
        self.client.meet(&delivery);
        Ok(heard)
    }

    /// Why a delivery is not taken that is for an organisation without a Teams: at best it is for another bot.
    pub async fn turn_away(&self, headers: &HeaderMap, peer: Option<SocketAddr>, body: &[u8]) -> NotTaken {
        self.check(headers, peer, body).await.err().unwrap_or_else(|| Refusal::OtherAudience.into())
    }

    async fn check(
        &self,
        headers: &HeaderMap,
        peer: Option<SocketAddr>,
        body: &[u8],
    ) -> Result<(Activity, Verified), NotTaken> {
        let activity = Activity::read(body)?;
        let proof = match self.auth {
            Auth::None => {
                let peer = peer.ok_or(NotLocal::OtherMachine)?;
                without_token(self.auth, &[self.listen], peer, headers, activity.origin())?
            }
            Auth::Secret | Auth::Federated => self.verifier.verify(headers, activity.origin()).await?,
        };
        Ok((activity, proof))
    }
}
