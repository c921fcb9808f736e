//! Who calls: only who holds the shared secret, who said so for exactly this call, and lately. Written from what the bot tells its
//! callees (the crate `countersign-doer`), and not with its code: so it is found out when the two do not agree.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// What the key of what is done stands in.
pub(super) const KEY: &str = "idempotency-key";
const SIGNATURE: &str = "countersign-signature";
/// The largest body, in bytes.
const LARGEST: usize = 64 << 10;
/// So old a call may be, or so far ahead its clock, in seconds.
const LATEST: u64 = 5 * 60;

/// Lets through what is signed.
pub(super) async fn check(State(secret): State<Arc<str>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    match fault(&secret, Timestamp::now().as_second(), &parts, &body) {
        Some(why) => (StatusCode::UNAUTHORIZED, why).into_response(),
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
    }
}

/// What a header says; nothing where there is none.
pub(super) fn said<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Why a call is not believed.
fn fault(secret: &str, now: i64, parts: &Parts, body: &[u8]) -> Option<&'static str> {
    let Some((at, signature)) = read(said(&parts.headers, SIGNATURE)) else {
        return Some("there is no signature\n");
    };
    if now.abs_diff(at) > LATEST {
        return Some("the signature is of another time\n");
    }
    let address = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let key = said(&parts.headers, KEY);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("an HMAC key may have any length");
    mac.update(format!("{at}.{key}.{} {address}.", parts.method).as_bytes());
    mac.update(body);
    mac.verify_slice(&signature).is_err().then_some("the signature is not of this call\n")
}

/// `t=1772445600,v1=3f3f…`: when, and what.
fn read(said: &str) -> Option<(i64, Vec<u8>)> {
    let (at, signature) = said.strip_prefix("t=")?.split_once(",v1=")?;
    Some((at.parse().ok()?, hex::decode(signature).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call that is signed for this second, key, method, address and body, as it comes.
    fn parts(signature: &str, (method, address): (&str, &str)) -> Parts {
        let request = Request::builder().method(method).uri(address).header(SIGNATURE, signature);
        request.header(KEY, "k").body(()).expect("a request").into_parts().0
    }

    fn signature(said: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"shared").expect("an HMAC key may have any length");
        mac.update(said.as_bytes());
        format!("t=7,v1={}", hex::encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn a_call_is_believed_as_it_was_signed_and_not_later_elsewhere_or_otherwise() {
        let signed = signature("7.k.POST /v1/caches/cdn/clear?why=x.{\"a\":1}");
        let told = |now, call, body: &[u8]| fault("shared", now, &parts(&signed, call), body);
        let call = ("POST", "/v1/caches/cdn/clear?why=x");
        assert_eq!(told(7, call, b"{\"a\":1}"), None);
        assert_eq!(told(307, call, b"{\"a\":1}"), None);
        assert_eq!(told(308, call, b"{\"a\":1}"), Some("the signature is of another time\n"));
        let other = Some("the signature is not of this call\n");
        assert_eq!(told(7, call, b"{\"a\":2}"), other);
        assert_eq!(told(7, ("PUT", call.1), b"{\"a\":1}"), other);
        assert_eq!(told(7, ("POST", "/v1/caches/all/clear?why=x"), b"{\"a\":1}"), other);
        assert_eq!(fault("other", 7, &parts(&signed, call), b"{\"a\":1}"), other);
        for none in ["", "t=7", "t=x,v1=00", "t=7,v1=zz"] {
            let told = fault("shared", 7, &parts(none, call), b"");
            assert_eq!(told, Some("there is no signature\n"), "{none}");
        }
    }
}
