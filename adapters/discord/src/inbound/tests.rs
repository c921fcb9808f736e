//! Signatures: what Discord signed is taken, and nothing else.

use async_trait::async_trait;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use proptest::prelude::*;

use super::*;

const NOON: i64 = 1_772_366_400;
const BODY: &[u8] = br#"{"type":1}"#;

/// A clock that stands still.
struct Noon;

#[async_trait]
impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(NOON).unwrap()
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

/// One application.
fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn inbound() -> Inbound {
    Inbound::new(&hex::encode(pair(1).public_key()), Arc::new(Noon)).unwrap()
}

fn signed(seed: u8, timestamp: &str, body: &[u8]) -> HeaderMap {
    let signature = pair(seed).sign(&[timestamp.as_bytes(), body].concat());
    headers(&hex::encode(signature), timestamp)
}

fn headers(signature: &str, timestamp: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE, signature.parse().unwrap());
    headers.insert(TIMESTAMP, timestamp.parse().unwrap());
    headers
}

#[track_caller]
fn refused(headers: &HeaderMap, body: &[u8], refusal: InboundRefusal) {
    assert_eq!(inbound().verify(headers, body), Err(refusal));
}

fn at(offset: i64) -> Timestamp {
    Timestamp::from_second(NOON + offset).unwrap()
}

#[test]
fn what_discord_signed_is_taken() {
    let verified = inbound().verify(&signed(1, &NOON.to_string(), BODY), BODY).map(Verified::body);
    assert_eq!(verified, Ok(BODY));
}

#[test]
fn the_second_example_of_rfc_8032_is_taken() {
    // Its one byte, 0x72, as the body; no timestamp, so only the signature is looked at.
    let key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                     085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    let inbound = Inbound::new(key, Arc::new(Noon)).unwrap();
    assert!(inbound.key.verify_sig(b"\x72", &hex::decode(signature).unwrap()).is_ok());
}

#[test]
fn another_key_body_or_timestamp_is_refused() {
    let now = NOON.to_string();
    refused(&signed(2, &now, BODY), BODY, InboundRefusal::WrongSignature);
    refused(&signed(1, &now, BODY), br#"{"type":2}"#, InboundRefusal::WrongSignature);
    let mut headers = signed(1, &now, BODY);
    headers.insert(TIMESTAMP, (NOON + 1).to_string().parse().unwrap());
    refused(&headers, BODY, InboundRefusal::WrongSignature);
    // Nothing signed stands between timestamp and body; but the same bytes, cut elsewhere, are of another century.
    let headers = signed(1, &now, b"7{}");
    let moved = self::headers(headers[SIGNATURE].to_str().unwrap(), &format!("{now}7"));
    refused(&moved, b"{}", InboundRefusal::FromTheFuture(Timestamp::from_second(NOON * 10 + 7).unwrap()));
}

#[test]
fn the_window_is_five_minutes_back_and_one_ahead() {
    for fine in [-300, -1, 0, 60] {
        assert!(inbound().verify(&signed(1, &(NOON + fine).to_string(), BODY), BODY).is_ok(), "{fine}");
    }
    refused(&signed(1, &(NOON - 301).to_string(), BODY), BODY, InboundRefusal::Old(at(-301)));
    refused(&signed(1, "0", BODY), BODY, InboundRefusal::Old(at(-NOON)));
    refused(&signed(1, &(NOON + 61).to_string(), BODY), BODY, InboundRefusal::FromTheFuture(at(61)));
}

#[test]
fn missing_and_malformed_headers_have_their_own_refusals() {
    let now = NOON.to_string();
    let right = signed(1, &now, BODY);
    let signature = right[SIGNATURE].to_str().unwrap();
    let without = |name: &str| {
        let mut headers = right.clone();
        headers.remove(name);
        headers
    };
    let twice = |name: &str| {
        let mut headers = right.clone();
        headers.append(http::HeaderName::try_from(name).unwrap(), right[name].clone());
        headers
    };
    refused(&without(SIGNATURE), BODY, InboundRefusal::Unsigned);
    refused(&twice(SIGNATURE), BODY, InboundRefusal::MalformedSignature);
    refused(&without(TIMESTAMP), BODY, InboundRefusal::Untimed);
    refused(&twice(TIMESTAMP), BODY, InboundRefusal::MalformedTimestamp);
    let (short, long) = (&signature[..126], format!("{signature}00"));
    for malformed in ["", "zz", short, &long, &"zz".repeat(64), &"00".repeat(4_000), &format!(" {signature}")]
    {
        refused(&headers(malformed, &now), BODY, InboundRefusal::MalformedSignature);
    }
    for malformed in ["", "now", "-1", "+1", "1.5", "1e9", " 1", "999999999999", &"9".repeat(8_000)] {
        refused(&headers(signature, malformed), BODY, InboundRefusal::MalformedTimestamp);
    }
    let mut unreadable = right.clone();
    unreadable.insert(SIGNATURE, http::HeaderValue::from_bytes(b"\xff").unwrap());
    refused(&unreadable, BODY, InboundRefusal::MalformedSignature);
}

#[test]
fn a_huge_body_is_refused_unread() {
    let huge = vec![b' '; LARGEST_BODY + 1];
    refused(&HeaderMap::new(), &huge, InboundRefusal::TooLarge(huge.len()));
    assert_eq!(InboundRefusal::TooLarge(0).status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(InboundRefusal::Unsigned.status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn a_public_key_is_64_hexadecimal_digits() {
    let key = hex::encode(pair(1).public_key());
    for wrong in ["", "zz", &key[2..], &format!("{key}00"), &"zz".repeat(32)] {
        assert_eq!(Inbound::new(wrong, Arc::new(Noon)).err(), Some(BadPublicKey), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_flipped_bit_is_refused(
        body in prop::collection::vec(any::<u8>(), 1..500),
        seed in any::<u8>(),
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let flip = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            bytes
        };
        let now = NOON.to_string();
        let headers = signed(seed, &now, &body);
        let public_key = pair(seed).public_key().as_ref().to_vec();
        let at_door = |key: &[u8]| Inbound::new(&hex::encode(key), Arc::new(Noon));
        let inbound = at_door(&public_key).unwrap();
        prop_assert!(inbound.verify(&headers, &body).is_ok());
        let changed = flip(&body);
        prop_assert_eq!(inbound.verify(&headers, &changed), Err(InboundRefusal::WrongSignature));

        let signature = flip(&hex::decode(headers[SIGNATURE].as_bytes()).unwrap());
        let forged = self::headers(&hex::encode(signature), &now);
        prop_assert_eq!(inbound.verify(&forged, &body), Err(InboundRefusal::WrongSignature));

        if let Ok(moved) = http::HeaderValue::from_bytes(&flip(now.as_bytes())) {
            let mut headers = headers.clone();
            headers.insert(TIMESTAMP, moved);
            prop_assert!(inbound.verify(&headers, &body).is_err());
        }
        // Half of all bytes are no point of the curve at all.
        if let Ok(other) = at_door(&flip(&public_key)) {
            prop_assert_eq!(other.verify(&headers, &body), Err(InboundRefusal::WrongSignature));
        }
    }
}
