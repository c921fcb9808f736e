//! Whoever shows wrong tokens is told to wait: after so many from one address within a minute, the answer is when to come again, and
//! how many more there are is nobody's trouble. A token that is good lets in whoever shows it all the same: many come from one address
//! (an office, a proxy), and none of them can keep the others out by guessing.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// So many wrong tokens are nobody's guessing.
const WRONG: u32 = 10;
/// How long they are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// So many addresses are kept; beyond them, who was counted longest is forgotten.
const KEPT: usize = 4096;

/// How many wrong tokens came lately, by address.
#[derive(Debug, Default)]
pub(super) struct Brake(Mutex<HashMap<IpAddr, Window>>);

#[derive(Debug)]
struct Window {
    since: Timestamp,
    wrong: u32,
}

impl Window {
    fn left(&self, now: Timestamp) -> SignedDuration {
        WINDOW.saturating_sub(now.duration_since(self.since))
    }
}

impl Brake {
    /// Counts a wrong token; how many seconds they are to wait, where that was too much. Who comes from no address that we know is
    /// not told from others, and so not counted.
    pub(super) fn wrong(&self, from: Option<IpAddr>, now: Timestamp) -> Option<u64> {
        let from = network(from?);
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= KEPT && !windows.contains_key(&from) {
            windows.retain(|_, window| window.left(now).is_positive());
        }
        if windows.len() >= KEPT && !windows.contains_key(&from) {
            let oldest = windows.iter().min_by_key(|(_, window)| window.since).map(|(address, _)| *address);
            if let Some(oldest) = oldest {
                windows.remove(&oldest);
            }
        }
        let window = windows.entry(from).or_insert(Window { since: now, wrong: 0 });
        if !window.left(now).is_positive() {
            *window = Window { since: now, wrong: 0 };
        }
        window.wrong = window.wrong.saturating_add(1);
        let seconds = u64::try_from(window.left(now).as_millis()).unwrap_or(0).div_ceil(1000);
        (window.wrong > WRONG).then_some(seconds)
    }
}

/// Where somebody is: of IPv6 the network, within which everybody has more addresses than could be counted.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn trust_b5_wrong_tokens_are_braked_for_a_minute_by_address() {
        let brake = Brake::default();
        for _ in 0..WRONG {
            assert_eq!(brake.wrong(Some(address("192.0.2.7")), now()), None);
        }
        assert_eq!(brake.wrong(Some(address("192.0.2.7")), now()), Some(60));
        assert_eq!(brake.wrong(Some(address("192.0.2.7")), now() + 59.seconds()), Some(1));
        assert_eq!(brake.wrong(Some(address("192.0.2.8")), now()), None, "another address");
        assert_eq!(brake.wrong(Some(address("192.0.2.7")), now() + 60.seconds()), None, "the minute is over");
        assert_eq!(brake.wrong(None, now()), None);
    }

    #[test]
    fn trust_b5_a_network_is_one_place_and_no_flood_of_addresses_takes_memory() {
        let brake = Brake::default();
        let last =
            (0..=WRONG).map(|host| brake.wrong(Some(address(&format!("2001:db8::{host:x}"))), now())).last();
        assert!(last.unwrap().is_some());
        for network in 0..2 * u16::try_from(KEPT).unwrap() {
            brake.wrong(Some(address(&format!("2001:db8:{network:x}::1"))), now() + 1.second());
        }
        assert_eq!(brake.0.lock().unwrap().len(), KEPT);
        brake.wrong(Some(address("192.0.2.7")), now() + 2.minutes());
        assert_eq!(brake.0.lock().unwrap().len(), 1, "what is over is forgotten first");
    }
}
