//! Whom we talk to: only who proves their name to an authority we trust, and over TLS 1.2 at least.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests, also the helpers between them")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::ports::{CallError, CallErrorKind, Clock};
use countersign_outbound::{
    AddressError, Ask, BaseUrl, Credential, MemorySecrets, Outbound, OutboundConfig, OutboundError,
    install_tls,
};
use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion, version};

struct Epoch;

#[async_trait]
impl Clock for Epoch {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

/// A server for `name`, signed by an authority of its own, whose certificate is left in `folder`.
async fn serve(folder: &Path, name: &str, version: &'static SupportedProtocolVersion) -> (String, PathBuf) {
    install_tls();
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let ca_file = folder.join("authority.pem");
    std::fs::write(&ca_file, authority.pem()).unwrap();

    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_protocol_versions(&[version])
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://127.0.0.1:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
            }
        }
    });
    (url, ca_file)
}

async fn call(url: &str, extra_ca_file: Option<PathBuf>) -> Result<(), CallError> {
    let outbound =
        Outbound::new(OutboundConfig { extra_ca_file, ..OutboundConfig::default() }, Arc::new(Epoch))
            .unwrap();
    let credential = Credential::Bearer { secret: "token".to_owned() };
    let secrets = Arc::new(MemorySecrets::from([("token", "value")]));
    let base = BaseUrl::parse(url).unwrap();
    let vendor = outbound.vendor("jira", &"acme".parse().unwrap(), base, credential, secrets).unwrap();
    vendor.send(Ask::get("look", &["a"])).await.map(drop)
}

#[tokio::test]
async fn a_server_of_an_authority_we_were_told_to_trust_is_called_over_tls_1_2_and_1_3() {
    let folder = tempfile::tempdir().unwrap();
    for version in [&version::TLS12, &version::TLS13] {
        let (url, ca_file) = serve(folder.path(), "127.0.0.1", version).await;
        call(&url, Some(ca_file)).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_or_with_another_name_is_refused_before_anything_is_sent() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (unknown, _) = serve(one.path(), "127.0.0.1", &version::TLS13).await;
    let (misnamed, ca_file) = serve(other.path(), "jira.example.com", &version::TLS13).await;
    for url in [unknown, misnamed] {
        let error = call(&url, Some(ca_file.clone())).await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::NotDone { after: None });
        assert!(error.detail.contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn a_file_without_certificates_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authority.pem");
    for text in [None, Some(""), Some("hello")] {
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let config = OutboundConfig { extra_ca_file: Some(path.clone()), ..OutboundConfig::default() };
        let outbound = Outbound::new(config, Arc::new(Epoch)).unwrap();
        let credential = Credential::Bearer { secret: "token".to_owned() };
        let base = BaseUrl::parse("https://example.com").unwrap();
        let secrets = Arc::new(MemorySecrets::default());
        let error = outbound.vendor("jira", &"acme".parse().unwrap(), base, credential, secrets).unwrap_err();
        assert!(matches!(&error, OutboundError::ExtraCa { path: named, .. } if *named == path), "{error}");
    }
}

#[test]
fn a_vendor_on_a_network_is_never_spoken_to_in_clear() {
    let error = BaseUrl::parse("http://jira.example.com").unwrap_err();
    assert!(matches!(error, AddressError::Plain { .. }));
    assert!(error.to_string().contains("use https://"), "{error}");
}
