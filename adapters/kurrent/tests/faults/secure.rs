//! Who is let in, and over what.

use std::path::Path;
use std::time::Duration;

use countersign_domain::ports::{EventStore as _, StoreError};
use countersign_kurrent::{Address, Kurrent, Patience};
use countersign_kurrentd::{Cluster, Options, Tls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// As little patience as it takes to be refused.
fn short() -> Patience {
    Patience { operation: Duration::from_millis(300), ..Patience::default() }
}

fn open(url: &str) -> Kurrent {
    Kurrent::new(url.parse().expect("a connection string"), short()).expect("a thread can be had")
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_a_password_may_hold_any_sign_and_a_wrong_one_is_named() {
    let cluster = Cluster::start(Options::nodes(2).with_user("ops@acme", "p@ss:w/rd%?#")).await.unwrap();
    let url = cluster.url();
    Kurrent::new(url.parse().unwrap(), Patience::default()).unwrap().head().await.expect("let in");
    let (_, hosts) = url.split_once('@').unwrap();
    let address: Address = format!("esdb://{hosts}").parse().unwrap();
    let address = address.signed_in("ops@acme:p@ss:w/rd%?#").unwrap();
    Kurrent::new(address, Patience::default()).unwrap().head().await.expect("let in with a secret");
    for wrong in [format!("esdb://ops%40acme:wrong@{hosts}"), format!("esdb://{hosts}")] {
        let error = open(&wrong).head().await.expect_err("not let in");
        assert!(error.to_string().contains("check the user and the password"), "{error}");
        assert!(!error.to_string().contains("wrong"), "{error}");
    }
}

/// An authority, and what it signed for servers and clients, as files.
fn certificates(folder: &Path) -> Tls {
    let key = || KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(vec![]).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, key()).expect("an authority");
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).expect("a file");
    write("ca.pem", authority.pem());
    for (name, host) in [("server", "127.0.0.1"), ("client", "countersign")] {
        let pair = key();
        let signed = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        let signed = signed.signed_by(&pair, &authority).expect("a certificate");
        write(&format!("{name}.pem"), signed.pem());
        write(&format!("{name}.key"), pair.serialize_pem());
    }
    Tls {
        certificate: folder.join("server.pem"),
        key: folder.join("server.key"),
        client_authority: Some(folder.join("ca.pem")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_tls_takes_an_own_authority_and_a_client_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Options::default().with_tls(certificates(folder.path()))).await.unwrap();
    let url = cluster.url();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let trusting = format!("{url}&tlsCaFile={}", file("ca.pem"));
    let known = format!("{trusting}&userCertFile={}&userKeyFile={}", file("client.pem"), file("client.key"));
    Kurrent::new(known.parse().unwrap(), Patience::default()).unwrap().head().await.expect("let in");
    for refused in [url, trusting] {
        let error = open(&refused).head().await.expect_err("not let in");
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    }
}
