//! Faults on command: what is to go wrong with the next writes, connections and subscriptions.
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tonic::Code;

/// What goes wrong with one write (append, batch entry, deletion).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFault {
    /// It is answered with this code, and nothing is written.
    Refuse(Code),
    /// The connection drops before anything is written.
    DropBefore,
    /// It is written, then the connection drops before the answer.
    DropAfter,
    /// It is written, then answered with this code.
    WriteThenRefuse(Code),
    /// It is written, and no answer ever comes; the client's deadline is not heard either.
    Silence,
}

/// What goes wrong with one read that has a count. Subscriptions are ended by a command of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFault {
    /// It is answered with this code and no event.
    Refuse(Code),
    /// The connection drops after so many messages.
    DropAfter(usize),
    /// After so many messages the answer ends cleanly, as if there were no more.
    CutAfter(usize),
    /// After so many messages nothing comes any more; the client's deadline is not heard either.
    SilenceAfter(usize),
}

/// Where a write waits at a [`Gate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before it is written.
    BeforeCommit,
    /// After it is written, before the answer.
    AfterCommit,
}

/// Holds writes back until it is opened; dropping it opens it.
#[derive(Debug)]
pub struct Gate {
    open: watch::Sender<bool>,
    waiting: watch::Receiver<usize>,
}

impl Gate {
    /// Waits until so many writes wait at the gate or have passed it.
    pub async fn reached_by(&mut self, writes: usize) {
        // the sender lives as long as the gate stands in the faults or a write waits at it; after that nobody comes
        let _gone = self.waiting.wait_for(|waiting| *waiting >= writes).await;
    }

    /// Lets everybody through, for good.
    pub fn open(self) {
        self.open.send_replace(true);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.open.send_replace(true);
    }
}

#[derive(Clone, Debug)]
struct GateSide {
    stage: Stage,
    open: watch::Receiver<bool>,
    waiting: watch::Sender<usize>,
}

/// How subscriptions are ended on command: how often so far, and with which code last time.
pub(crate) type Ending = (u64, Code);

#[derive(Debug)]
pub(crate) struct Faults {
    plan: Mutex<Plan>,
    endings: watch::Sender<Ending>,
}

#[derive(Debug, Default)]
struct Plan {
    writes: VecDeque<WriteFault>,
    reads: VecDeque<ReadFault>,
    gates: Vec<GateSide>,
    delay: Duration,
    refused_connections: usize,
}

impl Default for Faults {
    fn default() -> Self {
        Self { plan: Mutex::default(), endings: watch::Sender::new((0, Code::Ok)) }
    }
}

impl Faults {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn plan_write(&self, fault: WriteFault, times: usize) {
        self.plan().writes.extend(std::iter::repeat_n(fault, times));
    }

    pub(crate) fn next_write(&self) -> Option<WriteFault> {
        self.plan().writes.pop_front()
    }

    pub(crate) fn plan_read(&self, fault: ReadFault, times: usize) {
        self.plan().reads.extend(std::iter::repeat_n(fault, times));
    }

    pub(crate) fn next_read(&self) -> Option<ReadFault> {
        self.plan().reads.pop_front()
    }

    pub(crate) fn set_delay(&self, delay: Duration) {
        self.plan().delay = delay;
    }

    pub(crate) fn delay(&self) -> Duration {
        self.plan().delay
    }

    pub(crate) fn refuse_connections(&self, count: usize) {
        self.plan().refused_connections = count;
    }

    pub(crate) fn refuses_connection(&self) -> bool {
        let mut plan = self.plan();
        let refuses = plan.refused_connections > 0;
        plan.refused_connections = plan.refused_connections.saturating_sub(1);
        refuses
    }

    pub(crate) fn gate(&self, stage: Stage) -> Gate {
        let (open, opened) = watch::channel(false);
        let (waiting, seen) = watch::channel(0);
        self.plan().gates.push(GateSide { stage, open: opened, waiting });
        Gate { open, waiting: seen }
    }

    /// Waits at every gate of a stage until it is open.
    pub(crate) async fn pass(&self, stage: Stage) {
        let gates: Vec<_> = {
            let mut plan = self.plan();
            plan.gates.retain(|gate| !*gate.open.borrow());
            plan.gates.iter().filter(|gate| gate.stage == stage).cloned().collect()
        };
        for mut gate in gates {
            gate.waiting.send_modify(|waiting| *waiting += 1);
            // a gate that is gone is open
            let _gone = gate.open.wait_for(|open| *open).await;
        }
    }

    pub(crate) fn end_subscriptions(&self, code: Code) {
        self.endings.send_modify(|(count, last)| {
            *count += 1;
            *last = code;
        });
    }

    pub(crate) fn endings(&self) -> watch::Receiver<Ending> {
        self.endings.subscribe()
    }
}
