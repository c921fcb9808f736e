//! How much work reading a sentence is, counted in words that are compared, looked up or read as a number: the same on every machine, however busy.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// A word was compared with one of a grammar, looked up or read.
pub(crate) fn step() {
    STEPS.set(STEPS.get() + 1);
}

/// How many words were compared on this thread so far.
pub(crate) fn so_far() -> u64 {
    STEPS.get()
}

/// How many words this compares.
pub(crate) fn of(reading: impl FnOnce()) -> u64 {
    let before = so_far();
    reading();
    so_far() - before
}
