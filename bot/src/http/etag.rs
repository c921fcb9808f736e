//! One thing has a tag, by which a program that has it asks whether it still is so. The tag is of all that this viewer would read, so
//! whatever of it changes for them changes the tag. Nothing is kept by caches in between: only whoever asked keeps it.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use countersign_domain::envelope::Digest;

use super::problem::Problem;

/// Gives an answer its tag; where that is one the sender has, nothing else.
pub(super) async fn tagged(request: Request, next: Next) -> Response {
    let known: Vec<_> = request.headers().get_all(IF_NONE_MATCH).iter().cloned().collect();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // It is all there already: what is one thing is no stream.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    let tag = format!("\"{}\"", Digest::of(&bytes));
    let is_known = knows(&known, &tag);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, tag);
    }
    if !is_known {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// Whether the sender has what this tag stands for. A weak tag is as good: the same bytes mean the same.
fn knows(known: &[HeaderValue], tag: &str) -> bool {
    let given = known.iter().filter_map(|value| value.to_str().ok());
    let mut each = given.flat_map(|value| value.split(',')).map(str::trim);
    each.any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_however_it_is_listed_and_no_other_is() {
        let knows = |given: &str| knows(&[given.parse().unwrap()], "\"a1\"");
        for given in ["\"a1\"", "W/\"a1\"", "\"b2\", \"a1\"", "\"b2\",W/\"a1\"", "*"] {
            assert!(knows(given), "{given}");
        }
        for given in ["", "a1", "\"a\"", "\"a12\"", "w/\"a1\""] {
            assert!(!knows(given), "{given}");
        }
    }
}
