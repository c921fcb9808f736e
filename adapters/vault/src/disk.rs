//! Files that are their owner's only, written whole or not at all, and overwritten once they are old.
//!
//! What is overwritten is gone from this file system as far as that does what it is told: copies that the system, a snapshot or a
//! worn disk keeps by itself are beyond any program. That is why the master key is elsewhere.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use secrecy::zeroize::Zeroizing;

use crate::error::VaultError;

/// Who may look into a folder, and into a file.
const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;
/// The rights of everybody else.
const OTHERS: u32 = 0o077;

/// What changes files. In tests it fails after so many steps, as where the power is cut.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    left: Option<Mutex<usize>>,
}

impl Disk {
    /// One that fails after so many steps, and at all that follow.
    #[cfg(test)]
    pub(crate) fn failing_after(steps: usize) -> Self {
        Self { left: Some(Mutex::new(steps)) }
    }

    fn step(&self) -> io::Result<()> {
        let Some(left) = &self.left else { return Ok(()) };
        let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.checked_sub(1).ok_or_else(|| io::Error::other("the power is cut"))?;
        Ok(())
    }

    /// Puts these bytes in the place of what the file holds, if there is one; what it held is overwritten after.
    pub(crate) fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
        let draft = path.with_extension("draft");
        self.write(&draft, bytes).map_err(VaultError::disk(&draft))?;
        self.promote(&draft, path)
    }

    /// Gives a file the name of another one, which is overwritten after.
    pub(crate) fn promote(&self, from: &Path, to: &Path) -> Result<(), VaultError> {
        let promoted = || -> io::Result<()> {
            let old = existing(to)?;
            self.step()?;
            fs::rename(from, to)?;
            sync_folder_of(to)?;
            self.step()?;
            old.map_or(Ok(()), |mut old| overwrite(&mut old))
        };
        promoted().map_err(VaultError::disk(to))
    }

    fn write(&self, draft: &Path, bytes: &[u8]) -> io::Result<()> {
        // One that a cut left behind may hold keys.
        if let Some(mut left_behind) = existing(draft)? {
            overwrite(&mut left_behind)?;
        }
        self.step()?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(FILE).open(draft)?;
        // Whatever the umask is, and whatever was there before.
        file.set_permissions(Permissions::from_mode(FILE))?;
        self.step()?;
        file.write_all(bytes)?;
        file.sync_all()
    }
}

/// Makes a folder that only its owner may look into, whatever the umask is. What is there already is taken as it is or refused: who wrote
/// the wrong name, or follows somebody's link, would close a folder that others need.
pub(crate) fn folder(path: &Path) -> Result<(), VaultError> {
    match fs::symlink_metadata(path) {
        Ok(there) if !there.is_dir() => return Err(VaultError::NoFolder(path.to_owned())),
        Ok(there) if there.permissions().mode() & OTHERS != 0 => {
            return Err(VaultError::FolderOpen(path.to_owned()));
        }
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(why) => return Err(VaultError::Disk { path: path.to_owned(), why }),
    }
    let made = || -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(FOLDER).create(path)?;
        fs::set_permissions(path, Permissions::from_mode(FOLDER))
    };
    made().map_err(VaultError::disk(path))
}

/// Whether a folder holds anything but these names, or what a cut left behind of them.
pub(crate) fn holds_others_than(path: &Path, names: &[&str]) -> bool {
    let ours = |name: &std::ffi::OsStr| {
        names.iter().any(|own| name == *own || name == Path::new(own).with_extension("draft").as_os_str())
    };
    fs::read_dir(path).is_ok_and(|entries| entries.flatten().any(|entry| !ours(&entry.file_name())))
}

/// What a file holds; `None` where there is none. One that others can read is refused.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(VaultError::Disk { path: path.to_owned(), why }),
    };
    let metadata = file.metadata().map_err(VaultError::disk(path))?;
    if metadata.permissions().mode() & OTHERS != 0 {
        return Err(VaultError::OpenToOthers(path.to_owned()));
    }
    let size = usize::try_from(metadata.len()).unwrap_or(0);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
    file.read_to_end(&mut bytes).map_err(VaultError::disk(path))?;
    Ok(Some(bytes))
}

