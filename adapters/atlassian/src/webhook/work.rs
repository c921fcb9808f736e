//! How much a text was looked at, counted in bytes: growth is measured by work, and by no clock.

use std::cell::Cell;

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// So many bytes were looked at.
pub(super) fn add(bytes: usize) {
    BYTES.with(|all| all.set(all.get() + bytes));
}

/// How many were while this was done.
pub(super) fn of<T>(work: impl FnOnce() -> T) -> usize {
    BYTES.with(|all| all.set(0));
    work();
    BYTES.with(Cell::get)
}
