//! The journal beside other engines.
fn main() {}
