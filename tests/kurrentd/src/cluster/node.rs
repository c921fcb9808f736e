//! One node on its port: it takes connections in, and drops all of them at once when it dies.
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::shared::Shared;
use super::socket::{Socket, Wire};
use crate::service::{self, Call};

/// A node from its start to its death.
pub(crate) struct Life {
    end: CancellationToken,
    tasks: TaskTracker,
}

impl Life {
    /// Begins to take connections in.
    pub(crate) fn start(
        shared: Arc<Shared>,
        node: usize,
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        hangs: watch::Receiver<bool>,
    ) -> Self {
        let life = Self { end: CancellationToken::new(), tasks: TaskTracker::new() };
        let (end, tasks) = (life.end.clone(), life.tasks.clone());
        let entrance = Entrance { shared, node, tls, hangs, end, tasks };
        life.tasks.spawn(entrance.accept(listener));
        life
    }

    /// Ends it: when this returns, nobody listens on the port and every connection is gone.
    pub(crate) async fn end(self) {
        self.end.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

#[derive(Clone)]
struct Entrance {
    shared: Arc<Shared>,
    node: usize,
    tls: Option<TlsAcceptor>,
    hangs: watch::Receiver<bool>,
    end: CancellationToken,
    tasks: TaskTracker,
}

impl Entrance {
    async fn accept(self, listener: TcpListener) {
        let end = self.end.clone();
        let accepting = async {
            loop {
                match listener.accept().await {
                    Ok((socket, _)) => self.take_in(socket),
                    // the client is gone already, or there are too many files open: the next one may do better
                    Err(error) => tracing::debug!(%error, "a connection could not be taken in"),
                }
            }
        };
        end.run_until_cancelled(accepting).await;
    }

    fn take_in(&self, socket: TcpStream) {
        let refused = self.shared.faults.refuses_connection();
        self.shared.counters.add(|counts| {
            counts.connections += 1;
            counts.refused += u64::from(refused);
        });
        if refused {
            return;
        }
        let socket = Socket::new(socket, self.shared.options.acknowledges_at_once);
        let connection = self.end.child_token();
        let calls = CancellationToken::new();
        let entrance = self.clone();
        self.tasks.spawn(async move {
            let talk = Box::pin(entrance.talk(socket, connection.clone(), calls.clone()));
            let talk = unless_hanging(entrance.hangs.clone(), talk);
            let ended = connection.run_until_cancelled(talk).await;
            // The calls end after their connection: the other way round they would say good-bye, which the dead do not.
            calls.cancel();
            if let Some(Err(error)) = ended {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }

    async fn talk(
        &self,
        socket: Socket,
        connection: CancellationToken,
        calls: CancellationToken,
    ) -> io::Result<()> {
        let wire: Box<dyn Wire> = match &self.tls {
            Some(tls) => Box::new(tls.accept(socket).await?),
            None => Box::new(socket),
        };
        let call = Call::new(Arc::clone(&self.shared), self.node, connection);
        let executor = Executor { end: calls, tasks: self.tasks.clone() };
        let answer = service_fn(move |request| {
            let call = call.clone();
            async move { Ok::<_, Infallible>(service::answer(call, request).await) }
        });
        auto::Builder::new(executor)
            .serve_connection(TokioIo::new(wire), answer)
            .await
            .map_err(io::Error::other)
    }
}

/// Does something, but makes no step while the node hangs.
async fn unless_hanging<T>(mut hangs: watch::Receiver<bool>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        // if the handle is gone there is nothing to wait for: its end is the end of the connection, too
        drop(hangs.wait_for(|hangs| !hangs).await);
        tokio::select! {
            biased;
            changed = hangs.changed() => if changed.is_err() { return work.await },
            done = &mut work => return done,
        }
    }
}

/// Runs the calls of a connection, and only until it is gone.
#[derive(Clone)]
struct Executor {
    end: CancellationToken,
    tasks: TaskTracker,
}

impl<F> hyper::rt::Executor<F> for Executor
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, future: F) {
        let end = self.end.clone();
        self.tasks.spawn(async move {
            end.run_until_cancelled(future).await;
        });
    }
}
