//! What the configuration answers to good and bad input.
