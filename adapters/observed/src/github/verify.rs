//! Whether a webhook comes from who shares one of our secrets: HMAC-SHA256 over the raw body, compared in constant time. While a secret is
//! rotated two are good, the new one and the one that deliveries in flight are still signed with.

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use super::WebhookRefusal;
use crate::LARGEST_BODY;

const SIGNATURE: &str = "x-hub-signature-256";
const DELIVERY: &str = "x-github-delivery";
const EVENT: &str = "x-github-event";

/// A delivery whose signature fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// GitHub's id of it: the same when it is delivered again.
    pub delivery: String,
    /// What GitHub calls what happened.
    pub event: String,
    /// What it says.
    pub body: Value,
}

/// Checks the signature over the raw body, before anything in it is read.
pub fn verify(
    secrets: &[SecretString],
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Verified, WebhookRefusal> {
    let secrets: Vec<_> = secrets.iter().filter(|secret| !secret.expose_secret().is_empty()).collect();
    if secrets.is_empty() {
        return Err(WebhookRefusal::NoSecret);
    }
    if body.len() > LARGEST_BODY {
        return Err(WebhookRefusal::TooLarge(body.len()));
    }
    let given = signature(headers)?;
    // Every secret is tried, whichever fits: how long it takes says nothing of them.
    let fits = secrets.iter().fold(false, |fits, secret| is_signed(secret, body, &given) | fits);
    if !fits {
        return Err(WebhookRefusal::WrongSignature);
    }
    let (delivery, event) = (word(headers, DELIVERY)?, word(headers, EVENT)?);
    // What is nested too deeply is not read either: the parser has a limit.
    let body = serde_json::from_slice(body).map_err(|error| WebhookRefusal::NotJson(error.to_string()))?;
    Ok(Verified { delivery, event, body })
}

fn is_signed(secret: &SecretString, body: &[u8], given: &[u8; 32]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("an HMAC key may have any length");
    mac.update(body);
    // Compares in constant time.
    mac.verify_slice(given).is_ok()
}

fn signature(headers: &HeaderMap) -> Result<[u8; 32], WebhookRefusal> {
    let mut all = headers.get_all(SIGNATURE).iter();
    let (first, second) = (all.next().ok_or(WebhookRefusal::Unsigned)?, all.next());
    let digits = first.to_str().ok().and_then(|text| text.strip_prefix("sha256="));
    let mut bytes = [0; 32];
    match (digits, second) {
        (Some(digits), None) if hex::decode_to_slice(digits, &mut bytes).is_ok() => Ok(bytes),
        _ => Err(WebhookRefusal::MalformedSignature),
    }
}

fn word(headers: &HeaderMap, name: &'static str) -> Result<String, WebhookRefusal> {
    let mut all = headers.get_all(name).iter();
    let (first, second) = (all.next().and_then(|value| value.to_str().ok()), all.next());
    let is_word = |text: &&str| {
        (1..=100).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let only = first.filter(is_word).filter(|_| second.is_none());
    only.map(str::to_owned).ok_or(WebhookRefusal::BadHeader(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sign(secret: &str, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body);
        format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    }

    fn headers(signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE, signature.parse().unwrap());
        headers.insert(DELIVERY, "72d3162e-cc78-11e3-81ab-4c9367dc0958".parse().unwrap());
        headers.insert(EVENT, "push".parse().unwrap());
        headers
    }

    fn secrets(all: &[&str]) -> Vec<SecretString> {
        all.iter().map(|secret| (*secret).into()).collect()
    }

    #[test]
    fn the_example_of_the_vendors_documentation_has_a_good_signature() {
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let secrets = secrets(&["It's a Secret to Everybody"]);
        let refused = verify(&secrets, &headers(signature), b"Hello, World!").unwrap_err();
        assert!(matches!(refused, WebhookRefusal::NotJson(_)), "its signature fits: {refused:?}");
        let signature = signature.replace("757", "758");
        let refused = verify(&secrets, &headers(&signature), b"Hello, World!").unwrap_err();
        assert_eq!(refused, WebhookRefusal::WrongSignature);
    }

    #[test]
    fn each_fault_has_its_own_refusal() {
        let secret = secrets(&["key"]);
        let signed = sign("key", b"{}");
        let refusal = |headers: &HeaderMap, body: &[u8]| verify(&secret, headers, body).unwrap_err();
        assert_eq!(refusal(&HeaderMap::new(), b"{}"), WebhookRefusal::Unsigned);
        for malformed in ["", "sha1=aa", "sha256=", "sha256=zz", &signed[7..], &signed[..70]] {
            assert_eq!(refusal(&headers(malformed), b"{}"), WebhookRefusal::MalformedSignature);
        }
        let mut twice = headers(&signed);
        twice.append(SIGNATURE, signed.parse().unwrap());
        assert_eq!(refusal(&twice, b"{}"), WebhookRefusal::MalformedSignature);
        for (name, value) in
            [(DELIVERY, "a b"), (DELIVERY, ""), (EVENT, "push\u{e9}"), (EVENT, &*"x".repeat(101))]
        {
            let mut odd = headers(&signed);
            odd.insert(name, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
            assert_eq!(refusal(&odd, b"{}"), WebhookRefusal::BadHeader(name));
        }
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let refused = refusal(&headers(&sign("key", deep.as_bytes())), deep.as_bytes());
        assert!(matches!(refused, WebhookRefusal::NotJson(_)), "{refused:?}");
        let large = vec![b' '; LARGEST_BODY + 1];
        assert_eq!(refusal(&headers(&signed), &large), WebhookRefusal::TooLarge(LARGEST_BODY + 1));
        assert_eq!(verify(&secrets(&[""]), &headers(&sign("", b"{}")), b"{}"), Err(WebhookRefusal::NoSecret));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_secret_is_rotated_with_deliveries_in_flight(
            old in "[ -~]{1,40}", new in "[ -~]{1,40}", third in "[ -~]{1,40}", text in "[a-z]{0,200}",
        ) {
            prop_assume!(third != old && third != new);
            let (body, both) = (format!("\"{text}\""), secrets(&[&new, &old]));
            let good = |signer: &str| verify(&both, &headers(&sign(signer, body.as_bytes())), body.as_bytes()).is_ok();
            prop_assert!(good(&old) && good(&new) && !good(&third));
        }

        #[test]
        fn one_changed_byte_of_the_body_is_refused(
            text in "[a-z]{1,200}", place in any::<prop::sample::Index>(), flip in 1_u8..=255,
        ) {
            let mut body = format!("\"{text}\"").into_bytes();
            let signed = headers(&sign("key", &body));
            let at = place.index(body.len());
            body[at] ^= flip;
            prop_assert_eq!(verify(&secrets(&["key"]), &signed, &body), Err(WebhookRefusal::WrongSignature));
        }
    }
}
