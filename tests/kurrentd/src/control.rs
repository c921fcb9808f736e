//! Steering a cluster by words: what a line on standard input or an HTTP request to the control port can say.
//!
//! The words of a command are separated by spaces in a line and by slashes in a path: `kill leader` is
//! `curl -X POST http://127.0.0.1:2112/kill/leader`.
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tonic::Code;

use crate::cluster::{Cluster, StartError};
use crate::faults::{Gate, ReadFault, Stage, WriteFault};

/// What can be said, for people.
pub const HELP: &str = "\
state                        who leads, who lives
counts                       what was counted
kill N|leader                a node dies, and another leads if it did
revive N|all                 a node comes back
elect N                      this node leads from now on
abdicate                     nobody leads until somebody is elected
depose                       the leader is split off: it reads old and writes nothing
freeze N                     a node learns nothing new
heal N                       a node that was frozen or deposed knows everything again
fail FAULT [TIMES]           the next writes go wrong: drop-before, drop-after, silence,
                             refuse CODE or write-then-refuse CODE (unavailable, aborted, ...)
hang N                       a node is silent; another leads if it did
resume N                     a node that hung answers again
fail-reads FAULT [TIMES]     the next reads go wrong: drop-after N, cut-after N,
                             silence-after N messages, or refuse CODE
hold before|after            writes wait before or after the commit
open                         they wait no longer
delay MILLISECONDS           every answer comes so much later
refuse-connections N         the next connections are closed at once
end-subscriptions [CODE]     every subscription ends, cleanly or with an error
gap BYTES                    the positions jump
statistics                   the system writes an event of its own
scavenge                     what metadata hides goes";

/// What a command was not understood for, or did not do.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// There is no such command.
    #[error("'{0}' is no command; there are:\n{HELP}")]
    Unknown(String),
    /// There is no such node.
    #[error("there is no node {0}")]
    NoNode(String),
    /// That is no number.
    #[error("'{0}' is no number")]
    NoNumber(String),
    /// That is no code of gRPC.
    #[error("'{0}' is no code of gRPC, such as unavailable or deadline-exceeded")]
    NoCode(String),
    /// The node could not come back.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// A cluster, and the gate at which its writes wait.
pub struct Control {
    cluster: Cluster,
    gate: Mutex<Option<Gate>>,
}

impl Control {
    /// Steers this cluster.
    pub fn new(cluster: Cluster) -> Self {
        Self { cluster, gate: Mutex::default() }
    }

    /// The cluster.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Does what the words say and tells what came of it.
    pub async fn obey(&self, words: &[&str]) -> Result<String, ControlError> {
        let cluster = &self.cluster;
        match words {
            ["state"] => Ok(self.state()),
            ["counts"] => {
                Ok(serde_json::to_string(&cluster.counts()).expect("numbers and names can be told"))
            }
            ["help"] => Ok(HELP.to_owned()),
            ["kill", "leader"] => Ok(match cluster.kill_leader().await {
                Some(node) => format!("node {node} is dead"),
                None => "nobody led".to_owned(),
            }),
            ["kill", node] => {
                cluster.kill(self.node(node)?).await;
                Ok(self.state())
            }
            ["revive", "all"] => {
                for node in 0..cluster.endpoints().len() {
                    cluster.revive(node).await?;
                }
                Ok(self.state())
            }
            ["revive", node] => {
                cluster.revive(self.node(node)?).await?;
                Ok(self.state())
            }
            _ => self.obey_at_once(words),
        }
    }

    /// The commands that need no waiting.
    fn obey_at_once(&self, words: &[&str]) -> Result<String, ControlError> {
        let cluster = &self.cluster;
        match words {
            ["elect", node] => cluster.elect(self.node(node)?),
            ["abdicate"] => cluster.abdicate(),
            ["depose"] => {
                cluster.depose();
            }
            ["freeze", node] => cluster.freeze(self.node(node)?),
            ["heal", node] => cluster.heal(self.node(node)?),
            ["fail", words @ ..] => {
                let (fault, times) = fault(words)?;
                cluster.fail_writes(fault, times);
            }
            ["fail-reads", words @ ..] => {
                let (fault, times) = read_fault(words)?;
                cluster.fail_reads(fault, times);
            }
            ["hang", node] => cluster.hang(self.node(node)?),
            ["resume", node] => cluster.resume(self.node(node)?),
            ["hold", "before"] => self.hold(Stage::BeforeCommit),
            ["hold", "after"] => self.hold(Stage::AfterCommit),
            ["open"] => drop(self.swap_gate(None)),
            ["delay", time] => cluster.delay_answers(Duration::from_millis(number(time)?)),
            ["refuse-connections", count] => cluster.refuse_connections(number(count)?),
            ["end-subscriptions"] => cluster.end_subscriptions(Code::Ok),
            ["end-subscriptions", name] => cluster.end_subscriptions(code(name)?),
            ["gap", bytes] => cluster.leave_gap(number(bytes)?),
            ["statistics"] => cluster.write_statistics(),
            ["scavenge"] => return Ok(format!("{} events are gone", cluster.scavenge())),
            _ => return Err(ControlError::Unknown(words.join(" "))),
        }
        Ok("done".to_owned())
    }

