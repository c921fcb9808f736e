//! The desk as a whole: from the sentence to the access and its end, with everything that may happen between.

mod access;
mod at_hand;
mod effects;
mod evidence;
mod full_disk;
mod identities;
mod leavers;
mod operations;
mod reads;
mod repair;
mod rule_change;
mod stopping;
mod tickets;
mod timeline;
