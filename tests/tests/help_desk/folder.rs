//! A folder of the tenant's whose files become documents: each once, whole, again when it changes; and nothing is lost because a disk is.

use std::fs;
use std::path::Path;

use countersign::help::FolderSettings;
use countersign_domain::audience::Acl;
use countersign_tests::until::until_seen;
use jiff::SignedDuration;

use super::*;

const EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A bot that watches this folder.
async fn watching(path: &Path) -> Stage {
    let settings = FolderSettings {
        path: path.to_owned(),
        owner: EMPLOYEE.parse().expect("an id"),
        collection: "handbook".to_owned(),
        readers: Acl::everybody(),
        every: EVERY,
        most_files: 10,
    };
    with(|help| help.folder = Some(settings)).await.0
}

/// What was brought so far, by where it lies: the code of each version.
async fn brought(stage: &Stage) -> Vec<(String, String)> {
    let events = stage.audited("document_requested").await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    events.iter().map(|event| (text(&event["data"]["asked"]["watched"]), text(&event["code"]))).collect()
}

/// Lets the folder be looked at until so many versions were brought.
async fn until_brought(stage: &Stage, count: usize) -> Vec<(String, String)> {
    until_seen("the files of the folder are brought", async || {
        stage.later(EVERY).await;
        brought(stage).await.len() >= count
    })
    .await;
    brought(stage).await
}

/// Lets it be looked at until the owner is told this.
async fn until_told(stage: &Stage, what: &str) {
    until_seen(what, async || {
        stage.later(EVERY).await;
        stage.says(EMPLOYEE, "documents").await.text.contains(what)
    })
    .await;
}

async fn looks(stage: &Stage) {
    for _ in 0..4 {
        stage.later(EVERY).await;
    }
}

async fn status(stage: &Stage, code: &str) -> Value {
    stage.get(ADMIN, &format!("/api/v1/documents/{code}")).await["status"].clone()
}

#[tokio::test]
async fn document_files_of_a_folder_are_brought_once_and_as_new_versions_when_they_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    fs::create_dir(root.join("it")).expect("a folder");
    fs::write(root.join("it/vpn.md"), VPN).expect("a file");
    fs::write(root.join(".hidden.md"), "hidden").expect("a file");
    fs::write(root.join("~$draft.docx"), "temporary").expect("a file");
    fs::write(root.join("nothing.md"), "").expect("a file");
    fs::write(root.join("large.md"), vec![b'a'; (1 << 20) + 1]).expect("a file");
    let stage = watching(root).await;
    let first = until_brought(&stage, 1).await;
    looks(&stage).await;
    assert_eq!(brought(&stage).await, first, "each once");
    let [(path, code)] = &first[..] else { panic!("one file is one document: {first:?}") };
    assert_eq!(path, "it/vpn.md");
    stage.says(ADMIN, &format!("approve {code}")).await;
    let card = stage.says(APPROVER, "When is the VPN closed?").await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    let told = stage.says(EMPLOYEE, "documents").await.text;
    for (name, why) in [("nothing.md", "there is nothing in it"), ("large.md", "has more than 1048576 bytes")]
    {
        assert!(told.contains(name) && told.contains(why), "{name}: {told}");
    }
    assert!(!told.contains("hidden") && !told.contains("draft"), "{told}");
    fs::write(root.join("it/vpn.md"), "The VPN is closed on Mondays.\n").expect("a file");
    let second = until_brought(&stage, 2).await.pop().expect("a second").1;
    // What changes while that waits is brought once it is decided.
    fs::write(root.join("it/vpn.md"), "The VPN is never closed.\n").expect("a file");
    looks(&stage).await;
    assert_eq!(brought(&stage).await.len(), 2, "one version of a file waits at a time");
    stage.says(ADMIN, &format!("approve {second}")).await;
    assert_eq!(status(&stage, &second).await, "live");
    assert_eq!(status(&stage, code).await, "replaced");
    let third = until_brought(&stage, 3).await.pop().expect("a third").1;
    let told = stage.get(ADMIN, &format!("/api/v1/documents/{third}")).await;
    assert_eq!((&told["version"], &told["status"]), (&3.into(), &"waiting".into()), "{told:#}");
}

#[tokio::test]
async fn document_a_folder_whose_disk_is_gone_is_told_and_nothing_is_retired() {
    let above = tempfile::tempdir().expect("a folder");
    let (root, away) = (above.path().join("handbook"), above.path().join("away"));
    fs::create_dir(&root).expect("a folder");
    fs::write(root.join("vpn.md"), VPN).expect("a file");
    fs::write(root.join("other.md"), "The lift is behind the stairs.\n").expect("a file");
    let stage = watching(&root).await;
    for (_, code) in until_brought(&stage, 2).await {
        stage.says(ADMIN, &format!("approve {code}")).await;
    }
    let is_answered = async || {
        let card = stage.says(APPROVER, "When is the VPN closed?").await;
        assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    };
    // Not there at all; and there, but with nothing in it, as where a disk was to be mounted.
    fs::rename(&root, &away).expect("it is moved");
    until_told(&stage, "The watched folder is not there").await;
    is_answered().await;
    fs::create_dir(&root).expect("a folder");
    until_told(&stage, "its disk may not be there").await;
    is_answered().await;
    let page = stage.signs_in(ADMIN).await.page("/documents").await;
    assert!(page.contains("nothing is concluded from that"), "{page}");
    fs::remove_dir(&root).expect("it is empty");
    fs::rename(&away, &root).expect("it is moved");
    looks(&stage).await;
    assert_eq!(brought(&stage).await.len(), 2, "what comes back is what was there");
    // One that is gone from a folder that is there is told, and is a person's to retire.
    fs::remove_file(root.join("vpn.md")).expect("it is there");
    until_told(&stage, "does not lie in the watched folder any more: vpn.md").await;
    is_answered().await;
}

#[tokio::test]
async fn document_a_link_in_a_folder_brings_nothing_from_elsewhere() {
    let (folder, elsewhere) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    fs::write(elsewhere.path().join("secret.md"), "The secret is out.\n").expect("a file");
    std::os::unix::fs::symlink(elsewhere.path().join("secret.md"), folder.path().join("a.md"))
        .expect("a link");
    fs::write(folder.path().join("b.md"), VPN).expect("a file");
    let stage = watching(folder.path()).await;
    let all = until_brought(&stage, 1).await;
    looks(&stage).await;
    assert_eq!(brought(&stage).await, all);
    assert_eq!(all[0].0, "b.md");
}

#[tokio::test]
async fn document_a_folder_of_nobody_brings_nothing_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("vpn.md"), VPN).expect("a file");
    let settings = FolderSettings {
        path: folder.path().to_owned(),
        owner: "nobody-here".parse().expect("an id"),
        collection: "handbook".to_owned(),
        readers: Acl::everybody(),
        every: EVERY,
        most_files: 10,
    };
    let (stage, _) = with(|help| help.folder = Some(settings)).await;
    until_seen("the administrator is told", async || {
        stage.later(EVERY).await;
        stage.says(ADMIN, "documents").await.text.contains("nobody here has that id")
    })
    .await;
    assert_eq!(brought(&stage).await, vec![]);
}
