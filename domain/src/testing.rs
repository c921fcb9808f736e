//! given / when / then for aggregates: a history, a command, and what must follow.

use jiff::Timestamp;

use crate::aggregate::Aggregate;
use crate::denied::{Denied, Violation};

/// The instant at which everything in a test's history happened, unless it says another.
pub fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().expect("a valid instant")
}

/// A history.
pub struct Given<A> {
    state: A,
    now: Timestamp,
}

/// A history and what was decided upon it.
pub struct When<A: Aggregate> {
    outcome: Result<Vec<A::Event>, Denied>,
}

/// Starts with what has happened.
pub fn given<A: Aggregate>(history: impl IntoIterator<Item = A::Event>) -> Given<A> {
    let mut state = A::default();
    history.into_iter().for_each(|event| state.evolve(&event, noon()));
    Given { state, now: noon() }
}

impl<A: Aggregate> Given<A> {
    /// Turns the clock.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// The state that the history leads to.
    pub fn state(&self) -> &A {
        &self.state
    }

    /// Gives the command.
    pub fn when(&self, command: impl Into<A::Command>) -> When<A> {
        When { outcome: self.state.decide(command.into(), self.now) }
    }
}

impl<A: Aggregate> When<A> {
    /// Exactly these events follow.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = A::Event>) {
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(self.outcome.as_deref(), Ok(expected.as_slice()));
    }

    /// Nothing follows.
    #[track_caller]
    pub fn then_nothing(self) {
        self.then([]);
    }

    /// It is denied for exactly these reasons.
    #[track_caller]
    pub fn then_denied(self, expected: impl IntoIterator<Item = Violation>) {
        assert_eq!(self.outcome.expect_err("it was carried out").0, expected.into_iter().collect::<Vec<_>>());
    }

    /// The events, to look into.
    #[track_caller]
    pub fn events(self) -> Vec<A::Event> {
        self.outcome.expect("it was denied")
    }
}
