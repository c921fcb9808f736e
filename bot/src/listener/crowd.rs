//! Who is connected: how many in all, how many from each address, and who has been silent longest. Whoever has not said all they
//! want, with the body of their request, is silent: beginning to speak costs nothing.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;

/// All connections.
#[derive(Clone)]
pub(super) struct Crowd {
    inside: Arc<Mutex<Inside>>,
    /// How many there may be in all.
    most: usize,
    /// How many of one address.
    most_of_one: usize,
}

#[derive(Default)]
struct Inside {
    /// The number of who fell silent last; from 1.
    last: u64,
    /// By their numbers, so that the first has been silent longest.
    silent: BTreeMap<u64, Silent>,
    /// How many of each address, silent or talking.
    of_each: HashMap<IpAddr, usize>,
    all: usize,
}

struct Silent {
    address: IpAddr,
    go: CancellationToken,
}

impl Crowd {
    pub(super) fn new(most: usize, most_of_one: usize) -> Self {
        Self { inside: Arc::default(), most, most_of_one }
    }

    /// Lets a connection in, if need be in the place of the one that has been silent longest; `None` where all of them talk.
    pub(super) fn enter(&self, peer: IpAddr) -> Option<Place> {
        let address = one(peer);
        let mut inside = self.inside();
        let own = inside.of_each.get(&address).copied().unwrap_or_default();
        let crowded = own >= self.most_of_one && !peer.to_canonical().is_loopback();
        if crowded && !inside.send_away(Some(address)) || inside.all >= self.most && !inside.send_away(None) {
            metrics::counter!("countersign_connections_refused_total").increment(1);
            return None;
        }
        *inside.of_each.entry(address).or_default() += 1;
        inside.all += 1;
        let seat =
            Seat { crowd: self.clone(), address, go: CancellationToken::new(), since: AtomicU64::new(TALKS) };
        inside.fell_silent(&seat);
        metrics::gauge!("countersign_connections").set(count(inside.all));
        Some(Place(Arc::new(seat)))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Tells the one who has been silent longest to go, of this address or of all. Its place is free from now on.
    fn send_away(&mut self, of: Option<IpAddr>) -> bool {
        let fits = |silent: &&Silent| of.is_none_or(|address| silent.address == address);
        let oldest = self.silent.iter().find(|(_, silent)| fits(silent)).map(|(since, _)| *since);
        let Some(silent) = oldest.and_then(|since| self.silent.remove(&since)) else { return false };
        silent.go.cancel();
        self.leave(silent.address);
        true
    }

    fn leave(&mut self, address: IpAddr) {
        self.all -= 1;
        if let Some(own) = self.of_each.get_mut(&address) {
            *own -= 1;
            if *own == 0 {
                self.of_each.remove(&address);
            }
        }
    }

    fn fell_silent(&mut self, seat: &Seat) {
        self.last += 1;
        seat.since.store(self.last, Ordering::Relaxed);
        self.silent.insert(self.last, Silent { address: seat.address, go: seat.go.clone() });
    }
}

/// In the place of a number: it is not silent.
const TALKS: u64 = 0;

/// The place of one connection, given back when it and its last answer have ended.
pub(super) struct Place(Arc<Seat>);

struct Seat {
    crowd: Crowd,
    address: IpAddr,
    go: CancellationToken,
    /// Its number among the silent ones. Changed only by who holds the crowd.
    since: AtomicU64,
}

impl Place {
    /// Cancelled when somebody else needs the place.
    pub(super) fn told_to_go(&self) -> CancellationToken {
        self.0.go.clone()
    }

    /// A request has begun. Once its body is there, and until its answer is out, the connection is not silent. A body that is
    /// not there in time is broken.
    pub(super) fn talk(&self, body: Body, within: Duration) -> (Talk, Body) {
        let talk = Talk(Arc::new(Answered(Arc::clone(&self.0))));
        if body.is_end_stream() {
            talk.0.is_asked();
            return (talk, body);
        }
        let late = Box::pin(tokio::time::sleep(within));
        let body = Body::new(Asked { body, late, talk: Arc::downgrade(&talk.0) });
        (talk, body)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inside = self.crowd.inside();
        inside.silent.remove(&self.since.load(Ordering::Relaxed));
        // Whoever was sent away has left already.
        if !self.go.is_cancelled() {
            inside.leave(self.address);
        }
        metrics::gauge!("countersign_connections").set(count(inside.all));
    }
}

/// While this is there, a connection is being answered.
#[derive(Clone)]
pub(super) struct Talk(Arc<Answered>);

struct Answered(Arc<Seat>);

impl Talk {
    /// The same body, which is talk as long as it is sent: a stream of events is not silent.
    pub(super) fn until_the_end_of(self, body: Body) -> Body {
        Body::new(Answer { body, _talk: self })
    }
}

impl Answered {
    /// All of the request is there.
    fn is_asked(&self) {
        let mut inside = self.0.crowd.inside();
        inside.silent.remove(&self.0.since.swap(TALKS, Ordering::Relaxed));
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        let mut inside = self.0.crowd.inside();
        if !self.0.go.is_cancelled() {
            inside.silent.remove(&self.0.since.load(Ordering::Relaxed));
            inside.fell_silent(&self.0);
        }
    }
}

/// The body of a request, as it comes in.
struct Asked {
    body: Body,
    late: Pin<Box<Sleep>>,
    /// Nothing any more where the answer did not wait for the body.
    talk: Weak<Answered>,
}

impl HttpBody for Asked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let is_whole = matches!(frame, Poll::Ready(None)) || self.body.is_end_stream();
        if is_whole && let Some(talk) = std::mem::take(&mut self.talk).upgrade() {
            talk.is_asked();
        }
        if frame.is_pending() && self.late.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(axum::Error::new(TooLate))));
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Why a body is broken off.
#[derive(Debug, thiserror::Error)]
#[error("the body did not come in time")]
struct TooLate;