/// Whether others work with the vault meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alone {
    Yes,
    No,
}

/// Waits until nobody writes, or until nobody reads either. It counts until the file is dropped, also by a crash.
pub(crate) fn lock(folder: &Path, alone: Alone) -> Result<File, VaultError> {
    let path = folder.join("lock");
    let locked = || -> io::Result<File> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).mode(FILE).open(&path)?;
        match alone {
            Alone::Yes => file.lock()?,
            Alone::No => file.lock_shared()?,
        }
        Ok(file)
    };
    locked().map_err(VaultError::disk(&path))
}

/// Whether one path leads into what another one names, whatever links stand between.
pub fn lies_within(inner: &Path, outer: &Path) -> bool {
    real(inner).starts_with(real(outer))
}

/// A path as it really is, or as it will be where it is not there yet: a ".." in that part leads out of folders, and through no link.
fn real(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there = whole.ancestors().find_map(|ancestor| {
        let rest = whole.strip_prefix(ancestor).ok()?;
        Some(rest.components().fold(ancestor.canonicalize().ok()?, |mut real, part| {
            if part == Component::ParentDir {
                real.pop();
            } else {
                real.push(part);
            }
            real
        }))
    });
    there.unwrap_or(whole)
}

fn existing(path: &Path) -> io::Result<Option<File>> {
    match OpenOptions::new().write(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn overwrite(file: &mut File) -> io::Result<()> {
    let length = file.metadata()?.len();
    file.rewind()?;
    io::copy(&mut io::repeat(0).take(length), file)?;
    file.sync_all()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_its_owners_only_whatever_was_there_before() {
        let outer = tempfile::tempdir().unwrap();
        let (vault, path) = (outer.path().join("vault"), outer.path().join("vault/a.json"));
        folder(&vault).unwrap();
        folder(&vault).unwrap();
        for name in ["a.json", "a.draft"] {
            fs::write(vault.join(name), "open to all").unwrap();
            fs::set_permissions(vault.join(name), Permissions::from_mode(0o666)).unwrap();
        }
        assert!(matches!(read(&path), Err(VaultError::OpenToOthers(_))));
        Disk::default().replace(&path, b"closed").unwrap();
        assert_eq!((mode(&vault), mode(&path)), (FOLDER, FILE));
        assert_eq!(read(&path).unwrap().unwrap().as_slice(), b"closed");
    }

    #[test]
    fn a_folder_that_is_there_is_closed_to_nobody_and_no_link_is_followed() {
        let outer = tempfile::tempdir().unwrap();
        let (open, link, file) =
            (outer.path().join("open"), outer.path().join("link"), outer.path().join("file"));
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(&open, &link).unwrap();
        fs::write(&file, "").unwrap();
        assert!(matches!(folder(&open), Err(VaultError::FolderOpen(_))));
        for path in [&link, &file] {
            assert!(matches!(folder(path), Err(VaultError::NoFolder(_))), "{}", path.display());
        }
        assert_eq!((mode(&open), fs::read_dir(&open).unwrap().count()), (0o755, 0));
    }

    #[test]
    fn what_is_replaced_is_overwritten_where_it_lay() {
        let outer = tempfile::tempdir().unwrap();
        let (path, also) = (outer.path().join("a.json"), outer.path().join("the same file"));
        let disk = Disk::default();
        disk.replace(&path, b"an old key").unwrap();
        fs::hard_link(&path, &also).unwrap();
        disk.replace(&path, b"a new key").unwrap();
        assert_eq!(fs::read(&also).unwrap(), [0; 10], "what lay on the disk");
        assert_eq!(fs::read(&path).unwrap(), b"a new key");
    }

    #[test]
    fn no_link_leads_a_vault_into_the_data() {
        let outer = tempfile::tempdir().unwrap();
        let (data, link) = (outer.path().join("data"), outer.path().join("elsewhere"));
        fs::create_dir(&data).unwrap();
        std::os::unix::fs::symlink(&data, &link).unwrap();
        assert!(lies_within(&link.join("vault"), &data));
        assert!(lies_within(&data.join("a/b"), &data));
        assert!(lies_within(&outer.path().join("not there yet/../data/vault"), &data));
        assert!(!lies_within(&outer.path().join("data-vault"), &data));
    }
}
