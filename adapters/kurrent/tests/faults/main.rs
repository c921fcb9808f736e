//! What happens to a log on KurrentDB when connections, nodes and answers fail: nothing that anybody has to know of.

mod appends;
mod cluster;
mod following;
mod moving;
mod names;
mod rosters;
mod secure;

use std::sync::Arc;
use std::time::Duration;

use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{Appended, EventStore, Expected, StoreError};
use countersign_kurrent::{Kurrent, Patience};
use countersign_kurrentd::{Cluster, Options};
use countersign_store::contract::fixtures::{append, number, read_tenant, stream, tenant};

/// A log in a cluster of its own.
struct Stage {
    cluster: Cluster,
    store: Arc<Kurrent>,
    tenant: Tenant,
}

impl Stage {
    async fn new(nodes: usize) -> Self {
        Self::with(Options::nodes(nodes), Patience::default()).await
    }

    async fn with(options: Options, patience: Patience) -> Self {
        let cluster = Cluster::start(options).await.expect("the nodes start");
        let store = open(&cluster.url(), patience);
        Self { cluster, store, tenant: tenant() }
    }

    fn stream(&self, id: &str) -> StreamName {
        stream(&self.tenant, id)
    }

    /// Appends one event to the stream `1`.
    async fn append(&self, expected: Expected, number: u64) -> Result<Appended, StoreError> {
        self.store.append(append(self.stream("1").as_str(), expected, &[number])).await
    }

    /// The numbers of all events, in order.
    async fn numbers(&self) -> Vec<u64> {
        read_tenant(&*self.store, &self.tenant, None, 100).await.iter().filter_map(number).collect()
    }
}

fn open(url: &str, patience: Patience) -> Arc<Kurrent> {
    let address = url.parse().expect("a connection string");
    Arc::new(Kurrent::new(address, patience).expect("a thread can be had"))
}

/// For calls that are not answered: what a test can wait for.
fn hasty() -> Patience {
    Patience { call: Duration::from_millis(200), operation: Duration::from_secs(20), ..Patience::default() }
}

/// Nobody looks for news: only what tells of any wakes anybody.
fn patient() -> Patience {
    Patience { poll: Duration::from_hours(1), ..Patience::default() }
}
