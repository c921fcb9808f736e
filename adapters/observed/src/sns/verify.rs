//! Whether a notification comes from Amazon: by the certificate of its topic's region, in either version of the signature.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use x509_parser::pem::parse_x509_pem;
use x509_parser::time::ASN1Time;

use super::{Message, Notary, Refusal, Topic};

/// Checks a notification: that its topic is one of these, before anything is asked for; and then its signature.
pub async fn verify(
    notary: &dyn Notary,
    topics: &[Topic],
    message: &Message,
    now: Timestamp,
) -> Result<(), Refusal> {
    let name = message.topic.certificate(&message.certificate);
    let Some(name) = name.filter(|_| topics.contains(&message.topic)) else { return Err(Refusal::Unsigned) };
    let signature = STANDARD.decode(&message.signature).map_err(|_| Refusal::Unsigned)?;
    let certificate = notary.certificate(&message.topic, name).await.map_err(|error| match error.kind {
        // Amazon has no such certificate. Said otherwise than a bad signature, it would tell who asks that the topic is named.
        kind if kind.is_refusal() => Refusal::Unsigned,
        _ => Refusal::NoCertificate(error.detail),
    })?;
    if is_signed(&certificate, message, &signature, now) { Ok(()) } else { Err(Refusal::Unsigned) }
}

fn is_signed(certificate: &[u8], message: &Message, signature: &[u8], now: Timestamp) -> bool {
    let Ok((_, pem)) = parse_x509_pem(certificate) else { return false };
    let Ok(certificate) = pem.parse_x509() else { return false };
    let is_good =
        ASN1Time::from_timestamp(now.as_second()).is_ok_and(|now| certificate.validity().is_valid_at(now));
    // Amazon still signs so by itself: the topic's attribute SignatureVersion says otherwise.
    let algorithm = if message.version == 1 {
        &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
    } else {
        &RSA_PKCS1_2048_8192_SHA256
    };
    let key = UnparsedPublicKey::new(algorithm, &certificate.public_key().subject_public_key.data);
    is_good && key.verify(message.signed.as_bytes(), signature).is_ok()
}
