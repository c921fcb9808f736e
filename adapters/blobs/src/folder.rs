//! Blobs in a folder: each in a file of its own, written whole beside its place and renamed, so that none is ever there in part.

use std::fs::{File, OpenOptions, create_dir_all, rename};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use countersign_domain::digest::Digest;
use countersign_domain::ports::{Blobs, CallError, CallErrorKind, OURSELVES};
use uuid::Uuid;

/// The blobs of one tenant, in a folder that nobody else writes to.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// What goes wrong with a folder.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Disk(#[from] io::Error),
    #[error(
        "what is kept under {0} is something else: the disk or somebody has changed it; put it back from a copy"
    )]
    Damaged(Digest),
    #[error("it has {is} bytes, and no more than {most} are read")]
    TooLarge { is: u64, most: u64 },
}

impl Fault {
    /// A disk may be there again, and have room again; what is damaged stays so.
    fn told(self, what: &str) -> CallError {
        let kind = match &self {
            Self::Disk(_) => CallErrorKind::NotDone { after: None },
            Self::Damaged(_) | Self::TooLarge { .. } => CallErrorKind::Rejected,
        };
        CallError { vendor: OURSELVES, what: what.to_owned(), detail: self.to_string(), status: None, kind }
    }
}

impl Folder {
    /// In this folder, which is made with the first blob.
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Two letters make folders of some hundred files each, where one of a million would be slow to look into.
    fn place(&self, digest: &Digest) -> (PathBuf, PathBuf) {
        let name = digest.to_string();
        let folder = self.path.join(&name[..2]);
        let file = folder.join(name);
        (folder, file)
    }

    async fn aside<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&Self) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, CallError> {
        let this = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&this)).await;
        done.unwrap_or_else(|error| Err(io::Error::other(error).into())).map_err(|fault| fault.told(what))
    }

    fn keep(&self, bytes: &[u8]) -> Result<Digest, Fault> {
        let digest = Digest::of(bytes);
        let (folder, file) = self.place(&digest);
        if holds(&file, &digest)? {
            return Ok(digest);
        }
        make(&folder)?;
        let beside = folder.join(format!("{}.new", Uuid::new_v4()));
        let written = write(&beside, bytes).and_then(|()| rename(&beside, &file));
        if let Err(error) = written {
            // Whoever could not write it may not be able to take it away either; it is in nobody's way.
            let _ = std::fs::remove_file(&beside);
            return Err(error.into());
        }
        File::open(&folder)?.sync_all()?;
        Ok(digest)
    }

    fn read(&self, digest: &Digest, most: u64) -> Result<Option<Vec<u8>>, Fault> {
        let Some(mut file) = found(File::open(self.place(digest).1))? else { return Ok(None) };
        let is = file.metadata()?.len();
        if is > most {
            return Err(Fault::TooLarge { is, most });
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        if Digest::of(&bytes) == *digest { Ok(Some(bytes)) } else { Err(Fault::Damaged(*digest)) }
    }
}

/// Whether the file is there, whole: one that the disk has damaged is written anew by who still has it.
fn holds(file: &Path, digest: &Digest) -> Result<bool, Fault> {
    Ok(found(std::fs::read(file))?.is_some_and(|bytes| Digest::of(&bytes) == *digest))
}

/// What people give is theirs to read, and nobody else's on this machine.
fn make(folder: &Path) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        create_dir_all(above)?;
    }
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What is not there is nothing.
fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl Blobs for Folder {
    async fn put(&self, bytes: &[u8]) -> Result<Digest, CallError> {
        let bytes = bytes.to_vec();
        self.aside("keep a file", move |this| this.keep(&bytes)).await
    }

    async fn get(&self, digest: &Digest, most: u64) -> Result<Option<Vec<u8>>, CallError> {
        let digest = *digest;
        self.aside("read a file that is kept", move |this| this.read(&digest, most)).await
    }

    async fn size(&self, digest: &Digest) -> Result<Option<u64>, CallError> {
        let digest = *digest;
        let work = move |this: &Self| Ok(found(std::fs::metadata(this.place(&digest).1))?.map(|is| is.len()));
        self.aside("look at a file that is kept", work).await
    }

    async fn remove(&self, digest: &Digest) -> Result<(), CallError> {
        let digest = *digest;
        let work = move |this: &Self| {
            found(std::fs::remove_file(this.place(&digest).1))?;
            Ok(())
        };
        self.aside("keep a file no longer", work).await
    }
}
