//! Keys that the bot makes for itself and keeps beside its data, never in it, readable by nobody else.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use countersign_domain::ports::{SecretError, Secrets};
use secrecy::ExposeSecret as _;

use crate::config::KeysConfig;
use crate::private;

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
    /// There is no place for keys.
    #[error(
        "the folder {path} for the bot's own keys cannot be made: {why}. Name another one with keys.folder, or a secret with \
         keys.seal_secret"
    )]
    Folder {
        /// The folder.
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

/// The key that buttons, link codes and sessions are sealed with: the secret that the configuration names, which several bots
/// can share, or else one of the bot's own.
pub async fn seal(config: &KeysConfig, secrets: &dyn Secrets, data: &Path) -> Result<[u8; 32], KeyError> {
    let Some(name) = &config.seal_secret else { return own(&folder(config, data), data) };
    let (text, mut key) = (secrets.get(name).await?, [0; 32]);
    let no_key = |_| KeyError::NoSecretKey { name: name.clone() };
    hex::decode_to_slice(text.expose_secret().trim(), &mut key).map_err(no_key)?;
    Ok(key)
}

/// Where the bot's own keys are: beside the data folder, because that one is copied for backups and auditors, who could make
/// buttons and sessions with the keys in it.
pub fn folder(config: &KeysConfig, data: &Path) -> PathBuf {
    if let Some(folder) = &config.folder {
        return folder.clone();
    }
    beside(data, "-keys")
}

/// A folder beside the data folder, called like it with this behind.
pub(crate) fn beside(data: &Path, ending: &str) -> PathBuf {
    let whole = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let mut name = whole.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    whole.with_file_name(name)
}

/// The key that this bot alone seals with: made when it is asked for first. Earlier versions kept it within the data: it is
/// taken out of there.
fn own(folder: &Path, data: &Path) -> Result<[u8; 32], KeyError> {
    let (path, earlier) = (folder.join("seal"), data.join("keys").join("buttons"));
    private::folder(folder).map_err(|why| KeyError::Folder { path: folder.to_owned(), why })?;
    let failed = |path: &Path, why| KeyError::File { path: path.to_owned(), why };
    match std::fs::read_to_string(&path) {
        Ok(text) => return read(&path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(why) => return Err(failed(&path, why)),
    }
    match std::fs::read_to_string(&earlier) {
        Ok(text) => {
            let key = read(&earlier, &text)?;
            write(&path, &key)?;
            std::fs::remove_file(&earlier).map_err(|why| failed(&earlier, why))?;
            tracing::info!("the sealing key was taken out of the data folder, into {}", path.display());
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            rand::fill(&mut key).map_err(|_| KeyError::NoRandomness)?;
            write(&path, &key)?;
            Ok(key)
        }
        Err(why) => Err(failed(&earlier, why)),
    }
}

fn read(path: &Path, text: &str) -> Result<[u8; 32], KeyError> {
    let mut key = [0; 32];
    let no_key = |_| KeyError::NoKey { path: path.to_owned() };
    hex::decode_to_slice(text.trim(), &mut key).map_err(no_key)?;
    Ok(key)
}

/// Written whole or not at all: under a name of its own first.
fn write(path: &Path, key: &[u8; 32]) -> Result<(), KeyError> {
    let failed = |why| KeyError::File { path: path.to_owned(), why };
    let draft = path.with_extension(format!("{}", std::process::id()));
    let options =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft);
    let mut file = options.map_err(failed)?;
    file.write_all(hex::encode(key).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&draft, path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use countersign_outbound::MemorySecrets;

    use super::*;

    fn in_folder(outer: &Path) -> (KeysConfig, PathBuf) {
        (KeysConfig::default(), outer.join("data"))
    }

    #[tokio::test]
    async fn trust_b6_a_key_is_made_once_outside_of_the_data_and_only_its_owner_reads_it() {
        let outer = tempfile::tempdir().unwrap();
        let ((config, data), secrets) = (in_folder(outer.path()), MemorySecrets::default());
        let key = seal(&config, &secrets, &data).await.unwrap();
        assert_eq!(seal(&config, &secrets, &data.join("")).await.unwrap(), key);
        let (folder, path) = (outer.path().join("data-keys"), outer.path().join("data-keys/seal"));
        for (path, mode) in [(&folder, 0o700), (&path, 0o600)] {
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
        }
        assert!(!data.exists(), "nothing of it is in the data");
        std::fs::write(&path, "not a key").unwrap();
        let error = seal(&config, &secrets, &data).await.unwrap_err().to_string();
        assert!(error.contains("data-keys/seal is no key"), "{error}");
        let elsewhere = KeysConfig { folder: Some(outer.path().join("other")), ..config };
        seal(&elsewhere, &secrets, &data).await.unwrap();
        assert!(outer.path().join("other/seal").exists());
    }

    #[tokio::test]
    async fn trust_b6_a_key_within_the_data_is_taken_out_of_there() {
        let outer = tempfile::tempdir().unwrap();
        let ((config, data), secrets) = (in_folder(outer.path()), MemorySecrets::default());
        std::fs::create_dir_all(data.join("keys")).unwrap();
        std::fs::write(data.join("keys/buttons"), "0b".repeat(32)).unwrap();
        for _ in 0..2 {
            assert_eq!(seal(&config, &secrets, &data).await.unwrap(), [11; 32], "the same as before");
        }
        assert!(!data.join("keys/buttons").exists());
    }

    #[tokio::test]
    async fn a_secret_is_the_key_of_every_bot_that_is_given_it() {
        let (outer, no_secret) = (tempfile::tempdir().unwrap(), KeysConfig::default());
        let [one, two] = ["one", "two"].map(|name| outer.path().join(name));
        let named = |name: &str| KeysConfig { seal_secret: Some(name.to_owned()), folder: None };
        let secrets = MemorySecrets::from([("seal", "0a".repeat(32).as_str()), ("short", "0a")]);
        for data in [&one, &two] {
            assert_eq!(seal(&named("seal"), &secrets, data).await.unwrap(), [10; 32]);
        }
        assert_ne!(
            seal(&no_secret, &secrets, &one).await.unwrap(),
            seal(&no_secret, &secrets, &two).await.unwrap()
        );
        let wrong = seal(&named("short"), &secrets, &one).await.unwrap_err().to_string();
        assert!(wrong.contains("the secret `short` is no key") && !wrong.contains("0a"), "{wrong}");
        let missing = seal(&named("other"), &secrets, &one).await.unwrap_err().to_string();
        assert!(missing.starts_with("keys.seal_secret: the secret `other`"), "{missing}");
    }
}
