//! How a cluster is to be.
use std::path::PathBuf;

/// What a cluster is started with. `Options::default()` is one node without TLS and without users.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four switches that have nothing to do with each other")]
pub struct Options {
    /// How many nodes.
    pub nodes: usize,
    /// The port of the first node, the others follow; none lets the system choose for each.
    pub port: Option<u16>,
    /// The greatest size of one append, in bytes.
    pub max_append_size: usize,
    /// Whether a follower hands a write on to the leader if the client does not insist on the leader. The real server
    /// does; switched off, followers refuse every write.
    pub forwarding: bool,
    /// Whether links by category and correlation are written (the real server's standard projections).
    pub projections: bool,
    /// Whether the log begins with the events of the system itself, as a real one does.
    pub system_events: bool,
    /// Whether the server acknowledges at once what it hears. Switched off, as on a real server, every append of the
    /// official client takes some 40 milliseconds, which its own settings of TCP cost it.
    pub acknowledges_at_once: bool,
    /// Who may come in, with which password. Nobody named means that everybody may, as on a real server that was
    /// started insecurely.
    pub users: Vec<(String, String)>,
    /// The certificate to show; none means without TLS.
    pub tls: Option<Tls>,
}

/// What a node needs for TLS, as PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate, with its chain.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The authority whose certificates clients must show; none asks for no client certificate.
    pub client_authority: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            nodes: 1,
            port: None,
            max_append_size: 1024 * 1024,
            forwarding: true,
            projections: false,
            system_events: true,
            acknowledges_at_once: true,
            users: Vec::new(),
            tls: None,
        }
    }
}

impl Options {
    /// A cluster of so many nodes.
    pub fn nodes(nodes: usize) -> Self {
        Self { nodes, ..Self::default() }
    }

    /// The same, with links by category and correlation.
    #[must_use]
    pub fn with_projections(mut self) -> Self {
        self.projections = true;
        self
    }

    /// The same, with one more user.
    #[must_use]
    pub fn with_user(mut self, name: &str, password: &str) -> Self {
        self.users.push((name.to_owned(), password.to_owned()));
        self
    }

    /// The same, with TLS.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }
}
