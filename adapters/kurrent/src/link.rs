//! Clients, one after the other. The official client does not recover: one whose first connection failed is dead for ever,
//! and none looks for a new leader. So a client that fails is dropped, with a pause that grows, and another one is built.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use eventstore::Client;
use tokio::runtime::Runtime;

use crate::address::Address;
use crate::nagle;

/// The pauses before another client is built: this long after the first failure, doubled with each more, with jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// How often it is looked whether the client has opened another connection.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A client, and the runtime it lives in: its tasks do not end by themselves, so they end with the runtime.
pub(crate) struct Link {
    number: u64,
    client: Client,
    runtime: Option<Runtime>,
}

/// Why a call came to nothing.
#[derive(Debug)]
pub(crate) enum CallError {
    /// What the client says.
    Client(eventstore::Error),
    /// It took too long.
    TimedOut,
    /// The task broke: a panic in the client.
    Broken(String),
}

impl Link {
    fn open(number: u64, address: &Address) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("kurrentdb")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let client = Client::with_runtime_handle(runtime.handle().clone(), address.settings().clone());
        match client {
            Ok(client) => Ok(Self { number, client, runtime: Some(runtime) }),
            Err(error) => {
                runtime.shutdown_background();
                Err(error.to_string())
            }
        }
    }

    /// Calls in the client's own runtime, for `patience` at most.
    pub(crate) async fn call<T: Send + 'static, F>(
        &self,
        patience: Duration,
        call: impl FnOnce(Client) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = eventstore::Result<T>> + Send + 'static,
    {
        let Some(runtime) = &self.runtime else { return Err(CallError::TimedOut) };
        let mut task = runtime.spawn(call(self.client.clone()));
        match tokio::time::timeout(patience, &mut task).await {
            Ok(Ok(answer)) => answer.map_err(CallError::Client),
            Ok(Err(error)) => Err(CallError::Broken(error.to_string())),
            Err(_) => {
                task.abort();
                Err(CallError::TimedOut)
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// No client can be had now.
#[derive(Debug)]
pub(crate) struct NoLink(pub(crate) String);

/// The client there is, and what comes after it.
pub(crate) struct Links {
    address: Address,
    /// When no client was good for anything for so long, nobody waits any more: until the next one is built, every call is
    /// answered at once that there is no server.
    break_after: Duration,
    state: Mutex<State>,
    /// Held by whoever builds a client, so that one is built at a time.
    building: tokio::sync::Mutex<()>,
    /// Whether the log says that connections cannot be told to send at once.
    told: AtomicBool,
}

#[derive(Default)]
struct State {
    link: Option<Arc<Link>>,
    built: u64,
    /// How many clients in a row were good for nothing, and why the last one was not.
    failures: u32,
    why: String,
    failing_since: Option<Instant>,
    not_before: Option<Instant>,
    /// Whose connections were told last to send at once, and when.
    looked: Option<(u64, Instant)>,
}

impl Links {
    pub(crate) fn new(address: Address, break_after: Duration) -> Self {
        let (state, building) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { address, break_after, state, building, told: AtomicBool::default() }
    }

    pub(crate) const fn address(&self) -> &Address {
        &self.address
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client, built if need be, but not after `until`.
    pub(crate) async fn get(&self, until: Instant) -> Result<Arc<Link>, NoLink> {
        if let Some(link) = &self.state().link {
            return Ok(Arc::clone(link));
        }
        let building = tokio::time::timeout_at(until.into(), self.building.lock()).await;
        let _building = building.map_err(|_| NoLink("nobody could connect in time".to_owned()))?;
        let (wait, number) = {
            let state = self.state();
            if let Some(link) = &state.link {
                return Ok(Arc::clone(link));
            }
            let wait =
                state.not_before.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
            let broken = state.failing_since.is_some_and(|since| since.elapsed() > self.break_after);
            if (broken && !wait.is_zero()) || Instant::now() + wait > until {
                return Err(NoLink(state.why.clone()));
            }
            (wait, state.built)
        };
        tokio::time::sleep(wait).await;
        let address = self.address.clone();
        // Reads the certificates of the machine.
        let built = tokio::task::spawn_blocking(move || Link::open(number, &address)).await;
        match built.map_err(|error| error.to_string()).and_then(|built| built) {
            Ok(link) => {
                let link = Arc::new(link);
                let mut state = self.state();
                state.built += 1;
                state.link = Some(Arc::clone(&link));
                Ok(link)
            }
            Err(why) => {
                let mut state = self.state();
                state.fail(why.clone());
                Err(NoLink(why))
            }
        }
    }

    /// This client answered.
    pub(crate) fn worked(&self, link: &Link) {
        let mut state = self.state();
        if state.failures > 0 && state.built == link.number + 1 {
            tracing::info!(address = %self.address, "KurrentDB answers again");
            (state.failures, state.failing_since, state.not_before) = (0, None, None);
        }
        let is_fresh = |(number, at): (u64, Instant)| number == link.number && at.elapsed() < LOOK_AGAIN;
        if state.looked.is_some_and(is_fresh) {
            return;
        }
        state.looked = Some((link.number, Instant::now()));
        drop(state);
        if let Err(why) = nagle::switch_off()
            && !self.told.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "calls to KurrentDB may take 40 ms longer than they must, see \"Several bots\" in the run book: {why}"
            );
        }
    }

    /// This client is to be thrown away, unless somebody did so already.
    pub(crate) fn failed(&self, link: &Link, why: &str) {
        let mut state = self.state();
        if state.link.as_ref().is_some_and(|there| there.number == link.number) {
            tracing::warn!(address = %self.address, "the connection to KurrentDB is built anew: {why}");
            state.link = None;
            state.fail(why.to_owned());
        }
    }
}

impl State {
    fn fail(&mut self, why: String) {
        let longest = FIRST_PAUSE.saturating_mul(1 << self.failures.min(10)).min(LONGEST_PAUSE);
        self.failures += 1;
        self.why = why;
        self.failing_since.get_or_insert_with(Instant::now);
        self.not_before = Some(Instant::now() + longest.mul_f64(rand::random::<f64>()));
    }
}
