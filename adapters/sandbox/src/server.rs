//! A server that runs until its handle is dropped.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::SandboxError;
use crate::host;
use crate::line::{Cut, Lines};

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(listen: SocketAddr, router: Router) -> Result<Self, SandboxError> {
        if !listen.ip().is_loopback() {
            return Err(SandboxError::NotLoopback(listen));
        }
        let taken = |why| SandboxError::Listen { address: listen, why };
        let listener = TcpListener::bind(listen).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let router = router.layer(from_fn(host::must_be_this_machine));
        let service = router.into_make_service_with_connect_info::<Cut>();
        let task = tokio::spawn(async move {
            let until = async {
                // Told to stop, or the handle is gone: both mean the end.
                let _ = stopped.await;
            };
            if let Err(error) = axum::serve(Lines(listener), service).with_graceful_shutdown(until).await {
                tracing::error!(%error, "the sandbox stopped serving");
            }
        });
        Ok(Self { address, stop, task })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening and waits for what is being answered, a second at most.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        let abort = self.task.abort_handle();
        if tokio::time::timeout(Duration::from_secs(1), self.task).await.is_err() {
            abort.abort();
        }
    }
}
