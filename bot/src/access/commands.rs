//! What is said of access alone.

pub(crate) mod access;
mod compare_access;
mod extend;
pub(crate) mod give_back;
pub(crate) mod make_it;
mod my_access;
mod replace;
mod repositories;
mod revoke;
mod who_has;

use crate::commands::CommandSpec;

/// Its rows of the command table.
pub(super) const ALL: &[CommandSpec] = &[
    access::SPEC,
    compare_access::SPEC,
    extend::SPEC,
    give_back::SPEC,
    make_it::SPEC,
    my_access::SPEC,
    replace::SPEC,
    repositories::SPEC,
    revoke::SPEC,
    who_has::SPEC,
];
