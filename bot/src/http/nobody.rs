//! The organisation that there is not: its webhooks are checked like everybody's, with keys that nobody has. So what comes for it
//! is refused with the same words and after the same work as what comes for another one with a bad signature, and no answer
//! says which organisations there are.

use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use countersign_discord::Inbound;
use countersign_domain::ports::Clock;
use countersign_outbound::MemorySecrets;
use countersign_slack::Signatures;
use secrecy::SecretString;

const SECRET: &str = "nobodys";

/// Keys that nobody has.
pub(super) struct Nobody {
    /// What no webhook is signed with.
    pub(super) webhooks: SecretString,
    /// Where Slack's deliveries are refused.
    pub(super) slack: Signatures,
    /// Where Discord's interactions are refused.
    pub(super) discord: Inbound,
}

impl Nobody {
    /// New keys, of which the secret halves are forgotten.
    pub(super) fn new(clock: &Arc<dyn Clock>) -> Self {
        let secret = hex::encode(rand::random::<[u8; 32]>());
        let secrets = Arc::new(MemorySecrets::from([(SECRET, secret.as_str())]));
        let slack = Signatures::new(SECRET, secrets, Arc::clone(clock));
        let pair = Ed25519KeyPair::generate().expect("a system that serves TLS gives random bytes");
        let public = hex::encode(pair.public_key().as_ref());
        let discord = Inbound::new(&public, Arc::clone(clock)).expect("a public key that was just made");
        Self { webhooks: secret.into(), slack, discord }
    }
}
