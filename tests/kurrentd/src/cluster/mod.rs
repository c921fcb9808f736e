//! The cluster: nodes on ports of this machine over one log, and the handle by which a test steers them.
mod members;
mod node;
mod options;
mod shared;
mod socket;
mod steer;

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio_rustls::TlsAcceptor;

pub(crate) use members::Member;
pub use members::{Endpoint, Role};
use node::Life;
pub use options::{Options, Tls};
pub(crate) use shared::Shared;

use crate::tls::{self, TlsError};

const HOST: &str = "127.0.0.1";

/// Why a cluster could not start, or a node could not come back.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A cluster needs somebody.
    #[error("a cluster needs at least one node")]
    NoNodes,
    /// Nobody can listen there.
    #[error("nobody can listen on {HOST}:{port}: {cause}")]
    Listen {
        /// The port.
        port: u16,
        /// What the system says.
        cause: io::Error,
    },
    /// The certificate is of no use.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A running cluster. It ends when the handle is dropped.
pub struct Cluster {
    shared: Arc<Shared>,
    tls: Option<TlsAcceptor>,
    lives: Vec<Mutex<Option<Life>>>,
    hanging: Vec<watch::Sender<bool>>,
}

impl Cluster {
    /// Starts the nodes on the runtime that this is called on; the first one leads.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if options.nodes == 0 {
            return Err(StartError::NoNodes);
        }
        let tls = options.tls.as_ref().map(tls::acceptor).transpose()?;
        let mut listeners = Vec::new();
        for node in 0..options.nodes {
            let offset = u16::try_from(node).unwrap_or(u16::MAX);
            listeners.push(listen(options.port.map_or(0, |port| port.saturating_add(offset))).await?);
        }
        let endpoints = listeners.iter().map(endpoint).collect::<Result<_, _>>()?;
        let shared = Arc::new(Shared::new(options, endpoints));
        let hanging = listeners.iter().map(|_| watch::Sender::new(false)).collect();
        let mut cluster = Self { shared, tls, lives: Vec::new(), hanging };
        for (node, listener) in listeners.into_iter().enumerate() {
            let life = cluster.begin(node, listener);
            cluster.lives.push(Mutex::new(Some(life)));
        }
        Ok(cluster)
    }

    fn begin(&self, node: usize, listener: TcpListener) -> Life {
        self.hanging[node].send_replace(false);
        let hangs = self.hanging[node].subscribe();
        Life::start(Arc::clone(&self.shared), node, listener, self.tls.clone(), hangs)
    }

    /// The connection string for all nodes, as the official clients take it, with the first user if there is one.
    /// More settings can be put behind it with `&`.
    pub fn url(&self) -> String {
        let nodes: Vec<_> =
            self.endpoints().iter().map(|endpoint| format!("{}:{}", endpoint.host, endpoint.port)).collect();
        self.url_to(&nodes.join(","))
    }

    /// The connection string for one node alone, so that the client asks nobody who leads.
    pub fn url_of(&self, node: usize) -> String {
        let endpoint = &self.endpoints()[node];
        self.url_to(&format!("{}:{}", endpoint.host, endpoint.port))
    }

    /// Where the nodes are, dead ones too.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        self.shared.members().nodes.iter().map(|member| member.endpoint.clone()).collect()
    }

    /// Which node leads, if one does.
    pub fn leader(&self) -> Option<usize> {
        self.shared.members().leader
    }

    fn url_to(&self, nodes: &str) -> String {
        let user = self.shared.options.users.first();
        let user = user.map(|(name, password)| format!("{}:{}@", escaped(name), escaped(password)));
        let tls = self.tls.is_some();
        format!("kurrentdb://{}{nodes}?tls={tls}", user.unwrap_or_default())
    }
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((HOST, port)).await.map_err(|cause| StartError::Listen { port, cause })
}

fn endpoint(listener: &TcpListener) -> Result<Endpoint, StartError> {
    let address = listener.local_addr().map_err(|cause| StartError::Listen { port: 0, cause })?;
    Ok(Endpoint { host: HOST.to_owned(), port: address.port() })
}

fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(escape).collect()
}
