//! What goes wrong on a vendor's way to the bot: deliveries that are refused or cannot be read, connections that cannot be made.
//! Each is a line in the program's log with its reason, counted, and kept for `/readyz`; a flood is a line a minute.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_domain::names::Tenant;
use countersign_domain::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::classify;

/// This many of a kind at once are each a line of the log …
const BURST: u32 = 5;
/// … and one in so long for as long as it goes on.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// A delivery was not taken: it is not signed as it must be, or not for this bot.
    Refused,
    /// A delivery, or something in the vendor's history, cannot be read.
    Unreadable,
    /// The connection by which the vendor delivers cannot be made, or was lost.
    Connection,
    /// The vendor does not take what the bot registers with it: its commands.
    Registration,
}

impl Trouble {
    /// The word for it in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
            Self::Connection => "connection",
            Self::Registration => "registration",
        }
    }
}

/// One kind of trouble, as `/readyz` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TroubleView {
    /// What goes wrong.
    pub kind: Trouble,
    /// How often it did since the bot started, or since it was over.
    pub times: u64,
    /// Why, the last time.
    pub why: String,
    /// When that was.
    pub at: Timestamp,
}

/// The troubles of one tenant with one vendor.
pub struct Troubles {
    vendor: &'static str,
    tenant: Tenant,
    clock: Arc<dyn Clock>,
    kept: Mutex<BTreeMap<Trouble, Kept>>,
}

struct Kept {
    view: TroubleView,
    lines: Lines,
}

/// How many lines may be written now.
struct Lines {
    left: u32,
    at: Timestamp,
    left_out: u64,
}

impl Troubles {
    /// Nothing went wrong yet.
    pub fn new(vendor: &'static str, tenant: &Tenant, clock: Arc<dyn Clock>) -> Self {
        Self { vendor, tenant: tenant.clone(), clock, kept: Mutex::default() }
    }

    /// Something went wrong, and why.
    pub fn tell(&self, kind: Trouble, why: &str) {
        let (why, now) = (classify::one_line(why), self.clock.now());
        metrics::counter!("countersign_chat_troubles_total", "vendor" => self.vendor, "tenant" => self.tenant.to_string(), "kind" => kind.as_str())
            .increment(1);
        let mut all = self.lock();
        let kept = all.entry(kind).or_insert_with(|| Kept {
            view: TroubleView { kind, times: 0, why: String::new(), at: now },
            lines: Lines { left: BURST, at: now, left_out: 0 },
        });
        (kept.view.times, kept.view.at) = (kept.view.times + 1, now);
        kept.view.why.clone_from(&why);
        if let Some(left_out) = kept.lines.admit(now) {
            let (vendor, tenant, kind) = (self.vendor, &self.tenant, kind.as_str());
            tracing::warn!(vendor, %tenant, kind, left_out, "trouble with a chat: {why}");
        }
    }

    /// It does not go wrong any more.
    pub fn over(&self, kind: Trouble) {
        if self.lock().remove(&kind).is_some() {
            let (vendor, tenant, kind) = (self.vendor, &self.tenant, kind.as_str());
            tracing::info!(vendor, %tenant, kind, "that trouble with a chat is over");
        }
    }

    /// All kinds of trouble there were, with the last reason of each.
    pub fn view(&self) -> Vec<TroubleView> {
        self.lock().values().map(|kept| kept.view.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Trouble, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    /// Whether a line may be written now: with how many were left out since the last one.
    fn admit(&mut self, now: Timestamp) -> Option<u64> {
        if now.duration_since(self.at) >= PAUSE {
            self.left = self.left.max(1);
        }
        if self.left == 0 {
            self.left_out += 1;
            return None;
        }
        (self.left, self.at) = (self.left - 1, now);
        Some(std::mem::take(&mut self.left_out))
    }
}

impl std::fmt::Debug for Troubles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Troubles")
            .field("vendor", &self.vendor)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;

    struct Noon;

    #[async_trait]
    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            "2026-03-01T12:00:00Z".parse().unwrap()
        }

        async fn sleep_until(&self, _: Timestamp) {}
    }

    #[test]
    fn trust_d5_each_kind_of_trouble_is_kept_with_its_last_reason_until_it_is_over() {
        let troubles = Troubles::new("slack", &"acme".parse().unwrap(), Arc::new(Noon));
        troubles.tell(Trouble::Refused, "the signature\ndoes not fit");
        troubles.tell(Trouble::Refused, "signed yesterday");
        troubles.tell(Trouble::Connection, "it answered 500");
        let told: Vec<_> =
            troubles.view().into_iter().map(|view| (view.kind, view.times, view.why)).collect();
        assert_eq!(
            told,
            [
                (Trouble::Refused, 2, "signed yesterday".to_owned()),
                (Trouble::Connection, 1, "it answered 500".to_owned()),
            ]
        );
        troubles.over(Trouble::Connection);
        assert_eq!(troubles.view().len(), 1);
    }

    #[test]
    fn trust_d5_a_flood_is_a_line_a_minute_that_says_how_many_were_left_out() {
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let mut lines = Lines { left: BURST, at: start, left_out: 0 };
        let written = (0..1000).filter(|_| lines.admit(start).is_some()).count();
        assert_eq!(written, 5);
        assert_eq!(lines.admit(start + SignedDuration::from_secs(59)), None);
        assert_eq!(lines.admit(start + SignedDuration::from_secs(60)), Some(996));
        assert_eq!(lines.admit(start + SignedDuration::from_secs(61)), None);
    }
}