    fn hold(&self, stage: Stage) {
        drop(self.swap_gate(Some(self.cluster.hold_writes(stage))));
    }

    fn swap_gate(&self, gate: Option<Gate>) -> Option<Gate> {
        std::mem::replace(&mut self.gate.lock().unwrap_or_else(PoisonError::into_inner), gate)
    }

    fn state(&self) -> String {
        let tell = |(node, endpoint): (usize, crate::cluster::Endpoint)| {
            serde_json::json!({
                "node": node,
                "port": endpoint.port,
                "alive": self.cluster.is_alive(node),
                "role": format!("{:?}", self.cluster.role(node)).split(' ').next(),
            })
        };
        let nodes: Vec<_> = self.cluster.endpoints().into_iter().enumerate().map(tell).collect();
        serde_json::json!({ "leader": self.cluster.leader(), "nodes": nodes }).to_string()
    }

    fn node(&self, text: &str) -> Result<usize, ControlError> {
        let known = |node: &usize| *node < self.cluster.endpoints().len();
        text.parse().ok().filter(known).ok_or_else(|| ControlError::NoNode(text.to_owned()))
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, ControlError> {
    text.parse().map_err(|_| ControlError::NoNumber(text.to_owned()))
}

fn fault(words: &[&str]) -> Result<(WriteFault, usize), ControlError> {
    let (fault, rest) = match words {
        ["drop-before", rest @ ..] => (WriteFault::DropBefore, rest),
        ["drop-after", rest @ ..] => (WriteFault::DropAfter, rest),
        ["silence", rest @ ..] => (WriteFault::Silence, rest),
        ["refuse", name, rest @ ..] => (WriteFault::Refuse(code(name)?), rest),
        ["write-then-refuse", name, rest @ ..] => (WriteFault::WriteThenRefuse(code(name)?), rest),
        _ => return Err(ControlError::Unknown(format!("fail {}", words.join(" ")))),
    };
    Ok((fault, times(rest)?))
}

fn read_fault(words: &[&str]) -> Result<(ReadFault, usize), ControlError> {
    let (fault, rest) = match words {
        ["drop-after", messages, rest @ ..] => (ReadFault::DropAfter(number(messages)?), rest),
        ["cut-after", messages, rest @ ..] => (ReadFault::CutAfter(number(messages)?), rest),
        ["silence-after", messages, rest @ ..] => (ReadFault::SilenceAfter(number(messages)?), rest),
        ["refuse", name, rest @ ..] => (ReadFault::Refuse(code(name)?), rest),
        _ => return Err(ControlError::Unknown(format!("fail-reads {}", words.join(" ")))),
    };
    Ok((fault, times(rest)?))
}

/// How often a fault is to happen: once, if nothing is said.
fn times(words: &[&str]) -> Result<usize, ControlError> {
    match words {
        [] => Ok(1),
        [times] => number(times),
        _ => Err(ControlError::Unknown(words.join(" "))),
    }
}

/// Reads a code by its name in small letters with hyphens, or by its number.
fn code(text: &str) -> Result<Code, ControlError> {
    let named = |code: &Code| format!("{code:?}").eq_ignore_ascii_case(&text.replace(['-', '_'], ""));
    (0..=16)
        .map(Code::from_i32)
        .find(named)
        .or_else(|| text.parse().ok().map(Code::from_i32))
        .ok_or_else(|| ControlError::NoCode(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    #[test]
    fn codes_are_read_by_name_and_number() {
        assert_eq!(code("unavailable").unwrap(), Code::Unavailable);
        assert_eq!(code("deadline-exceeded").unwrap(), Code::DeadlineExceeded);
        assert_eq!(code("14").unwrap(), Code::Unavailable);
        assert!(matches!(code("tired"), Err(ControlError::NoCode(_))));
    }

    #[tokio::test]
    async fn kurrentd_obeys_words() {
        let control = Control::new(Cluster::start(Options::nodes(3)).await.unwrap());
        assert_eq!(control.obey(&["kill", "leader"]).await.unwrap(), "node 0 is dead");
        assert!(control.obey(&["state"]).await.unwrap().starts_with(r#"{"leader":1,"#));
        control.obey(&["revive", "all"]).await.unwrap();
        control.obey(&["elect", "0"]).await.unwrap();
        assert_eq!(control.cluster().leader(), Some(0));
        control.obey(&["fail", "refuse", "unavailable", "3"]).await.unwrap();
        control.obey(&["hold", "before"]).await.unwrap();
        control.obey(&["open"]).await.unwrap();
        assert!(matches!(control.obey(&["kill", "7"]).await, Err(ControlError::NoNode(_))));
        assert!(matches!(control.obey(&["dance"]).await, Err(ControlError::Unknown(_))));
    }
}
