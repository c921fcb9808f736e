//! The store beside other engines, in one run.