struct Answer {
    body: Body,
    _talk: Talk,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What counts as one address: of IPv6 the network, of which everybody has all addresses.
fn one(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[expect(clippy::cast_precision_loss, reason = "no machine has 2^53 connections")]
const fn count(connections: usize) -> f64 {
    connections as f64
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    /// A whole request.
    fn talk(place: &Place) -> Talk {
        place.talk(Body::empty(), Duration::MAX).0
    }

    #[tokio::test]
    async fn trust_b1_whoever_has_not_said_all_is_silent() {
        let crowd = Crowd::new(2, 9);
        let [first, second] = [1, 2].map(|last| crowd.enter(peer(last)).unwrap());
        let (rest, body) = tokio::sync::mpsc::channel::<Bytes>(1);
        let coming = futures::stream::unfold(body, async |mut body| Some((body.recv().await?, body)));
        let coming = Body::from_stream(coming.map(Ok::<_, std::convert::Infallible>));
        let (talks, body) = first.talk(coming, Duration::from_mins(1));
        let second_talks = talk(&second);
        rest.send(Bytes::from_static(b"t")).await.unwrap();
        drop(rest);
        assert_eq!(axum::body::to_bytes(body, 9).await.unwrap(), "t");
        assert!(crowd.enter(peer(3)).is_none(), "both have asked, and are answered");
        drop(talks);
        let (talks, body) = first.talk(
            Body::from_stream(futures::stream::pending::<Result<Bytes, axum::Error>>()),
            Duration::from_mins(1),
        );
        let third = crowd.enter(peer(3)).expect("the place of whose body never comes");
        assert!(first.told_to_go().is_cancelled() && !second.told_to_go().is_cancelled());
        drop((first, second, third, talks, second_talks, body));
        let inside = crowd.inside();
        assert_eq!((inside.all, inside.of_each.len(), inside.silent.len()), (0, 0, 0));
    }

    #[tokio::test]
    async fn trust_b1_a_body_is_waited_for_a_short_time() {
        let place = Crowd::new(2, 9).enter(peer(1)).unwrap();
        let never = Body::from_stream(futures::stream::pending::<Result<Bytes, axum::Error>>());
        let (_talks, body) = place.talk(never, Duration::ZERO);
        let late = axum::body::to_bytes(body, 9).await.unwrap_err();
        assert!(late.to_string().contains("in time"), "{late}");
    }

    #[test]
    fn trust_b1_where_it_is_full_the_silent_ones_make_room() {
        let crowd = Crowd::new(2, 9);
        let [first, second] = [1, 2].map(|last| crowd.enter(peer(last)).unwrap());
        let first_talks = talk(&first);
        let third = crowd.enter(peer(3)).unwrap();
        assert!(second.told_to_go().is_cancelled() && !first.told_to_go().is_cancelled());
        let talks = talk(&third);
        assert!(crowd.enter(peer(4)).is_none(), "everybody talks");
        drop(first_talks);
        assert!(crowd.enter(peer(4)).is_some() && first.told_to_go().is_cancelled());
        drop((first, second, third, talks));
        let inside = crowd.inside();
        assert_eq!((inside.all, inside.of_each.len(), inside.silent.len()), (0, 0, 0));
    }

    #[test]
    fn trust_b1_one_address_has_its_part_and_no_more() {
        let crowd = Crowd::new(9, 2);
        let own: Vec<_> = (0..2).map(|_| crowd.enter(peer(1)).unwrap()).collect();
        let other = crowd.enter(peer(2)).unwrap();
        let third = crowd.enter(peer(1)).unwrap();
        assert!(own[0].told_to_go().is_cancelled() && !other.told_to_go().is_cancelled());
        let _talks = [talk(&own[1]), talk(&third)];
        assert!(crowd.enter(peer(1)).is_none());
        // A proxy on this machine brings everybody.
        let loopback = IpAddr::from([127, 0, 0, 1]);
        let all: Vec<_> = (0..5).map(|_| crowd.enter(loopback).unwrap()).collect();
        assert_eq!(crowd.inside().of_each[&loopback], all.len());
        // Of IPv6, whoever has one address has all of its network.
        assert_eq!(one("2001:db8::1".parse().unwrap()), one("2001:db8::ffff".parse().unwrap()));
        assert_ne!(one("2001:db8::1".parse().unwrap()), one("2001:db8:0:1::1".parse().unwrap()));
    }
}
