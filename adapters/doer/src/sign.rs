//! How a call is signed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What the signature stands in.
pub const HEADER: &str = "countersign-signature";
/// What the key stands in.
pub const KEY: &str = "idempotency-key";

/// What is said for a call: at which second, under which key, how and where, and with what.
pub fn signature(secret: &[u8], at: i64, key: &str, (method, address): (&str, &str), body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("an HMAC key may have any length");
    mac.update(format!("{at}.{key}.{method} {address}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_call_is_signed() {
        let first = signature(b"secret", 7, "k", ("POST", "/jobs"), "{}");
        let others = [
            signature(b"other", 7, "k", ("POST", "/jobs"), "{}"),
            signature(b"secret", 8, "k", ("POST", "/jobs"), "{}"),
            signature(b"secret", 7, "l", ("POST", "/jobs"), "{}"),
            signature(b"secret", 7, "k", ("PUT", "/jobs"), "{}"),
            signature(b"secret", 7, "k", ("POST", "/jobs/x"), "{}"),
            signature(b"secret", 7, "k", ("POST", "/jobs"), "{\"a\":1}"),
        ];
        assert!(first.starts_with("t=7,v1=") && first.len() == "t=7,v1=".len() + 64, "{first}");
        assert!(others.iter().all(|other| *other != first));
    }
}
