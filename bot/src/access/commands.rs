//! What is said of access alone: a row each in the command table.

pub(crate) mod access;
pub(crate) mod compare_access;
pub(crate) mod extend;
pub(crate) mod give_back;
pub(crate) mod make_it;
pub(crate) mod my_access;
pub(crate) mod replace;
pub(crate) mod revoke;
pub(crate) mod who_has;
