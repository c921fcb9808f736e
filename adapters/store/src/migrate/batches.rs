//! The source in batches of whole appends, and a batch cut into the appends that the target gets.

use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::ports::EventStore;

use super::{MigrateError, MigrateOptions};

/// What an envelope has besides its data, in bytes; more than it ever is but for long names.
const AROUND_DATA: usize = 1024;

/// Reads the source a page at a time. What may go on in the next page is held back, so that an append stays in one piece.
pub(super) struct Batches<'a> {
    source: &'a dyn EventStore,
    options: &'a MigrateOptions,
    after: Option<Position>,
    held: Vec<Envelope>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(
        source: &'a dyn EventStore,
        options: &'a MigrateOptions,
        after: Option<Position>,
    ) -> Self {
        Self { source, options, after, held: Vec::new() }
    }

    /// The next events; `None` at the end of the source.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Envelope>>, MigrateError> {
        loop {
            let page = self.source.read_all(self.after, self.options.page.max(1)).await;
            let page = page.map_err(MigrateError::Source)?;
            let mut batch = std::mem::take(&mut self.held);
            let Some(last) = page.last() else { return Ok(Some(batch).filter(|batch| !batch.is_empty())) };
            self.after = Some(last.pos);
            batch.extend(page);
            let whole = batch.len() - batch.chunk_by(are_one_append).next_back().map_or(0, <[_]>::len);
            if whole > 0 {
                self.held = batch.split_off(whole);
                return Ok(Some(batch));
            }
            if batch.len() >= self.options.append_events {
                return Ok(Some(batch));
            }
            self.held = batch;
        }
    }
}

/// Whether the second event came in the same append as the first: all events of a command in a stream do.
fn are_one_append(one: &Envelope, next: &Envelope) -> bool {
    one.stream == next.stream && one.command == next.command && next.rev == one.rev + 1
}

/// The appends that bring these events into a store, in order: as they were, but for those that are too large.
pub(super) fn appends<'b, 'e>(
    events: &'b [&'e Envelope],
    options: &MigrateOptions,
) -> Vec<&'b [&'e Envelope]> {
    let mut appends = Vec::new();
    for mut whole in events.chunk_by(|one, next| are_one_append(one, next)) {
        while !whole.is_empty() {
            let (append, rest) = whole.split_at(fitting(whole, options));
            appends.push(append);
            whole = rest;
        }
    }
    appends
}

/// How many of these events fit into one append; at least one.
fn fitting(events: &[&Envelope], options: &MigrateOptions) -> usize {
    let mut bytes = 0_usize;
    let fits = |event: &&&Envelope| {
        bytes += event.data.get().len() + event.stream.as_str().len() + AROUND_DATA;
        bytes <= options.append_bytes
    };
    events.iter().take(options.append_events).take_while(fits).count().max(1)
}
