//! The contract of every store, kept by the log on KurrentDB: the one in miniature, or the real one that `KURRENTDB_URL` names.

use std::sync::Arc;

use countersign_domain::ports::EventStore;
use countersign_kurrent::{Kurrent, Patience};
use countersign_kurrentd::{Cluster, Options};

mod kurrent_contract {
    use super::*;

    async fn open() -> (Arc<dyn EventStore>, Option<Cluster>) {
        let (url, cluster) = if let Ok(url) = std::env::var("KURRENTDB_URL") {
            (url, None)
        } else {
            let cluster = Cluster::start(Options::default()).await.expect("a server starts");
            (cluster.url(), Some(cluster))
        };
        let address = url.parse().expect("a connection string");
        let store = Kurrent::new(address, Patience::default()).expect("a thread can be had");
        (Arc::new(store), cluster)
    }
    countersign_store::contract!(open);
}
