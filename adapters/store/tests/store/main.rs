//! The journal and its index, by everything that may befall them.

mod contract;
mod crash;
mod faults;
mod full_disk;
mod fuzz;
mod lock;
mod migrate;
mod model;
mod reading;
mod recovery;
mod side;
mod support;
