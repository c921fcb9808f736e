//! Cards of every status.
