//! How far a long command is: a bar where somebody looks, a line every few seconds where nobody does.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a line is written where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

/// Shows how many events are done, on the standard error output.
pub(super) struct Shown {
    bar: ProgressBar,
    told: Instant,
}

impl Shown {
    /// Of so many, where that is known.
    pub(super) fn of(total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = match total {
            Some(_) => "{wide_bar} {human_pos} of {human_len} events, {per_sec}, {eta} left",
            None => "{spinner} {human_pos} events, {per_sec}",
        };
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self { bar, told: Instant::now() }
    }

    /// So many are done.
    pub(super) fn at(&mut self, events: u64) {
        if self.bar.length().is_some_and(|total| total < events) {
            // The log has grown meanwhile.
            self.bar.set_length(events);
        }
        self.bar.set_position(events);
        if self.bar.is_hidden() && self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            let of = self.bar.length().map(|total| format!(" of {total}")).unwrap_or_default();
            // Whoever does not listen misses nothing that counts.
            let _ = writeln!(io::stderr(), "{events}{of} events");
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
