//! The request's id: taken from `X-Request-ID` or made here, said back, and what makes a repeated delivery one.
//!
//! An id that is a UUID, or an `Idempotency-Key`, stands for one interaction *of one person with one content*: the same
//! again has one effect, while somebody else's, or another sentence under the same id, is an interaction of its own. Nor does
//! anybody's id name a conversation by itself: whoever heard another's could put themselves into it, and would see what was said.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::header::HeaderName;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use countersign_domain::envelope::{Digest, derived_id};
use tracing::{Instrument, Span};
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Longer ids are not ids.
const LONGEST: usize = 200;
/// What keys that are no UUIDs are derived in.
const KEYS: Uuid = Uuid::from_u128(0x6a3f_5d0e_0b5c_4a7e_9d1c_c011_7e25_1617);

/// The id of one HTTP request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId {
    /// Made here, for this request only.
    own: Uuid,
    /// What the sender calls it.
    given: Option<Uuid>,
    /// The conversation that it turned out to belong to, for the log and for whoever asks about it.
    conversation: Arc<OnceLock<Uuid>>,
    span: Span,
    repeatable: Option<Uuid>,
    /// The machine that sent it: a proxy, where there is one.
    sender: Option<IpAddr>,
}

impl RequestId {
    fn read(headers: &HeaderMap) -> (Self, HeaderValue) {
        let given = headers.get(REQUEST_ID).and_then(plain);
        let uuid = given.and_then(|text| text.parse::<Uuid>().ok());
        let key = headers.get(IDEMPOTENCY_KEY).and_then(plain).map(|text| derived_id(KEYS, text));
        let own = Uuid::new_v4();
        let echoed = given.map_or_else(|| own.to_string(), str::to_owned);
        let echoed = HeaderValue::from_str(&echoed).unwrap_or_else(|_| HeaderValue::from_static("invalid"));
        let given = uuid.or_else(|| given.map(|text| derived_id(KEYS, text)));
        let (conversation, span, repeatable) = (Arc::default(), Span::none(), key.or(uuid));
        (Self { own, given, conversation, span, repeatable, sender: None }, echoed)
    }

    /// The id of something that is said over the connection that this request has opened. Its key stands for one interaction, as an
    /// `Idempotency-Key` does: the same by another way is the same. `None` where the key is none.
    pub(crate) fn of_said(&self, key: Option<&str>) -> Option<Self> {
        let repeatable = match key {
            Some(key) => Some(derived_id(KEYS, fitting(key)?)),
            None => None,
        };
        let (own, conversation) = (Uuid::new_v4(), Arc::default());
        Some(Self { own, given: None, conversation, span: Span::none(), repeatable, sender: self.sender })
    }

    /// What every event of this request carries as its correlation, where `who` sends it: the same for their same id.
    pub(crate) fn correlation(&self, who: &str) -> Uuid {
        let Some(given) = self.given else { return self.own };
        let conversation = derived_id(given, who);
        if self.conversation.set(conversation).is_ok() {
            self.span.record("correlation", tracing::field::display(conversation));
        }
        conversation
    }

    /// What the log of the program calls this request.
    pub(crate) fn logged(&self) -> Uuid {
        self.conversation.get().copied().unwrap_or(self.own)
    }

    /// Which machine sent the request, where we know.
    pub(crate) const fn sender(&self) -> Option<IpAddr> {
        self.sender
    }

    /// The id of the interaction in which `who` sends `content`.
    pub(crate) fn interaction(&self, who: &str, content: &[u8]) -> Uuid {
        match self.repeatable {
            Some(id) => derived_id(id, &format!("{who} {}", Digest::of(content))),
            None => Uuid::new_v4(),
        }
    }
}

fn plain(value: &HeaderValue) -> Option<&str> {
    fitting(value.to_str().ok()?)
}

fn fitting(text: &str) -> Option<&str> {
    let fits = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(text)
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self::read(&parts.headers).0))
    }
}

/// Gives the request its id and a tracing span of that name, and the answer the same header.
pub(crate) async fn assign(mut request: Request, next: Next) -> Response {
    let (id, echoed) = RequestId::read(request.headers());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let sender = peer.map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let span = tracing::info_span!(
        "http",
        correlation = %id.own,
        request_id = request.headers().get(REQUEST_ID).and_then(plain),
        method = %request.method(),
        path = request.uri().path(),
    );
    request.extensions_mut().insert(RequestId { sender, span: span.clone(), ..id });
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, echoed);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &'static str, value: &str) -> RequestId {
        let headers = HeaderMap::from_iter([(HeaderName::from_static(name), value.parse().unwrap())]);
        RequestId::read(&headers).0
    }

    #[test]
    fn the_same_delivery_of_the_same_person_is_one_interaction() {
        for (name, value) in [
            ("x-request-id", "8a5e3f0c-6d3b-4a53-9a39-6b1f4f3c2d10"),
            ("idempotency-key", "order 17"),
            ("idempotency-key", "17"),
        ] {
            let once = read(name, value);
            let again = read(name, value);
            let same = once.interaction("acme/erin", b"x") == again.interaction("acme/erin", b"x");
            assert_eq!(same, value != "order 17", "{name} {value}");
            assert_ne!(once.interaction("acme/erin", b"x"), again.interaction("acme/frank", b"x"));
            assert_ne!(once.interaction("acme/erin", b"x"), again.interaction("acme/erin", b"y"));
        }
    }

    #[test]
    fn trust_b3_an_id_leads_into_nobody_elses_conversation() {
        let heard = "8a5e3f0c-6d3b-4a53-9a39-6b1f4f3c2d10";
        let [once, again] = [(); 2].map(|()| read("x-request-id", heard));
        assert_eq!(once.correlation("acme/erin"), again.correlation("acme/erin"));
        assert_ne!(once.correlation("acme/erin"), once.correlation("acme/ada"));
        assert_ne!(once.correlation("acme/erin").to_string(), heard);
        let unnamed = read("idempotency-key", "17");
        assert_eq!(unnamed.correlation("acme/erin"), unnamed.logged());
    }

    #[test]
    fn what_is_said_over_a_connection_is_by_its_key_what_it_is_by_a_header() {
        let opened = read("x-request-id", "8a5e3f0c-6d3b-4a53-9a39-6b1f4f3c2d10");
        let said = |key: Option<&str>| opened.of_said(key).map(|id| id.interaction("acme/erin", b"x"));
        assert_eq!(said(Some("17")), Some(read("idempotency-key", "17").interaction("acme/erin", b"x")));
        assert_ne!(said(None), said(None), "without a key, each is one of its own");
        assert_eq!([said(Some("")), said(Some("a b"))], [None, None]);
    }

    #[test]
    fn an_id_that_is_no_uuid_is_said_back_but_makes_nothing_repeatable() {
        let id = read("x-request-id", "1");
        assert_ne!(id.interaction("acme/erin", b"x"), id.interaction("acme/erin", b"x"));
    }
}
