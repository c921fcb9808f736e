//! Threads that may stand still while something is read: whoever is on one already needs no other one to read for them, which would
//! have to be woken, and wake them again.

use std::cell::Cell;

thread_local! {
    static MAY_STAND: Cell<bool> = const { Cell::new(false) };
}

/// Does this on a thread that keeps nobody waiting: what of a journal is asked for meanwhile is read here.
pub fn standing_still<T>(work: impl FnOnce() -> T) -> T {
    let _back = Back(MAY_STAND.replace(true));
    work()
}

/// Whether this thread may stand still.
pub(super) fn may_stand() -> bool {
    MAY_STAND.get()
}

/// The thread is as it was before, also where the work has panicked: others use it afterwards.
struct Back(bool);

impl Drop for Back {
    fn drop(&mut self) {
        MAY_STAND.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_may_stand_still_for_one_piece_of_work_and_not_for_the_next() {
        assert!(!may_stand());
        assert!(standing_still(|| standing_still(may_stand) && may_stand()));
        let panicked =
            std::panic::catch_unwind(|| standing_still::<()>(|| panic!("a panic that a test is about")));
        assert!(panicked.is_err() && !may_stand());
    }
}
