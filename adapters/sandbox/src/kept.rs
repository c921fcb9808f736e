//! A state that survives the end of the process when it has a file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::SandboxError;

/// A value in memory and, if named, in a file that always holds one whole version of it.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    value: Mutex<Arc<T>>,
    file: Option<PathBuf>,
}

impl<T: Clone + Serialize + DeserializeOwned> Kept<T> {
    /// What the file holds, or the seed where there is no file yet.
    pub(crate) fn open(seed: T, file: Option<PathBuf>) -> Result<Self, SandboxError> {
        let value = match &file {
            Some(path) if path.exists() => {
                let bad = |why: String| SandboxError::State { path: path.clone(), why };
                let text = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
                serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?
            }
            _ => seed,
        };
        Ok(Self { value: Mutex::new(Arc::new(value)), file })
    }

    /// The present value, which later changes leave as it is.
    pub(crate) fn get(&self) -> Arc<T> {
        Arc::clone(&self.lock())
    }

    /// Something of the present value.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.lock())
    }

    /// Changes the value; it stays as it was where the change is refused or cannot be saved.
    pub(crate) fn change<R, E: From<SandboxError>>(
        &self,
        change: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut kept = self.lock();
        let mut next = T::clone(&kept);
        let result = change(&mut next)?;
        self.save(&next)?;
        *kept = Arc::new(next);
        Ok(result)
    }

    /// A new file beside the old one, then renamed over it: a process that is killed leaves one whole version behind.
    fn save(&self, value: &T) -> Result<(), SandboxError> {
        let Some(path) = &self.file else { return Ok(()) };
        let bad = |why: String| SandboxError::State { path: path.clone(), why };
        let text = serde_json::to_vec_pretty(value).map_err(|error| bad(error.to_string()))?;
        let beside = path.with_extension("json.new");
        path.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&beside, text))
            .and_then(|()| std::fs::rename(&beside, path))
            .map_err(|error| bad(error.to_string()))
    }

    fn lock(&self) -> MutexGuard<'_, Arc<T>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_there_again_after_a_restart_and_a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sandbox/state.json");
        let kept = Kept::open(vec![1], Some(file.clone())).unwrap();
        kept.change(|list| {
            list.push(2);
            Ok::<_, SandboxError>(())
        })
        .unwrap();
        assert_eq!(Kept::open(vec![9], Some(file.clone())).unwrap().get().as_slice(), [1, 2]);
        std::fs::write(&file, "[1,").unwrap();
        let error = Kept::<Vec<u8>>::open(vec![], Some(file)).unwrap_err().to_string();
        assert!(error.contains("state.json"), "{error}");
    }
}
