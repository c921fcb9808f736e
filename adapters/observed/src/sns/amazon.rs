//! Amazon, asked through the guarded way out: at the host of the topic's region, for a certificate of its own and for a subscription.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, Secrets};
use countersign_outbound::{Ask, BaseUrl, Credential, Outbound, Vendor};
use x509_parser::pem::parse_x509_pem;

use super::{Notary, Topic};

/// So many certificates are kept: a region has one at a time, and few are named.
const KEPT: usize = 64;

/// Amazon's own side of notifications.
pub struct Amazon {
    outbound: Arc<Outbound>,
    secrets: Arc<dyn Secrets>,
    /// By their addresses. One never changes: another one has another name.
    certificates: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Amazon {
    /// Amazon, by this way out.
    pub fn new(outbound: Arc<Outbound>, secrets: Arc<dyn Secrets>) -> Self {
        Self { outbound, secrets, certificates: Mutex::default() }
    }

    fn host(&self, topic: &Topic) -> Result<Vendor, CallError> {
        let base = BaseUrl::parse(&format!("https://{}", topic.host())).map_err(|error| error.to_string());
        let vendor = base.and_then(|base| {
            let secrets = Arc::clone(&self.secrets);
            let vendor =
                self.outbound.vendor("sns", &Tenant::installation(), base, Credential::Nobody, secrets);
            vendor.map_err(|error| error.to_string())
        });
        vendor.map_err(|detail| CallError {
            vendor: "sns",
            what: "find the region's host".to_owned(),
            detail,
            status: None,
            kind: countersign_domain::ports::CallErrorKind::NotDone { after: None },
        })
    }
}

#[async_trait]
impl Notary for Amazon {
    async fn certificate(&self, topic: &Topic, name: &str) -> Result<Vec<u8>, CallError> {
        let address = format!("{}/{name}", topic.host());
        let kept = || self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(certificate) = kept().get(&address) {
            return Ok(certificate.clone());
        }
        let answer = self.host(topic)?.send(Ask::get("read a certificate", &[name])).await?;
        let certificate = answer.body.to_vec();
        // A page that says something else is not what stands there for good.
        if !parse_x509_pem(&certificate).is_ok_and(|(_, pem)| pem.parse_x509().is_ok()) {
            return Ok(certificate);
        }
        let mut all = kept();
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(address, certificate.clone());
        Ok(certificate)
    }

    async fn confirm(&self, topic: &Topic, token: &str) -> Result<(), CallError> {
        let ask = Ask::get("confirm a subscription", &[]).query("Action", "ConfirmSubscription");
        let ask = ask.query("TopicArn", topic.arn()).query("Token", token);
        self.host(topic)?.send(ask).await.map(drop)
    }
}
