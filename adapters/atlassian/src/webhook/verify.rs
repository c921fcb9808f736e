//! Whether a webhook comes from who shares our secret: HMAC-SHA256 over the raw body, compared in constant time.

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};

use super::WebhookRefusal;

/// The largest body that is taken, in bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;

const SIGNATURE: &str = "x-hub-signature";
const DELIVERY: &str = "x-atlassian-webhook-identifier";

/// The proof that a body was signed with the secret, and the id that tells repetitions apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The delivery id: the same when Jira sends the same webhook again.
    pub delivery: String,
}

/// Checks the signature over the raw body, before anything in it is read.
pub fn verify(secret: &SecretString, headers: &HeaderMap, body: &[u8]) -> Result<Verified, WebhookRefusal> {
    if secret.expose_secret().is_empty() {
        return Err(WebhookRefusal::NoSecret);
    }
    if body.len() > LARGEST_BODY {
        return Err(WebhookRefusal::TooLarge(body.len()));
    }
    let given = signature(headers)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("an HMAC key may have any length");
    mac.update(body);
    // Compares in constant time.
    mac.verify_slice(&given).map_err(|_| WebhookRefusal::WrongSignature)?;
    Ok(Verified { delivery: delivery(headers, body)? })
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

/// The vendor's id of the delivery. What comes without one, as from a rule of Jira Automation, is named by its body: the same
/// body twice is the same delivery.
fn delivery(headers: &HeaderMap, body: &[u8]) -> Result<String, WebhookRefusal> {
    let Some(id) = headers.get(DELIVERY) else {
        return Ok(format!("sha256:{}", hex::encode(Sha256::digest(body))));
    };
    let id = id.to_str().ok().map(str::trim).unwrap_or_default();
    if id.is_empty() || id.len() > 200 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(WebhookRefusal::NoDelivery);
    }
    Ok(id.to_owned())
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
        headers.insert(DELIVERY, "8c6b1d1e".parse().unwrap());
        headers
    }

    #[test]
    fn the_example_of_the_vendors_documentation_is_accepted() {
        let signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
        let secret = "It's a Secret to Everybody".into();
        let verified = verify(&secret, &headers(signature), b"Hello World!").unwrap();
        assert_eq!(verified.delivery, "8c6b1d1e");
    }

    #[test]
    fn each_fault_has_its_own_refusal() {
        let secret = SecretString::from("key");
        let signed = sign("key", b"{}");
        let refusal = |headers: &HeaderMap, body: &[u8]| verify(&secret, headers, body).unwrap_err();
        assert_eq!(refusal(&HeaderMap::new(), b"{}"), WebhookRefusal::Unsigned);
        for malformed in
            ["", "sha1=aa", "sha256=", "sha256=zz", &signed[7..], &signed[..70], &format!("{signed}00")]
        {
            assert_eq!(
                refusal(&headers(malformed), b"{}"),
                WebhookRefusal::MalformedSignature,
                "{malformed}"
            );
        }
        let mut twice = headers(&signed);
        twice.append(SIGNATURE, signed.parse().unwrap());
        assert_eq!(refusal(&twice, b"{}"), WebhookRefusal::MalformedSignature);
        assert_eq!(refusal(&headers(&signed), b"{ }"), WebhookRefusal::WrongSignature);
        for id in ["", " ", "a b", &"x".repeat(201)] {
            let mut odd = headers(&signed);
            odd.insert(DELIVERY, id.parse().unwrap());
            assert_eq!(refusal(&odd, b"{}"), WebhookRefusal::NoDelivery, "{id:?}");
        }
        let large = vec![b' '; LARGEST_BODY + 1];
        assert_eq!(
            refusal(&headers(&sign("key", &large)), &large),
            WebhookRefusal::TooLarge(LARGEST_BODY + 1)
        );
        assert_eq!(verify(&"".into(), &headers(&sign("", b"")), b""), Err(WebhookRefusal::NoSecret));
    }

    #[test]
    fn trust_d4_a_signed_body_without_a_delivery_id_is_named_by_its_digest() {
        let of = |body: &[u8]| {
            let mut anonymous = headers(&sign("key", body));
            anonymous.remove(DELIVERY);
            verify(&"key".into(), &anonymous, body).unwrap().delivery
        };
        assert_eq!(of(b"{}"), of(b"{}"));
        assert_ne!(of(b"{}"), of(b"{ }"));
        assert!(of(b"{}").starts_with("sha256:44136fa355b3678a1146ad16f7e8649e"), "{}", of(b"{}"));
    }

    proptest! {
        #[test]
        fn what_was_signed_is_accepted(secret in ".{1,80}", body in prop::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert!(verify(&secret.as_str().into(), &headers(&sign(&secret, &body)), &body).is_ok());
        }

        #[test]
        fn one_changed_byte_of_body_signature_or_secret_is_refused(
            secret in "[ -~]{1,60}",
            body in prop::collection::vec(any::<u8>(), 1..500),
            place in any::<prop::sample::Index>(),
            flip in 1_u8..=255,
        ) {
            let signature = sign(&secret, &body);
            let mut changed = body.clone();
            changed[place.index(body.len())] ^= flip;
            prop_assert!(verify(&secret.as_str().into(), &headers(&signature), &changed).is_err());

            let mut bytes = hex::decode(&signature[7..]).unwrap();
            bytes[place.index(32)] ^= flip;
            let forged = format!("sha256={}", hex::encode(bytes));
            prop_assert_eq!(
                verify(&secret.as_str().into(), &headers(&forged), &body),
                Err(WebhookRefusal::WrongSignature)
            );

            let mut other = secret.clone().into_bytes();
            let at = place.index(other.len());
            other[at] = if other[at] == b'x' { b'y' } else { b'x' };
            let other = String::from_utf8(other).unwrap();
            prop_assert_eq!(
                verify(&other.as_str().into(), &headers(&signature), &body),
                Err(WebhookRefusal::WrongSignature)
            );
        }
    }
}
