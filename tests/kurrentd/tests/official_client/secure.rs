//! Who may come in, judged by the official client: passwords, TLS, client certificates.
use std::error::Error;
use std::path::{Path, PathBuf};

use crate::common::{append, client, events};
use countersign_kurrentd::{Cluster, Options, Tls};
use kurrentdb::{AppendToStreamOptions, Client, Credentials, StreamState};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

#[tokio::test]
async fn kurrentd_lets_in_whoever_knows_the_password() {
    let cluster = Cluster::start(Options::nodes(2).with_user("admin", "changeit")).await.unwrap();
    append(&client(&cluster.url()), "a-1", StreamState::NoStream, events(1)).await.unwrap();
    let url = cluster.url_of(0);
    let nobody = client(&url.replace("admin:changeit@", ""));
    let denied = append(&nobody, "a-2", StreamState::NoStream, events(1)).await;
    assert!(matches!(denied, Err(kurrentdb::Error::AccessDenied)), "{denied:?}");
    let wrong = client(&url.replace("changeit", "wrong"));
    let denied = append(&wrong, "a-2", StreamState::NoStream, events(1)).await;
    assert!(matches!(denied, Err(kurrentdb::Error::AccessDenied)), "{denied:?}");
    assert_eq!(cluster.counts().appends.len(), 1);
}

#[tokio::test]
async fn kurrentd_shows_that_the_client_does_not_unescape_a_password() {
    let cluster = Cluster::start(Options::default().with_user("admin", "p@ss:word/%")).await.unwrap();
    assert!(cluster.url().contains("admin:p%40ss%3Aword%2F%25@"));
    let client = client(&cluster.url());
    let denied = append(&client, "a-1", StreamState::NoStream, events(1)).await;
    assert!(
        matches!(denied, Err(kurrentdb::Error::AccessDenied)),
        "the client sent it as it is escaped: {denied:?}"
    );
    // beside the connection string it goes as it is
    let options = AppendToStreamOptions::default().authenticated(Credentials::new("admin", "p@ss:word/%"));
    client.append_to_stream("a-1", &options, events(1)).await.unwrap();
}

/// An authority, and what it has signed, as files.
struct Papers {
    folder: tempfile::TempDir,
}

impl Papers {
    fn new() -> Result<Self, Box<dyn Error>> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let papers = Self { folder: tempfile::tempdir()? };
        std::fs::write(papers.path("authority.pem"), authority.pem())?;
        for (name, host) in [("node", "127.0.0.1"), ("user", "user")] {
            let key = KeyPair::generate()?;
            let certificate = CertificateParams::new(vec![host.to_owned()])?.signed_by(&key, &authority)?;
            std::fs::write(papers.path(&format!("{name}.pem")), certificate.pem())?;
            std::fs::write(papers.path(&format!("{name}.key")), key.serialize_pem())?;
        }
        Ok(papers)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tls(&self, mutual: bool) -> Tls {
        Tls {
            certificate: self.path("node.pem"),
            key: self.path("node.key"),
            client_authority: mutual.then(|| self.path("authority.pem")),
        }
    }
}

fn trusting(cluster: &Cluster, authority: &Path) -> String {
    format!("{}&tlsCaFile={}", cluster.url(), authority.display())
}

async fn write(client: &Client) -> kurrentdb::Result<kurrentdb::WriteResult> {
    append(client, "a-1", StreamState::Any, events(1)).await
}

#[tokio::test]
async fn kurrentd_speaks_tls() {
    let papers = Papers::new().unwrap();
    let cluster = Cluster::start(Options::nodes(2).with_tls(papers.tls(false))).await.unwrap();
    write(&client(&trusting(&cluster, &papers.path("authority.pem")))).await.unwrap();
    let distrusting = client(&cluster.url_of(0));
    assert!(matches!(write(&distrusting).await, Err(kurrentdb::Error::GrpcConnectionError(_))));
    let careless = client(&format!("{}&tlsVerifyCert=false", cluster.url_of(0)));
    write(&careless).await.unwrap();
}

#[tokio::test]
async fn kurrentd_asks_for_a_client_certificate() {
    let papers = Papers::new().unwrap();
    let cluster = Cluster::start(Options::default().with_tls(papers.tls(true))).await.unwrap();
    let url = trusting(&cluster, &papers.path("authority.pem"));
    assert!(write(&client(&url)).await.is_err(), "nobody comes in without one");
    let (certificate, key) = (papers.path("user.pem"), papers.path("user.key"));
    let url = format!("{url}&userCertFile={}&userKeyFile={}", certificate.display(), key.display());
    write(&client(&url)).await.unwrap();
}
