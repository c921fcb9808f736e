//! What a test can do to a cluster while it runs.
use std::time::Duration;

use tonic::Code;

use super::members::Role;
use super::{Cluster, StartError, listen};
use crate::counters::Counts;
use crate::faults::{Gate, ReadFault, Stage, WriteFault};
use crate::log::{Appended, Expected, Proposed, Rejected};

/// Nodes.
impl Cluster {
    /// Kills a node: nobody listens on its port any more, and all its connections are gone when this returns. If it
    /// led, the next living node leads at once.
    pub async fn kill(&self, node: usize) {
        self.kill_without_election(node).await;
        self.shared.change_members(|members| {
            if members.leader.is_none() {
                members.elect(node);
            }
        });
    }

    /// Kills the leader and tells which node that was; none if nobody led.
    pub async fn kill_leader(&self) -> Option<usize> {
        let leader = self.leader()?;
        self.kill(leader).await;
        Some(leader)
    }

    /// Kills a node, and nobody leads if it did, until somebody is [elected](Self::elect).
    pub async fn kill_without_election(&self, node: usize) {
        let mut life = self.lives[node].lock().await;
        if let Some(life) = life.take() {
            life.end().await;
        }
        self.shared.change_members(|members| members.lose(node));
    }

    /// Brings a dead node back on its old port, as a follower, or as the leader if nobody leads.
    pub async fn revive(&self, node: usize) -> Result<(), StartError> {
        let mut life = self.lives[node].lock().await;
        if life.is_some() {
            return Ok(());
        }
        let listener = listen(self.endpoints()[node].port).await?;
        self.shared.change_members(|members| members.regain(node));
        *life = Some(self.begin(node, listener));
        Ok(())
    }

    /// Lets a node hang as in a network that swallows everything: its connections stay open and new ones are taken
    /// in, but nothing is answered. For the others it is gone, and another leads if it did.
    pub fn hang(&self, node: usize) {
        self.hanging[node].send_replace(true);
        self.shared.change_members(|members| {
            members.lose(node);
            if members.leader.is_none() {
                members.elect(node);
            }
        });
    }

    /// Lets a node that hung answer again, as a follower, or as the leader if nobody leads.
    pub fn resume(&self, node: usize) {
        self.shared.change_members(|members| members.regain(node));
        self.hanging[node].send_replace(false);
    }

    /// Makes another node the leader without anybody's death. Connections stay as they are.
    pub fn elect(&self, node: usize) {
        self.shared.change_members(|members| {
            members.leader = Some(node);
            members.nodes[node].known = None;
            members.nodes[node].deposed = false;
        });
    }

    /// Takes the leader away, so that nobody leads until somebody is [elected](Self::elect).
    pub fn abdicate(&self) {
        self.shared.change_members(|members| members.leader = None);
    }

    /// Splits the leader off: the others follow the next node, but it still takes itself for the leader, answers
    /// reads from the log as it is now, and cannot bring a write to an end. Tells which node that is.
    pub fn depose(&self) -> Option<usize> {
        let length = self.shared.log().len();
        self.shared.change_members(|members| {
            let old = members.leader?;
            members.nodes[old].deposed = true;
            members.nodes[old].known = Some(length);
            members.elect(old);
            Some(old)
        })
    }

    /// Lets a node know no more than what is in the log now.
    pub fn freeze(&self, node: usize) {
        let length = self.shared.log().len();
        self.shared.change_members(|members| members.nodes[node].known = Some(length));
    }

    /// Lets a node that was frozen or deposed know everything again, as a follower if somebody else leads.
    pub fn heal(&self, node: usize) {
        self.shared.change_members(|members| {
            members.nodes[node].known = None;
            members.nodes[node].deposed = false;
        });
    }

    /// Whether a node lives.
    pub fn is_alive(&self, node: usize) -> bool {
        self.shared.members().nodes[node].alive
    }

    /// What a node takes itself for.
    pub fn role(&self, node: usize) -> Role {
        self.shared.role(node)
    }
}

/// Faults.
impl Cluster {
    /// Lets the next writes go wrong, so many of them, after those that were planned before.
    pub fn fail_writes(&self, fault: WriteFault, times: usize) {
        self.shared.faults.plan_write(fault, times);
    }

    /// Lets the next reads with a count go wrong, so many of them, after those that were planned before.
    pub fn fail_reads(&self, fault: ReadFault, times: usize) {
        self.shared.faults.plan_read(fault, times);
    }

    /// Holds every write back at a stage until the gate is opened.
    pub fn hold_writes(&self, stage: Stage) -> Gate {
        self.shared.faults.gate(stage)
    }

    /// Answers every call so much later from now on.
    pub fn delay_answers(&self, delay: Duration) {
        self.shared.faults.set_delay(delay);
    }

    /// Closes the next connections, so many of them, as soon as they are made, on whatever node.
    pub fn refuse_connections(&self, count: usize) {
        self.shared.faults.refuse_connections(count);
    }

    /// Ends every subscription, cleanly with [`Code::Ok`], or else with an error.
    pub fn end_subscriptions(&self, code: Code) {
        self.shared.faults.end_subscriptions(code);
    }

    /// Lets the positions jump before the next event.
    pub fn leave_gap(&self, bytes: u64) {
        self.shared.change(|log| log.leave_gap(bytes));
    }
}

/// The log, without a client.
impl Cluster {
    /// Appends to the log directly, as somebody else would.
    pub fn append(
        &self,
        stream: &str,
        expected: Expected,
        events: &[Proposed],
    ) -> Result<Appended, Rejected> {
        self.shared.change(|log| log.append(stream, expected, events))
    }

    /// Writes an event of the system, as the real server does of itself every now and then.
    pub fn write_statistics(&self) {
        let stream = format!("$stats-{}:{}", super::HOST, self.endpoints()[0].port);
        let event = Proposed::json("$statsCollected", r#"{"proc-cpu":0.5}"#);
        self.shared
            .change(|log| log.append(&stream, Expected::Any, &[event]))
            .expect("anything may be written to a stream that nobody deletes");
    }

    /// Removes what the streams' metadata hides from everything, too; tells how many events that were.
    pub fn scavenge(&self) -> usize {
        self.shared.change(crate::log::Log::scavenge)
    }

    /// How many events the log has, those of the system too.
    pub fn log_length(&self) -> usize {
        self.shared.log().len()
    }

    /// What was counted since the start.
    pub fn counts(&self) -> Counts {
        self.shared.counters.snapshot()
    }
}
