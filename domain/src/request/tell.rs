//! Who hears of a request's events where people talk: whose cards are drawn anew, who is asked, who is told.

use serde::{Deserialize, Serialize};

use super::{Kind, Request, RequestEvent};

/// What those whom a request concerns are told once, besides the card that always shows how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News<N> {
    /// Somebody said no.
    Denied,
    /// Nobody answered in time.
    Lapsed,
    /// Somebody left on whom it stood.
    Closed,
    /// Something outside failed.
    Failed,
    /// It was approved, and waits again because what it was decided on has changed.
    WaitsAgain,
    /// What only this kind knows.
    #[serde(untagged)]
    Own(N),
}

/// What is to be done where people talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling<N> {
    /// Draw every card of the request as it stands now.
    Mirror,
    /// Ask those who may countersign.
    Announce,
    /// Remind those who were asked and have not answered.
    Remind,
    /// Tell those whom it concerns.
    Notify(News<N>),
    /// Tell them but for who asked, who sees it in the answer to what they said.
    NotifyOthers(News<N>),
}

/// What follows from `event`, which led to `request`, for those who talk to the bot.
pub fn tell<K: Kind>(request: &Request<K>, event: &RequestEvent<K>) -> Vec<Telling<K::News>> {
    if request.asked.is_none() {
        return vec![];
    }
    let mirror = shows(event).then_some(Telling::Mirror);
    let asks = match event {
        RequestEvent::Waiting { .. }
        | RequestEvent::Rechecked { .. }
        | RequestEvent::EvidenceChanged { .. }
        | RequestEvent::Escalated { .. }
        | RequestEvent::Announced { .. } => Some(Telling::Announce),
        RequestEvent::Reminded { .. } => Some(Telling::Remind),
        _ => None,
    };
    // Whoever countersigned hears that it counts no more, and is asked again.
    let void = is_void(request, event).then_some(Telling::Remind);
    let is_answer = matches!(event, RequestEvent::Own(event) if K::is_answer(request, event));
    let news = news(request, event).map(if is_answer { Telling::NotifyOthers } else { Telling::Notify });
    mirror.into_iter().chain(asks).chain(void).chain(news).collect()
}

/// Whether a card looks different after it. What is followed by another event of the same decision is left out.
fn shows<K: Kind>(event: &RequestEvent<K>) -> bool {
    match event {
        RequestEvent::Requested { .. }
        | RequestEvent::Checked { .. }
        | RequestEvent::Reminded { .. }
        | RequestEvent::Announced { .. } => false,
        RequestEvent::Own(event) => !K::meaning(event).is_unseen,
        _ => true,
    }
}

/// Whether somebody's countersignature counts no more by this very event, who is to look at what there is now: what they lost before
/// they were told of then.
fn is_void<K: Kind>(request: &Request<K>, event: &RequestEvent<K>) -> bool {
    match event {
        RequestEvent::EvidenceChanged { voided, .. } => !voided.is_empty(),
        RequestEvent::Rechecked { .. } => request.open.as_ref().is_some_and(|open| open.has_just_voided),
        _ => false,
    }
}

fn news<K: Kind>(request: &Request<K>, event: &RequestEvent<K>) -> Option<News<K::News>> {
    Some(match event {
        RequestEvent::Waiting { proposal, .. } if *proposal == K::FIRST && !request.changed.is_empty() => {
            News::WaitsAgain
        }
        // What the checks say no to, the card says at once.
        RequestEvent::Denied { by: Some(_), .. } => News::Denied,
        RequestEvent::Lapsed { .. } => News::Lapsed,
        RequestEvent::Closed { .. } => News::Closed,
        RequestEvent::Failed { .. } => News::Failed,
        RequestEvent::Own(event) => News::Own(K::meaning(event).news?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
