//! Keys that the bot makes for itself and keeps beside its data, readable by nobody else.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use countersign_domain::ports::{SecretError, Secrets};
use secrecy::ExposeSecret as _;

/// A key that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key {path} cannot be used: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{path} is no key: it must hold 64 hexadecimal digits. Put the right file back, or delete it: buttons in chats that were drawn with it then count no more"
    )]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The secret cannot be had.
    #[error("keys.seal_secret: {0}")]
    Secret(#[from] SecretError),
    /// The secret holds something else.
    #[error(
        "keys.seal_secret: the secret `{name}` is no key: it must hold 64 hexadecimal digits, as `openssl rand -hex 32` prints them"
    )]
    NoSecretKey {
        /// Its name.
        name: String,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes, so no key can be made")]
    NoRandomness,
}

/// The key that buttons, link codes and sessions are sealed with: the secret of this name, which several bots can share,
/// or else the data folder's own.
pub async fn seal(secret: Option<&str>, secrets: &dyn Secrets, data: &Path) -> Result<[u8; 32], KeyError> {
    let Some(name) = secret else { return buttons(data) };
    let (text, mut key) = (secrets.get(name).await?, [0; 32]);
    let no_key = |_| KeyError::NoSecretKey { name: name.to_owned() };
    hex::decode_to_slice(text.expose_secret().trim(), &mut key).map_err(no_key)?;
    Ok(key)
}

/// The key that this bot alone seals with: made when it is asked for first, in the folder `keys` of the data.
pub fn buttons(data: &Path) -> Result<[u8; 32], KeyError> {
    let path = data.join("keys").join("buttons");
    match std::fs::read_to_string(&path) {
        Ok(text) => read(&path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path),
        Err(why) => Err(KeyError::File { path, why }),
    }
}

fn read(path: &Path, text: &str) -> Result<[u8; 32], KeyError> {
    let mut key = [0; 32];
    let no_key = |_| KeyError::NoKey { path: path.to_owned() };
    hex::decode_to_slice(text.trim(), &mut key).map_err(no_key)?;
    Ok(key)
}

fn make(path: &Path) -> Result<[u8; 32], KeyError> {
    let failed = |why| KeyError::File { path: path.to_owned(), why };
    let mut key = [0; 32];
    rand::fill(&mut key).map_err(|_| KeyError::NoRandomness)?;
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    // Written whole or not at all: a name of its own first.
    let draft = path.with_extension(format!("{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(hex::encode(key).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&draft, path).map_err(failed)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use countersign_outbound::MemorySecrets;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let key = buttons(folder.path()).unwrap();
        assert_eq!(buttons(folder.path()).unwrap(), key);
        let path = folder.path().join("keys/buttons");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "not a key").unwrap();
        let error = buttons(folder.path()).unwrap_err().to_string();
        assert!(error.contains("keys/buttons is no key"), "{error}");
    }

    #[tokio::test]
    async fn a_secret_is_the_key_of_every_bot_that_is_given_it() {
        let [one, two] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let secrets = MemorySecrets::from([("seal", "0a".repeat(32).as_str()), ("short", "0a")]);
        for folder in [one.path(), two.path()] {
            assert_eq!(seal(Some("seal"), &secrets, folder).await.unwrap(), [10; 32]);
        }
        assert_ne!(
            seal(None, &secrets, one.path()).await.unwrap(),
            seal(None, &secrets, two.path()).await.unwrap()
        );
        let wrong = seal(Some("short"), &secrets, one.path()).await.unwrap_err().to_string();
        assert!(wrong.contains("the secret `short` is no key") && !wrong.contains("0a"), "{wrong}");
        let missing = seal(Some("other"), &secrets, one.path()).await.unwrap_err().to_string();
        assert!(missing.starts_with("keys.seal_secret: the secret `other`"), "{missing}");
    }
}
