//! A folder of blobs: the contract, what is damaged, and who may read it.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use countersign_blobs::{Folder, contract};
use countersign_domain::digest::Digest;
use countersign_domain::ports::{Blobs as _, CallErrorKind};

fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    below(folder.to_owned()).flat_map(below).collect()
}

#[tokio::test]
async fn it_holds_to_the_contract_also_after_it_was_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme");
    contract::holds(&Folder::new(path.clone())).await;
    let again = Folder::new(path);
    assert_eq!(again.get(&Digest::of(b"travel\0policy"), 100).await.unwrap().unwrap(), b"travel\0policy");
}

#[tokio::test]
async fn what_the_disk_has_changed_is_told_and_never_handed_out_and_is_whole_once_it_is_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Folder::new(folder.path().to_owned());
    let digest = blobs.put(b"the first text").await.unwrap();
    std::fs::write(&files(folder.path())[0], b"another text..").unwrap();
    let error = blobs.get(&digest, 100).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("is something else"), "{error}");
    blobs.put(b"the first text").await.unwrap();
    assert_eq!(blobs.get(&digest, 100).await.unwrap().unwrap(), b"the first text");
}

#[tokio::test]
async fn nobody_else_on_the_machine_reads_them_and_what_was_cut_off_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Folder::new(folder.path().to_owned());
    blobs.put(b"private").await.unwrap();
    let files = files(folder.path());
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(std::fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_disk_that_is_not_there_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file and no folder");
    std::fs::write(&file, b"x").unwrap();
    let error = Folder::new(file).put(b"text").await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NotDone { after: None });
}
