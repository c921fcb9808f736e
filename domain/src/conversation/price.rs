//! What a model's reading and writing costs.

use serde::{Deserialize, Serialize};

use crate::ports::Usage;

/// For so many tokens a price is said.
const THOUSAND: u64 = 1_000;

/// What a model takes, in millionths of the tenant's currency for a thousand tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// That it reads.
    pub read: u64,
    /// That it writes.
    pub written: u64,
}

impl Price {
    /// What this came to, in millionths; a part of one counts as one, so that what costs something never costs nothing.
    pub const fn of(self, usage: Usage) -> u64 {
        let read = self.read.saturating_mul(usage.read);
        read.saturating_add(self.written.saturating_mul(usage.written)).div_ceil(THOUSAND)
    }
}

/// Whether it costs nothing, or nobody said what it costs.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(super) const fn is_free(micros: &u64) -> bool {
    *micros == 0
}

/// Millionths as people write money: `0.0125`.
pub(super) fn in_words(micros: u64) -> String {
    let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
    let part = format!("{part:06}");
    format!("{whole}.{:0<2}", part.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usage(read: u64, written: u64) -> Usage {
        Usage { read, written, said: true }
    }

    #[test]
    fn a_thousand_tokens_cost_their_price_and_a_single_one_never_nothing() {
        let price = Price { read: 2_500, written: 10_000 };
        assert_eq!(price.of(usage(1_000, 1_000)), 12_500);
        assert_eq!((price.of(usage(0, 0)), price.of(usage(1, 0))), (0, 3));
        assert_eq!(Price::default().of(usage(9_999, 9_999)), 0);
    }

    #[test]
    fn money_is_written_as_people_write_it() {
        for (micros, said) in [(12_500, "0.0125"), (1_000_000, "1.00"), (2_500_000, "2.50"), (3, "0.000003")]
        {
            assert_eq!(in_words(micros), said);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn more_never_costs_less(
            (read, written) in any::<(u64, u64)>(), tokens in any::<(u64, u64)>(), more in any::<(u64, u64)>(),
        ) {
            let price = Price { read, written };
            let all = usage(tokens.0.saturating_add(more.0), tokens.1.saturating_add(more.1));
            prop_assert!(price.of(all) >= price.of(usage(tokens.0, tokens.1)));
        }
    }
}
