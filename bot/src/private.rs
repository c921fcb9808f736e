//! What is the bot's own is readable by nobody else, whatever the machine's habits are.

use std::fs::{DirBuilder, Permissions, metadata, set_permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, setrlimit, umask};

const OWNER_ONLY: u32 = 0o700;

/// From here on every file and folder that this process makes is for its user only, and its memory, in which secrets are, is
/// never written to a disk.
pub fn files() {
    umask(Mode::RWXG | Mode::RWXO);
    // Where the system does not let us, the unit's `LimitCORE=0` stands.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// Makes a folder that only its owner may look into, or closes the one that is there.
pub fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(path)?;
    let mode = metadata(path)?.permissions().mode();
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    tracing::warn!("{} was open to others on this machine: it is closed now", path.display());
    set_permissions(path, Permissions::from_mode(OWNER_ONLY))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn trust_b6_a_folder_is_closed_also_where_it_was_open() {
        let outer = tempfile::tempdir().unwrap();
        let (open, new) = (outer.path().join("open"), outer.path().join("new"));
        std::fs::create_dir(&open).unwrap();
        set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
        for path in [&open, &new] {
            folder(path).unwrap();
            assert_eq!(mode(path), 0o700, "{}", path.display());
        }
    }
}
