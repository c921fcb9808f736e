//! Blobs behind the port `Blobs`: files as people gave them, and the texts that were read out of them.
//!
//! [`Folder`] keeps them in a folder of this machine, each in a file that is called by the digest of what is in it. [`contract`] is
//! what everything has to hold to that keeps them.

pub mod contract;
mod folder;

pub use folder::Folder;
