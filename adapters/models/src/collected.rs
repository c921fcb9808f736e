//! An answer while it comes: text, and calls in pieces; never more of either than an answer may have.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::ports::{Ended, ModelFault, Piece, Pieces, Step, StepDone, ToolCall, Usage};
use serde_json::{Map, Value};

use crate::fault::malformed;

/// So many calls one step may make; a model that wants more is in a circle.
const MOST_CALLS: usize = 64;
/// So many bytes the arguments of all calls may have.
const MOST_ARGUMENTS: usize = 1024 * 1024;
/// So many bytes a token has at most, on the whole.
const TOKEN: usize = 16;

/// What has come so far of one step's answer.
pub struct Collected<'p> {
    vendor: &'static str,
    pieces: &'p mut dyn Pieces,
    text: String,
    most: usize,
    /// By the place that the server gives them.
    calls: BTreeMap<u64, Call>,
    arguments: usize,
    /// How often something came: of a server that does not count, as many tokens.
    came: u64,
    asked: u64,
    /// What the server says that it took.
    pub usage: Option<Usage>,
    /// The server's id of the answer.
    pub response: Option<String>,
    /// Why it ended, once it has said so.
    pub why: Option<Ended>,
}

#[derive(Default)]
struct Call {
    id: String,
    tool: String,
    arguments: String,
}

/// Whether there may be more.
#[derive(Debug, PartialEq, Eq)]
pub enum Room {
    /// There may.
    Left,
    /// It says more than it was allowed to, and would for ever.
    None,
}

impl<'p> Collected<'p> {
    /// Nothing yet.
    pub fn new(vendor: &'static str, step: &Step, pieces: &'p mut dyn Pieces) -> Self {
        let most = usize::try_from(step.most_tokens).unwrap_or(usize::MAX).saturating_mul(TOKEN);
        Self {
            vendor,
            pieces,
            text: String::new(),
            most,
            calls: BTreeMap::new(),
            arguments: 0,
            came: 0,
            asked: u64::try_from(crate::prompt::length(step) / 4).unwrap_or(u64::MAX),
            usage: None,
            response: None,
            why: None,
        }
    }

    /// Whether anything has come.
    pub fn has_begun(&self) -> bool {
        !self.text.is_empty() || !self.calls.is_empty()
    }

    /// The next of its text.
    pub fn text(&mut self, text: &str) -> Room {
        if text.is_empty() {
            return Room::Left;
        }
        self.came += 1;
        if self.text.len() + text.len() > self.most {
            return Room::None;
        }
        self.text.push_str(text);
        self.pieces.take(Piece::Text(text.to_owned()));
        Room::Left
    }

    /// A piece of a call: what is not told in it was told before, or will be.
    pub fn call(&mut self, place: u64, id: &str, tool: &str, arguments: &str) -> Result<(), ModelFault> {
        self.came += 1;
        self.arguments += arguments.len();
        let call = self.calls.entry(place).or_default();
        if call.id.is_empty() {
            id.clone_into(&mut call.id);
        }
        // A name comes whole, by some servers with every piece.
        if call.tool.is_empty() {
            tool.clone_into(&mut call.tool);
        }
        call.arguments.push_str(arguments);
        if self.calls.len() > MOST_CALLS {
            return Err(malformed(self.vendor, &format!("it wants more than {MOST_CALLS} calls at once")));
        }
        if self.arguments > MOST_ARGUMENTS {
            return Err(malformed(self.vendor, "the arguments of its calls have no end"));
        }
        Ok(())
    }

    /// Where the next call stands, for servers that give them no place.
    pub fn next_place(&self) -> u64 {
        self.calls.last_key_value().map_or(0, |(place, _)| place + 1)
    }

    /// All of it. Calls are wanted whole or not at all: of an answer that somebody ended, or that is too long, there are none.
    pub fn done(mut self, why: Ended) -> Result<StepDone, ModelFault> {
        let whole = matches!(why, Ended::Said | Ended::Calls);
        let calls = if whole { self.calls()? } else { Vec::new() };
        if self.text.is_empty() && calls.is_empty() && whole {
            return Err(malformed(self.vendor, "its answer is empty"));
        }
        let why = match why {
            Ended::Said | Ended::Calls if calls.is_empty() => Ended::Said,
            Ended::Said | Ended::Calls => Ended::Calls,
            other => other,
        };
        calls.iter().cloned().for_each(|call| self.pieces.take(Piece::Call(call)));
        let counted = Usage { read: self.asked, written: self.came, said: false };
        Ok(StepDone {
            text: self.text,
            calls,
            claims: Vec::new(),
            why,
            usage: self.usage.unwrap_or(counted),
            response: self.response,
            notes: Vec::new(),
            by: None,
        })
    }

    fn calls(&mut self) -> Result<Vec<ToolCall>, ModelFault> {
        let mut ids = BTreeSet::new();
        let mut calls = Vec::new();
        for (nth, (_, call)) in std::mem::take(&mut self.calls).into_iter().enumerate() {
            if call.tool.is_empty() {
                return Err(malformed(self.vendor, "it wants a call without a name"));
            }
            let arguments = if call.arguments.trim().is_empty() {
                Value::Object(Map::new())
            } else {
                serde_json::from_str(&call.arguments)
                    .map_err(|_| malformed(self.vendor, "the arguments of a call cannot be read"))?
            };
            let mut id = if call.id.is_empty() { format!("call-{nth}") } else { call.id };
            while !ids.insert(id.clone()) {
                id.push('\'');
            }
            calls.push(ToolCall { id, tool: call.tool, arguments });
        }
        Ok(calls)
    }
}
