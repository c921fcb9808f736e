//! How much may be asked in a while: by a person, of an agent, and by a whole tenant. What is too much is told with what it is, and
//! when there is more.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Fault;

/// What may be had within a while; nothing where it is not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Allowance {
    /// How many turns.
    pub turns: Option<u64>,
    /// How many tokens, read and written.
    pub tokens: Option<u64>,
    /// How much money, in millionths of the tenant's currency.
    pub micros: Option<u64>,
}

impl Allowance {
    /// Twice as much.
    #[must_use]
    pub fn twice(self) -> Self {
        let of = |all: Option<u64>| all.map(|all| all.saturating_mul(2));
        Self { turns: of(self.turns), tokens: of(self.tokens), micros: of(self.micros) }
    }
}

/// What was had within that while.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// How many turns.
    pub turns: u64,
    /// How many tokens.
    pub tokens: u64,
    /// How much money, in millionths.
    pub micros: u64,
}

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Of who asks.
    Person,
    /// Of the agent, whoever asks.
    Agent,
    /// Of everybody together.
    Tenant,
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    /// Turns.
    Turns,
    /// Tokens.
    Tokens,
    /// Money.
    Money,
}

/// A limit, with what was had of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Whose.
    pub whose: Whose,
    /// What may be had.
    pub allowance: Allowance,
    /// What was.
    pub used: Used,
    /// When it begins anew.
    pub until: Timestamp,
    /// Where it is of a day, the time zone whose midnight that is: `Europe/Berlin`.
    pub day: Option<String>,
}

/// The first of the limits that is reached.
pub(super) fn reached(limits: &[Limit]) -> Option<Fault> {
    limits.iter().find_map(|Limit { whose, allowance, used, until, day }| {
        let all = [
            (Limited::Turns, allowance.turns, used.turns),
            (Limited::Tokens, allowance.tokens, used.tokens),
            (Limited::Money, allowance.micros, used.micros),
        ];
        let (what, most) = all
            .into_iter()
            .find_map(|(what, most, used)| most.filter(|most| used >= *most).map(|most| (what, most)))?;
        let (whose, until) = (*whose, *until);
        Some(match day.clone() {
            Some(zone) => Fault::DayLimitReached { whose, what, most, zone },
            None => Fault::LimitReached { whose, what, most, until },
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::noon;

    fn limit(whose: Whose, allowance: Allowance, used: Used) -> Limit {
        Limit { whose, allowance, used, until: noon(), day: None }
    }

    #[test]
    fn the_last_turn_may_be_had_and_one_more_may_not() {
        let five = Allowance { turns: Some(5), ..Allowance::default() };
        let used = |turns| Used { turns, ..Used::default() };
        assert_eq!(reached(&[limit(Whose::Person, five, used(4))]), None);
        let fault =
            Fault::LimitReached { whose: Whose::Person, what: Limited::Turns, most: 5, until: noon() };
        assert_eq!(reached(&[limit(Whose::Person, five, used(5))]), Some(fault));
    }

    #[test]
    fn what_is_had_in_a_day_is_told_as_a_days_with_when_the_next_one_begins() {
        let five = Allowance { turns: Some(5), ..Allowance::default() };
        let used = Used { turns: 5, ..Used::default() };
        let of_a_day = Limit { day: Some("Europe/Berlin".to_owned()), ..limit(Whose::Person, five, used) };
        let fault = reached(&[of_a_day]).expect("five of five were had");
        let said = crate::denied::Fault::said(&fault);
        assert!(said.starts_with("You have had 5 questions today"), "{said}");
        assert!(said.contains("at 00:00 your time (Europe/Berlin)"), "{said}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn what_is_not_limited_is_never_too_much_and_what_is_not_reached_is_not_said(
            most in prop::option::of(0..20u64), tokens in 0..30u64, turns in 0..30u64,
        ) {
            let allowance = Allowance { tokens: most, ..Allowance::default() };
            let used = Used { turns, tokens, micros: u64::MAX };
            let is_reached = most.is_some_and(|most| tokens >= most);
            prop_assert_eq!(reached(&[limit(Whose::Tenant, allowance, used)]).is_some(), is_reached);
        }
    }
}
