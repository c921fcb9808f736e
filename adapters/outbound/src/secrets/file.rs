//! Secrets from a folder with one file a secret, as containers and orchestrators mount them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use countersign_domain::ports::{SecretError, Secrets};
use secrecy::{SecretString, zeroize::Zeroize};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::{check_name, refuse};

/// No credential is larger; whatever is was put there by mistake. In bytes.
const LARGEST: u64 = 64 * 1024;

/// Reads `<folder>/<name>`, without white space at both ends. A file that everybody may read is refused.
#[derive(Debug, Clone)]
pub struct FileSecrets {
    folder: PathBuf,
}

impl FileSecrets {
    /// The secrets in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }
}

#[async_trait]
impl Secrets for FileSecrets {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        check_name(name)?;
        let path = self.folder.join(name);
        let unreadable = |error: std::io::Error| refuse(name, unread(&path, &error));
        let mut file = File::open(&path).await.map_err(unreadable)?;
        // Asked of the open file, so that nobody can put another one in its place in between.
        let metadata = file.metadata().await.map_err(unreadable)?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return Err(refuse(name, format!("{} is no file of at most 64 KiB", path.display())));
        }
        refuse_if_open_to_all(name, &path, &metadata)?;
        let mut text = String::new();
        file.read_to_string(&mut text).await.map_err(unreadable)?;
        let value = SecretString::from(text.trim());
        let empty = text.trim().is_empty();
        text.zeroize();
        if empty {
            return Err(refuse(name, format!("{} is empty: write the secret into it", path.display())));
        }
        Ok(value)
    }
}

/// Why a file cannot be read, and what to do.
fn unread(path: &Path, error: &std::io::Error) -> String {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound if path.parent().is_some_and(|folder| !folder.is_dir()) => {
            let folder = path.parent().unwrap_or(path).display();
            format!("there is no folder {folder}: make it, or name another as `secrets.folder`")
        }
        ErrorKind::NotFound => format!(
            "there is no file {shown}: write the secret into it, and let nobody read it but the user that runs the bot"
        ),
        ErrorKind::PermissionDenied => {
            format!("this user may not read {shown}: run `chown` on it for the user that runs the bot")
        }
        ErrorKind::InvalidData => format!("{shown} holds no text: write the secret into it as text"),
        _ => format!("{shown}: {error}"),
    }
}

#[cfg(unix)]
fn refuse_if_open_to_all(name: &str, path: &Path, metadata: &std::fs::Metadata) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o004 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(refuse(
        name,
        format!("every user of this machine can read {path}: run `chmod o-rwx {path}`, and renew the secret"),
    ))
}

#[cfg(not(unix))]
fn refuse_if_open_to_all(_: &str, _: &Path, _: &std::fs::Metadata) -> Result<(), SecretError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn put(folder: &Path, name: &str, text: &str, mode: u32) {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    }

    #[tokio::test]
    async fn a_secret_is_read_anew_at_every_call_so_that_a_rotation_needs_no_restart() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = FileSecrets::new(folder.path());
        for value in ["first", "second"] {
            put(folder.path(), "token", &format!("  {value}\n"), 0o600);
            assert_eq!(secrets.get("token").await.unwrap().expose_secret(), value);
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_that_everybody_can_read_is_refused_with_the_cure() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "token", "hunter2", 0o644);
        let error = FileSecrets::new(folder.path()).get("token").await.unwrap_err().to_string();
        assert!(error.contains("chmod o-rwx") && !error.contains("hunter2"), "{error}");
    }

    #[tokio::test]
    async fn a_name_cannot_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["../token", "/etc/hostname", "", "..", "a/b", "a\0b", ".hidden"] {
            assert!(FileSecrets::new(folder.path()).get(name).await.is_err(), "{name}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_absent_or_empty_or_no_text_is_named_with_the_cure() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "empty", " \n", 0o600);
        put(folder.path(), "binary", "x", 0o600);
        std::fs::write(folder.path().join("binary"), [0xff, 0xfe]).unwrap();
        for (name, cure) in [
            ("empty", "is empty: write the secret into it"),
            ("absent", "write the secret into it, and let nobody read it"),
            ("binary", "holds no text"),
        ] {
            let error = FileSecrets::new(folder.path()).get(name).await.unwrap_err();
            assert!(error.why.contains(name) && error.why.contains(cure), "{error}");
        }
        let nowhere = FileSecrets::new(folder.path().join("nowhere")).get("token").await.unwrap_err();
        assert!(
            nowhere.why.contains("nowhere: make it") && nowhere.why.contains("secrets.folder"),
            "{nowhere}"
        );
    }

    #[test]
    fn what_another_users_file_needs_is_said() {
        let denied = std::io::Error::from(ErrorKind::PermissionDenied);
        assert!(
            unread(Path::new("/run/secrets/token"), &denied)
                .contains("may not read /run/secrets/token: run `chown`")
        );
    }
}
