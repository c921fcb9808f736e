//! `countersign vault`, as an operator uses it: a value goes in by the standard input, and comes out nowhere.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::{folder, said_of};

/// What is put in, and must stand nowhere.
const CANARIES: [&str; 2] = ["canary-7f3a9c51d2e84b06", "canary-0b6e4d9a1c72f853"];
const CONFIG: &str = r#"
[tenants.acme]
rules_text = '''@id("all") @quorum("1") @approvers("group:approvers") @max_duration("7 days")
permit (principal, action, resource);'''
[[tenants.acme.people]]
id = "erin"
name = "Erin"
[tenants.acme.bitbucket]
workspace = "acme"
token_secret = "vault:forge"
"#;

/// A folder with a configuration, a data folder with a log in it, and the vault beside that.
struct Yard(TempDir);

impl Yard {
    async fn new() -> Self {
        let (outer, filled) = (tempfile::tempdir().unwrap(), folder().await);
        fs::write(outer.path().join("countersign.toml"), CONFIG).unwrap();
        fs::create_dir_all(outer.path().join("data/log")).unwrap();
        let log = files(&filled.path().join("log"));
        for path in log.iter().filter(|path| path.extension().is_some_and(|extension| extension == "jsonl")) {
            fs::copy(path, outer.path().join("data/log").join(path.file_name().unwrap())).unwrap();
        }
        Self(outer)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program, started by somebody whose files are open to all where nobody says otherwise.
    fn run(&self, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("sh");
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
            command.env_remove(name);
        }
        command
            .args(["-c", "umask 000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_countersign")])
            .args(arguments);
        command.current_dir(self.0.path()).env("COUNTERSIGN_DATA", self.path("data"));
        command.envs(variables.iter().copied());
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        // One that fails before it reads has closed its end.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What it says, and its exit code.
    fn says(&self, arguments: &[&str], input: &str) -> (Option<i32>, String) {
        let output = self.run(arguments, input, &[]);
        (output.status.code(), said_of(&output))
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

#[tokio::test]
async fn a22_canaries_put_in_the_vault_stand_in_nothing_that_the_program_writes_or_says() {
    let yard = Yard::new().await;
    let [ours, hers] = CANARIES;
    let mut all = String::new();
    let mut says = |arguments: &[&str], input: &str, expected: i32, what: &str| {
        let (code, said) = yard.says(arguments, input);
        assert_eq!(code, Some(expected), "{arguments:?}: {said}");
        assert!(said.contains(what), "{arguments:?}: {said}");
        all.push_str(&said);
        said
    };
    says(&["vault", "list"], "", 1, "there is no vault in");
    says(&["vault", "init"], "", 0, "The vault is in");
    says(&["vault", "init"], "", 1, "there is a vault in");
    says(&["config", "check"], "", 3, "the secret `vault:acme/forge` cannot be read");
    says(&["vault", "put", "forge"], &format!("{ours}\n"), 0, "`vault:forge`");
    says(&["vault", "put", "git", "--person", "erin"], hers, 0, "for erin alone");
    says(&["vault", "put", "empty"], " \n", 1, "not empty");
    says(&["vault", "put", "long"], &format!("{}\n{ours}", "a".repeat(64 * 1024)), 1, "at most 64 KiB");
    says(&["vault", "put", "../forge"], hers, 1, "a secret's name has");
    says(&["vault", "put", "forge", "--tenant", "evil"], hers, 1, "names no tenant evil");
    let (_, checked) = yard.says(&["config", "check"], "");
    assert!(!checked.contains("vault:acme/forge"), "{checked}");
    let listed = says(&["vault", "list", "--json"], "", 0, "forge");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["items"][1]["person"], "erin", "{listed:#}");
    says(&["vault", "rotate"], "", 0, "1 of 1: acme");
    says(&["vault", "backup", "copy"], "", 0, "Keep the master key elsewhere");
    says(&["vault", "check"], "", 0, "The vault is whole");
    says(&["vault", "erase", "erin"], "", 1, "say --yes");
    says(&["vault", "erase", "nobody", "--yes"], "", 1, "keeps nothing for nobody");
    let report = says(&["vault", "erase", "erin", "--yes"], "", 0, "What remains readable: 3 events");
    assert!(report.contains("access_requested"), "{report}");
    says(&["vault", "put", "git", "--person", "erin"], hers, 1, "erin was erased");
    let left = says(&["vault", "list"], "", 0, "forge");
    assert!(!left.contains("erin"), "{left}");
    says(&["vault", "remove", "forge"], "", 0, "no `forge` any more");
    for path in files(yard.0.path()) {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(CANARIES.iter().all(|canary| !text.contains(canary)), "{}", path.display());
    }
    assert!(CANARIES.iter().all(|canary| !all.contains(canary)), "{all}");
}

#[tokio::test]
async fn what_the_vault_holds_is_its_owners_only_and_never_in_the_data() {
    let yard = Yard::new().await;
    let within = yard.path("data/vault");
    let refused =
        yard.run(&["vault", "init"], "", &[("COUNTERSIGN_VAULT__FOLDER", within.to_str().unwrap())]);
    let said = said_of(&refused);
    assert!(!refused.status.success() && said.contains("in the data folder") && !within.exists(), "{said}");
    assert_eq!(yard.says(&["vault", "init"], "").0, Some(0));
    assert_eq!(yard.says(&["vault", "put", "forge"], "a token of the forge").0, Some(0));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for folder in ["data-vault", "data-vault/tenants", "data-keys"] {
        assert_eq!(mode(&yard.path(folder)), 0o700, "{folder}");
        for path in files(&yard.path(folder)) {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    let book = yard.path("data-vault/tenants/acme.json");
    fs::set_permissions(&book, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, said) = yard.says(&["vault", "check"], "");
    assert!(code == Some(3) && said.contains("chmod go-rwx"), "{said}");
}
