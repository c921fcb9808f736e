//! Amazon, as far as its notifications go: a certificate of its own, and what is signed with it.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_domain::ports::CallError;
use countersign_observed::sns::{Notary, Topic};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use serde_json::{Value, json};

/// The only Amazon of all tests.
pub static AMAZON: LazyLock<Arc<Amazon>> =
    LazyLock::new(|| Arc::new(Amazon { signs: LazyLock::new(Signs::new), confirmed: Mutex::default() }));

/// Amazon.
pub struct Amazon {
    /// Made when it first signs, which takes a moment: most tests hear nothing of it.
    signs: LazyLock<Signs>,
    confirmed: Mutex<Vec<String>>,
}

/// What it signs with.
struct Signs {
    certificate: String,
    key: RsaKeyPair,
}

impl Signs {
    fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).expect("a key");
        let names = CertificateParams::new(vec!["sns.amazonaws.com".to_owned()]).expect("a name");
        let certificate = names.self_signed(&key).expect("a certificate").pem();
        let key = RsaKeyPair::from_pkcs8(&key.serialize_der()).expect("the key that was just made");
        Self { certificate, key }
    }
}

impl Amazon {
    /// The topics of which it was told that they are wanted.
    pub fn confirmed(&self) -> Vec<String> {
        self.confirmed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A notification of a topic of Frankfurt's, signed as Amazon signs it.
    pub fn notification(&self, topic: &str, id: &str, text: &str) -> Value {
        let keys = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"];
        let body = json!({
            "Type": "Notification", "MessageId": id, "TopicArn": topic, "Message": text, "Timestamp": "2026-03-02T09:00:00.000Z",
        });
        self.signed(body, &keys)
    }

    /// It asks whether the notifications of a topic are wanted, and would have the answer sent to where it must not go.
    pub fn asks(&self, topic: &str, id: &str) -> Value {
        self.confirmation("SubscriptionConfirmation", topic, id)
    }

    /// It says that the notifications of a topic are wanted no more.
    pub fn ends(&self, topic: &str, id: &str) -> Value {
        self.confirmation("UnsubscribeConfirmation", topic, id)
    }

    fn confirmation(&self, kind: &str, topic: &str, id: &str) -> Value {
        let keys = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
        let body = json!({
            "Type": kind, "MessageId": id, "TopicArn": topic, "Message": "You have chosen to subscribe.",
            "SubscribeURL": "https://169.254.169.254/latest/meta-data/", "Token": "2336412f37fb", "Timestamp": "2026-03-02T09:00:00.000Z",
        });
        self.signed(body, &keys)
    }

    fn signed(&self, mut body: Value, keys: &[&str]) -> Value {
        let text = keys.iter().map(|key| format!("{key}\n{}\n", body[*key].as_str().expect("a text")));
        let text = text.collect::<String>();
        let key = &self.signs.key;
        let mut signature = vec![0; key.public_modulus_len()];
        let random = SystemRandom::new();
        key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).expect("it signs");
        body["SignatureVersion"] = json!("2");
        body["Signature"] = json!(STANDARD.encode(signature));
        let certificate = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-9c6465fa7f48.pem";
        body["SigningCertURL"] = json!(certificate);
        body
    }
}

#[async_trait]
impl Notary for Amazon {
    async fn certificate(&self, _: &Topic, _: &str) -> Result<Vec<u8>, CallError> {
        Ok(self.signs.certificate.clone().into_bytes())
    }

    async fn confirm(&self, topic: &Topic, _: &str) -> Result<(), CallError> {
        self.confirmed.lock().unwrap_or_else(PoisonError::into_inner).push(topic.arn().to_owned());
        Ok(())
    }
}
