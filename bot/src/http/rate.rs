//! How much the API is asked: a person, and an organisation as a whole, may ask so many things in a minute, all at once or one after
//! another. How much is left is said with every answer (the fields `RateLimit-Policy` and `RateLimit` of the IETF's draft), and what is
//! more is told when to come again. A bucket is nothing but the moment at which it is full again.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::Request;
use axum::http::header::HeaderName;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use countersign_domain::names::{PrincipalId, Tenant};
use jiff::Timestamp;

use super::problem::Problem;
use super::routes::API;
use super::state::HttpState;
use super::viewer::Viewer;

/// How much may be asked in a minute; without a number, as much as anybody likes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quotas {
    /// By one person.
    pub person: Option<NonZeroU32>,
    /// By all people of an organisation together.
    pub tenant: Option<NonZeroU32>,
}

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// A second, and a minute, in nanoseconds.
const SECOND: i128 = 1_000_000_000;
const WINDOW: i128 = 60 * SECOND;
/// So many buckets are kept that are not full; beyond them, the one that is nearest to it is forgotten.
const KEPT: usize = 16_384;

/// Whose a bucket is: one person's, or everybody's of an organisation.
type Whose = (Tenant, Option<PrincipalId>);

/// When each bucket is full again. One that is not here is full.
#[derive(Debug, Default)]
pub(super) struct Rates(Mutex<HashMap<Whose, i128>>);

/// How a bucket stands after something was taken, or was not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Left {
    policy: &'static str,
    quota: NonZeroU32,
    remaining: i128,
    /// In how many seconds it is full again.
    full_in: i128,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    left: Vec<Left>,
    /// The bucket that had not enough, and in how many seconds it has.
    lacking: Option<(&'static str, u64)>,
}

impl Rates {
    /// Takes one from each bucket, or none from any.
    fn take(&self, quotas: Quotas, (tenant, person): (&Tenant, &PrincipalId), now: Timestamp) -> Taken {
        let now = now.as_nanosecond();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = [
            ("person", quotas.person, (tenant.clone(), Some(person.clone()))),
            ("tenant", quotas.tenant, (tenant.clone(), None)),
        ];
        let wanted = wanted.into_iter().filter_map(|(policy, quota, whose)| Some((policy, quota?, whose)));
        let mut looked: Vec<_> = wanted
            .map(|(policy, quota, whose)| {
                let full_at = buckets.get(&whose).map_or(now, |full_at| now.max(*full_at));
                (policy, quota, whose, full_at)
            })
            .collect();
        let lacks = |(policy, quota, _, full_at): &(&'static str, NonZeroU32, Whose, i128)| {
            let wait = full_at + cost(*quota) - now - WINDOW;
            (wait > 0).then(|| (*policy, seconds(wait)))
        };
        let lacking = looked.iter().filter_map(lacks).max_by_key(|(_, wait)| *wait);
        if lacking.is_none() {
            for (_, quota, whose, full_at) in &mut looked {
                *full_at += cost(*quota);
                keep(&mut buckets, whose.clone(), *full_at, now);
            }
        }
        let left = looked.into_iter().map(|(policy, quota, _, full_at)| {
            let remaining = ((WINDOW - (full_at - now)) / cost(quota)).clamp(0, quota.get().into());
            Left { policy, quota, remaining, full_in: i128::from(seconds(full_at - now)) }
        });
        Taken { left: left.collect(), lacking }
    }
}

/// What one request takes: so long does a bucket fill up for it.
fn cost(quota: NonZeroU32) -> i128 {
    WINDOW / i128::from(quota.get())
}

fn seconds(nanoseconds: i128) -> u64 {
    u64::try_from((nanoseconds.max(0) + SECOND - 1) / SECOND).unwrap_or(u64::MAX)
}

/// Those that are full are what is not there.
fn keep(buckets: &mut HashMap<Whose, i128>, whose: Whose, full_at: i128, now: i128) {
    if buckets.len() >= KEPT && !buckets.contains_key(&whose) {
        buckets.retain(|_, full_at| *full_at > now);
    }
    if buckets.len() >= KEPT && !buckets.contains_key(&whose) {
        let nearest = buckets.iter().min_by_key(|(_, full_at)| **full_at).map(|(whose, _)| whose.clone());
        if let Some(nearest) = nearest {
            buckets.remove(&nearest);
        }
    }
    buckets.insert(whose, full_at);
}

impl Taken {
    /// Where a bucket had not enough, when to come again.
    fn refuse(&self) -> Result<(), Problem> {
        let Some((policy, after)) = self.lacking else { return Ok(()) };
        let whose = if policy == "person" { "You have" } else { "Your organisation has" };
        let detail = format!(
            "{whose} asked as much as can be asked in a minute, so nothing was done: come again in {after} seconds. `RateLimit` says \
             with every answer how much is left."
        );
        Err(Problem::quota_exceeded(detail, after))
    }

