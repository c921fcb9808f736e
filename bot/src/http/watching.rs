//! Whoever watches a stream of events: where they sit, for how long, and that they may still look.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use countersign_domain::names::{PrincipalId, Tenant};
use futures::stream::{Stream, StreamExt as _};
use tokio::sync::broadcast::{self, error::RecvError};

use super::changes::{Change, Changed};
use super::problem::Problem;
use super::state::HttpState;
use super::viewer::{SESSION_ENDED, Viewer};

/// So many windows of one person at once.
const SEATS: usize = 16;
/// Then the browser comes back, and is asked again who it is.
const LONGEST: Duration = Duration::from_hours(1);

/// How many streams are open: each person's, and all of a tenant's.
pub(super) type Seats = Arc<Mutex<Taken>>;

/// The seats that are taken.
#[derive(Default)]
pub(super) struct Taken {
    of_people: HashMap<(Tenant, PrincipalId), usize>,
    of_tenants: HashMap<Tenant, usize>,
}

/// Somebody who watches.
pub(super) struct Watching {
    pub(super) state: HttpState,
    pub(super) viewer: Viewer,
    receiver: broadcast::Receiver<Change>,
    _seat: Seat,
}

/// What they hear of.
pub(super) enum Heard {
    /// Something of their tenant has changed.
    Changed(Change),
    /// So much has changed that nobody can say what.
    Missed,
}

impl Watching {
    /// Lets somebody watch, and hear of all that changes from now on.
    pub(super) async fn begin(state: HttpState, viewer: Viewer) -> Result<Self, Problem> {
        let seat = Seat::take(&state, &viewer)?;
        let receiver = state.changes.watch().await?;
        // Who has signed out between being let in and watching is not told of it.
        let lasts = match &viewer.session {
            Some(session) => session.lasts(&state).await?,
            None => true,
        };
        if !lasts {
            return Err(Problem::sign_in_needed(SESSION_ENDED));
        }
        Ok(Self { state, viewer, receiver, _seat: seat })
    }

    /// Returns when their stream ends whatever there is to see: the bot stops, their session is over, or they are to come back and be
    /// asked again who they are.
    pub(super) fn end(&self) -> impl Future<Output = ()> + Send + use<> {
        let longest = self.viewer.session.as_ref().map(|session| session.left(self.state.world.clock.now()));
        let (longest, stopping) = (longest.unwrap_or(LONGEST).min(LONGEST), self.state.stopping.clone());
        async move {
            tokio::select! { () = stopping.cancelled_owned() => {}, () = tokio::time::sleep(longest) => {} }
        }
    }

    /// The next change of their tenant; `None` where there will be none.
    pub(super) async fn heard(&mut self) -> Option<Heard> {
        loop {
            match self.receiver.recv().await {
                Ok(change) if change.tenant != self.viewer.tenant => {}
                Ok(change) => return Some(Heard::Changed(change)),
                Err(RecvError::Lagged(_)) => return Some(Heard::Missed),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Whether they may see what comes next, after this has changed, or nobody can say what: who was removed, or has signed out, sees
    /// nothing more, and their stream ends with that and not with the next thing to be seen.
    pub(super) async fn may_go_on(&mut self, changed: Option<&Changed>) -> bool {
        let own = self.viewer.session.as_ref();
        if let (Some(session), Some(Changed::SignedOut(ended))) = (own, changed)
            && session.id() == *ended
        {
            return false;
        }
        // Somebody may have been removed and be back already.
        let may_be_out = changed.is_none_or(|changed| *changed == Changed::People);
        (!may_be_out || self.lasts().await) && self.still_belongs().await
    }

    async fn lasts(&self) -> bool {
        match &self.viewer.session {
            Some(session) => session.lasts(&self.state).await.unwrap_or(false),
            None => true,
        }
    }

    /// Looks the person up again.
    async fn still_belongs(&mut self) -> bool {
        match self.state.directory.person(&self.viewer.tenant, &self.viewer.person.id).await {
            Ok(Some(person)) => self.viewer.person = person,
            Ok(None) | Err(_) => return false,
        }
        true
    }
}

/// These events as a stream that browsers keep open, until its end.
pub(super) fn streamed(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
    end: impl Future<Output = ()> + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(events.take_until(Box::pin(end))).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// One open stream of a person, given back when it ends.
struct Seat {
    seats: Seats,
    key: (Tenant, PrincipalId),
}

impl Seat {
    fn take(state: &HttpState, viewer: &Viewer) -> Result<Self, Problem> {
        let key = (viewer.tenant.clone(), viewer.person.id.clone());
        let mut taken = state.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.of_people.get(&key).copied().unwrap_or_default();
        let of_all = taken.of_tenants.get(&key.0).copied().unwrap_or_default();
        let detail = if own >= SEATS {
            format!("You have {SEATS} windows open: close one.")
        } else if of_all >= state.settings.streams_of_tenant {
            format!("Your organisation has {of_all} windows open, and no more may be: close one.")
        } else {
            taken.of_people.insert(key.clone(), own + 1);
            taken.of_tenants.insert(key.0.clone(), of_all + 1);
            return Ok(Self { seats: state.seats.clone(), key });
        };
        Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-streams", detail))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        give_back(&mut taken.of_people, &self.key);
        give_back(&mut taken.of_tenants, &self.key.0);
    }
}

fn give_back<K: Eq + Hash>(taken: &mut HashMap<K, usize>, key: &K) {
    if let Some(own) = taken.get_mut(key) {
        *own -= 1;
        if *own == 0 {
            taken.remove(key);
        }
    }
}