    fn say(&self, headers: &mut HeaderMap) {
        let policies =
            self.left.iter().map(|Left { policy, quota, .. }| format!("\"{policy}\";q={quota};w=60"));
        let left = self
            .left
            .iter()
            .map(|Left { policy, remaining, full_in, .. }| format!("\"{policy}\";r={remaining};t={full_in}"));
        let said = [(POLICY, policies.collect::<Vec<_>>()), (LEFT, left.collect())];
        for (name, items) in said {
            if let Ok(value) = HeaderValue::from_str(&items.join(", ")) {
                headers.insert(name, value);
            }
        }
    }
}

/// Where whoever finds out who asks leaves what came of it, for the answer to say.
#[derive(Debug, Clone, Default)]
struct Slot(Arc<OnceLock<Taken>>);

/// Says with an answer of the API how much is left.
pub(super) async fn say(mut request: Request, next: Next) -> Response {
    let slot = Slot::default();
    request.extensions_mut().insert(slot.clone());
    let mut response = next.run(request).await;
    if let Some(taken) = slot.0.get() {
        taken.say(response.headers_mut());
    }
    response
}

/// Counts what somebody asks of the API, and refuses what is too much. Pages are no part of it: a person who reads them is no program.
pub(super) fn count(state: &HttpState, parts: &Parts, viewer: &Viewer) -> Result<(), Problem> {
    if state.settings.quotas == Quotas::default() || !parts.uri.path().starts_with(API) {
        return Ok(());
    }
    let taken = taken(state, viewer);
    let may = taken.refuse();
    if let Some(Slot(slot)) = parts.extensions.get() {
        // Whoever asks is found out once for a request, so nothing stands there yet.
        let _ = slot.set(taken);
    }
    may
}

/// Counts what somebody says over a connection that they opened before.
pub(super) fn count_said(state: &HttpState, viewer: &Viewer) -> Result<(), Problem> {
    if state.settings.quotas == Quotas::default() { Ok(()) } else { taken(state, viewer).refuse() }
}

fn taken(state: &HttpState, viewer: &Viewer) -> Taken {
    let whose = (&viewer.tenant, &viewer.person.id);
    state.rates.take(state.settings.quotas, whose, state.world.clock.now())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn quotas(person: u32, tenant: u32) -> Quotas {
        Quotas { person: NonZeroU32::new(person), tenant: NonZeroU32::new(tenant) }
    }

    fn take(rates: &Rates, quotas: Quotas, who: &str, at: Timestamp) -> Taken {
        rates.take(quotas, (&"acme".parse().unwrap(), &who.parse().unwrap()), at)
    }

    #[test]
    fn rate_a_person_may_ask_so_much_at_once_and_then_as_it_fills_up_again() {
        let (rates, quotas) = (Rates::default(), quotas(6, 0));
        for left in (0..6).rev() {
            let taken = take(&rates, quotas, "erin", now());
            assert_eq!((taken.left[0].remaining, taken.lacking), (left, None));
        }
        let refused = take(&rates, quotas, "erin", now());
        assert_eq!(refused.lacking, Some(("person", 10)), "one every ten seconds");
        assert_eq!(refused.left[0].full_in, 60);
        assert_eq!(take(&rates, quotas, "frank", now()).lacking, None, "it is one's own");
        assert_eq!(take(&rates, quotas, "erin", now() + 9.seconds()).lacking, Some(("person", 1)));
        assert_eq!(take(&rates, quotas, "erin", now() + 10.seconds()).lacking, None);
        assert_eq!(take(&rates, quotas, "erin", now() + 10.seconds()).lacking, Some(("person", 10)));
        assert_eq!(take(&rates, quotas, "erin", now() + 5.minutes()).left[0].remaining, 5, "never more");
    }

    #[test]
    fn rate_what_an_organisation_has_too_little_for_takes_nothing_of_a_persons() {
        let (rates, quotas) = (Rates::default(), quotas(3, 4));
        for who in ["erin", "erin", "frank", "frank"] {
            assert_eq!(take(&rates, quotas, who, now()).lacking, None);
        }
        let refused = take(&rates, quotas, "erin", now());
        assert_eq!(refused.lacking, Some(("tenant", 15)));
        assert_eq!(refused.left[0].remaining, 1, "it was not taken");
        let mut headers = HeaderMap::new();
        refused.say(&mut headers);
        assert_eq!(headers["ratelimit-policy"], r#""person";q=3;w=60, "tenant";q=4;w=60"#);
        assert_eq!(headers["ratelimit"], r#""person";r=1;t=40, "tenant";r=0;t=60"#);
    }

    #[test]
    fn rate_no_crowd_takes_memory_without_end() {
        let (rates, quotas) = (Rates::default(), quotas(60, 0));
        for number in 0..KEPT + 100 {
            take(&rates, quotas, &format!("p{number}"), now());
        }
        assert_eq!(rates.0.lock().unwrap().len(), KEPT);
        take(&rates, quotas, "erin", now() + 2.seconds());
        assert_eq!(rates.0.lock().unwrap().len(), 1, "what is full again is nothing to keep");
    }
}
